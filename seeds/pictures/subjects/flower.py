"""Flowers."""

from __future__ import annotations

import math

import numpy as np

from ..scene import LEAF, Palette, Parts, Subject, mix
from ..shapes import Canvas, bezier, blend, intersect, union

POLLEN = (0.96, 0.76, 0.18)
SEEDS = (0.36, 0.21, 0.11)
LEAF_DARK = mix(LEAF, (0.05, 0.1, 0.05), 0.35)


def _leaf(parts: Parts, canvas: Canvas, length: float) -> None:
    """A pointed leaf from the origin to the right, with its midrib."""
    blade = intersect(canvas.circle(length / 2, length * 0.55, length * 0.76),
                      canvas.circle(length / 2, -length * 0.55, length * 0.76))
    parts.add(blade, LEAF, bevel=0.07, material="leaf")
    parts.add(canvas.capsule((0.02, 0), (length * 0.86, 0), 0.011, 0.006), LEAF_DARK, "line", 0.01, "leaf")


def _bloom(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator, radius: float) -> None:
    """A round flower head of this radius, seen from the front."""
    count = int(rng.choice([5, 6, 8, 9]))
    width = radius * 0.64 * math.sin(math.pi / count) * rng.uniform(0.94, 1.06)
    turn = rng.uniform(0, math.tau)
    reach = radius * 0.36
    behind = canvas.around(count, turn + math.pi / count).ellipse(radius - reach, 0, reach, width)
    parts.add(behind, mix(palette.main, palette.dark, 0.45), bevel=0.08)
    ring = canvas.around(count, turn)
    parts.add(ring.ellipse(radius * 0.94 - reach, 0, reach, width * 0.92), palette.main, bevel=0.1)
    if rng.random() < 0.5:
        parts.add(ring.ellipse(radius * 0.52, 0, radius * 0.20, width * 0.38), palette.light, "detail", 0.06)
    else:
        parts.add(ring.capsule((radius * 0.35, 0), (radius * 0.72, 0), 0.013, 0.006), palette.dark, "line", 0.02)
    dark = rng.random() < 0.4 or palette.name == "yellow"
    centre = radius * rng.uniform(0.30, 0.40)
    parts.add(canvas.circle(0, 0, centre), SEEDS if dark else POLLEN, bevel=centre * 0.7, material="soft")
    seeds = union(canvas.around(9).circle(centre * 0.68, 0, centre * 0.11),
                  canvas.around(5, 0.3).circle(centre * 0.34, 0, centre * 0.11))
    parts.add(seeds, mix(SEEDS, POLLEN, 0.75) if dark else mix(POLLEN, SEEDS, 0.55), "detail", 0.03, "soft")


def _on_stem(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    bend = rng.uniform(-0.14, 0.14)
    stem = bezier((0, -0.25), (bend, 0.30), (bend * 0.3, 0.88))
    parts.add(canvas.stroke(stem, 0.042, 0.05), LEAF, bevel=0.05, material="leaf")
    _leaf(parts, canvas.at(stem[5][0], 0.60, -0.45 + rng.uniform(-0.2, 0.2)), 0.50)
    _leaf(parts, canvas.at(stem[6][0], 0.72, math.pi + 0.55 + rng.uniform(-0.2, 0.2)), 0.46)
    _bloom(parts, canvas.at(0, -0.32), palette, rng, 0.54)


def _tulip_head(parts: Parts, canvas: Canvas, palette: Palette, size: float) -> None:
    """A closed cup of petals standing on the origin, `size` high."""
    fold = canvas.folded()
    parts.add(fold.polygon([(-0.01, -size * 0.2), (0.0, -size * 0.98), (size * 0.20, -size * 0.72),
                            (size * 0.16, -size * 0.2)], size * 0.05), palette.dark, bevel=0.08)
    side = intersect(fold.circle(size * 0.02, -size * 0.42, size * 0.42),
                     fold.circle(size * 0.72, -size * 0.66, size * 0.66))
    parts.add(blend(side,
                    fold.capsule((size * 0.24, -size * 0.56), (size * 0.36, -size * 0.94), size * 0.12, size * 0.02),
                    size * 0.12), palette.main, bevel=0.12)
    front = intersect(fold.circle(-size * 0.30, -size * 0.38, size * 0.50),
                      fold.ellipse(0, -size * 0.40, size * 0.30, size * 0.44))
    parts.add(front, mix(palette.main, palette.light, 0.35), bevel=0.12)
    parts.add(canvas.capsule((0, -size * 0.12), (0, -size * 0.52), 0.012, 0.006), palette.dark, "line", 0.02)


def _tulips(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    layout = [((0.0, -0.20), 0.66)] if rng.random() < 0.4 else [((-0.46, -0.02), 0.46), ((0.46, 0.02), 0.44),
                                                                ((0.0, -0.26), 0.58)]
    for (x, y), _ in layout:
        x += rng.uniform(-0.03, 0.03)
        parts.add(canvas.stroke(bezier((x, y), (x * 0.9, y + 0.4), (x * 0.15, 0.90), 5), 0.034, 0.042), LEAF,
                  bevel=0.04, material="leaf")
    wide = 1.0 if len(layout) == 1 else 0.75
    for side, tone in ((-1, LEAF), (1, mix(LEAF, LEAF_DARK, 0.35))):
        blade = bezier((0.04 * side, 0.88), (0.16 * side * wide, 0.44),
                       ((0.46 + rng.uniform(-0.05, 0.05)) * side * wide, 0.22), 4)
        widths = (0.06, 0.105, 0.10, 0.07, 0.012)
        parts.add(union(*(canvas.capsule(blade[i], blade[i + 1], widths[i], widths[i + 1]) for i in range(4))), tone,
                  bevel=0.07, material="leaf")
    for (x, y), size in layout:
        _tulip_head(parts, canvas.at(x, y + 0.04, x * 0.45), palette, size)


def _potted(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    clay = mix((0.80, 0.42, 0.27), palette.accent, 0.5 if rng.random() < 0.5 else 0.0)
    bend = rng.uniform(-0.08, 0.08)
    parts.add(canvas.stroke(bezier((0, -0.30), (bend, 0.10), (0, 0.42), 4), 0.036), LEAF, bevel=0.04, material="leaf")
    for side in (1, -1):
        for y, turn, length in ((0.34, -0.25, 0.44), (0.28, -0.95, 0.36)):
            base = canvas.at(0, y, turn * side + (math.pi if side < 0 else 0) + rng.uniform(-0.1, 0.1))
            _leaf(parts, base, length)
    parts.add(canvas.polygon([(-0.32, 0.48), (0.32, 0.48), (0.235, 0.86), (-0.235, 0.86)], 0.02), clay, bevel=0.16,
              material="glaze")
    parts.add(canvas.box(0, 0.45, 0.385, 0.075, 0.025), mix(clay, (1, 1, 1), 0.18), bevel=0.07, material="glaze")
    band = rng.integers(3)
    if band == 0:
        parts.add(union(*(canvas.circle(x, 0.67, 0.038) for x in (-0.19, -0.065, 0.065, 0.19))),
                  mix(clay, (1, 1, 1), 0.6), "detail", 0.03, "glaze")
    elif band == 1:
        parts.add(canvas.stroke([(-0.27, 0.64), (-0.16, 0.72), (-0.05, 0.64), (0.05, 0.72), (0.16, 0.64),
                                 (0.255, 0.71)], 0.018), mix(clay, (1, 1, 1), 0.6), "detail", 0.02, "glaze")
    _bloom(parts, canvas.at(0, -0.38), palette, rng, 0.52)


def _face_on(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    for turn in (0.65, 2.35, 4.1):
        _leaf(parts, canvas.at(0, 0, turn + rng.uniform(-0.2, 0.2)).at(0.44, 0), 0.46)
    _bloom(parts, canvas, palette, rng, 0.78)


POSES = (_on_stem, _tulips, _potted, _face_on)


def flower(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A flower: 0 on a stem, 1 tulips, 2 in a pot, 3 a single bloom face on."""
    parts = Parts("petal")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("flower", flower, ("red", "yellow", "pink", "purple", "white", "orange", "blue"), poses=len(POSES),
                  grounded=False)
