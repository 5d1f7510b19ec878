"""Umbrellas."""

from __future__ import annotations

import math

import numpy as np

from ..scene import PAPER, WOOD, Colour, Palette, Parts, Subject, mix
from ..shapes import Canvas, intersect, subtract, union

STEEL = (0.74, 0.76, 0.80)
RAIN = (0.45, 0.70, 0.95)


def _rain(parts: Parts, canvas: Canvas, rng: np.random.Generator, places: tuple[tuple[float, float], ...]) -> None:
    drops = []
    for x, y in places:
        x, y = x + rng.uniform(-0.06, 0.06), y + rng.uniform(-0.06, 0.06)
        drops.append(canvas.capsule((x + 0.02, y - 0.075), (x, y), 0.006, 0.034))
    parts.add(union(*drops), RAIN, "detail", 0.03, "water")


def _hook(parts: Parts, canvas: Canvas, top: float, bottom: float, handle: Colour) -> None:
    parts.add(canvas.box(0, (top + bottom) / 2, 0.022, (bottom - top) / 2, 0.02), STEEL, bevel=0.02, material="metal")
    hook = union(canvas.capsule((0, bottom - 0.18), (0, bottom), 0.042),
                 canvas.arc((0.11, bottom), 0.11, math.pi, 0.15, 0.042))
    parts.add(hook, handle, bevel=0.045, material="wood")


def _open(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    if rng.random() < 0.45:
        _rain(parts, canvas, rng, ((-0.55, 0.35), (-0.32, 0.62), (0.45, 0.40), (0.66, 0.66), (-0.72, 0.72)))
    _hook(parts, canvas, -0.10, 0.70, WOOD)
    parts.add(canvas.capsule((0, -0.66), (0, -0.84), 0.026, 0.016), STEEL, bevel=0.02, material="metal")
    dome = canvas.ellipse(0, 0.06, 0.86, 0.76)
    scallops = union(*(canvas.ellipse(x, 0.08, 0.172, 0.13) for x in (-0.688, -0.344, 0.0, 0.344, 0.688)))
    canopy = intersect(subtract(dome, scallops), canvas.y - 0.10)
    parts.add(canopy, palette.main, bevel=0.22)
    other = palette.accent if rng.random() < 0.6 else palette.light
    if rng.random() < 0.75:
        outer = intersect(canvas.ellipse(0, 0.06, 0.50, 0.76), -canvas.ellipse(0, 0.06, 0.185, 0.76))
        parts.add(intersect(outer, canopy), other, "detail", 0.2)
    else:
        parts.add(intersect(np.abs(canvas.ellipse(0, 0.06, 0.70, 0.58)) - 0.045, canopy), other, "detail", 0.2)
    ribs = union(np.abs(canvas.ellipse(0, 0.06, 0.185, 0.76)) - 0.009,
                 np.abs(canvas.ellipse(0, 0.06, 0.52, 0.76)) - 0.009)
    parts.add(intersect(ribs, canopy + 0.004), palette.dark, "line", 0.02)


def _closed(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Furled and standing on its tip, the hook at the top."""
    brolly = canvas.at(0, 0, rng.uniform(0.10, 0.5))
    fold = brolly.folded()
    _hook(parts, brolly.at(0, -0.06, math.pi), 0.10, 0.66, WOOD)
    parts.add(brolly.capsule((0, 0.70), (0, 0.92), 0.030, 0.012), STEEL, bevel=0.02, material="metal")
    folds = [brolly.polygon([(x - 0.15, -0.34 + dy), (x + 0.15, -0.34 + dy), (x * 0.2 + 0.03, 0.72),
                             (x * 0.2 - 0.03, 0.72)], 0.012) for x, dy in ((-0.19, 0.04), (0.19, 0.04))]
    parts.add(union(*folds), palette.dark, bevel=0.08)
    middle = brolly.polygon([(-0.15, -0.40), (0.15, -0.40), (0.05, 0.76), (-0.05, 0.76)], 0.015)
    parts.add(middle, palette.main, bevel=0.09)
    parts.add(fold.polygon([(0.18, -0.34), (0.28, -0.31), (0.065, 0.70), (0.045, 0.70)], 0.006),
              palette.accent if rng.random() < 0.6 else palette.light, "detail", 0.05)
    pleats = fold.capsule((0.05, -0.36), (0.016, 0.66), 0.009)
    parts.add(pleats, palette.dark, "line", 0.02)
    parts.add(brolly.box(0, 0.10, 0.24, 0.05, 0.02, 0.06), palette.accent, bevel=0.05)
    parts.add(brolly.circle(0.06, 0.10, 0.026), (0.96, 0.86, 0.50), "detail", 0.02, "metal")


def _tilted(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Leaning back, so that one looks into the canopy."""
    brolly = canvas.at(0.04, -0.08, rng.uniform(-0.75, -0.45))
    inside = brolly.ellipse(0, 0.02, 0.80, 0.33)
    dome = union(intersect(brolly.ellipse(0, 0.0, 0.82, 0.70), brolly.y - 0.02), inside)
    parts.add(brolly.capsule((0, -0.68), (0, -0.82), 0.028, 0.014), STEEL, bevel=0.02, material="metal")
    parts.add(dome, palette.main, bevel=0.24)
    panel = intersect(brolly.ellipse(0, 0.0, 0.48, 0.70), -brolly.ellipse(0, 0.0, 0.16, 0.70))
    parts.add(intersect(panel, dome), palette.accent if rng.random() < 0.6 else palette.light, "detail", 0.2)
    seams = union(np.abs(brolly.ellipse(0, 0.0, 0.16, 0.70)) - 0.009,
                  np.abs(brolly.ellipse(0, 0.0, 0.49, 0.70)) - 0.009)
    parts.add(intersect(seams, dome + 0.005), palette.dark, "line", 0.02)
    parts.add(inside, palette.dark, bevel=0.06)
    spokes = [brolly.capsule((0, -0.10), (0.80 * math.cos(a), 0.02 + 0.33 * math.sin(a)), 0.011)
              for a in (0.15, 0.75, 1.30, 1.84, 2.39, 2.99, 4.0, 5.4)]
    parts.add(intersect(union(*spokes), inside + 0.01), STEEL, "detail", 0.02, "metal")
    _hook(parts, brolly, -0.12, 0.78, WOOD)


def _on_the_beach(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A sunshade stuck into the sand."""
    parts.add(intersect(canvas.ellipse(0, 0.90, 0.74, 0.20), canvas.y - 0.86), (0.93, 0.80, 0.54), bevel=0.1,
              material="rock")
    shade = canvas.at(0, 0.80, rng.uniform(-0.20, 0.20))
    parts.add(shade.box(0, -0.55, 0.028, 0.62, 0.02), mix(WOOD, (1, 1, 1), 0.35), bevel=0.03, material="wood")
    dome = intersect(shade.ellipse(0, -0.92, 0.78, 0.56), shade.y + 0.92)
    parts.add(shade.circle(0, -1.50, 0.045), palette.accent, bevel=0.04, material="wood")
    parts.add(dome, palette.main, bevel=0.2)
    light = PAPER if rng.random() < 0.6 else palette.accent
    wedges = intersect(shade.ellipse(0, -0.92, 0.54, 0.56), -shade.ellipse(0, -0.92, 0.24, 0.56))
    parts.add(intersect(wedges, dome), light, "detail", 0.2)
    parts.add(intersect(union(np.abs(shade.ellipse(0, -0.92, 0.24, 0.56)) - 0.008,
                              np.abs(shade.ellipse(0, -0.92, 0.54, 0.56)) - 0.008), dome + 0.005), palette.dark,
              "line", 0.02)
    flounce = union(*(intersect(shade.circle(-0.65 + 0.26 * k, -0.915, 0.13), -0.93 - shade.y) for k in range(6)))
    parts.add(flounce, palette.accent if light == PAPER else palette.dark, bevel=0.05)
    if rng.random() < 0.6:
        ball = canvas.at(rng.choice([-0.46, 0.46]), 0.70, rng.uniform(0, 6))
        parts.add(ball.circle(0, 0, 0.14), PAPER, bevel=0.12, material="glaze")
        parts.add(intersect(ball.around(3).capsule((0.03, 0), (0.2, 0), 0.01, 0.09), ball.circle(0, 0, 0.14)),
                  palette.accent, "detail", 0.1, "glaze")


POSES = (_open, _closed, _tilted, _on_the_beach)


def umbrella(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """An umbrella: 0 open, 1 closed, 2 tilted, 3 a sunshade on the beach."""
    parts = Parts("cloth")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("umbrella", umbrella, ("red", "blue", "yellow", "purple", "pink", "teal", "green", "orange"),
                  poses=len(POSES), grounded=False, tilt=0.25)
