"""Elephants."""

from __future__ import annotations

import numpy as np

from ..scene import Palette, Parts, Subject, mix
from ..shapes import Canvas, bezier, blend, intersect, union
from .faces import add_eyes, blush

IVORY = (0.97, 0.93, 0.82)


def _toes(parts: Parts, canvas: Canvas, centres: list[float], y: float) -> None:
    nails = [canvas.ellipse(x + dx, y, 0.032, 0.026) for x in centres for dx in (-0.065, 0.0, 0.065)]
    parts.add(union(*nails), IVORY, "detail", 0.02, "shell")


def _walking(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator,
             trumpeting: bool = False) -> None:
    """From the side; `trumpeting` with the trunk thrown up."""
    shade = mix(palette.main, palette.dark, 0.55)
    parts.add(canvas.stroke(bezier((-0.66, 0.0), (-0.88, 0.10), (-0.83, 0.36)), 0.032, 0.018), palette.main,
              bevel=0.03)
    parts.add(canvas.ellipse(-0.825, 0.40, 0.042, 0.075), palette.dark, bevel=0.04, material="fur")
    far_legs = union(canvas.box(-0.33, 0.57, 0.125, 0.235, 0.06), canvas.box(0.12, 0.57, 0.12, 0.235, 0.06))
    parts.add(far_legs, shade, bevel=0.1)
    near_legs = union(canvas.box(-0.53, 0.58, 0.14, 0.25, 0.06), canvas.box(-0.07, 0.58, 0.135, 0.25, 0.06))
    body = blend(canvas.ellipse(-0.27, 0.10, 0.47, 0.385), near_legs, 0.12)
    parts.add(body, palette.main, bevel=0.32)
    _toes(parts, canvas, [-0.53, -0.07], 0.80)
    if rng.random() < 0.45:
        cloth = intersect(canvas.box(-0.30, -0.02, 0.24, 0.34, 0.03), body + 0.01)
        parts.add(cloth, palette.accent, "body", 0.2, "cloth")
        parts.add(intersect(canvas.box(-0.30, 0.25, 0.3, 0.028), cloth), palette.accent_light, "detail", 0.05,
                  "cloth")
        parts.add(canvas.at(-0.30, 0.02).around(6).ellipse(0.07, 0, 0.055, 0.028), palette.accent_light, "detail",
                  0.05, "cloth")
    head = canvas.ellipse(0.36, -0.14, 0.285, 0.30)
    sway = rng.uniform(-0.06, 0.06)
    if trumpeting:
        trunk = canvas.stroke(bezier((0.50, -0.06), (0.88, 0.22), (0.83 + sway / 3, -0.50), 8), 0.135, 0.065)
        drops = [canvas.circle(0.80 + dx, dy, r) for dx, dy,
                 r in ((-0.16, -0.74, 0.035), (-0.02, -0.84, 0.045), (0.09, -0.72, 0.03), (-0.27, -0.60, 0.03))]
        parts.add(union(*drops), (0.55, 0.82, 0.98), bevel=0.04, material="water")
    else:
        trunk = union(canvas.stroke(bezier((0.52, -0.08), (0.78, 0.18), (0.60 + sway, 0.60), 6), 0.135, 0.075),
                      canvas.stroke(bezier((0.60 + sway, 0.60), (0.60 + sway, 0.76), (0.80, 0.70), 3), 0.075, 0.06))
    parts.add(blend(head, trunk, 0.14), palette.main, bevel=0.24)
    if trumpeting:
        rings = [canvas.capsule((0.74 + 0.008 * k, 0.02 - 0.11 * k), (0.87 + 0.004 * k, 0.04 - 0.11 * k), 0.010)
                 for k in range(4)]
        parts.add(canvas.stroke(bezier((0.47, 0.10), (0.54, 0.32), (0.76, 0.30), 5), 0.055, 0.018), IVORY, bevel=0.05,
                  material="shell")
    else:
        rings = [canvas.capsule((0.625 - 0.004 * k, 0.20 + 0.10 * k), (0.735 - 0.02 * k, 0.17 + 0.11 * k), 0.010)
                 for k in range(4)]
        parts.add(canvas.stroke(bezier((0.47, 0.12), (0.52, 0.36), (0.80, 0.36), 5), 0.055, 0.018), IVORY, bevel=0.05,
                  material="shell")
    parts.add(union(*rings), palette.dark, "line", 0.01)
    ear = blend(canvas.ellipse(0.08, -0.17, 0.235, 0.325, rng.uniform(-0.05, 0.2)),
                canvas.ellipse(0.06, 0.10, 0.13, 0.15), 0.1)
    parts.add(ear, shade, bevel=0.08)
    parts.add(ear + 0.085, blush(palette.main), "detail", 0.06)
    add_eyes(parts, canvas, [(0.43, -0.19)], 0.052)


def _trumpeting(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _walking(parts, canvas.at(-0.02, 0.02), palette, rng, trumpeting=True)


def _facing(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    fold = canvas.folded()
    shade = mix(palette.main, palette.dark, 0.55)
    body = blend(canvas.ellipse(0, 0.30, 0.40, 0.36), fold.box(0.235, 0.60, 0.15, 0.23, 0.06), 0.1)
    parts.add(body, shade, bevel=0.28)
    parts.add(fold.ellipse(0.235, 0.80, 0.16, 0.04), mix(shade, palette.dark, 0.4), "detail", 0.04)
    nails = union(*(fold.ellipse(0.235 + dx, 0.80, 0.036, 0.028) for dx in (-0.085, 0.0, 0.085)))
    parts.add(nails, IVORY, "detail", 0.02, "shell")
    flap = rng.uniform(-0.12, 0.12)
    ear = blend(fold.ellipse(0.56, -0.30, 0.32, 0.38, -0.25 + flap), fold.ellipse(0.40, 0.0, 0.15, 0.18, 0.4), 0.12)
    parts.add(ear, palette.main, bevel=0.08)
    parts.add(ear + 0.085, blush(palette.main), "detail", 0.06)
    parts.add(fold.stroke(bezier((0.19, 0.04), (0.24, 0.28), (0.37, 0.30), 5), 0.055, 0.02), IVORY, bevel=0.05,
              material="shell")
    curl = rng.choice([-1, 1]) * rng.uniform(0.16, 0.30)
    head = blend(canvas.ellipse(0, -0.32, 0.335, 0.36), fold.ellipse(0.17, -0.04, 0.14, 0.15), 0.12)
    trunk = union(canvas.capsule((0, -0.12), (0, 0.30), 0.15, 0.105),
                  canvas.stroke(bezier((0, 0.30), (0, 0.60), (curl, 0.58), 5), 0.105, 0.07))
    parts.add(blend(head, trunk, 0.12), palette.main, bevel=0.25)
    rings = union(*(canvas.box(0, y, 0.085, 0.010, 0.009) for y in (0.04, 0.14, 0.24, 0.34)))
    parts.add(rings, palette.dark, "line", 0.01)
    parts.add(fold.ellipse(0.235, -0.06, 0.06, 0.04), blush(palette.main), "detail", 0.04)
    add_eyes(parts, canvas, [(-0.185, -0.24), (0.185, -0.24)], 0.058)
    tuft = union(canvas.capsule((0, -0.66), (0, -0.75), 0.022, 0.008),
                 fold.capsule((0.02, -0.66), (0.075, -0.73), 0.02, 0.008))
    parts.add(tuft, palette.dark, bevel=0.03, material="fur")


POSES = (_walking, _trumpeting, _facing)


def elephant(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """An elephant: 0 walking, 1 trumpeting, 2 from the front."""
    parts = Parts("skin")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("elephant", elephant, ("grey", "blue", "teal", "pink", "purple", "brown"), poses=len(POSES))
