"""Mountains."""

from __future__ import annotations

import numpy as np

from ..scene import LEAF, Colour, Palette, Parts, Subject, mix
from ..shapes import Canvas, Point, intersect, triangle_wave, union

SNOW = (0.97, 0.98, 1.0)
SUN = (1.0, 0.83, 0.35)
PINE = (0.15, 0.40, 0.26)


def _teeth(canvas: Canvas, spacing: float, height: float, rng: np.random.Generator) -> np.ndarray:
    """The ragged lower rim of a snow field: how far it hangs down at every x."""
    return (triangle_wave(canvas.x / spacing + rng.random()) - 0.25) * height


def _right_of_ridge(canvas: Canvas, x: float, spread: float) -> np.ndarray:
    """Distance into the shaded face right of a ridge that zigzags down from x."""
    zigzag = triangle_wave(canvas.y * 2.2) * (spread * 0.36)
    return (x - spread * 0.02 + zigzag - canvas.x) * 0.85


def _peak(parts: Parts, canvas: Canvas, apex: Point, spread: float, base: float, colour: Colour, shade: Colour,
          rng: np.random.Generator) -> None:
    """A craggy peak with a lit left face, a dark right face and a ragged snow cap."""
    x, y = apex
    height = base - y
    outline = [(x - spread, base), (x - spread * 0.55, y + height * 0.50), (x - spread * 0.34, y + height * 0.38),
               (x, y), (x + spread * 0.30, y + height * 0.36), (x + spread * 0.52, y + height * 0.46),
               (x + spread, base)]
    rock = canvas.polygon(outline, 0.012)
    parts.add(rock, colour, bevel=0.12, material="rock")
    parts.add(intersect(_right_of_ridge(canvas, x, spread), rock), shade, "detail", 0.1, "rock")
    depth = y + height * rng.uniform(0.24, 0.34)
    teeth = _teeth(canvas, spread * 0.26, height * 0.30, rng)
    parts.add(intersect((canvas.y - depth + teeth) * 0.7, rock + 0.004), SNOW, "body", 0.06, "snow")


def _range(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    sun = rng.choice([-0.56, 0.52])
    parts.add(canvas.circle(sun, -0.56, 0.17), SUN, "glow", 0.15)
    haze = mix(palette.main, palette.light, 0.45)
    _peak(parts, canvas, (-0.46, -0.18 + rng.uniform(-0.08, 0.08)), 0.46, 0.66, haze, palette.main, rng)
    _peak(parts, canvas, (0.50, -0.10 + rng.uniform(-0.08, 0.08)), 0.44, 0.66, haze, palette.main, rng)
    _peak(parts, canvas, (0.04, -0.70), 0.64, 0.68, palette.main, palette.dark, rng)
    meadow = intersect(canvas.ellipse(0, 0.84, 0.96, 0.24), canvas.y - 0.82)
    parts.add(meadow, LEAF, bevel=0.1, material="leaf")
    firs = []
    for x in (-0.74, -0.56, -0.34, 0.36, 0.55, 0.76):
        size = rng.uniform(0.75, 1.0)
        firs.append(canvas.polygon([(x - 0.085 * size, 0.76), (x, 0.76 - 0.26 * size), (x + 0.085 * size, 0.76)],
                                   0.012))
    parts.add(union(*firs), PINE, bevel=0.05, material="leaf")


def _volcano(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """One even cone with a snow cap above a lake, a wreath of cloud round it."""
    sun = rng.choice([-0.60, 0.60])
    parts.add(canvas.circle(sun, -0.52, 0.16), SUN, "glow", 0.15)
    fold = canvas.folded()
    cone = fold.polygon([(-0.02, -0.62), (0.14, -0.62), (0.26, -0.34), (0.46, 0.06), (0.90, 0.52), (-0.02, 0.52)],
                        0.012)
    parts.add(cone, palette.main, bevel=0.14, material="rock")
    gullies = union(*(fold.capsule((0.05 + 0.06 * k, -0.20 + 0.10 * k), (0.10 + 0.20 * k, 0.46), 0.014, 0.007)
                      for k in range(3)))
    parts.add(intersect(gullies, cone + 0.03), palette.dark, "line", 0.03, "rock")
    depth = rng.uniform(-0.22, -0.10)
    drips = _teeth(canvas, 0.23, 0.42, rng)
    parts.add(intersect((canvas.y - depth + drips) * 0.7, cone + 0.004), SNOW, bevel=0.06, material="snow")
    if rng.random() < 0.6:
        y = rng.uniform(0.04, 0.16)
        puffs = [canvas.ellipse(x, y + dy, rx, ry) for x, dy, rx,
                 ry in ((-0.52, 0.0, 0.26, 0.065), (-0.40, -0.05, 0.12, 0.07), (0.46, 0.06, 0.28, 0.065),
                        (0.56, 0.01, 0.12, 0.07))]
        parts.add(union(*puffs), SNOW, bevel=0.06, material="soft")
    parts.add(canvas.box(0, 0.55, 0.90, 0.075, 0.07), PINE, bevel=0.07, material="leaf")
    lake = canvas.box(0, 0.72, 0.90, 0.14, 0.10)
    parts.add(lake, (0.36, 0.66, 0.84), bevel=0.08, material="water")
    parts.add(intersect(fold.polygon([(-0.02, 0.60), (0.44, 0.60), (0.10, 0.84), (-0.02, 0.84)], 0.01), lake + 0.02),
              mix(palette.main, (0.36, 0.66, 0.84), 0.45), "detail", 0.05, "water")
    ripples = union(*(canvas.box(x, y, half, 0.010, 0.01) for x, y,
                      half in ((-0.46, 0.70, 0.20), (0.42, 0.74, 0.22), (-0.10, 0.80, 0.16))))
    parts.add(ripples, SNOW, "line", 0.02, "water")


def _spires(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Steep bare towers of rock behind one another, a road winding up to them."""
    moon = rng.choice([-0.62, 0.62])
    parts.add(np.maximum(canvas.circle(moon, -0.58, 0.15), -canvas.circle(moon + 0.09, -0.63, 0.13)), SUN, "glow",
              0.1)
    far = mix(palette.main, palette.light, 0.55)
    back = canvas.polygon([(-0.90, 0.60), (-0.74, 0.06), (-0.64, 0.16), (-0.46, -0.36), (-0.30, 0.10), (0.34, 0.10),
                           (0.52, -0.42), (0.68, 0.08), (0.78, 0.0), (0.92, 0.60)], 0.012)
    parts.add(back, far, bevel=0.12, material="rock")
    peak = rng.uniform(-0.06, 0.06)
    front = canvas.polygon([(-0.72, 0.72), (-0.46, 0.14), (-0.36, 0.20), (-0.16, -0.42), (-0.08, -0.36),
                            (0.06 + peak, -0.80), (0.20, -0.30), (0.28, -0.34), (0.44, 0.20), (0.56, 0.14),
                            (0.78, 0.72)], 0.012)
    parts.add(front, palette.main, bevel=0.14, material="rock")
    faces = union(intersect(_right_of_ridge(canvas, 0.04 + peak, 0.5), canvas.x - 0.23),
                  intersect(_right_of_ridge(canvas, 0.30, 0.4), canvas.x - 0.52),
                  intersect(_right_of_ridge(canvas, -0.22, 0.3), canvas.x + 0.07))
    parts.add(intersect(faces, front), palette.dark, "detail", 0.1, "rock")
    snow = union(canvas.polygon([(0.06 + peak, -0.80), (0.14, -0.50), (0.08, -0.56), (0.04, -0.46), (-0.01, -0.58)],
                                0.01),
                 canvas.polygon([(-0.16, -0.42), (-0.12, -0.26), (-0.17, -0.30), (-0.22, -0.22)], 0.01))
    parts.add(intersect(snow, front + 0.002), SNOW, bevel=0.05, material="snow")
    hill = intersect(canvas.ellipse(0, 0.92, 0.98, 0.42), canvas.y - 0.84)
    parts.add(hill, LEAF, bevel=0.12, material="leaf")
    road = canvas.stroke([(0.20, 0.84), (-0.16, 0.74), (0.16, 0.64), (0.0, 0.56)], 0.055, 0.014)
    parts.add(intersect(road, hill), (0.93, 0.86, 0.68), "detail", 0.03, "rock")
    firs = [canvas.polygon([(x - 0.075, 0.80), (x, 0.80 - tall), (x + 0.075, 0.80)], 0.012) for x,
            tall in ((-0.64, 0.24), (-0.48, 0.28), (0.50, 0.28), (0.68, 0.22))]
    parts.add(union(*firs), PINE, bevel=0.05, material="leaf")


POSES = (_range, _volcano, _spires)


def mountain(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """Mountains: 0 a range with forest, 1 a volcano above a lake, 2 spires."""
    parts = Parts("rock")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("mountain", mountain, ("grey", "blue", "purple", "brown", "teal", "orange"), poses=len(POSES),
                  grounded=True, backdrops=("day", "sunset", "mint", "peach", "lilac", "night"), tilt=0.02,
                  weight=(0.88, 1.0))
