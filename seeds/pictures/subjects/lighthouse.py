"""Lighthouses."""

from __future__ import annotations

import numpy as np

from ..scene import LEAF, PAPER, Palette, Part, Parts, Subject, mix
from ..shapes import Canvas, intersect, triangle_wave, union

ROCK = (0.46, 0.42, 0.42)
ROCK_LIGHT = (0.60, 0.56, 0.54)
SEA = (0.20, 0.52, 0.74)
LAMP = (1.0, 0.90, 0.50)
IRON = (0.25, 0.26, 0.31)


def _rocks(parts: Parts, canvas: Canvas) -> None:
    parts.add(canvas.polygon([(-0.62, 0.82), (-0.50, 0.66), (-0.26, 0.58), (0.24, 0.56), (0.48, 0.64), (0.64, 0.82)],
                             0.03), ROCK, bevel=0.14, material="rock")
    parts.add(canvas.polygon([(-0.44, 0.74), (-0.30, 0.64), (-0.10, 0.66), (-0.20, 0.74)], 0.02), ROCK_LIGHT,
              "detail", 0.08, "rock")
    parts.add(canvas.polygon([(0.12, 0.70), (0.30, 0.63), (0.44, 0.72), (0.22, 0.77)], 0.02), ROCK_LIGHT, "detail",
              0.08, "rock")


def _waves(parts: Parts, canvas: Canvas) -> None:
    swell = 0.75 - np.abs(np.sin(canvas.x * 7.5)) * 0.06 - canvas.y
    sea = intersect(swell * 0.9, canvas.box(0, 0.78, 0.86, 0.14, 0.12))
    parts.add(sea, SEA, bevel=0.06, material="water")
    parts.add(intersect(np.abs(swell + 0.065) - 0.012, sea + 0.02), PAPER, "line", 0.02, "water")


def _lantern(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Gallery, lamp room and dome, standing on the origin; about 0.5 high."""
    if rng.random() < 0.7:
        beam = canvas.folded().polygon([(0.10, -0.17), (0.74, -0.33), (0.74, 0.03), (0.10, -0.12)], 0.005)
        parts.insert(0, Part(beam, (1.0, 0.95, 0.70), "glow", 0.1, ""))
    parts.add(canvas.box(0, -0.14, 0.125, 0.12, 0.01), LAMP, "glow", 0.05, "glass")
    parts.add(union(canvas.folded().box(0.115, -0.14, 0.014, 0.12), canvas.box(0, -0.14, 0.010, 0.12)), IRON,
              "detail", 0.02, "metal")
    parts.add(intersect(canvas.ellipse(0, -0.25, 0.17, 0.16), canvas.y + 0.25), palette.main, bevel=0.09,
              material="paint")
    parts.add(union(canvas.capsule((0, -0.40), (0, -0.48), 0.014), canvas.circle(0, -0.44, 0.03)), IRON, bevel=0.02,
              material="metal")
    parts.add(canvas.box(0, 0.0, 0.245, 0.034, 0.012), IRON, bevel=0.03, material="metal")
    rails = union(canvas.box(0, -0.115, 0.235, 0.009), canvas.folded().box(0.228, -0.06, 0.010, 0.06),
                  canvas.folded().box(0.165, -0.06, 0.008, 0.06))
    parts.add(rails, IRON, "line", 0.01, "metal")


def _striped(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _rocks(parts, canvas)
    tower = canvas.polygon([(-0.29, 0.62), (0.29, 0.62), (0.165, -0.36), (-0.165, -0.36)], 0.01)
    parts.add(tower, PAPER, bevel=0.2, material="wall")
    bands = int(rng.integers(2, 4))
    step = 0.98 / (2 * bands + 1)
    stripes = union(*(canvas.box(0, -0.36 + step * (2 * k + 1.5), 0.5, step / 2) for k in range(bands)))
    parts.add(intersect(stripes, tower), palette.main, "detail", 0.2, "paint")
    parts.add(canvas.box(0, 0.53, 0.075, 0.11, 0.07), palette.accent_dark, "body", 0.04, "wood")
    parts.add(union(canvas.box(0.03, 0.15, 0.032, 0.05, 0.03), canvas.box(-0.03, -0.17, 0.03, 0.045, 0.03)), LAMP,
              "glow", 0.02, "glass")
    _lantern(parts, canvas.at(0, -0.38), palette, rng)
    _waves(parts, canvas)


def _with_cottage(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A stout white tower beside its keeper's house on a green cliff."""
    cliff = canvas.polygon([(-0.86, 0.86), (-0.80, 0.62), (-0.62, 0.50), (0.56, 0.50), (0.82, 0.60), (0.70, 0.86)],
                           0.02)
    tower = canvas.at(-0.22, 0.0)
    wall = parts.add(tower.polygon([(-0.23, 0.54), (0.23, 0.54), (0.16, -0.34), (-0.16, -0.34)], 0.01), PAPER,
                     bevel=0.16)
    parts.add(intersect(tower.box(0, 0.10 + rng.uniform(-0.1, 0.1), 0.4, 0.11), wall), palette.main, "detail", 0.16,
              "paint")
    parts.add(union(tower.box(0, -0.16, 0.034, 0.05, 0.03), tower.box(0, 0.34, 0.034, 0.05, 0.03)), LAMP, "glow",
              0.02, "glass")
    _lantern(parts, tower.at(0, -0.36), palette, rng)
    parts.add(canvas.box(0.36, 0.40, 0.29, 0.16), mix(PAPER, palette.accent_light, 0.35), bevel=0.05, material="wall")
    parts.add(canvas.polygon([(0.02, 0.25), (0.14, 0.06), (0.58, 0.06), (0.70, 0.25)], 0.015), palette.main,
              bevel=0.05, material="tile")
    parts.add(canvas.box(0.50, 0.02, 0.045, 0.08), palette.dark, bevel=0.03, material="wall")
    parts.add(union(canvas.box(0.22, 0.39, 0.055, 0.055), canvas.box(0.54, 0.39, 0.055, 0.055)), LAMP, "glow", 0.02,
              "glass")
    parts.add(canvas.box(0.38, 0.45, 0.06, 0.11, 0.01), palette.accent_dark, bevel=0.03, material="wood")
    parts.add(cliff, ROCK, bevel=0.12, material="rock")
    turf = canvas.y - 0.60 + np.abs(np.sin(canvas.x * 8)) * 0.05
    parts.add(intersect(turf * 0.9, cliff), LEAF, "body", 0.08, "leaf")
    _waves(parts, canvas)


def _slender(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A tall column with a winding band, its foot in the surf."""
    tower = canvas.polygon([(-0.20, 0.70), (0.20, 0.70), (0.115, -0.44), (-0.115, -0.44)], 0.01)
    parts.add(union(canvas.box(0, 0.70, 0.34, 0.08, 0.02), canvas.box(0, 0.60, 0.27, 0.06, 0.02)), ROCK_LIGHT,
              bevel=0.06, material="rock")
    parts.add(tower, PAPER, bevel=0.15, material="wall")
    turns = (canvas.y * 2.9 + canvas.x * float(rng.choice([-1.9, 1.9]))) + rng.random()
    winding = (triangle_wave(turns) - 0.25) * 0.28
    parts.add(intersect(winding, tower), palette.main, "detail", 0.15, "paint")
    parts.add(canvas.box(0, 0.54, 0.062, 0.10, 0.055), palette.accent_dark, bevel=0.03, material="wood")
    _lantern(parts, canvas.at(0, -0.45), palette, rng)
    gulls = [canvas.stroke([(x - 0.09, y - 0.035), (x - 0.04, y - 0.05), (x, y), (x + 0.04, y - 0.05),
                            (x + 0.09, y - 0.035)], 0.012) for x, y in ((-0.56, 0.06), (0.58, 0.22))]
    parts.add(union(*gulls), IRON, "line", 0.02)
    parts.add(union(canvas.circle(-0.44, 0.72, 0.13), canvas.circle(0.42, 0.74, 0.15),
                    canvas.circle(-0.24, 0.76, 0.10)), ROCK, bevel=0.1, material="rock")
    _waves(parts, canvas)


POSES = (_striped, _with_cottage, _slender)


def lighthouse(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A lighthouse: 0 striped on a rock, 1 with the keeper's cottage, 2 slender with a winding band."""
    parts = Parts("wall")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("lighthouse", lighthouse, ("red", "blue", "black", "orange", "green", "purple"), poses=len(POSES),
                  grounded=True, backdrops=("day", "sunset", "night", "lilac", "peach"), tilt=0.03)
