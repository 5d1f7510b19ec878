"""Snails."""

from __future__ import annotations

import numpy as np

from ..scene import INK, LEAF, PAPER, Palette, Parts, Subject, mix
from ..shapes import Canvas, bezier, blend, intersect, triangle_wave, union
from .faces import add_eyes

FLESH = ((0.93, 0.80, 0.58), (0.80, 0.82, 0.60), (0.90, 0.72, 0.62), (0.74, 0.68, 0.62))


def _spiral(canvas: Canvas, pitch: float, half_width: float) -> np.ndarray:
    """Distance to an endless Archimedean spiral whose turns are `pitch` apart."""
    radius = canvas.circle(0, 0, 0)
    turns = radius / pitch - np.arctan2(canvas.y, canvas.x) / (2 * np.pi)
    return triangle_wave(turns) * pitch - half_width


def _shell(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator, radius: float) -> None:
    """A coiled shell round the origin."""
    shell = canvas.ellipse(0, 0, radius, radius * 0.95)
    parts.add(shell, palette.main, bevel=radius * 0.7, material="shell")
    if rng.random() < 0.6:
        parts.add(intersect(_spiral(canvas, radius * 0.46, radius * 0.10), shell + 0.03), palette.accent, "detail",
                  0.1, "shell")
    else:
        parts.add(canvas.ellipse(0, 0, radius * 0.6, radius * 0.57), palette.light, "detail", 0.1, "shell")
        parts.add(canvas.ellipse(0, 0, radius * 0.28, radius * 0.26), palette.accent, "detail", 0.1, "shell")
    parts.add(intersect(_spiral(canvas.at(0, 0, 1.3), radius * 0.46, 0.016), shell + 0.02), palette.dark, "line",
              0.02, "shell")


def _gliding(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    flesh = FLESH[rng.integers(len(FLESH))]
    lean = rng.uniform(-0.06, 0.08)
    foot = union(canvas.box(-0.05, 0.60, 0.68, 0.10, 0.09),
                 canvas.polygon([(-0.90, 0.69), (-0.60, 0.54), (-0.40, 0.69)], 0.01))
    neck = canvas.stroke(bezier((0.38, 0.58), (0.62, 0.50), (0.62 + lean, 0.10), 5), 0.14, 0.125)
    stalks = [((0.57 + lean, 0.06), (0.46 + lean, -0.30)), ((0.68 + lean, 0.06), (0.78 + lean, -0.27))]
    parts.add(union(*(canvas.capsule(a, b, 0.034, 0.026) for a, b in stalks)), mix(flesh, (0.3, 0.2, 0.15), 0.15),
              bevel=0.04)
    parts.add(blend(blend(foot, neck, 0.18), canvas.ellipse(0.645 + lean, 0.08, 0.175, 0.15), 0.1), flesh, bevel=0.13)
    parts.add(canvas.capsule((-0.70, 0.665), (0.58, 0.665), 0.012), mix(flesh, (0.3, 0.2, 0.15), 0.4), "line", 0.01)
    parts.add(union(*(canvas.circle(*b, 0.068) for _, b in stalks)), flesh, bevel=0.06)
    add_eyes(parts, canvas, [(b[0] + 0.01, b[1]) for _, b in stalks], 0.046)
    parts.add(canvas.stroke(bezier((0.66 + lean, 0.14), (0.73 + lean, 0.18), (0.78 + lean, 0.10), 4), 0.012), INK,
              "line", 0.01)
    parts.add(canvas.ellipse(0.58 + lean, 0.13, 0.04, 0.028), (0.95, 0.60, 0.58), "detail", 0.03)
    _shell(parts, canvas.at(-0.16, 0.12, rng.uniform(-0.5, 0.5)), palette, rng, 0.47)


def _pointed_shell(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A tall shell of stacked whorls, its mouth at the origin and its tip up left."""
    whorls = [(0.0, -0.10, 0.36, 0.27), (-0.13, -0.36, 0.29, 0.21), (-0.24, -0.57, 0.22, 0.16),
              (-0.33, -0.73, 0.155, 0.115), (-0.40, -0.85, 0.09, 0.08)]
    banded = rng.random() < 0.6
    for k, (x, y, rx, ry) in reversed(list(enumerate(whorls))):
        whorl = canvas.ellipse(x, y, rx, ry, -0.38)
        parts.add(whorl, palette.main if k % 2 == 0 else mix(palette.main, palette.light, 0.35), bevel=ry * 0.8,
                  material="shell")
        if banded and k < 4:
            band = np.abs(canvas.at(x, y + ry * 1.6, -0.38).stretched(1.0, 0.75).circle(0, 0, ry * 2.2)) - ry * 0.17
            parts.add(intersect(band, whorl + 0.02), palette.accent, "detail", 0.1, "shell")


def _climbing(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    flesh = FLESH[rng.integers(len(FLESH))]
    fold = mix(flesh, (0.3, 0.2, 0.15), 0.4)
    lift = rng.uniform(-0.08, 0.05)
    if rng.random() < 0.6:
        leaf = intersect(canvas.circle(0.0, 0.01, 0.93), canvas.circle(0.0, 1.62, 0.95))
        parts.add(leaf - 0.02, LEAF, bevel=0.06, material="leaf")
        parts.add(intersect(canvas.capsule((-0.60, 0.80), (0.60, 0.80), 0.012), leaf),
                  mix(LEAF, (0.05, 0.1, 0.05), 0.4), "line", 0.01, "leaf")
    tips = ((0.60, -0.20 + lift), (0.90, -0.12 + lift))
    stalks = [canvas.capsule((0.62, 0.16 + lift), tips[0], 0.034, 0.026),
              canvas.capsule((0.72, 0.18 + lift), tips[1], 0.034, 0.026)]
    parts.add(union(*stalks), mix(flesh, (0.3, 0.2, 0.15), 0.15), bevel=0.04)
    body = blend(canvas.stroke(bezier((-0.84, 0.68), (-0.40, 0.62), (0.10, 0.58), 4), 0.03, 0.13),
                 canvas.stroke(bezier((0.08, 0.58), (0.56, 0.60), (0.66, 0.20 + lift), 5), 0.135, 0.125), 0.08)
    parts.add(blend(body, canvas.ellipse(0.68, 0.20 + lift, 0.165, 0.14), 0.08), flesh, bevel=0.13)
    parts.add(canvas.stroke([(-0.66, 0.68), (-0.10, 0.665), (0.30, 0.65)], 0.012), fold, "line", 0.01)
    parts.add(union(*(canvas.circle(*tip, 0.066) for tip in tips)), flesh, bevel=0.06)
    add_eyes(parts, canvas, [(x + 0.012, y) for x, y in tips], 0.045)
    parts.add(canvas.stroke(bezier((0.71, 0.27 + lift), (0.77, 0.30 + lift), (0.81, 0.22 + lift), 4), 0.012), INK,
              "line", 0.01)
    _pointed_shell(parts, canvas.at(-0.14, 0.40, rng.uniform(-0.12, 0.10)), palette, rng)


def _facing(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    flesh = FLESH[rng.integers(len(FLESH))]
    shadow = mix(flesh, (0.3, 0.2, 0.15), 0.4)
    _shell(parts, canvas.at(0.20, 0.10, rng.uniform(-0.4, 0.4)), palette, rng, 0.56)
    lean = rng.uniform(-0.04, 0.04)
    head = canvas.at(-0.16 + lean, 0.06)
    front = head.folded()
    parts.add(front.capsule((0.10, 0.06), (0.21, -0.40), 0.044, 0.034), mix(flesh, (0.3, 0.2, 0.15), 0.15),
              bevel=0.04)
    body = blend(canvas.ellipse(-0.08, 0.68, 0.60, 0.135),
                 blend(head.ellipse(0, 0.20, 0.265, 0.25), head.box(0, 0.46, 0.22, 0.22, 0.15), 0.1), 0.16)
    parts.add(body, flesh, bevel=0.18)
    parts.add(canvas.stroke(bezier((-0.60, 0.70), (-0.08, 0.80), (0.44, 0.70), 4), 0.012), shadow, "line", 0.01)
    parts.add(union(*(head.box(0, y, 0.09, 0.010, 0.009) for y in (0.47, 0.54))), shadow, "line", 0.01)
    parts.add(front.circle(0.21, -0.42, 0.094), flesh, bevel=0.07)
    parts.add(front.circle(0.21, -0.42, 0.074), PAPER, "detail", 0.05, "eye")
    add_eyes(parts, head, [(-0.20, -0.41), (0.22, -0.41)], 0.048)
    parts.add(front.stroke([(0.0, 0.295), (0.05, 0.282), (0.10, 0.235)], 0.014), INK, "line", 0.01)
    parts.add(front.ellipse(0.165, 0.20, 0.048, 0.034), (0.95, 0.60, 0.58), "detail", 0.03)


POSES = (_gliding, _climbing, _facing)


def snail(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A snail: 0 gliding, 1 with a pointed shell, 2 from the front."""
    parts = Parts("skin")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("snail", snail, ("brown", "orange", "purple", "blue", "pink", "green", "red", "yellow"),
                  poses=len(POSES))
