"""Cups."""

from __future__ import annotations

import numpy as np

from ..scene import PAPER, Palette, Parts, Subject, mix
from ..shapes import Canvas, bezier, blend, intersect, union

DRINKS = ((0.36, 0.21, 0.13), (0.58, 0.38, 0.22), (0.70, 0.42, 0.16), (0.44, 0.60, 0.30))
STEAM = (0.97, 0.97, 0.99)


def _steam(parts: Parts, canvas: Canvas, rng: np.random.Generator, places: tuple[float, ...], top: float,
           bottom: float) -> None:
    sway = rng.choice([-0.07, 0.07])
    middle = (top + bottom) / 2
    wisps = [canvas.stroke(bezier((x, bottom), (x + sway, (bottom + middle) / 2), (x, middle), 3) + bezier(
                    (x, middle), (x - sway, (top + middle) / 2), (x + 0.02, top), 3)[1:], 0.024, 0.010)
             for x in places]
    parts.add(union(*wisps), STEAM, "line", 0.03, "soft")


def _motif(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator, within: np.ndarray) -> None:
    """A decoration of about 0.5 round the origin, kept inside the distance `within`."""
    kind = rng.integers(4)
    contrast = palette.accent
    if kind == 0:
        heart = canvas.folded()
        shape = union(heart.circle(0.075, -0.05, 0.095),
                      heart.polygon([(-0.01, -0.02), (0.15, 0.0), (0.0, 0.17)], 0.012))
    elif kind == 1:
        shape = union(canvas.box(0, -0.08, 1, 0.04), canvas.box(0, 0.08, 1, 0.04))
    elif kind == 2:
        shape = union(*(canvas.circle(x, y, 0.06) for x,
                        y in ((-0.34, -0.12), (-0.11, -0.12), (0.12, -0.12), (0.35, -0.12), (-0.22, 0.08),
                              (0.0, 0.08), (0.23, 0.08))))
    else:
        wave = canvas.y + np.sin(canvas.x * 16) * 0.05
        shape = (np.abs(wave) - 0.045) * 0.75
    parts.add(intersect(shape, within), contrast, "detail", 0.08, "glaze")


def _mug(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    if rng.random() < 0.75:
        _steam(parts, canvas, rng, (-0.28, -0.06, 0.16), -0.90, -0.46)
    parts.add(canvas.at(0.42, 0.20).stretched(0.95, 1.08).ring(0, 0, 0.26, 0.062), palette.main, bevel=0.06)
    wall = intersect(canvas.box(-0.06, 0.20, 0.565, 0.60, 0.2), -0.30 - canvas.y)
    parts.add(wall, palette.main, bevel=0.25)
    _motif(parts, canvas.at(-0.06, 0.28), palette, rng, wall + 0.03)
    parts.add(canvas.ellipse(-0.06, -0.30, 0.565, 0.135), mix(palette.main, palette.light, 0.5), bevel=0.05)
    parts.add(canvas.ellipse(-0.06, -0.295, 0.485, 0.095), palette.dark, "detail", 0.05)
    drink = DRINKS[rng.integers(len(DRINKS))]
    parts.add(intersect(canvas.ellipse(-0.06, -0.265, 0.455, 0.085), canvas.ellipse(-0.06, -0.295, 0.485, 0.095)),
              drink, "detail", 0.03, "water")
    parts.add(canvas.ellipse(-0.18, -0.265, 0.14, 0.022), mix(drink, PAPER, 0.45), "detail", 0.02, "water")


def _teacup(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A bowl-shaped tea cup on its saucer."""
    if rng.random() < 0.7:
        _steam(parts, canvas, rng, (-0.22, 0.06), -0.74, -0.34)
    parts.add(canvas.ellipse(0, 0.62, 0.86, 0.165), palette.accent, bevel=0.07)
    parts.add(np.abs(canvas.ellipse(0, 0.605, 0.76, 0.125)) - 0.012, palette.accent_light, "detail", 0.03)
    parts.add(canvas.ellipse(0, 0.60, 0.40, 0.065), palette.accent_dark, "detail", 0.03)
    handle = blend(canvas.at(0.62, 0.12, 0.25).stretched(1.0, 0.9).ring(0, 0, 0.185, 0.050),
                   canvas.circle(0.50, 0.22, 0.05), 0.06)
    parts.add(handle, palette.main, bevel=0.05)
    bowl = intersect(canvas.ellipse(0, -0.18, 0.62, 0.74), -0.18 - canvas.y)
    bowl = union(bowl, canvas.box(0, 0.54, 0.25, 0.055, 0.03))
    parts.add(bowl, palette.main, bevel=0.28)
    if rng.random() < 0.5:
        _motif(parts, canvas.at(0, 0.12), palette, rng, bowl + 0.03)
    else:
        sprig = canvas.at(0, 0.14)
        blooms = [sprig.at(x, y).around(5, 0.3).ellipse(0.058, 0, 0.05, 0.034) for x,
                  y in ((-0.27, -0.03), (0.0, 0.04), (0.27, -0.03))]
        parts.add(union(*blooms), palette.accent, "detail", 0.04)
        parts.add(union(*(sprig.circle(x, y, 0.026) for x, y in ((-0.27, -0.03), (0.0, 0.04), (0.27, -0.03)))),
                  (0.98, 0.85, 0.40), "detail", 0.03)
    parts.add(canvas.ellipse(0, -0.18, 0.62, 0.145), mix(palette.main, PAPER, 0.55), bevel=0.05)
    parts.add(canvas.ellipse(0, -0.17, 0.53, 0.105), DRINKS[2 if rng.random() < 0.6 else 0], "detail", 0.04, "water")
    parts.add(canvas.ellipse(-0.14, -0.19, 0.17, 0.024), (0.95, 0.80, 0.55), "detail", 0.02, "water")
    if rng.random() < 0.4:
        parts.add(canvas.capsule((0.33, -0.20), (0.50, 0.12), 0.008), PAPER, "line", 0.01, "cloth")
        parts.add(canvas.box(0.515, 0.19, 0.075, 0.085, 0.01, 0.2), (0.98, 0.92, 0.72), bevel=0.03, material="cloth")


def _to_go(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A paper cup with lid and sleeve."""
    if rng.random() < 0.5:
        parts.add(canvas.capsule((0.14, -0.58), (0.22, -0.92), 0.036), palette.accent, bevel=0.03, material="paint")
    paper = (0.97, 0.95, 0.90) if palette.name != "white" else palette.accent_light
    wall = canvas.polygon([(-0.47, -0.46), (0.47, -0.46), (0.325, 0.86), (-0.325, 0.86)], 0.02)
    parts.add(wall, paper, bevel=0.26, material="paint")
    sleeve = canvas.polygon([(-0.475, -0.14), (0.475, -0.14), (0.415, 0.48), (-0.415, 0.48)], 0.015)
    parts.add(sleeve, palette.main, bevel=0.26, material="paint")
    if rng.random() < 0.5:
        parts.add(intersect(union(canvas.box(0, -0.09, 1, 0.022), canvas.box(0, 0.43, 1, 0.022)), sleeve),
                  palette.dark, "detail", 0.2, "paint")
    parts.add(canvas.circle(0, 0.17, 0.20), palette.light, "detail", 0.1, "paint")
    emblem = canvas.at(0, 0.17, 0.4)
    kind = rng.integers(3)
    if kind == 0:
        bean = emblem.ellipse(0, 0, 0.095, 0.135)
        parts.add(bean, DRINKS[0], "detail", 0.06, "paint")
        parts.add(intersect(emblem.stroke([(0.02, -0.13), (-0.02, -0.03), (0.02, 0.04), (-0.02, 0.13)], 0.014), bean),
                  palette.light, "detail", 0.02, "paint")
    elif kind == 1:
        parts.add(canvas.at(0, 0.17).around(5, -1.571).polygon([(-0.05, -0.055), (-0.05, 0.055), (0.15, 0.0)], 0.006),
                  palette.accent, "detail", 0.05, "paint")
    else:
        heart = canvas.at(0, 0.17).folded()
        parts.add(union(heart.circle(0.062, -0.045, 0.075),
                        heart.polygon([(-0.01, -0.03), (0.12, -0.01), (0.0, 0.13)], 0.012)), palette.accent, "detail",
                  0.05, "paint")
    lid = palette.dark if rng.random() < 0.5 else PAPER
    parts.add(canvas.polygon([(-0.40, -0.70), (0.40, -0.70), (0.46, -0.54), (-0.46, -0.54)], 0.025), lid, bevel=0.12,
              material="paint")
    parts.add(canvas.box(0, -0.50, 0.54, 0.055, 0.045), mix(lid, PAPER, 0.25) if lid != PAPER else (0.86, 0.85, 0.84),
              bevel=0.05, material="paint")
    parts.add(canvas.ellipse(0, -0.705, 0.30, 0.028), mix(lid, (0, 0, 0), 0.3), "detail", 0.02, "paint")


POSES = (_mug, _teacup, _to_go)


def cup(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A cup: 0 mug, 1 tea cup, 2 paper cup."""
    parts = Parts("glaze")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("cup", cup, ("red", "blue", "yellow", "green", "teal", "pink", "white", "purple", "orange"),
                  poses=len(POSES))
