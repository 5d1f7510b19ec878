"""Fish."""

from __future__ import annotations

import numpy as np

from ..scene import INK, PAPER, Palette, Parts, Subject
from ..shapes import Canvas, bezier, blend, intersect, subtract, union
from .faces import add_eyes

BUBBLE = (0.86, 0.96, 1.0)
STRIPES, DOTS, SCALES = range(3)


def _bubbles(parts: Parts, canvas: Canvas, rng: np.random.Generator, x: float, y: float) -> None:
    rings = [canvas.ring(x + rng.uniform(-0.09, 0.09), y - 0.19 * k, 0.035 + 0.03 * rng.random(), 0.012)
             for k in range(3)]
    parts.add(union(*rings), BUBBLE, "line", 0.02, "glass")


def _scales(canvas: Canvas, spacing: float) -> np.ndarray:
    """Rows of small bows all over the canvas."""
    row = np.floor(canvas.x / spacing)
    u = canvas.x - (row + 0.5) * spacing
    shifted = canvas.y / spacing + row * 0.5
    v = (shifted - np.rint(shifted)) * spacing
    cell = Canvas(u, v)
    return cell.ring(spacing * 0.15, 0, spacing * 0.5, 0.009)


def _round(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _bubbles(parts, canvas, rng, 0.80, -0.30)
    tail = canvas.at(-0.44, 0.0, rng.uniform(-0.2, 0.2))
    parts.add(subtract(union(tail.ellipse(-0.19, -0.17, 0.27, 0.13, 0.72),
                             tail.ellipse(-0.19, 0.17, 0.27, 0.13, -0.72)), tail.circle(-0.52, 0, 0.16)),
              palette.accent, bevel=0.09)
    rays = [tail.capsule((-0.10, 0.3 * k * 0.3), (-0.33, 0.25 * k), 0.009, 0.006) for k in (-1, -0.5, 0.5, 1)]
    parts.add(union(*rays), palette.accent_dark, "line", 0.01)
    parts.add(blend(canvas.ellipse(0.0, -0.30, 0.34, 0.17, 0.10), canvas.ellipse(-0.24, -0.28, 0.15, 0.10, 0.5), 0.1),
              palette.accent, bevel=0.08)
    parts.add(canvas.ellipse(0.02, 0.36, 0.19, 0.09, 0.75), palette.accent, bevel=0.07)
    body = blend(canvas.ellipse(0.12, 0, 0.47, 0.345), canvas.ellipse(-0.36, 0, 0.17, 0.10), 0.22)
    parts.add(body, palette.main, bevel=0.28)
    inner = body + 0.012
    parts.add(intersect(canvas.ellipse(0.12, 0.27, 0.44, 0.20), inner), palette.light, "detail", 0.2)
    pattern = rng.integers(3)
    if pattern == STRIPES:
        bands = union(*(np.abs(canvas.circle(x - 0.6, 0, 0.6)) - 0.05 for x in (-0.20, 0.02, 0.24)))
        parts.add(intersect(bands, inner), palette.accent if rng.random() < 0.6 else PAPER, "detail", 0.2)
    elif pattern == DOTS:
        dots = [canvas.circle(x, y, 0.052) for x,
                y in ((-0.27, -0.02), (-0.12, -0.14), (-0.11, 0.08), (0.04, -0.2), (0.05, 0.0), (-0.28, 0.13))]
        parts.add(intersect(union(*dots), inner), palette.accent_light, "detail", 0.05)
    else:
        scales = intersect(_scales(canvas.at(-0.02, 0), 0.13), body + 0.03, canvas.x - 0.2)
        parts.add(scales, palette.dark, "line", 0.02)
    parts.add(canvas.stroke(bezier((0.30, -0.26), (0.22, 0.0), (0.30, 0.26), 6), 0.014), palette.dark, "line", 0.02)
    parts.add(canvas.at(0.12, 0.08, rng.uniform(0.1, 0.6)).ellipse(-0.10, 0, 0.16, 0.085), palette.accent, bevel=0.07)
    parts.add(canvas.circle(0.41, -0.09, 0.10), PAPER, "detail", 0.05, "eye")
    add_eyes(parts, canvas, [(0.425, -0.085)], 0.062)
    parts.add(canvas.stroke(bezier((0.45, 0.13), (0.52, 0.16), (0.57, 0.09), 4), 0.014), INK, "line", 0.02)


def _slender(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _bubbles(parts, canvas, rng, 0.80, -0.22)
    tail = canvas.at(-0.62, 0.0, rng.uniform(-0.15, 0.15))
    parts.add(union(tail.polygon([(0.06, -0.04), (-0.27, -0.36), (-0.17, 0.0), (-0.27, 0.36), (0.06, 0.04)], 0.02)),
              palette.accent, bevel=0.07)
    fins = union(canvas.polygon([(-0.18, -0.14), (-0.12, -0.42), (0.20, -0.16)], 0.025),
                 canvas.polygon([(-0.46, -0.06), (-0.46, -0.24), (-0.32, -0.10)], 0.02),
                 canvas.polygon([(-0.40, 0.06), (-0.46, 0.27), (-0.24, 0.12)], 0.02),
                 canvas.polygon([(0.02, 0.16), (-0.06, 0.38), (0.22, 0.18)], 0.02))
    parts.add(fins, palette.accent, bevel=0.07)
    body = intersect(canvas.circle(0.06, 0.68, 0.92), canvas.circle(0.06, -0.68, 0.92)) - 0.012
    parts.add(body, palette.main, bevel=0.2)
    parts.add(intersect(canvas.circle(0.06, 0.88, 0.86), body + 0.012), palette.light, "detail", 0.15)
    pattern = rng.integers(3)
    if pattern == STRIPES:
        parts.add(intersect(np.abs(canvas.y + 0.04) - 0.035, body + 0.05, canvas.x - 0.34), palette.accent, "detail",
                  0.1)
    elif pattern == DOTS:
        spots = [canvas.circle(x, y, 0.034) for x,
                 y in ((-0.38, -0.03), (-0.26, -0.10), (-0.14, -0.03), (-0.02, -0.13), (0.08, -0.04), (0.20, -0.12))]
        parts.add(union(*spots), palette.dark, "detail", 0.04)
    else:
        parts.add(intersect(_scales(canvas.at(0, 0), 0.10), body + 0.03, canvas.x - 0.24), palette.dark, "line", 0.02)
    parts.add(canvas.stroke(bezier((0.44, -0.155), (0.34, 0.0), (0.44, 0.155), 4), 0.014), palette.dark, "line", 0.02)
    parts.add(canvas.at(0.28, 0.09, rng.uniform(0.2, 0.7)).ellipse(-0.10, 0, 0.14, 0.06), palette.accent, bevel=0.06)
    parts.add(canvas.circle(0.53, -0.045, 0.068), PAPER, "detail", 0.05, "eye")
    add_eyes(parts, canvas, [(0.54, -0.042)], 0.044)
    parts.add(canvas.capsule((0.57, 0.075), (0.66, 0.045), 0.012), INK, "line", 0.02)


def _angelfish(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _bubbles(parts, canvas, rng, 0.76, -0.26)
    sweep = rng.uniform(-0.06, 0.10)
    sails = []
    for side in (-1, 1):
        front = bezier((0.34, side * 0.26), (0.02, side * 0.74), (-0.50, side * (0.88 - sweep)), 4)
        sails.append(canvas.polygon([*front, *bezier(front[-1], (-0.20, side * 0.52), (-0.36, side * 0.08), 3)[1:]],
                                    0.02))
    sails = union(*sails)
    parts.add(sails, palette.accent, bevel=0.09)
    rays = union(*(canvas.capsule((0.06, s * 0.36), (-0.24, s * 0.71), 0.010, 0.006) for s in (-1, 1)),
                 *(canvas.capsule((-0.14, s * 0.32), (-0.32, s * 0.66), 0.010, 0.006) for s in (-1, 1)))
    parts.add(rays, palette.accent_dark, "line", 0.01)
    tail = canvas.at(-0.42, 0.0, rng.uniform(-0.15, 0.15))
    parts.add(tail.polygon([(0.05, -0.06), (-0.36, -0.22), (-0.30, 0.0), (-0.36, 0.22), (0.05, 0.06)], 0.03),
              palette.accent, bevel=0.08)
    body = blend(canvas.ellipse(0.04, 0, 0.43, 0.40),
                 canvas.polygon([(0.30, -0.16), (0.58, 0.02), (0.30, 0.18)], 0.03), 0.1)
    parts.add(body, palette.main, bevel=0.28)
    bands = union(*(np.abs(canvas.circle(x - 0.8, 0, 0.8)) - w for x,
                    w in ((-0.20, 0.05), (0.06, 0.06), (0.31, 0.03))))
    parts.add(intersect(bands, body + 0.012), palette.dark if rng.random() < 0.5 else PAPER, "detail", 0.15)
    parts.add(canvas.capsule((0.10, 0.24), (-0.02, 0.56), 0.03, 0.010), palette.accent, bevel=0.03)
    parts.add(canvas.at(0.14, 0.08, rng.uniform(0.1, 0.6)).ellipse(-0.09, 0, 0.13, 0.07), palette.accent, bevel=0.06)
    parts.add(canvas.circle(0.40, -0.06, 0.078), PAPER, "detail", 0.05, "eye")
    add_eyes(parts, canvas, [(0.41, -0.055)], 0.050)
    parts.add(canvas.capsule((0.53, 0.085), (0.60, 0.055), 0.012), INK, "line", 0.02)


POSES = (_round, _slender, _angelfish)


def fish(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A fish: 0 round, 1 slender, 2 an angelfish."""
    parts = Parts("scale")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("fish", fish, ("orange", "blue", "yellow", "red", "purple", "teal", "pink"), poses=len(POSES),
                  grounded=False, backdrops=("sea", "teal", "sea", "day"), tilt=0.18, weight=(0.88, 1.02))
