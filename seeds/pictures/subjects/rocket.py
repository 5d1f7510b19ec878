"""Rockets."""

from __future__ import annotations

import numpy as np

from ..scene import PAPER, Palette, Parts, Subject, mix
from ..shapes import Canvas, blend, intersect, union

FLAME = ((0.96, 0.36, 0.12), (1.0, 0.68, 0.16), (1.0, 0.94, 0.62))
STEEL = (0.62, 0.65, 0.70)
SKYLIGHT = (0.52, 0.82, 0.94)
STAR = (1.0, 0.92, 0.62)


def _flame(parts: Parts, canvas: Canvas, length: float, half_width: float) -> None:
    """A flame hanging down from the origin, in three nested tongues."""
    for size, colour in zip((1.0, 0.72, 0.42), FLAME, strict=True):
        tongue = blend(canvas.ellipse(0, length * 0.34 * size, half_width * size, length * 0.40 * size),
                       canvas.folded().capsule((half_width * 0.35 * size, length * 0.3 * size), (0.0, length * size),
                                               half_width * 0.4 * size, 0.01), 0.06)
        parts.add(tongue, colour, "glow", 0.08)


def _stars(parts: Parts, canvas: Canvas, rng: np.random.Generator, places: tuple[tuple[float, float], ...]) -> None:
    stars = []
    for x, y in places:
        here = canvas.at(x + rng.uniform(-0.06, 0.06), y + rng.uniform(-0.06, 0.06)).folded()
        size = rng.uniform(0.05, 0.08)
        # |x|^½ + |y|^½ = const: a star with four hollow sides; divided by its slope to be a distance near the edge
        stars.append((np.sqrt(here.x) + np.sqrt(np.abs(here.y)) - size**0.5) * 0.22)
    parts.add(union(*stars), STAR, "glow", 0.03)


def _classic(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _stars(parts, canvas, rng, ((-0.66, -0.52), (0.68, -0.16), (-0.62, 0.30)))
    ship = canvas.at(0, -0.08, rng.uniform(-0.1, 0.7)).stretched(1.2, 1.2)
    sky, parts = parts, Parts(parts.material)
    fold = ship.folded()
    _flame(parts, ship.at(0, 0.50), rng.uniform(0.36, 0.46), 0.165)
    parts.add(fold.polygon([(0.20, 0.06), (0.50, 0.40), (0.47, 0.64), (0.20, 0.46)], 0.025), palette.main, bevel=0.06)
    parts.add(ship.polygon([(-0.15, 0.44), (0.15, 0.44), (0.19, 0.55), (-0.19, 0.55)], 0.012), STEEL, bevel=0.05,
              material="metal")
    body = intersect(fold.circle(-0.52, 0.08, 0.82), ship.y - 0.48)
    parts.add(body, PAPER if palette.name != "white" else palette.accent, bevel=0.2)
    parts.add(intersect(body, ship.y + 0.27), palette.main, "body", 0.15)
    parts.add(intersect(body + 0.004, np.abs(ship.y - 0.36) - 0.045), palette.accent, "detail", 0.15)
    parts.add(ship.circle(0, -0.06, 0.145), STEEL, bevel=0.05, material="metal")
    parts.add(ship.circle(0, -0.06, 0.10), SKYLIGHT, "detail", 0.06, "glass")
    parts.add(ship.ellipse(-0.035, -0.095, 0.042, 0.024, -0.7), PAPER, "detail", 0.02, "glass")
    parts.add(ship.box(0, 0.50, 0.038, 0.19, 0.03), palette.dark if palette.name != "white" else palette.accent_dark,
              bevel=0.04)
    parts.add(fold.circle(0.10, 0.215, 0.016), STEEL, "line", 0.02, "metal")
    sky.add_scaled(parts, 1.2)


def _launching(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A tall carrier with two boosters rising from a cloud of smoke."""
    fold = canvas.folded()
    _stars(parts, canvas, rng, ((-0.62, -0.60), (0.62, -0.34), (-0.56, -0.06)))
    for x, length in ((0.27, 0.30), (0.0, 0.40)):
        _flame(parts, fold.at(x, 0.44) if x else canvas.at(0, 0.46), length, 0.09 if x else 0.12)
    boosters = union(fold.box(0.27, 0.16, 0.095, 0.28, 0.01),
                     fold.polygon([(0.175, -0.11), (0.365, -0.11), (0.27, -0.32)], 0.01))
    parts.add(boosters, palette.main, bevel=0.09, material="paint")
    parts.add(fold.box(0.27, 0.30, 0.095, 0.03), PAPER, "detail", 0.09, "paint")
    parts.add(union(canvas.box(0, 0.45, 0.10, 0.05, 0.02), fold.box(0.27, 0.455, 0.065, 0.03, 0.01)), STEEL,
              bevel=0.04, material="metal")
    hull = canvas.box(0, -0.06, 0.17, 0.48, 0.01)
    parts.add(hull, PAPER if palette.name != "white" else palette.accent, bevel=0.15, material="paint")
    nose = intersect(fold.circle(-0.36, -0.52, 0.53), canvas.y + 0.53)
    parts.add(nose, palette.main, bevel=0.14, material="paint")
    marks = rng.integers(2)
    if marks == 0:
        parts.add(union(canvas.box(0, -0.44, 0.17, 0.028), canvas.box(0, 0.24, 0.17, 0.028)), palette.accent,
                  "detail", 0.15, "paint")
    else:
        checks = union(canvas.box(-0.085, -0.44, 0.085, 0.045), canvas.box(0.085, -0.35, 0.085, 0.045),
                       canvas.box(-0.085, 0.26, 0.085, 0.045), canvas.box(0.085, 0.35, 0.085, 0.045))
        parts.add(intersect(checks, hull), (0.20, 0.20, 0.24), "detail", 0.15, "paint")
    ports = [(0, -0.24), (0, 0.0)]
    parts.add(union(*(canvas.circle(x, y, 0.085) for x, y in ports)), STEEL, bevel=0.03, material="metal")
    parts.add(union(*(canvas.circle(x, y, 0.058) for x, y in ports)), SKYLIGHT, "detail", 0.04, "glass")
    parts.add(fold.polygon([(0.16, 0.16), (0.16, 0.44), (0.10, 0.44)], 0.02), palette.dark, bevel=0.04,
              material="paint")
    puffs = [canvas.circle(x, y, r) for x, y,
             r in ((-0.56, 0.80, 0.13), (-0.32, 0.76, 0.16), (-0.08, 0.82, 0.13), (0.14, 0.80, 0.14),
                   (0.36, 0.76, 0.16), (0.60, 0.81, 0.12))]
    parts.add(intersect(union(*puffs), canvas.y - 0.88), (0.93, 0.92, 0.94), bevel=0.12, material="soft")


def _capsule_ship(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A stout toy rocket with three round fins, a ringed planet beside it."""
    x = rng.choice([-0.62, 0.62])
    planet = canvas.at(x, -0.58, -0.35)
    parts.add(planet.circle(0, 0, 0.15), palette.accent, bevel=0.12, material="glaze")
    parts.add(np.abs(planet.ellipse(0, 0.01, 0.25, 0.06)) - 0.016, palette.accent_light, "body", 0.02, "glaze")
    _stars(parts, canvas, rng, ((-x, -0.44), (-0.68, 0.42), (0.70, 0.36)))
    ship = canvas.at(0, 0.0, rng.uniform(-0.45, 0.45))
    fold = ship.folded()
    _flame(parts, ship.at(0, 0.46), rng.uniform(0.34, 0.44), 0.18)
    parts.add(fold.at(0.36, 0.36, -0.5).ellipse(0, 0, 0.155, 0.26), palette.accent_dark, bevel=0.08)
    parts.add(ship.box(0, 0.48, 0.21, 0.075, 0.03), STEEL, bevel=0.05, material="metal")
    body = intersect(fold.ellipse(0, -0.06, 0.44, 0.72), ship.y - 0.45)
    parts.add(body, palette.main, bevel=0.32)
    parts.add(intersect(body + 0.003, ship.y + 0.42), PAPER if palette.name != "white" else palette.accent, "body",
              0.2)
    parts.add(intersect(np.abs(ship.y - 0.30) - 0.05, body + 0.003),
              PAPER if palette.name != "white" else palette.accent, "detail", 0.3)
    rivets = union(*(fold.circle(rx, ry, 0.020) for rx,
                     ry in ((0.0, 0.30), (0.15, 0.30), (0.29, 0.30), (0.10, -0.36), (0.27, -0.34))))
    parts.add(rivets, STEEL, "detail", 0.02, "metal")
    parts.add(ship.circle(0, -0.06, 0.225), STEEL, bevel=0.06, material="metal")
    parts.add(ship.circle(0, -0.06, 0.165), SKYLIGHT, "detail", 0.1, "glass")
    parts.add(intersect(ship.circle(0.04, 0.0, 0.165), ship.circle(0, -0.06, 0.165)),
              mix(SKYLIGHT, (0.1, 0.3, 0.6), 0.35), "detail", 0.1, "glass")
    parts.add(ship.ellipse(-0.06, -0.12, 0.058, 0.032, -0.7), PAPER, "detail", 0.03, "glass")
    parts.add(ship.ellipse(0, 0.42, 0.062, 0.22), palette.accent, bevel=0.06)
    parts.add(union(ship.capsule((0, -0.76), (0, -0.86), 0.016), ship.circle(0, -0.87, 0.042)), STEEL, bevel=0.03,
              material="metal")


POSES = (_classic, _launching, _capsule_ship)


def rocket(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A rocket: 0 flying, 1 launching, 2 a stout toy among planets."""
    parts = Parts("paint")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("rocket", rocket, ("red", "blue", "orange", "teal", "purple", "yellow", "pink"), poses=len(POSES),
                  grounded=False, backdrops=("night", "sunset", "lilac", "day", "night"), tilt=0.15)
