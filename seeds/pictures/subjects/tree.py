"""Trees."""

from __future__ import annotations

import math

import numpy as np

from ..scene import COLOURS, WOOD, Palette, Parts, Subject, mix
from ..shapes import Canvas, bezier, intersect, union

WOOD_DARK = mix(WOOD, (0.1, 0.05, 0.02), 0.4)


def _broadleaf(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    trunk = canvas.polygon([(-0.15, 0.82), (0.15, 0.82), (0.075, 0.55), (0.065, 0.05), (-0.065, 0.05),
                            (-0.075, 0.55)], 0.02)
    parts.add(union(trunk, canvas.capsule((0.02, 0.42), (0.30, 0.16), 0.05, 0.035),
                    canvas.capsule((-0.02, 0.48), (-0.28, 0.22), 0.045, 0.03)), WOOD, bevel=0.08, material="bark")
    parts.add(union(canvas.capsule((-0.03, 0.74), (-0.02, 0.50), 0.010),
                    canvas.capsule((0.04, 0.68), (0.035, 0.58), 0.010)), WOOD_DARK, "line", 0.01)
    clumps = [(-0.46, 0.02, 0.27), (0.46, 0.04, 0.26), (-0.30, -0.34, 0.29), (0.30, -0.36, 0.29), (0.0, -0.60, 0.27),
              (0.0, -0.10, 0.34)]
    tones = [palette.dark, palette.dark, palette.main, palette.main, palette.main,
             mix(palette.main, palette.light, 0.25)]
    for (x, y, radius), tone in zip(clumps, tones, strict=True):
        x, y = x + rng.uniform(-0.03, 0.03), y + rng.uniform(-0.03, 0.03)
        turn = rng.uniform(0, math.tau)
        bumps = [canvas.circle(x + radius * 0.55 * math.cos(turn + 1.2566 * k),
                               y + radius * 0.55 * math.sin(turn + 1.2566 * k), radius * 0.5) for k in range(5)]
        parts.add(union(*bumps), tone, bevel=radius * 0.7, material="leaf")
    if rng.random() < 0.55:
        spots = ((-0.44, 0.06), (-0.22, -0.40), (0.08, -0.68), (0.36, -0.30), (0.50, 0.02), (0.06, 0.02),
                 (-0.10, -0.20), (0.18, -0.48))
        fruit = [canvas.circle(x + rng.uniform(-0.05, 0.05), y + rng.uniform(-0.05, 0.05), 0.052) for x, y in spots]
        parts.add(union(*fruit), COLOURS["red"] if palette.name not in ("red", "pink") else COLOURS["yellow"],
                  bevel=0.05, material="glaze")


def _fir(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    fold = canvas.folded()
    parts.add(canvas.box(0, 0.68, 0.085, 0.16, 0.02), WOOD, bevel=0.06, material="bark")
    tiers = int(rng.integers(3, 5))
    step = 1.08 / tiers
    for k in range(tiers):
        bottom = 0.56 - step * k
        half = 0.68 - 0.145 * k * (4 / tiers)
        peak = bottom - step * 1.42
        tier = fold.polygon([(-0.02, peak), (0.03, peak), (half * 0.46, bottom - step * 0.52), (half, bottom - 0.02),
                             (half * 0.70, bottom + 0.045), (half * 0.38, bottom - 0.01), (-0.02, bottom + 0.05)],
                            0.015)
        parts.add(tier, mix(palette.dark, palette.main, (k + 1) / tiers), bevel=0.13, material="leaf")
    top = 0.56 - step * (tiers - 1) - step * 1.42
    trim = rng.integers(3)
    if trim == 0:
        hung = [canvas.circle((0.46 - 0.12 * k) * s * f, 0.44 - 0.27 * k, 0.05) for k,
                f in enumerate((1.0, 0.6, 1.0, 0.3)) for s in (-1, 1)]
        parts.add(union(*hung), palette.accent, bevel=0.05, material="glaze")
        parts.add(canvas.at(0, top - 0.01).around(5, -math.pi / 2).polygon(
                    [(-0.03, -0.06), (-0.03, 0.06), (0.11, 0.0)], 0.01), (1.0, 0.84, 0.32), "glow", 0.04)
    elif trim == 1:
        caps = union(*(fold.capsule((0.10 + 0.05 * (tiers - k), 0.40 - step * k),
                                    (0.20 + 0.07 * (tiers - k), 0.46 - step * k), 0.045, 0.03) for k in range(tiers)))
        parts.add(union(caps, canvas.ellipse(0, top + 0.08, 0.055, 0.10)), (0.97, 0.98, 1.0), bevel=0.05,
                  material="snow")


def _palm(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    bend = rng.uniform(0.10, 0.26)
    parts.add(intersect(canvas.ellipse(0.02, 0.86, 0.58, 0.15), canvas.y - 0.84), (0.93, 0.80, 0.54), bevel=0.08,
              material="rock")
    spine = bezier((-0.18, 0.80), (bend, 0.40), (0.04, -0.30), 6)
    parts.add(canvas.stroke(spine, 0.095, 0.058), WOOD, bevel=0.07, material="bark")
    rings = [canvas.capsule((x - 0.06, y - 0.01), (x + 0.06, y + 0.01), 0.012) for x, y in spine[1:-1]]
    parts.add(union(*rings), WOOD_DARK, "line", 0.02, "bark")
    for dark, leaves in ((True, ((-0.74, -0.02), (0.76, 0.02), (-0.30, -0.72))),
                         (False, ((-0.66, -0.42), (0.68, -0.40), (0.26, -0.76), (-0.44, 0.20), (0.50, 0.24)))):
        fronds = []
        for x, y in leaves:
            x, y = x + rng.uniform(-0.05, 0.05), y + rng.uniform(-0.05, 0.05)
            rib = bezier((0.04, -0.32), (0.04 + x * 0.62, min(y, -0.2) - 0.30), (x + 0.04, y), 5)
            widths = (0.05, 0.095, 0.11, 0.095, 0.065, 0.012)
            fronds.append(union(*(canvas.capsule(rib[i], rib[i + 1], widths[i], widths[i + 1]) for i in range(5))))
        parts.add(union(*fronds), palette.dark if dark else palette.main, bevel=0.08, material="leaf")
    nuts = union(canvas.circle(-0.03, -0.24, 0.085), canvas.circle(0.12, -0.23, 0.08))
    parts.add(nuts, (0.42, 0.26, 0.15), bevel=0.08, material="bark")


def _blossoming(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    """A branching tree whose twigs end in small tufts of leaves or blossom."""
    wood = mix(WOOD, (0.2, 0.15, 0.15), 0.35)
    sway = rng.uniform(-0.06, 0.06)
    tips = [(-0.62, -0.14), (-0.52, -0.52), (-0.16, -0.72), (0.24, -0.70), (0.58, -0.44), (0.64, -0.04)]
    boughs = [canvas.polygon([(-0.20, 0.83), (0.20, 0.83), (0.10, 0.66), (0.08, 0.24), (-0.08, 0.24), (-0.10, 0.66)],
                             0.01), canvas.capsule((0, 0.26), (-0.28, -0.10), 0.075, 0.05),
              canvas.capsule((0, 0.28), (0.30, -0.06), 0.075, 0.05),
              canvas.capsule((0, 0.26), (0.02 + sway, -0.36), 0.075, 0.045)]
    forks = ((-0.28, -0.10), (-0.28, -0.10), (0.02 + sway, -0.36), (0.02 + sway, -0.36), (0.30, -0.06), (0.30, -0.06))
    boughs += [canvas.capsule(a, b, 0.045, 0.022) for a, b in zip(forks, tips, strict=True)]
    parts.add(union(*boughs), wood, bevel=0.07, material="bark")
    parts.add(union(canvas.capsule((-0.035, 0.74), (-0.02, 0.44), 0.010),
                    canvas.capsule((0.05, 0.66), (0.035, 0.52), 0.010)), WOOD_DARK, "line", 0.01)
    tufts = [*tips, (-0.30, -0.30), (0.32, -0.26), (0.04, -0.50)]
    for tone, chosen in ((palette.dark, tufts[::3]), (palette.main, tufts[1::3]),
                         (mix(palette.main, palette.light, 0.4), tufts[2::3])):
        clusters = []
        for x, y in chosen:
            x, y = x + rng.uniform(-0.03, 0.03), y + rng.uniform(-0.03, 0.03)
            clusters += [canvas.circle(x, y - 0.07, 0.125), canvas.circle(x - 0.10, y + 0.04, 0.115),
                         canvas.circle(x + 0.10, y + 0.04, 0.12)]
        parts.add(union(*clusters), tone, bevel=0.1, material="petal")
    if rng.random() < 0.6:
        fallen = [canvas.ellipse(rng.uniform(-0.6, 0.6), rng.uniform(0.30, 0.78), 0.034, 0.022, rng.uniform(-1, 1))
                  for _ in range(5)]
        parts.add(union(*fallen), palette.main, "detail", 0.02, "petal")


POSES = (_broadleaf, _fir, _palm, _blossoming)


def tree(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A tree: 0 broadleaf, 1 fir, 2 palm, 3 in blossom."""
    parts = Parts("leaf")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("tree", tree, ("green", "green", "orange", "red", "pink", "yellow", "teal"), poses=len(POSES),
                  backdrops=("day", "sunset", "mint", "peach", "lilac", "sand"), tilt=0.05)
