"""Houses."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..scene import LEAF, PAPER, WOOD, Colour, Palette, Parts, Subject, mix
from ..shapes import Canvas, Point, intersect, union

LAMPLIGHT = (1.0, 0.86, 0.48)
BRICK = (0.66, 0.30, 0.23)
SMOKE = (0.93, 0.93, 0.95)
BUSH_DARK = mix(LEAF, (0.05, 0.15, 0.1), 0.3)


def _windows(parts: Parts, canvas: Canvas, centres: Sequence[Point], half_width: float, half_height: float,
             frame: Colour = PAPER) -> None:
    """Lit windows of one size, each with a cross of bars."""
    parts.add(union(*(canvas.box(x, y, half_width + 0.028, half_height + 0.028, 0.015) for x, y in centres)), frame,
              bevel=0.03, material="wood")
    panes = union(*(canvas.box(x, y, half_width, half_height) for x, y in centres))
    parts.add(panes, LAMPLIGHT, "glow", 0.02, "glass")
    crosses = (union(canvas.box(x, y, half_width, 0.011), canvas.box(x, y, 0.011, half_height)) for x, y in centres)
    parts.add(union(*crosses), frame, "detail", 0.02, "wood")


def _door(parts: Parts, canvas: Canvas, half_width: float, half_height: float, colour: Colour) -> None:
    """A door whose sill is at the origin."""
    parts.add(canvas.box(0, -half_height, half_width, half_height, 0.02), colour, bevel=0.04, material="wood")
    parts.add(canvas.box(0, -half_height * 1.4, half_width * 0.55, half_height * 0.36, 0.015),
              mix(colour, PAPER, 0.35), "detail", 0.03, "wood")
    parts.add(canvas.circle(half_width * 0.62, -half_height * 0.8, 0.02), LAMPLIGHT, "detail", 0.02, "metal")


def _chimney(parts: Parts, canvas: Canvas, rng: np.random.Generator, height: float) -> None:
    """A chimney from the origin upwards, perhaps with smoke."""
    if rng.random() < 0.6:
        puffs = [canvas.circle(0.03 + 0.05 * k * k, -height - 0.10 - 0.13 * k, 0.055 + 0.02 * k) for k in range(2)]
        parts.add(union(*puffs), SMOKE, bevel=0.07, material="soft")
    parts.add(canvas.box(0, -height / 2, 0.075, height / 2), BRICK, bevel=0.05, material="wall")
    parts.add(canvas.box(0, -height, 0.10, 0.035, 0.01), mix(BRICK, PAPER, 0.2), bevel=0.03, material="wall")


def _bushes(parts: Parts, canvas: Canvas, places: tuple[float, ...]) -> None:
    for x in places:
        parts.add(union(canvas.circle(x - 0.08, 0.73, 0.085), canvas.circle(x + 0.08, 0.74, 0.08),
                        canvas.circle(x, 0.66, 0.09)), LEAF, bevel=0.08, material="leaf")


def _cottage(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    wall = mix(palette.accent_light, PAPER, 0.45)
    _chimney(parts, canvas.at(0.36, -0.20), rng, 0.42)
    parts.add(canvas.box(0, 0.40, 0.58, 0.42), wall, bevel=0.06, material="wall")
    parts.add(canvas.box(0, 0.78, 0.60, 0.045, 0.01), mix(wall, (0.4, 0.35, 0.35), 0.45), bevel=0.03, material="rock")
    roof = canvas.polygon([(-0.78, 0.06), (0.78, 0.06), (0.42, -0.55), (-0.42, -0.55)], 0.025)
    parts.add(roof, palette.main, bevel=0.08, material="tile")
    courses = union(*(canvas.box(0, y, 0.9, 0.011) for y in (-0.40, -0.25, -0.10)))
    parts.add(intersect(courses, roof + 0.02), palette.dark, "line", 0.02)
    side = 0.26 if rng.random() < 0.5 else -0.26
    _door(parts, canvas.at(side, 0.80), 0.13, 0.25, palette.accent)
    _windows(parts, canvas, [(-side, 0.42)], 0.15, 0.13)
    parts.add(canvas.box(-side, 0.62, 0.20, 0.04, 0.02), WOOD, bevel=0.03, material="wood")
    blooms = union(*(canvas.circle(-side + dx, 0.575, 0.036) for dx in (-0.13, -0.04, 0.05, 0.14)))
    parts.add(blooms, palette.accent, bevel=0.03, material="petal")
    parts.add(intersect(canvas.polygon([(-0.22, -0.06), (0.0, -0.34), (0.22, -0.06)], 0.03), canvas.y + 0.05),
              palette.main, bevel=0.06, material="tile")
    _windows(parts, canvas, [(0, -0.13)], 0.065, 0.06)
    _bushes(parts, canvas, (-0.66, 0.66))


def _townhouse(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Three narrow storeys under a stepped or a pointed gable."""
    trim = mix(palette.main, PAPER, 0.75)
    _chimney(parts, canvas.at(0.27, -0.40), rng, 0.24)
    if rng.random() < 0.5:
        gable = union(canvas.box(0, -0.42, 0.46, 0.10), canvas.box(0, -0.57, 0.31, 0.10),
                      canvas.box(0, -0.72, 0.16, 0.10))
        parts.add(gable, palette.main, bevel=0.05, material="wall")
        caps = union(*(canvas.box(0, y, half, 0.026, 0.01) for y,
                       half in ((-0.52, 0.48), (-0.67, 0.33), (-0.82, 0.18))))
        parts.add(intersect(caps, -canvas.box(0, -0.45, 0.29, 0.19)), trim, bevel=0.03, material="wall")
        body_top = -0.36
    else:
        roof = canvas.polygon([(-0.58, -0.30), (0.0, -0.88), (0.58, -0.30)], 0.025)
        parts.add(roof, palette.dark, bevel=0.07, material="tile")
        body_top = -0.30
    parts.add(canvas.box(0, (body_top + 0.82) / 2, 0.46, (0.82 - body_top) / 2), palette.main, bevel=0.07,
              material="wall")
    parts.add(union(canvas.box(0, 0.06, 0.47, 0.020), canvas.box(0, 0.43, 0.47, 0.020)), trim, "detail", 0.03, "wall")
    _windows(parts, canvas, [(x, y) for y in (-0.12, 0.25) for x in (-0.26, 0.0, 0.26)], 0.075, 0.105, trim)
    _door(parts, canvas.at(-0.20, 0.82), 0.115, 0.165, palette.accent)
    _windows(parts, canvas, [(0.18, 0.62)], 0.17, 0.085, trim)
    awning = canvas.polygon([(-0.02, 0.47), (0.38, 0.47), (0.44, 0.57), (-0.08, 0.57)], 0.01)
    parts.add(awning, palette.accent, bevel=0.04, material="cloth")
    parts.add(intersect(union(*(canvas.box(x, 0.52, 0.028, 0.08) for x in (0.02, 0.15, 0.28, 0.41))), awning), PAPER,
              "detail", 0.03, "cloth")
    parts.add(canvas.ellipse(0, -0.55, 0.085, 0.085), trim, bevel=0.03, material="wood")
    parts.add(canvas.ellipse(0, -0.55, 0.06, 0.06), LAMPLIGHT, "glow", 0.02, "glass")
    _bushes(parts, canvas, (-0.62, 0.62))


def _cabin(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A steep roof down to the ground, in front of firs."""
    firs = [canvas.polygon([(x - 0.17, 0.80), (x, 0.80 - tall), (x + 0.17, 0.80)], 0.02) for x,
            tall in ((-0.66, rng.uniform(0.6, 0.85)), (0.68, rng.uniform(0.5, 0.8)))]
    parts.add(union(*firs), BUSH_DARK, bevel=0.1, material="leaf")
    _chimney(parts, canvas.at(0.30, -0.15), rng, 0.38)
    parts.add(canvas.polygon([(-0.70, 0.82), (0.0, -0.76), (0.70, 0.82)], 0.03), palette.main, bevel=0.08,
              material="tile")
    front = canvas.polygon([(-0.52, 0.84), (0.0, -0.42), (0.52, 0.84)], 0.005)
    parts.add(front, mix(WOOD, PAPER, 0.38), bevel=0.05, material="wood")
    planks = union(*(canvas.box(0, y, 0.6, 0.007) for y in (-0.10, 0.06, 0.22, 0.38, 0.54, 0.70)))
    parts.add(intersect(planks, front + 0.02), mix(WOOD, PAPER, 0.05), "line", 0.02, "wood")
    _windows(parts, canvas, [(0, -0.02)], 0.085, 0.10)
    parts.add(canvas.box(0, 0.32, 0.30, 0.036, 0.01), WOOD, bevel=0.03, material="wood")
    parts.add(union(canvas.box(0, 0.22, 0.26, 0.016),
                    *(canvas.box(x, 0.27, 0.013, 0.06) for x in (-0.24, -0.12, 0.0, 0.12, 0.24))), WOOD, bevel=0.02,
              material="wood")
    _door(parts, canvas.at(-0.02, 0.84), 0.11, 0.21, palette.accent)
    _windows(parts, canvas, [(-0.27, 0.60), (0.25, 0.60)], 0.075, 0.075)
    parts.add(union(canvas.box(0, 0.84, 0.22, 0.03, 0.01)), (0.62, 0.60, 0.58), bevel=0.03, material="rock")


def _from_the_corner(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """Gable end and long side, the roof sloping towards the back."""
    wall = mix(palette.accent_light, PAPER, 0.55)
    _chimney(parts, canvas.at(0.34, -0.34), rng, 0.30)
    parts.add(canvas.polygon([(-0.22, 0.06), (0.76, 0.06), (0.76, 0.72), (-0.22, 0.82)], 0.005),
              mix(wall, (0.35, 0.30, 0.38), 0.22), bevel=0.04, material="wall")
    roof = canvas.polygon([(-0.52, -0.52), (0.56, -0.46), (0.88, 0.08), (-0.10, 0.14)], 0.02)
    gable = canvas.polygon([(-0.78, 0.80), (-0.78, 0.06), (-0.50, -0.42), (-0.20, 0.06), (-0.20, 0.82)], 0.005)
    parts.add(gable, wall, bevel=0.05, material="wall")
    parts.add(roof, palette.main, bevel=0.06, material="tile")
    courses = union(*(canvas.capsule((-0.52 + 0.105 * k, -0.52 + 0.165 * k), (0.56 + 0.08 * k, -0.46 + 0.135 * k),
                                     0.009) for k in (1, 2, 3)))
    parts.add(intersect(courses, roof + 0.01), palette.dark, "line", 0.02, "tile")
    parts.add(union(canvas.capsule((-0.52, -0.50), (-0.85, 0.10), 0.035)), palette.dark, bevel=0.03, material="tile")
    _windows(parts, canvas, [(-0.50, 0.02)], 0.075, 0.085)
    _door(parts, canvas.at(-0.49, 0.80), 0.12, 0.22, palette.accent)
    _windows(parts, canvas, [(0.06, 0.40), (0.50, 0.40)], 0.12, 0.12)
    shutters = union(*(canvas.box(x, 0.40, 0.034, 0.14, 0.01) for x in (-0.125, 0.245, 0.315, 0.685)))
    parts.add(shutters, palette.accent, bevel=0.03, material="wood")
    _bushes(parts, canvas, (0.02, 0.40, 0.74))


POSES = (_cottage, _townhouse, _cabin, _from_the_corner)


def house(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A house: 0 cottage, 1 townhouse, 2 cabin, 3 seen from the corner."""
    parts = Parts("wall")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("house", house, ("red", "blue", "green", "purple", "brown", "orange", "teal", "grey"),
                  poses=len(POSES), backdrops=("day", "sunset", "mint", "peach", "lilac", "night"), tilt=0.04,
                  weight=(0.88, 1.02))
