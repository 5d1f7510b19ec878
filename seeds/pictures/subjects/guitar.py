"""Guitars."""

from __future__ import annotations

import numpy as np

from ..scene import INK, PAPER, Colour, Palette, Parts, Subject
from ..shapes import Canvas, bezier, blend, intersect, subtract, union

FINGERBOARD = (0.24, 0.15, 0.11)
MAPLE = (0.90, 0.72, 0.44)
NICKEL = (0.84, 0.85, 0.88)


def _fingerboard(parts: Parts, canvas: Canvas, top: float, bottom: float) -> None:
    """The neck with its frets, upright from y = `top` (the nut) to `bottom`."""
    parts.add(canvas.box(0, (top + bottom) / 2, 0.058, (bottom - top) / 2, 0.01), FINGERBOARD, bevel=0.04,
              material="wood")
    frets = [canvas.box(0, top + (bottom - top) * f, 0.055, 0.007)
             for f in (0.03, 0.17, 0.31, 0.44, 0.56, 0.67, 0.77, 0.86)]
    parts.add(union(*frets), NICKEL, "detail", 0.01, "metal")


def _slotted_head(parts: Parts, canvas: Canvas, colour: Colour, top: float) -> None:
    """A head above the nut with three pegs on either side."""
    pegs = [canvas.folded().circle(0.125, top - 0.05 - 0.075 * k, 0.028) for k in range(3)]
    parts.add(union(*pegs), NICKEL, bevel=0.03, material="metal")
    head = canvas.polygon([(-0.055, top), (0.055, top), (0.085, top - 0.24), (0.0, top - 0.26), (-0.085, top - 0.24)],
                          0.012)
    parts.add(head, colour, bevel=0.05, material="wood")


def _strings(parts: Parts, canvas: Canvas, top: float, bottom: float) -> None:
    strings = [canvas.folded().capsule((x, top), (x * 1.2, bottom), 0.0045) for x in (0.012, 0.036)]
    parts.add(union(*strings), (0.95, 0.93, 0.86), "line", 0.005, "metal")


def _acoustic(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    guitar = canvas.at(0, 0, rng.uniform(0.35, 0.85))
    body = blend(guitar.ellipse(0, 0.56, 0.37, 0.315), guitar.ellipse(0, 0.15, 0.275, 0.25), 0.16)
    parts.add(body, palette.dark, bevel=0.1)
    parts.add(body + 0.035, palette.main, "detail", 0.12)
    parts.add(guitar.circle(0, 0.27, 0.165), palette.light, "detail", 0.03)
    parts.add(guitar.circle(0, 0.27, 0.125), INK, "detail", 0.05)
    if rng.random() < 0.6:
        parts.add(guitar.ellipse(0.19, 0.43, 0.07, 0.13, -0.35), palette.accent, "detail", 0.02, "paint")
    parts.add(guitar.box(0, 0.64, 0.175, 0.034, 0.02), FINGERBOARD, bevel=0.03, material="wood")
    _slotted_head(parts, guitar, palette.dark, -0.66)
    _fingerboard(parts, guitar, -0.66, 0.19)
    _strings(parts, guitar, -0.68, 0.635)


def _electric(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A solid body with two horns, three pickups and a one-sided head."""
    guitar = canvas.at(0, 0, rng.uniform(0.35, 0.85))
    lower = blend(guitar.ellipse(-0.02, 0.58, 0.385, 0.315, 0.15), guitar.ellipse(0.0, 0.26, 0.265, 0.24), 0.16)
    horns = union(guitar.stroke(bezier((-0.16, 0.26), (-0.34, 0.14), (-0.265, -0.13), 3), 0.14, 0.055),
                  guitar.stroke(bezier((0.16, 0.28), (0.33, 0.18), (0.255, -0.01), 3), 0.135, 0.055))
    body = subtract(blend(lower, horns, 0.08), guitar.box(0, -0.02, 0.075, 0.16, 0.02))
    parts.add(body, palette.main, bevel=0.12, material="paint")
    plate = subtract(intersect(body + 0.055,
                               guitar.polygon([(-0.36, -0.04), (0.34, 0.06), (0.30, 0.62), (0.12, 0.80),
                                               (-0.02, 0.56), (-0.24, 0.44)], 0.02)), guitar.box(0, 0.0, 0.075, 0.2))
    parts.add(plate,
              palette.accent if rng.random() < 0.5 else ((0.96, 0.95,
                                                          0.92) if palette.name != "white" else (0.2, 0.2, 0.22)),
              "detail", 0.04, "paint")
    parts.add(union(*(guitar.box(0, y, 0.115, 0.030, 0.028, turn) for y,
                      turn in ((0.27, 0.0), (0.39, 0.0), (0.52, -0.2)))), (0.14, 0.14, 0.16), bevel=0.03,
              material="rubber")
    parts.add(guitar.box(0, 0.645, 0.115, 0.045, 0.02), NICKEL, bevel=0.03, material="metal")
    parts.add(union(guitar.circle(0.235, 0.58, 0.038), guitar.circle(0.19, 0.70, 0.038),
                    guitar.capsule((0.10, 0.655), (0.22, 0.49), 0.012)), NICKEL, bevel=0.03, material="metal")
    parts.add(union(*(guitar.circle(-0.105, -0.70 - 0.05 * k, 0.024) for k in range(5))), NICKEL, bevel=0.02,
              material="metal")
    parts.add(guitar.polygon([(-0.055, -0.64), (0.055, -0.64), (0.075, -0.72), (0.10, -0.90), (0.03, -0.95),
                              (-0.08, -0.90), (-0.07, -0.70)], 0.015), palette.main if rng.random() < 0.5 else MAPLE,
              bevel=0.04, material="wood")
    _fingerboard(parts, guitar, -0.65, 0.22)
    _strings(parts, guitar, -0.68, 0.65)


def _winged(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A rock guitar whose body is a V."""
    guitar = canvas.at(0, 0, rng.uniform(0.30, 0.80))
    fold = guitar.folded()
    body = fold.polygon([(-0.02, 0.02), (0.07, 0.02), (0.47, 0.66), (0.42, 0.79), (0.27, 0.79), (0.07, 0.54),
                         (-0.02, 0.52)], 0.03)
    parts.add(body, palette.main, bevel=0.09, material="paint")
    if rng.random() < 0.6:
        parts.add(intersect(fold.polygon([(-0.02, 0.16), (0.06, 0.20), (0.20, 0.50), (0.10, 0.46), (-0.02, 0.44)],
                                         0.02), body + 0.03), PAPER if palette.name != "white" else INK, "detail",
                  0.03, "paint")
    else:
        parts.add(np.abs(body + 0.055) - 0.016, palette.accent, "detail", 0.04, "paint")
    parts.add(union(guitar.box(0, 0.25, 0.095, 0.040, 0.012), guitar.box(0, 0.39, 0.095, 0.040, 0.012)),
              (0.14, 0.14, 0.16), bevel=0.03, material="metal")
    parts.add(union(guitar.box(0, 0.50, 0.105, 0.022, 0.01), fold.circle(0.20, 0.58, 0.032),
                    guitar.circle(0.29, 0.69, 0.032)), NICKEL, bevel=0.03, material="metal")
    parts.add(union(*(fold.circle(0.105 + 0.012 * k, -0.69 - 0.075 * k, 0.026) for k in range(3))), NICKEL,
              bevel=0.02, material="metal")
    parts.add(fold.polygon([(-0.02, -0.62), (0.055, -0.62), (0.105, -0.86), (0.0, -0.96), (-0.02, -0.96)], 0.012),
              palette.dark, bevel=0.04, material="paint")
    _fingerboard(parts, guitar, -0.63, 0.20)
    _strings(parts, guitar, -0.66, 0.50)


POSES = (_acoustic, _electric, _winged)


def guitar(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A guitar: 0 acoustic, 1 electric, 2 electric and V-shaped."""
    parts = Parts("wood")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("guitar", guitar, ("orange", "brown", "red", "blue", "black", "yellow", "green", "white"),
                  poses=len(POSES), grounded=False, tilt=0.1, weight=(0.94, 1.04))
