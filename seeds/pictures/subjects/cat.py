"""Cats."""

from __future__ import annotations

import numpy as np

from ..scene import INK, PAPER, Palette, Parts, Subject, luminance
from ..shapes import Canvas, bezier, blend, intersect, triangle_wave, union
from .faces import IRISES, NOSE_PINK, add_closed_eyes, add_eyes, blush

TABBY, BLAZE, MASKED, PATCHED = range(4)


def _head(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator, coat: int,
          asleep: bool = False) -> None:
    """A head about 0.9 wide round the origin, seen from the front."""
    fold = canvas.folded()
    ear = palette.dark if coat == MASKED else palette.main
    parts.add(fold.polygon([(0.09, -0.22), (0.30, -0.47), (0.385, -0.06)], 0.045), ear, bevel=0.1)
    parts.add(fold.polygon([(0.185, -0.24), (0.295, -0.385), (0.335, -0.15)], 0.015), blush(palette.main), "detail",
              0.04, "skin")
    skull = blend(canvas.ellipse(0, 0, 0.385, 0.315), fold.ellipse(0.29, 0.11, 0.155, 0.115, -0.2), 0.1)
    parts.add(skull, palette.main, bevel=0.26)
    if coat == TABBY:
        marks = union(canvas.capsule((0, -0.30), (0, -0.17), 0.024, 0.014),
                      fold.capsule((0.10, -0.29), (0.075, -0.18), 0.022, 0.012),
                      fold.capsule((0.43, 0.04), (0.31, 0.055), 0.02, 0.01),
                      fold.capsule((0.42, 0.13), (0.32, 0.12), 0.018, 0.01))
        parts.add(intersect(marks, skull + 0.008), palette.dark, "detail", 0.05)
    elif coat == BLAZE:
        parts.add(canvas.polygon([(-0.035, -0.27), (0.035, -0.27), (0.09, 0.10), (-0.09, 0.10)], 0.03), palette.light,
                  "detail", 0.1)
    elif coat == MASKED:
        parts.add(canvas.ellipse(0, 0.10, 0.25, 0.19), palette.dark, "detail", 0.2)
    else:
        parts.add(intersect(canvas.ellipse(0.20, -0.10, 0.20, 0.22, 0.3), skull + 0.012), palette.dark, "detail", 0.2)
    parts.add(fold.ellipse(0.075, 0.155, 0.115, 0.082), palette.light, "detail", 0.08)
    sides = [(-0.175, -0.005), (0.175, -0.005)]
    if asleep:
        dark_face = coat == MASKED or luminance(palette.main) < 0.3
        add_closed_eyes(parts, canvas, sides, 0.085, PAPER if dark_face else INK)
    else:
        iris = IRISES[rng.integers(len(IRISES))]
        add_eyes(parts, canvas, sides, 0.092, iris, slit=rng.uniform(0.45, 0.85), look=(rng.uniform(-0.7, 0.7), 0))
    parts.add(canvas.polygon([(-0.04, 0.085), (0.04, 0.085), (0, 0.12)], 0.016), NOSE_PINK, "detail", 0.04, "skin")
    mouth = fold.stroke([(0, 0.135), (0.012, 0.175), (0.055, 0.19), (0.09, 0.165)], 0.009)
    parts.add(mouth, INK, "line", 0.01)
    whiskers = [fold.capsule((0.17, 0.15 + 0.03 * k), (0.50, 0.10 + 0.085 * k), 0.008, 0.004) for k in range(3)]
    parts.add(union(*whiskers), INK if luminance(palette.main) > 0.35 else PAPER, "line", 0.01)


def _sitting(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    coat = int(rng.integers(4))
    fold = canvas.folded()
    tail = canvas.stroke(bezier((0.20, 0.70), (1.02, 0.86), (0.66, rng.uniform(0.0, 0.3))), 0.08, 0.066)
    parts.add(tail, palette.main, bevel=0.08)
    tip = palette.dark if coat in (TABBY, MASKED) else palette.light
    parts.add(intersect(tail + 0.004, canvas.circle(0.66, 0.1, 0.2)), tip, "detail", 0.08)
    parts.add(blend(canvas.ellipse(0, 0.49, 0.335, 0.35), canvas.ellipse(0, 0.15, 0.21, 0.28), 0.2), palette.main,
              bevel=0.28)
    parts.add(canvas.ellipse(0, 0.27, 0.145, 0.23), palette.light, "detail", 0.14)
    parts.add(fold.ellipse(0.265, 0.63, 0.15, 0.19, 0.2), palette.main, bevel=0.16)
    parts.add(fold.ellipse(0.29, 0.785, 0.145, 0.068), palette.light, bevel=0.07)
    parts.add(fold.capsule((0.095, 0.33), (0.105, 0.74), 0.082, 0.07), palette.main, bevel=0.08)
    parts.add(fold.ellipse(0.115, 0.79, 0.105, 0.066), palette.light, bevel=0.07)
    if rng.random() < 0.5:
        parts.add(canvas.arc((0, -0.16), 0.27, 0.85, 2.29, 0.036), palette.accent, bevel=0.04, material="cloth")
        parts.add(canvas.circle(0, 0.15, 0.052), (0.95, 0.78, 0.25), bevel=0.05, material="metal")
    _head(parts, canvas.at(rng.uniform(-0.03, 0.03), -0.29, rng.uniform(-0.15, 0.15)), palette, rng, coat)


def _bands(canvas: Canvas, spacing: float, half_width: float) -> np.ndarray:
    """Upright bent stripes, `spacing` apart, for the flanks of a tabby."""
    u = canvas.x / spacing + canvas.y * 0.6
    return triangle_wave(u) * spacing - half_width


def _walking(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    coat = int(rng.integers(4))
    socks = palette.dark if coat == MASKED else palette.light
    stride = rng.uniform(-0.05, 0.08)
    far = [((-0.36, 0.36), (-0.26 + stride, 0.74)), ((0.30, 0.36), (0.42 - stride, 0.74))]
    parts.add(union(*(canvas.capsule(a, b, 0.095, 0.07) for a, b in far)), palette.dark, bevel=0.08)
    tail = canvas.stroke(bezier((-0.48, 0.20), (-0.98, 0.10), (-0.70, -0.42), 5) + bezier(
                (-0.70, -0.42), (-0.58, -0.62), (-0.74, -0.70), 3)[1:], 0.078, 0.06)
    parts.add(tail, palette.main, bevel=0.08)
    parts.add(intersect(tail + 0.004, canvas.circle(-0.70, -0.66, 0.22)),
              palette.dark if coat in (TABBY, MASKED) else palette.light, "detail", 0.08)
    near = [((-0.44, 0.34), (-0.52 - stride, 0.75)), ((0.20, 0.36), (0.15 + stride, 0.75))]
    legs = union(*(canvas.capsule(a, b, 0.115, 0.072) for a, b in near))
    body = blend(blend(canvas.box(-0.12, 0.22, 0.47, 0.23, 0.22), canvas.circle(0.24, 0.17, 0.24), 0.1), legs, 0.1)
    parts.add(body, palette.main, bevel=0.24)
    if coat == TABBY:
        parts.add(intersect(_bands(canvas, 0.17, 0.03), body + 0.012, canvas.box(-0.18, 0.06, 0.33, 0.20, 0.1)),
                  palette.dark, "detail", 0.1)
    elif coat == PATCHED:
        parts.add(intersect(canvas.ellipse(-0.25, 0.10, 0.24, 0.18), body + 0.012), palette.dark, "detail", 0.1)
    else:
        parts.add(intersect(canvas.ellipse(-0.08, 0.42, 0.40, 0.10), body + 0.012), palette.light, "detail", 0.1)
    paws = [canvas.ellipse(b[0] + 0.03, 0.79, 0.105, 0.06) for _, b in near]
    parts.add(union(*paws), socks, bevel=0.06)
    _head(parts, canvas.at(0.42, -0.16, rng.uniform(-0.12, 0.12)), palette, rng, coat)


def _sleeping(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    coat = int(rng.integers(4))
    if rng.random() < 0.5:
        parts.add(canvas.box(0, 0.70, 0.90, 0.13, 0.12), palette.accent, bevel=0.12, material="cloth")
        parts.add(canvas.box(0, 0.70, 0.80, 0.014, 0.01), palette.accent_dark, "line", 0.02, "cloth")
    back = blend(canvas.ellipse(0.16, 0.24, 0.66, 0.42), canvas.ellipse(0.30, 0.42, 0.52, 0.26), 0.1)
    parts.add(back, palette.main, bevel=0.34)
    if coat == TABBY:
        parts.add(intersect(_bands(canvas.at(0, 0, 0.2), 0.19, 0.034), back + 0.012,
                            canvas.ellipse(0.24, -0.10, 0.46, 0.28)), palette.dark, "detail", 0.1)
    elif coat == PATCHED:
        parts.add(intersect(canvas.ellipse(0.42, 0.06, 0.26, 0.22, 0.5), back + 0.012), palette.dark, "detail", 0.1)
    haunch = canvas.ellipse(0.50, 0.40, 0.27, 0.25)
    parts.add(haunch, palette.main, bevel=0.2)
    tail = canvas.stroke(bezier((0.78, 0.50), (0.62, 0.74), (0.02, 0.66), 7), 0.085, 0.07)
    parts.add(tail, palette.main, bevel=0.08)
    parts.add(intersect(tail + 0.004, canvas.circle(0.0, 0.66, 0.19)),
              palette.dark if coat in (TABBY, MASKED) else palette.light, "detail", 0.08)
    parts.add(union(canvas.ellipse(-0.54, 0.60, 0.17, 0.08), canvas.ellipse(-0.18, 0.61, 0.16, 0.08)), palette.light,
              bevel=0.08)
    _head(parts, canvas.at(-0.36, 0.24, rng.uniform(-0.22, 0.02)), palette, rng, coat, asleep=rng.random() < 0.7)


def _portrait(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    coat = int(rng.integers(4))
    parts.add(intersect(canvas.ellipse(0, 0.94, 0.60, 0.42), canvas.y - 0.92), palette.main, bevel=0.2)
    parts.add(intersect(canvas.ellipse(0, 0.90, 0.24, 0.28), canvas.y - 0.92), palette.light, "detail", 0.14)
    if rng.random() < 0.7:
        bow = canvas.folded().at(0, 0.70)
        parts.add(bow.polygon([(0.03, 0.0), (0.24, -0.11), (0.24, 0.13)], 0.035), palette.accent, bevel=0.07,
                  material="cloth")
        parts.add(canvas.circle(0, 0.71, 0.07), palette.accent_dark, bevel=0.05, material="cloth")
    head = Parts(parts.material)
    size = 1.72
    _head(head, canvas.at(0, 0.06, rng.uniform(-0.12, 0.12)).stretched(size, size), palette, rng, coat)
    parts.add_scaled(head, size)


POSES = (_sitting, _walking, _sleeping, _portrait)


def cat(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A cat: 0 sitting, 1 walking, 2 curled up, 3 portrait."""
    parts = Parts("fur")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("cat", cat, ("orange", "grey", "black", "white", "brown", "yellow"), poses=len(POSES))
