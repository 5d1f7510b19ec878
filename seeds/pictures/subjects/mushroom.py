"""Mushrooms."""

from __future__ import annotations

import math

import numpy as np

from ..scene import LEAF, PAPER, Palette, Parts, Subject, mix
from ..shapes import Canvas, Point, bezier, blend, intersect, union

STEM = (0.95, 0.90, 0.80)
GILLS = (0.80, 0.68, 0.55)


def _grass(parts: Parts, canvas: Canvas, rng: np.random.Generator, places: tuple[float, ...]) -> None:
    blades = []
    for x in places:
        blades += [canvas.capsule((x + 0.05 * k, 0.84),
                                  (x + 0.13 * k + rng.uniform(-0.02, 0.02), 0.66 - 0.06 * (k == 0)), 0.024, 0.006)
                   for k in (-1, 0, 1)]
    parts.add(union(*blades), LEAF, bevel=0.02, material="leaf")


def _toadstool(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A domed cap about 1.5 wide on a stout stem; the cap's rim lies on y = 0."""
    stem = blend(canvas.polygon([(-0.13, -0.05), (0.13, -0.05), (0.17, 0.72), (-0.17, 0.72)], 0.04),
                 canvas.ellipse(0, 0.68, 0.25, 0.15), 0.14)
    parts.add(stem, STEM, bevel=0.16, material="skin")
    parts.add(canvas.polygon([(-0.17, 0.14), (0.17, 0.14), (0.28, 0.31), (0.0, 0.26), (-0.28, 0.31)], 0.02),
              mix(STEM, PAPER, 0.6), bevel=0.05, material="skin")
    parts.add(canvas.ellipse(0, 0.0, 0.60, 0.12), GILLS, bevel=0.08, material="skin")
    dome = intersect(canvas.ellipse(0, 0.02, 0.78, 0.80), canvas.ellipse(0, -0.52, 1.10, 0.58))
    parts.add(dome, palette.main, bevel=0.36, material="glaze")
    spots = [(-0.02, -0.52, 0.15, 0.12), (-0.42, -0.30, 0.13, 0.12), (0.38, -0.36, 0.12, 0.105),
             (-0.10, -0.15, 0.12, 0.10), (0.24, -0.10, 0.085, 0.07), (0.60, -0.12, 0.065, 0.07),
             (-0.60, -0.06, 0.055, 0.05), (-0.36, 0.0, 0.06, 0.045)]
    marks = union(*(canvas.ellipse(x + rng.uniform(-0.03, 0.03), y, rx, ry) for x, y, rx, ry in spots))
    parts.add(intersect(marks, dome + 0.01), PAPER if palette.name != "white" else palette.accent, "detail", 0.05,
              "soft")


def _with_child(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _toadstool(parts, canvas.at(-0.06, -0.02), palette, rng)
    if rng.random() < 0.6:
        small = Parts("skin")
        _toadstool(small, canvas.at(0.52, 0.52).stretched(0.40, 0.40), palette, rng)
        parts.add_scaled(small, 0.40)
        _grass(parts, canvas, rng, (-0.44,))
    else:
        _grass(parts, canvas, rng, (-0.44, 0.40))


def _bell(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator, base: Point, top: Point,
          size: float) -> None:
    """A slim mushroom with a pointed bell for a cap, `size` wide, from `base` to the cap's rim at `top`."""
    (x0, y0), (x1, y1) = base, top
    parts.add(canvas.stroke(bezier(base, ((x0 + x1) / 2 + (x0 - x1) * 0.4, (y0 + y1) / 2), (x1, y1 - 0.05), 4),
                            size * 0.20, size * 0.13), STEM, bevel=0.08, material="skin")
    cap = canvas.at(x1, y1, (x1 - x0) * 0.5)
    parts.add(cap.ellipse(0, 0, size * 0.46, size * 0.12), GILLS, bevel=0.05, material="skin")
    fold = cap.folded()
    dome = blend(intersect(fold.ellipse(0, -size * 0.02, size * 0.54, size * 0.66),
                           cap.ellipse(0, -size * 0.36, size * 0.8, size * 0.42)),
                 cap.ellipse(0, -size * 0.66, size * 0.11, size * 0.13), size * 0.24)
    parts.add(dome, palette.main, bevel=size * 0.3, material="skin")
    streaks = union(*(fold.capsule((size * 0.02 + size * 0.05 * k, -size * (0.52 - 0.05 * k)),
                                   (size * 0.19 * k, -size * 0.06), 0.012, 0.007) for k in range(3)))
    parts.add(intersect(streaks, dome + 0.03), palette.dark, "line", 0.02, "skin")


def _cluster(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    moss = intersect(canvas.ellipse(0, 0.86, 0.66, 0.20), canvas.y - 0.84)
    lean = rng.uniform(-0.05, 0.05)
    _bell(parts, canvas, palette, rng, (-0.12, 0.78), (-0.50 + lean, 0.18), 0.60)
    _bell(parts, canvas, palette, rng, (0.14, 0.78), (0.54 + lean, 0.34), 0.52)
    _bell(parts, canvas, palette, rng, (0.02, 0.80), (0.06 + lean, -0.16), 0.86)
    parts.add(moss, mix(LEAF, (0.1, 0.2, 0.1), 0.15), bevel=0.1, material="leaf")
    _grass(parts, canvas, rng, (-0.40, 0.36))


def _parasol(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A wide flat cap seen from slightly below, so that its gills show."""
    lean = rng.uniform(-0.04, 0.04)
    under = canvas.ellipse(0, -0.12, 0.80, 0.23)
    top = intersect(canvas.ellipse(0, -0.10, 0.86, 0.52), canvas.y - canvas.x * lean + 0.10)
    parts.add(blend(top, canvas.ellipse(0, -0.54, 0.22, 0.12), 0.2), palette.main, bevel=0.3, material="skin")
    flecks = [canvas.ellipse(x, y, 0.085, 0.05, x * 0.5) for x,
              y in ((0.0, -0.56), (-0.26, -0.46), (0.24, -0.42), (-0.50, -0.30), (0.50, -0.28), (0.02, -0.36),
                    (-0.22, -0.24), (0.28, -0.22))]
    parts.add(intersect(union(*flecks), top + 0.03), palette.dark if rng.random() < 0.5 else palette.light, "detail",
              0.05, "skin")
    parts.add(under, mix(palette.main, palette.dark, 0.6), bevel=0.05, material="skin")
    hollow = canvas.ellipse(0, -0.10, 0.74, 0.19)
    parts.add(hollow, GILLS, bevel=0.05, material="skin")
    spokes = [canvas.capsule((0, -0.06), (0.80 * math.cos(a), -0.10 + 0.22 * math.sin(a)), 0.008)
              for a in (0.0, 0.30, 0.62, 1.05, 1.57, 2.09, 2.52, 2.84, math.pi)]
    parts.add(intersect(union(*spokes), hollow + 0.01), mix(GILLS, (0.3, 0.2, 0.1), 0.45), "line", 0.02, "skin")
    stem = blend(canvas.capsule((0, -0.08), (lean, 0.62), 0.11, 0.13), canvas.ellipse(lean, 0.70, 0.23, 0.14), 0.12)
    parts.add(stem, STEM, bevel=0.13, material="skin")
    parts.add(union(canvas.ellipse(0.0, 0.22, 0.19, 0.055), canvas.box(0, 0.25, 0.16, 0.04, 0.03)),
              mix(STEM, palette.main, 0.35), bevel=0.05, material="skin")
    _grass(parts, canvas, rng, (-0.36, 0.38))


POSES = (_with_child, _cluster, _parasol)


def mushroom(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A mushroom: 0 toadstool, 1 a cluster of bells, 2 parasol."""
    parts = Parts("skin")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("mushroom", mushroom, ("red", "brown", "orange", "purple", "blue", "pink", "teal"),
                  poses=len(POSES))
