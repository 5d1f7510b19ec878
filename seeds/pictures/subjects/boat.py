"""Boats."""

from __future__ import annotations

import numpy as np

from ..scene import PAPER, WOOD, Palette, Parts, Subject, mix
from ..shapes import Canvas, bezier, intersect, union

SEA = (0.22, 0.55, 0.78)
FOAM = (0.92, 0.97, 1.0)
PANE = (0.62, 0.84, 0.93)


def _waves(parts: Parts, canvas: Canvas, rng: np.random.Generator) -> None:
    phase = rng.uniform(0, 6)
    swell = 0.60 + np.sin(canvas.x * 9 + phase) * 0.032 - canvas.y
    sea = intersect(swell, canvas.box(0, 0.70, 0.92, 0.17, 0.12))
    parts.add(sea, SEA, bevel=0.08, material="water")
    crests = union(np.abs(swell + 0.07) - 0.012, np.abs(swell + 0.16) - 0.008)
    parts.add(intersect(crests, sea + 0.03), FOAM, "line", 0.02, "water")


def _sailing(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    parts.add(canvas.box(0.02, -0.18, 0.024, 0.68, 0.02), WOOD, bevel=0.03, material="wood")
    flutter = rng.uniform(-0.05, 0.05)
    parts.add(canvas.polygon([(0.04, -0.85), (0.26, -0.78 + flutter), (0.04, -0.70)], 0.01), palette.accent,
              bevel=0.03, material="cloth")
    belly = rng.uniform(0.10, 0.20)
    main_sail = canvas.polygon([*bezier((0.07, -0.70), (0.38 + belly, -0.25), (0.62, 0.24), 5), (0.07, 0.24)], 0.012)
    parts.add(main_sail, palette.main, bevel=0.12, material="cloth")
    if rng.random() < 0.6:
        parts.add(intersect(canvas.box(0.3, 0.05, 0.4, 0.05), main_sail), palette.light, "detail", 0.1, "cloth")
    seams = union(*(canvas.box(0.3, y, 0.5, 0.006) for y in (-0.38, -0.15, 0.05)))
    parts.add(intersect(seams, main_sail + 0.01), palette.dark, "line", 0.02, "cloth")
    parts.add(canvas.polygon([*bezier((-0.04, -0.62), (-0.26 - belly / 2, -0.15), (-0.56, 0.20), 5), (-0.04, 0.20)],
                             0.012), palette.light if palette.name != "white" else palette.accent_light, bevel=0.1,
              material="cloth")
    hull = canvas.polygon([(-0.74, 0.34), (0.80, 0.34), (0.74, 0.42), (0.52, 0.72), (-0.48, 0.72)], 0.02)
    parts.add(hull, palette.accent, bevel=0.14, material="paint")
    parts.add(intersect(canvas.box(0, 0.50, 1, 0.03), hull + 0.01), PAPER, "detail", 0.1, "paint")
    parts.add(canvas.box(0.02, 0.335, 0.80, 0.036, 0.03), WOOD, bevel=0.04, material="wood")
    _waves(parts, canvas, rng)


def _smoke(parts: Parts, canvas: Canvas, x: float, y: float, rng: np.random.Generator) -> None:
    puffs = [canvas.circle(x - 0.13 * k - 0.02, y - 0.11 * k + rng.uniform(-0.02, 0.02), 0.075 + 0.022 * k)
             for k in range(3)]
    parts.add(union(*puffs), (0.90, 0.90, 0.92), bevel=0.08, material="soft")


def _steamer(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A tug boat with a wheelhouse and a smoking funnel."""
    _smoke(parts, canvas, -0.22, -0.60, rng)
    parts.add(canvas.box(-0.22, -0.22, 0.115, 0.30, 0.015), palette.accent, bevel=0.09, material="paint")
    parts.add(union(canvas.box(-0.22, -0.34, 0.116, 0.045), canvas.box(-0.22, -0.50, 0.135, 0.030, 0.01)), PAPER,
              "detail", 0.09, "paint")
    parts.add(canvas.box(0.02, 0.15, 0.48, 0.16, 0.03), PAPER, bevel=0.07, material="paint")
    parts.add(canvas.box(0.24, -0.12, 0.24, 0.16, 0.02), PAPER, bevel=0.07, material="paint")
    parts.add(canvas.box(0.24, -0.29, 0.31, 0.036, 0.02), palette.main, bevel=0.04, material="paint")
    parts.add(union(canvas.box(0.34, -0.13, 0.085, 0.075, 0.02), canvas.box(0.13, -0.13, 0.075, 0.075, 0.02)), PANE,
              "detail", 0.03, "glass")
    ports = [(-0.32, 0.14), (-0.12, 0.14), (0.08, 0.14), (0.28, 0.14)]
    parts.add(union(*(canvas.circle(x, y, 0.062) for x, y in ports)), palette.dark, "detail", 0.03, "metal")
    parts.add(union(*(canvas.circle(x, y, 0.042) for x, y in ports)), PANE, "detail", 0.03, "glass")
    hull = canvas.polygon([(-0.80, 0.24), (-0.50, 0.30), (0.46, 0.28), (0.88, 0.10), (0.70, 0.74), (-0.62, 0.74)],
                          0.02)
    parts.add(hull, palette.main, bevel=0.16, material="paint")
    parts.add(intersect(canvas.y * -1 + 0.54, hull + 0.004), palette.dark, "detail", 0.1, "paint")
    parts.add(canvas.stroke([(-0.80, 0.26), (-0.50, 0.32), (0.46, 0.30), (0.87, 0.12)], 0.034), palette.light,
              bevel=0.04, material="wood")
    tyres = [canvas.ring(x, 0.44, 0.068, 0.028) for x in (-0.42, -0.10, 0.22)]
    parts.add(union(*tyres), (0.16, 0.16, 0.18), bevel=0.03, material="rubber")
    _waves(parts, canvas, rng)


def _square_rigged(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A wooden ship with one bellied, striped square sail and a high bow and stern."""
    parts.add(union(canvas.box(0, -0.18, 0.030, 0.68, 0.02), canvas.box(0, -0.62, 0.50, 0.026, 0.02)), WOOD,
              bevel=0.03, material="wood")
    flutter = rng.uniform(-0.04, 0.04)
    parts.add(canvas.polygon([(0.02, -0.88), (0.30, -0.82 + flutter), (0.22, -0.78 + flutter),
                              (0.30, -0.72 + flutter), (0.02, -0.72)], 0.008), palette.accent, bevel=0.03,
              material="cloth")
    belly = rng.uniform(0.04, 0.10)
    fold = canvas.folded()
    sail = intersect(fold.polygon([(-0.02, -0.60), (0.44, -0.60), (0.47 + belly, -0.22), (0.54, 0.18), (0.26, 0.11),
                                   (-0.02, 0.09)], 0.02), canvas.y - 0.3)
    parts.add(sail, PAPER if palette.name != "white" else palette.accent_light, bevel=0.18, material="cloth")
    stripes = union(fold.box(0, -0.2, 0.075, 0.6), fold.capsule((0.25, -0.7), (0.31, 0.3), 0.06, 0.075),
                    fold.capsule((0.47, -0.7), (0.60, 0.3), 0.045, 0.055))
    parts.add(intersect(stripes, sail), palette.main if palette.name != "white" else palette.accent, "detail", 0.18,
              "cloth")
    planks = mix(WOOD, (0.75, 0.50, 0.25), 0.35)
    hull = fold.polygon([(-0.02, 0.34), (0.42, 0.34), (0.66, 0.24), (0.80, -0.06), (0.90, -0.04), (0.84, 0.34),
                         (0.60, 0.72), (-0.02, 0.74)], 0.015)
    parts.add(hull, planks, bevel=0.14, material="wood")
    seams = union(canvas.stroke([(-0.78, 0.36), (-0.46, 0.45), (0.46, 0.45), (0.78, 0.36)], 0.010),
                  canvas.stroke([(-0.68, 0.50), (-0.40, 0.555), (0.40, 0.555), (0.68, 0.50)], 0.010))
    parts.add(seams, mix(WOOD, (0.1, 0.05, 0.0), 0.4), "line", 0.02, "wood")
    parts.add(union(canvas.circle(0.86, -0.09, 0.072), canvas.circle(-0.86, -0.09, 0.072)), palette.accent,
              bevel=0.06, material="paint")
    shields = [(x, 0.33) for x in (-0.48, -0.24, 0.0, 0.24, 0.48)]
    parts.add(union(*(canvas.circle(x, y, 0.105) for x, y in shields)), palette.accent, bevel=0.06, material="paint")
    parts.add(union(*(canvas.circle(x, y, 0.045) for x, y in shields)), (0.92, 0.80, 0.42), "detail", 0.04, "metal")
    _waves(parts, canvas, rng)


def _motorboat(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A speedboat with its bow out of the water, spray behind."""
    lift = canvas.at(0, 0.10, rng.uniform(-0.20, -0.08))
    spray = [canvas.circle(-0.80 - 0.03 * k, 0.50 - 0.13 * k, 0.125 - 0.022 * k) for k in range(4)]
    parts.add(union(*spray), FOAM, bevel=0.08, material="water")
    parts.add(lift.polygon([(-0.10, 0.10), (0.08, -0.28), (0.15, -0.28), (0.34, 0.10)], 0.02), PANE, bevel=0.05,
              material="glass")
    parts.add(lift.capsule((0.13, -0.27), (0.34, 0.08), 0.022), (0.70, 0.73, 0.78), bevel=0.02, material="metal")
    parts.add(union(lift.box(-0.24, 0.00, 0.075, 0.15, 0.06), lift.box(-0.52, 0.00, 0.075, 0.15, 0.06)),
              palette.accent, bevel=0.06, material="cloth")
    parts.add(lift.capsule((-0.70, 0.02), (-0.70, -0.46), 0.014), (0.70, 0.73, 0.78), bevel=0.02, material="metal")
    parts.add(lift.polygon([(-0.70, -0.46), (-0.42, -0.38), (-0.70, -0.28)], 0.01), palette.accent, bevel=0.03,
              material="cloth")
    hull = lift.polygon([(-0.82, 0.08), (0.30, 0.10), (0.90, -0.04), (0.64, 0.32), (0.34, 0.54), (-0.78, 0.54)], 0.03)
    parts.add(hull, palette.main, bevel=0.16, material="paint")
    stripe = lift.polygon([(-0.95, 0.22), (0.40, 0.22), (0.95, 0.06), (0.40, 0.34), (-0.95, 0.34)], 0.0)
    parts.add(intersect(stripe, hull + 0.005), PAPER if palette.name != "white" else palette.accent, "detail", 0.12,
              "paint")
    parts.add(lift.stroke([(-0.82, 0.06), (0.30, 0.08), (0.90, -0.06)], 0.026), palette.light, bevel=0.03,
              material="metal")
    _waves(parts, canvas, rng)


POSES = (_sailing, _steamer, _square_rigged, _motorboat)


def boat(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A boat: 0 sailing, 1 steamer, 2 square-rigged, 3 motorboat."""
    parts = Parts("paint")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("boat", boat, ("red", "blue", "white", "yellow", "green", "teal", "orange"), poses=len(POSES),
                  grounded=False, backdrops=("day", "sunset", "mint", "peach", "lilac", "night"), tilt=0.06)
