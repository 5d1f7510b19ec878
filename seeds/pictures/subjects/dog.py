"""Dogs."""

from __future__ import annotations

import numpy as np

from ..scene import INK, Palette, Parts, Subject
from ..shapes import Canvas, bezier, blend, intersect, union
from .faces import add_eyes

TONGUE = (0.92, 0.42, 0.47)
BRASS = (0.95, 0.78, 0.27)


def _floppy_head(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A head with hanging ears and a broad snout, about 0.9 wide round the origin."""
    fold = canvas.folded()
    skull = blend(canvas.ellipse(0, -0.06, 0.325, 0.30), canvas.ellipse(0, 0.16, 0.235, 0.185), 0.16)
    parts.add(skull, palette.main, bevel=0.26)
    marking = rng.integers(3)
    if marking == 0:
        parts.add(intersect(canvas.ellipse(0.175, -0.08, 0.15, 0.19, 0.3), skull + 0.012), palette.dark, "detail",
                  0.15)
    elif marking == 1:
        parts.add(canvas.capsule((0, -0.31), (0, 0.08), 0.045, 0.10), palette.light, "detail", 0.15)
    else:
        parts.add(fold.ellipse(0.135, -0.20, 0.05, 0.032, -0.4), palette.light, "detail", 0.03)
    ear_turn = rng.uniform(-0.30, 0.0)
    parts.add(blend(fold.ellipse(0.36, 0.05, 0.105, 0.285, ear_turn), fold.ellipse(0.27, -0.19, 0.11, 0.07, 0.4),
                    0.12), palette.dark, bevel=0.1)
    if rng.random() < 0.7:
        parts.add(canvas.box(0, 0.325, 0.068, 0.105, 0.066), TONGUE, bevel=0.06, material="skin")
        parts.add(canvas.capsule((0, 0.28), (0, 0.385), 0.009), (0.74, 0.25, 0.32), "line", 0.01)
    parts.add(blend(fold.ellipse(0.095, 0.185, 0.135, 0.105), canvas.ellipse(0, 0.11, 0.11, 0.09), 0.06),
              palette.light, bevel=0.11)
    parts.add(canvas.capsule((0, 0.12), (0, 0.235), 0.01), INK, "line", 0.01)
    freckles = [fold.circle(x, y, 0.012) for x, y in ((0.11, 0.18), (0.16, 0.205), (0.13, 0.225))]
    parts.add(union(*freckles), INK, "line", 0.01)
    parts.add(canvas.ellipse(0, 0.085, 0.092, 0.066), INK, bevel=0.06, material="eye")
    parts.add(canvas.ellipse(-0.025, 0.06, 0.032, 0.014), (0.72, 0.72, 0.78), "detail", 0.02, "eye")
    add_eyes(parts, canvas, [(-0.145, -0.07), (0.145, -0.07)], 0.06)


def _collar(parts: Parts, canvas: Canvas, palette: Palette, y: float, half_width: float) -> None:
    parts.add(canvas.box(0, y, half_width, 0.048, 0.045), palette.accent, bevel=0.05, material="cloth")
    parts.add(canvas.circle(0, y + 0.075, 0.056), BRASS, bevel=0.04, material="metal")


def _sitting(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    fold = canvas.folded()
    parts.add(canvas.stroke(bezier((0.20, 0.62), (0.66, 0.72), (0.72, rng.uniform(0.12, 0.34))), 0.075, 0.04),
              palette.main, bevel=0.07)
    parts.add(blend(canvas.ellipse(0, 0.50, 0.33, 0.33), canvas.ellipse(0, 0.17, 0.255, 0.30), 0.2), palette.main,
              bevel=0.28)
    parts.add(canvas.ellipse(0, 0.30, 0.165, 0.24), palette.light, "detail", 0.15)
    parts.add(fold.ellipse(0.29, 0.64, 0.15, 0.185, 0.25), palette.main, bevel=0.15)
    parts.add(fold.ellipse(0.33, 0.785, 0.165, 0.075), palette.light, bevel=0.07)
    parts.add(fold.capsule((0.125, 0.36), (0.13, 0.73), 0.095, 0.08), palette.main, bevel=0.09)
    parts.add(fold.ellipse(0.14, 0.785, 0.118, 0.075), palette.light, bevel=0.07)
    _collar(parts, canvas, palette, 0.085, 0.215)
    _floppy_head(parts, canvas.at(0, -0.33, rng.uniform(-0.16, 0.16)), palette, rng)


def _side_head(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A head looking right, about 0.8 long, its skull round the origin."""
    if rng.random() < 0.7:
        parts.add(canvas.capsule((0.33, 0.20), (0.36, 0.30 + rng.uniform(0, 0.05)), 0.06, 0.055), TONGUE, bevel=0.05,
                  material="skin")
    jaw = canvas.stroke([(0.10, 0.16), (0.36, 0.17)], 0.09, 0.06)
    parts.add(jaw, palette.light, bevel=0.06)
    skull = blend(canvas.ellipse(-0.02, -0.02, 0.275, 0.26), canvas.capsule((0.16, 0.06), (0.40, 0.08), 0.13, 0.105),
                  0.12)
    parts.add(skull, palette.main, bevel=0.2)
    marking = rng.integers(3)
    if marking == 0:
        parts.add(intersect(canvas.ellipse(0.07, -0.08, 0.15, 0.15), skull + 0.012), palette.dark, "detail", 0.1)
    elif marking == 1:
        parts.add(intersect(canvas.ellipse(0.38, 0.12, 0.20, 0.12), skull + 0.012), palette.light, "detail", 0.1)
    parts.add(canvas.stroke([(0.16, 0.185), (0.30, 0.175), (0.44, 0.165)], 0.011), INK, "line", 0.01)
    parts.add(canvas.ellipse(0.475, 0.015, 0.068, 0.058), INK, bevel=0.05, material="eye")
    parts.add(canvas.ellipse(0.465, -0.01, 0.022, 0.011), (0.72, 0.72, 0.78), "detail", 0.01, "eye")
    add_eyes(parts, canvas, [(0.115, -0.065)], 0.052)
    ear = blend(canvas.ellipse(-0.18, 0.10, 0.115, 0.26, rng.uniform(-0.05, 0.35)),
                canvas.ellipse(-0.12, -0.12, 0.10, 0.08), 0.1)
    parts.add(ear, palette.dark, bevel=0.1)


def _standing(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    stride = rng.uniform(-0.03, 0.07)
    far = union(canvas.stroke([(-0.40, 0.30), (-0.34, 0.54), (-0.28 + stride, 0.76)], 0.11, 0.065),
                canvas.capsule((0.22, 0.36), (0.30 - stride, 0.76), 0.09, 0.065))
    parts.add(far, palette.dark, bevel=0.08)
    wag = rng.uniform(-0.15, 0.10)
    parts.add(canvas.stroke(bezier((-0.54, 0.10), (-0.82, 0.02), (-0.86 - wag * 0.3, -0.34 + wag), 6), 0.075, 0.035),
              palette.main, bevel=0.07)
    near = union(canvas.stroke([(-0.46, 0.26), (-0.55, 0.52), (-0.49 - stride, 0.76)], 0.145, 0.068),
                 canvas.capsule((0.12, 0.34), (0.10 + stride, 0.76), 0.105, 0.07))
    torso = blend(canvas.capsule((-0.40, 0.16), (0.14, 0.18), 0.215, 0.255),
                  canvas.capsule((0.16, 0.10), (0.36, -0.18), 0.20, 0.15), 0.1)
    body = blend(torso, near, 0.08)
    parts.add(body, palette.main, bevel=0.24)
    if rng.random() < 0.5:
        spots = union(canvas.ellipse(-0.30, 0.08, 0.17, 0.13, 0.3), canvas.ellipse(0.02, 0.22, 0.10, 0.08),
                      canvas.ellipse(-0.50, 0.30, 0.07, 0.09))
        parts.add(intersect(spots, body + 0.012), palette.dark, "detail", 0.1)
    else:
        parts.add(intersect(canvas.ellipse(-0.02, 0.40, 0.36, 0.10, -0.1), body + 0.012), palette.light, "detail",
                  0.1)
    parts.add(union(canvas.ellipse(-0.46 - stride, 0.79, 0.115, 0.058),
                    canvas.ellipse(0.13 + stride, 0.79, 0.11, 0.058)), palette.light, bevel=0.06)
    parts.add(canvas.capsule((0.165, -0.10), (0.44, 0.045), 0.05), palette.accent, bevel=0.05, material="cloth")
    parts.add(canvas.circle(0.40, 0.13, 0.052), BRASS, bevel=0.04, material="metal")
    _side_head(parts, canvas.at(0.36, -0.36, rng.uniform(-0.12, 0.08)), palette, rng)


def _pricked_head(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A spitz's head with upright ears, ruff and pointed snout, about 0.9 wide round the origin."""
    fold = canvas.folded()
    parts.add(fold.polygon([(0.13, -0.24), (0.27, -0.52), (0.37, -0.12)], 0.055), palette.main, bevel=0.09)
    parts.add(fold.polygon([(0.20, -0.24), (0.268, -0.42), (0.325, -0.17)], 0.02), palette.dark, "detail", 0.05)
    ruff = blend(canvas.ellipse(0, -0.05, 0.34, 0.30),
                 fold.polygon([(0.10, 0.0), (0.43, 0.10), (0.30, 0.20), (0.06, 0.36)], 0.03), 0.08)
    parts.add(ruff, palette.main, bevel=0.22)
    mask = union(fold.ellipse(0.22, 0.13, 0.15, 0.13, -0.3), canvas.ellipse(0, 0.20, 0.15, 0.19),
                 fold.ellipse(0.13, -0.155, 0.055, 0.05))
    parts.add(intersect(mask, ruff + 0.014), palette.light, "detail", 0.1)
    if rng.random() < 0.6:
        parts.add(canvas.box(0, 0.315, 0.06, 0.095, 0.058), TONGUE, bevel=0.05, material="skin")
    parts.add(blend(fold.ellipse(0.065, 0.205, 0.095, 0.08), canvas.ellipse(0, 0.10, 0.10, 0.10), 0.06),
              palette.light, bevel=0.1)
    parts.add(fold.stroke([(0, 0.15), (0.0, 0.235), (0.06, 0.265), (0.12, 0.235)], 0.010), INK, "line", 0.01)
    parts.add(canvas.ellipse(0, 0.095, 0.075, 0.055), INK, bevel=0.05, material="eye")
    parts.add(canvas.ellipse(-0.02, 0.075, 0.026, 0.012), (0.72, 0.72, 0.78), "detail", 0.02, "eye")
    iris = (0.50, 0.76, 0.92) if rng.random() < 0.4 else None
    add_eyes(parts, canvas, [(-0.15, -0.055), (0.15, -0.055)], 0.058, iris, slit=0.9)


def _portrait(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    parts.add(intersect(canvas.ellipse(0, 0.96, 0.64, 0.46), canvas.y - 0.92), palette.main, bevel=0.2)
    parts.add(intersect(canvas.ellipse(0, 0.92, 0.28, 0.30), canvas.y - 0.92), palette.light, "detail", 0.14)
    _collar(parts, canvas, palette, 0.66, 0.34)
    head = Parts(parts.material)
    size = 1.62
    turned = canvas.at(0, 0.08, rng.uniform(-0.13, 0.13)).stretched(size, size)
    (_pricked_head if rng.random() < 0.6 else _floppy_head)(head, turned, palette, rng)
    parts.add_scaled(head, size)


def _lying(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    wag = rng.uniform(-0.12, 0.12)
    parts.add(canvas.stroke(bezier((0.62, 0.36), (0.90, 0.20), (0.84, -0.12 + wag), 5), 0.07, 0.035), palette.main,
              bevel=0.07)
    parts.add(canvas.ellipse(0.26, 0.36, 0.55, 0.36), palette.main, bevel=0.3)
    parts.add(canvas.ellipse(0.55, 0.48, 0.26, 0.24), palette.main, bevel=0.2)
    parts.add(canvas.ellipse(0.66, 0.685, 0.21, 0.075), palette.light, bevel=0.07)
    parts.add(canvas.ellipse(-0.14, 0.40, 0.30, 0.30), palette.light, bevel=0.2)
    arms = union(canvas.capsule((-0.36, 0.50), (-0.50, 0.68), 0.11, 0.09),
                 canvas.capsule((0.08, 0.52), (0.06, 0.68), 0.11, 0.09))
    parts.add(arms, palette.main, bevel=0.1)
    parts.add(union(canvas.ellipse(-0.54, 0.70, 0.155, 0.085), canvas.ellipse(0.05, 0.71, 0.15, 0.085)),
              palette.light, bevel=0.08)
    if rng.random() < 0.65:
        bone = canvas.at(-0.24, 0.74, rng.uniform(-0.15, 0.15)).folded()
        knobs = union(bone.circle(0.20, -0.045, 0.06), bone.circle(0.20, 0.045, 0.06))
        parts.add(union(bone.box(0, 0, 0.20, 0.04), knobs), (0.96, 0.93, 0.84), bevel=0.05, material="shell")
    _collar(parts, canvas, palette, 0.33, 0.24)
    head = _pricked_head if rng.random() < 0.4 else _floppy_head
    head(parts, canvas.at(-0.18, -0.10, rng.uniform(-0.16, 0.16)), palette, rng)


POSES = (_sitting, _standing, _portrait, _lying)


def dog(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A dog: 0 sitting, 1 standing, 2 portrait, 3 lying."""
    parts = Parts("fur")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("dog", dog, ("brown", "orange", "white", "grey", "black", "yellow"), poses=len(POSES))
