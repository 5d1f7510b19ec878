"""Butterflies."""

from __future__ import annotations

import math

import numpy as np

from ..scene import INK, PAPER, Palette, Parts, Subject
from ..shapes import Canvas, bezier, blend, intersect, union

FUZZ = (0.25, 0.19, 0.18)
FUZZ_LIGHT = (0.74, 0.60, 0.36)


def _wings(parts: Parts, half: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """The right pair of wings; on a folded canvas, both pairs."""
    spread = rng.uniform(-0.08, 0.10)
    hind = blend(half.ellipse(0.33, 0.36, 0.31, 0.235, 0.72 + spread), half.circle(0.12, 0.12, 0.09), 0.16)
    parts.add(hind, palette.accent, bevel=0.07)
    parts.add(intersect(half.ellipse(0.35, 0.37, 0.195, 0.13, 0.72 + spread), hind), palette.accent_light, "detail",
              0.06)
    parts.add(half.circle(0.40, 0.43, 0.062), palette.accent_dark, "detail", 0.04)
    fore = blend(half.ellipse(0.45, -0.27, 0.44, 0.285, -0.66 - spread), half.circle(0.15, -0.05, 0.11), 0.2)
    parts.add(fore, palette.main, bevel=0.07)
    parts.add(fore + 0.075, palette.light, "detail", 0.06)
    veins = [half.capsule((0.10, -0.05), (0.10 + 0.62 * math.cos(a), -0.05 + 0.62 * math.sin(a)), 0.012, 0.007)
             for a in (-0.98, -0.62, -0.26)]
    parts.add(intersect(union(*veins), fore + 0.03), palette.dark, "line", 0.01)
    if rng.random() < 0.5:
        parts.add(half.circle(0.47, -0.31, 0.085), palette.dark, "detail", 0.04)
        parts.add(half.circle(0.47, -0.31, 0.04), PAPER, "detail", 0.03)
    dots = [half.circle(x, y, 0.036) for x, y in ((0.80, -0.44), (0.745, -0.27), (0.62, -0.60))]
    parts.add(intersect(union(*dots), fore + 0.015), PAPER, "detail", 0.03)


def _from_above(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    fold = canvas.folded()
    width = rng.uniform(0.82, 1.0)
    _wings(parts, fold.stretched(width), palette, rng)
    feelers = fold.stroke(bezier((0.02, -0.34), (0.05, -0.64), (0.25, -0.72), 5), 0.017, 0.012)
    parts.add(union(feelers, fold.circle(0.255, -0.72, 0.034)), INK, bevel=0.03)
    _thorax(parts, canvas)


def _thorax(parts: Parts, canvas: Canvas) -> None:
    parts.add(union(canvas.capsule((0, -0.22), (0, 0.45), 0.075, 0.04), canvas.circle(0, -0.31, 0.092)), FUZZ,
              bevel=0.08, material="fur")
    parts.add(union(*(canvas.box(0, y, 0.052, 0.015) for y in (0.06, 0.17, 0.28))), FUZZ_LIGHT, "detail", 0.03)


def _swallowtail(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Seen from above with angular, banded wings, the hind pair drawn out into tails."""
    fold = canvas.folded()
    droop = rng.uniform(-0.10, 0.06)
    hind = blend(fold.polygon([(0.04, 0.06), (0.54, 0.10), (0.60, 0.38), (0.34, 0.56), (0.10, 0.40)], 0.05),
                 fold.capsule((0.42, 0.46), (0.50, 0.84), 0.065, 0.035), 0.08)
    parts.add(hind, palette.accent, bevel=0.07)
    parts.add(intersect(fold.polygon([(0.10, 0.14), (0.42, 0.17), (0.44, 0.32), (0.24, 0.42)], 0.03), hind),
              palette.accent_light, "detail", 0.06)
    parts.add(union(fold.circle(0.56, 0.20, 0.036), fold.circle(0.565, 0.33, 0.036), fold.circle(0.46, 0.44, 0.040)),
              PAPER, "detail", 0.03)
    fore = fold.polygon([(0.03, -0.20), (0.74, -0.66 - droop), (0.90, -0.58 - droop), (0.78, -0.08), (0.62, 0.06),
                         (0.05, 0.08)], 0.04)
    parts.add(fore, palette.dark, bevel=0.07)
    parts.add(fore + 0.085, palette.main, "detail", 0.06)
    bands = [fold.capsule((x, -0.80), (x + 0.10, 0.14), 0.020) for x in (0.25, 0.42, 0.58)]
    parts.add(intersect(union(*bands), fore + 0.06, fold.y + fold.x * 0.4 + 0.02), palette.dark, "detail", 0.04)
    spots = [fold.circle(0.835 - 0.022 * k, -0.49 - droop + 0.125 * k, 0.025) for k in range(4)]
    parts.add(intersect(union(*spots), fore + 0.012), PAPER, "detail", 0.03)
    feelers = fold.stroke(bezier((0.02, -0.34), (0.10, -0.56), (0.20, -0.76), 3), 0.017, 0.012)
    parts.add(union(feelers, fold.ellipse(0.205, -0.77, 0.028, 0.045, 0.4)), INK, bevel=0.03)
    _thorax(parts, canvas)


def _resting(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """From the side, wings folded up over the body."""
    open_by = rng.uniform(0.10, 0.24)
    back = canvas.at(-0.02, 0.34, open_by + 0.16)
    parts.add(blend(back.ellipse(0.16, -0.64, 0.33, 0.50, 0.42), back.circle(0.0, -0.10, 0.10), 0.2), palette.dark,
              bevel=0.07)
    wing = canvas.at(-0.04, 0.34)
    hind = blend(wing.ellipse(-0.42, -0.16, 0.38, 0.29, 0.20), wing.circle(-0.05, -0.04, 0.10), 0.2)
    parts.add(hind, palette.accent, bevel=0.07)
    parts.add(hind + 0.08, palette.accent_light, "detail", 0.06)
    parts.add(wing.circle(-0.46, -0.12, 0.085), palette.accent_dark, "detail", 0.04)
    parts.add(wing.circle(-0.46, -0.12, 0.042), PAPER, "detail", 0.03)
    fore = blend(wing.ellipse(-0.12, -0.66, 0.34, 0.50, -0.30), wing.circle(0.0, -0.12, 0.10), 0.2)
    parts.add(fore, palette.main, bevel=0.07)
    parts.add(fore + 0.085, palette.light, "detail", 0.06)
    veins = [wing.capsule((0, -0.12), (0.9 * math.cos(a), 0.95 * math.sin(a)), 0.012, 0.007)
             for a in (-2.05, -1.75, -1.45)]
    parts.add(intersect(union(*veins), fore + 0.03), palette.dark, "line", 0.01)
    rim = [wing.circle(-0.10 + 0.40 * math.cos(a) - 0.16 * math.sin(-a), -0.66 + 0.44 * math.sin(a), 0.032)
           for a in (-2.5, -2.0, -1.5)]
    parts.add(intersect(union(*rim, wing.circle(0.14, -0.86, 0.035), wing.circle(0.18, -0.70, 0.03)), fore + 0.01),
              PAPER, "detail", 0.03)
    legs = union(*(canvas.stroke([(x, 0.42), (x + 0.03, 0.54), (x - 0.02, 0.64)], 0.014) for x in (0.06, 0.17, 0.28)))
    parts.add(legs, INK, "line", 0.02)
    parts.add(union(canvas.capsule((-0.46, 0.52), (0.24, 0.34), 0.050, 0.080), canvas.circle(0.36, 0.27, 0.098)),
              FUZZ, bevel=0.08, material="fur")
    parts.add(union(*(canvas.box(-0.36 + 0.12 * k, 0.495 - 0.031 * k, 0.014, 0.046, 0.0, -0.25) for k in range(3))),
              FUZZ_LIGHT, "detail", 0.03)
    feelers = union(canvas.stroke(bezier((0.40, 0.20), (0.50, -0.04), (0.64, -0.14), 4), 0.015, 0.011),
                    canvas.stroke(bezier((0.42, 0.22), (0.60, 0.08), (0.78, 0.02), 4), 0.015, 0.011),
                    canvas.circle(0.645, -0.145, 0.032), canvas.circle(0.785, 0.02, 0.032))
    parts.add(feelers, INK, bevel=0.03)
    parts.add(canvas.circle(0.395, 0.255, 0.030), PAPER, "detail", 0.02, "eye")


POSES = (_from_above, _swallowtail, _resting)


def butterfly(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A butterfly: 0 round-winged from above, 1 a swallowtail, 2 resting, from the side."""
    parts = Parts("petal")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("butterfly", butterfly, ("orange", "blue", "purple", "yellow", "pink", "red", "green"),
                  poses=len(POSES), grounded=False, tilt=0.3, weight=(0.85, 1.0))
