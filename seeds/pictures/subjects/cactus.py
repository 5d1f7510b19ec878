"""Cacti."""

from __future__ import annotations

import math

import numpy as np

from ..scene import PAPER, Palette, Parts, Subject, mix
from ..shapes import Canvas, blend, intersect, triangle_wave, union

SAND = (0.90, 0.76, 0.50)
SOIL = (0.36, 0.24, 0.17)


def _blossom(parts: Parts, canvas: Canvas, palette: Palette, radius: float) -> None:
    parts.add(canvas.around(5, -1.57).ellipse(radius * 0.55, 0, radius * 0.5, radius * 0.36), palette.accent,
              bevel=0.05, material="petal")
    parts.add(canvas.circle(0, 0, radius * 0.3), (0.98, 0.84, 0.35), "detail", 0.03, "petal")


def _spines(canvas: Canvas, across: float, down: float, reach: float) -> np.ndarray:
    """Small upright pairs of thorns in staggered rows all over the canvas."""
    row = np.rint(canvas.y / down)
    u = canvas.x / across + row * 0.5
    cell = Canvas((u - np.rint(u)) * across, canvas.y - row * down)
    return cell.folded().capsule((0, 0.01), (reach, -reach), 0.008, 0.005)


def _saguaro(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    parts.add(canvas.ellipse(0, 0.80, 0.62, 0.085), SAND, bevel=0.06, material="rock")
    left, right = rng.uniform(-0.10, 0.22), rng.uniform(-0.22, 0.12)
    arms = union(canvas.stroke([(0, left + 0.28), (-0.30, left + 0.28), (-0.42, left + 0.18), (-0.43, left - 0.14)],
                               0.115, 0.10),
                 canvas.stroke([(0, right + 0.30), (0.30, right + 0.30), (0.41, right + 0.20), (0.42, right - 0.20)],
                               0.11, 0.095))
    body = blend(canvas.capsule((0, -0.64), (0, 0.78), 0.20, 0.19), arms, 0.07)
    body = intersect(body, canvas.y - 0.82)
    parts.add(body, palette.main, bevel=0.17, material="leaf")
    ribs = union(canvas.folded().capsule((0.075, -0.66), (0.08, 0.76), 0.012),
                 canvas.capsule((-0.43, left - 0.16), (-0.42, left + 0.16), 0.010),
                 canvas.capsule((0.42, right - 0.22), (0.41, right + 0.18), 0.010))
    parts.add(ribs, palette.dark, "line", 0.02)
    parts.add(intersect(_spines(canvas, 0.32, 0.20, 0.05), body + 0.02), PAPER, "line", 0.01)
    for x, y, radius in ((0.0, -0.86, 0.13), (-0.43, left - 0.27, 0.095), (0.42, right - 0.32, 0.095)):
        if rng.random() < 0.6:
            _blossom(parts, canvas.at(x, y, rng.uniform(-0.3, 0.3)), palette, radius)


def _pot(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator, top: float) -> None:
    """A flower pot from y = `top` down to the ground, with soil."""
    clay = (0.80, 0.42, 0.27) if rng.random() < 0.5 else palette.accent
    parts.add(canvas.ellipse(0, top, 0.37, 0.05), SOIL, bevel=0.04, material="rock")
    parts.add(canvas.polygon([(-0.36, top + 0.08), (0.36, top + 0.08), (0.27, 0.82), (-0.27, 0.82)], 0.02), clay,
              bevel=0.18, material="glaze")
    stripe = canvas.y - ((top + 0.86) / 2 + 0.04) + triangle_wave(canvas.x * 4.6) * 0.11
    parts.add(intersect(np.abs(stripe) * 0.8 - 0.018, canvas.box(0, 0.6, 0.275, 0.3)), PAPER, "detail", 0.03, "glaze")
    parts.add(canvas.box(0, top + 0.05, 0.43, 0.075, 0.03), mix(clay, PAPER, 0.2), bevel=0.07, material="glaze")


def _prickly_pear(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    pads = [(-0.34, -0.26, 0.185, 0.25, -0.55), (0.36, -0.20, 0.19, 0.25, 0.60), (0.0, 0.10, 0.27, 0.34, 0.0),
            (0.08, -0.50, 0.19, 0.25, 0.18)]
    order = (0, 1, 3, 2)
    tones = (palette.dark, palette.dark, mix(palette.main, palette.light, 0.2), palette.main)
    for place, tone in zip(order, tones, strict=True):
        x, y, rx, ry, turn = pads[place]
        turn += rng.uniform(-0.10, 0.10)
        pad = canvas.ellipse(x, y, rx, ry, turn)
        parts.add(pad, tone if place != 0 else mix(palette.main, palette.dark, 0.5), bevel=0.14, material="leaf")
        parts.add(intersect(_spines(canvas.at(x, y, turn), 0.15, 0.13, 0.034), pad + 0.05), PAPER, "line", 0.01)
        if place != 2 and rng.random() < 0.75:
            tip = canvas.at(x, y, turn).at(0, -ry - 0.035)
            _blossom(parts, tip, palette, 0.105)
    _pot(parts, canvas, palette, rng, 0.42)


def _barrel(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    fold = canvas.folded()
    wide = rng.uniform(0.50, 0.58)
    middle = -0.10
    if rng.random() < 0.5:
        parts.add(canvas.circle(-wide * 0.92, 0.16, 0.17), mix(palette.main, palette.dark, 0.5), bevel=0.12,
                  material="leaf")
        parts.add(union(*(canvas.at(-wide * 0.92, 0.16, turn).capsule((0, -0.10), (0, -0.155), 0.009, 0.005)
                          for turn in (-1.5, -0.9, -0.3, 0.3))), PAPER, "line", 0.01)
    ball = canvas.ellipse(0, middle, wide, 0.53)
    parts.add(ball, palette.main, bevel=0.36, material="leaf")
    grooves = union(canvas.box(0, middle, 0.010, 0.53),
                    *(np.abs(canvas.ellipse(0, middle, wide * f, 0.53)) - 0.010 for f in (0.38, 0.72)))
    parts.add(intersect(grooves, ball + 0.01), palette.dark, "line", 0.02)
    thorns = []
    for x in (0.0, 0.38, 0.72, 0.97):
        for y in (-0.62, -0.24, 0.14, 0.52):
            at_x, at_y = wide * x * math.sqrt(1 - y * y), middle + 0.53 * y
            thorns.append(fold.capsule((at_x, at_y), (at_x + 0.045, at_y - 0.045), 0.010, 0.005))
    parts.add(union(*thorns), PAPER, "line", 0.01)
    crown = rng.integers(3)
    if crown < 2:
        _blossom(parts, canvas.at(0, -0.64), palette, 0.20)
    if crown == 1:
        _blossom(parts, canvas.at(-0.25, -0.54, -0.4), palette, 0.125)
        _blossom(parts, canvas.at(0.25, -0.54, 0.4), palette, 0.125)
    _pot(parts, canvas, palette, rng, 0.34)


POSES = (_saguaro, _prickly_pear, _barrel)


def cactus(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A cactus: 0 with arms, 1 prickly pear, 2 barrel."""
    parts = Parts("leaf")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("cactus", cactus, ("green", "green", "teal", "purple", "blue", "yellow"), poses=len(POSES),
                  backdrops=("sand", "sunset", "day", "peach", "mint"), tilt=0.05)
