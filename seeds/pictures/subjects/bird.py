"""Birds."""

from __future__ import annotations

import numpy as np

from ..scene import LEAF, WOOD, Palette, Parts, Subject
from ..shapes import Canvas, blend, intersect, union
from .faces import add_eyes

BEAK = (0.97, 0.63, 0.16)
BEAK_DARK = (0.72, 0.38, 0.07)


def _branch(parts: Parts, canvas: Canvas) -> None:
    parts.add(union(canvas.stroke([(-0.88, 0.66), (-0.25, 0.72), (0.35, 0.69), (0.90, 0.74)], 0.055, 0.035),
                    canvas.capsule((0.42, 0.70), (0.66, 0.58), 0.028, 0.018)), WOOD, bevel=0.05, material="bark")
    parts.add(union(canvas.ellipse(0.74, 0.52, 0.13, 0.062, -0.55), canvas.ellipse(-0.70, 0.78, 0.13, 0.06, 0.5)),
              LEAF, bevel=0.05, material="leaf")


def _perched(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    _branch(parts, canvas)
    tail = canvas.at(-0.40, 0.26, rng.uniform(-0.25, 0.15))
    parts.add(union(tail.box(-0.24, 0.03, 0.24, 0.058, 0.05, -0.16), tail.box(-0.21, -0.05, 0.22, 0.055, 0.05, 0.06)),
              palette.dark, bevel=0.05)
    legs = union(canvas.capsule((-0.06, 0.44), (-0.04, 0.66), 0.024),
                 canvas.capsule((0.10, 0.44), (0.12, 0.66), 0.024),
                 canvas.capsule((-0.10, 0.665), (0.03, 0.665), 0.027),
                 canvas.capsule((0.06, 0.665), (0.19, 0.665), 0.027))
    parts.add(legs, BEAK, bevel=0.03, material="skin")
    beak = canvas.at(0.50, -0.26, rng.uniform(-0.15, 0.15))
    parts.add(beak.polygon([(0.0, -0.08), (0.20, 0.005), (0.0, 0.08)], 0.018), BEAK, bevel=0.06, material="shell")
    parts.add(beak.capsule((0.02, 0.005), (0.19, 0.01), 0.008), BEAK_DARK, "line", 0.01)
    if rng.random() < 0.5:
        crest = [canvas.at(0.24, -0.46, turn).ellipse(0, -0.10, 0.034, 0.12) for turn in (-0.85, -0.40, 0.05)]
        parts.add(union(*crest), palette.accent, bevel=0.03)
    torso = blend(canvas.ellipse(0.0, 0.17, 0.40, 0.31, -0.35), canvas.circle(0.30, -0.25, 0.25), 0.24)
    parts.add(torso, palette.main, bevel=0.28)
    parts.add(intersect(canvas.ellipse(0.21, 0.19, 0.20, 0.29, -0.25), torso + 0.012), palette.light, "detail", 0.2)
    wing = canvas.at(-0.14, 0.16, rng.uniform(-0.42, -0.25))
    feathers = [wing.ellipse(-0.16 - 0.05 * k, -0.03 + 0.075 * k, 0.32 - 0.05 * k, 0.085) for k in range(3)]
    parts.add(union(*feathers), palette.dark, bevel=0.05)
    parts.add(wing.ellipse(0.02, 0.02, 0.23, 0.165), palette.accent, bevel=0.1)
    parts.add(wing.ellipse(0.06, -0.03, 0.13, 0.075), palette.accent_light, "detail", 0.06)
    if rng.random() < 0.5:
        parts.add(canvas.circle(0.37, -0.29, 0.105), palette.light, "detail", 0.05)
    add_eyes(parts, canvas, [(0.37, -0.30)], 0.06)


def _flying(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    raised = rng.uniform(-0.15, 0.20)
    far = canvas.at(0.10, -0.02, -1.05 - raised)
    parts.add(union(far.ellipse(0.36, 0.10, 0.38, 0.10, 0.22), far.ellipse(0.34, -0.02, 0.42, 0.12)), palette.dark,
              bevel=0.06)
    tail = canvas.at(-0.40, 0.16, rng.uniform(-0.1, 0.1))
    parts.add(union(*(tail.at(0, 0, turn).box(-0.26, 0, 0.26, 0.062, 0.055) for turn in (-0.28, 0.0, 0.28))),
              palette.dark, bevel=0.05)
    beak = canvas.at(0.66, -0.10, rng.uniform(-0.15, 0.1))
    parts.add(beak.polygon([(0.0, -0.07), (0.21, 0.02), (0.0, 0.075)], 0.018), BEAK, bevel=0.06, material="shell")
    parts.add(beak.capsule((0.02, 0.015), (0.19, 0.02), 0.008), BEAK_DARK, "line", 0.01)
    torso = blend(blend(canvas.ellipse(0.06, 0.14, 0.42, 0.235, -0.22), canvas.circle(0.50, -0.10, 0.205), 0.2),
                  canvas.circle(-0.34, 0.18, 0.07), 0.2)
    parts.add(torso, palette.main, bevel=0.22)
    parts.add(intersect(canvas.ellipse(0.26, 0.22, 0.34, 0.17, -0.35), torso + 0.012), palette.light, "detail", 0.15)
    near = canvas.at(0.04, 0.10, -2.05 - raised)
    tips = [near.at(0, 0, turn).ellipse(0.44, 0, 0.40, 0.105) for turn in (-0.36, -0.12, 0.12)]
    parts.add(union(*tips), palette.dark, bevel=0.06)
    parts.add(blend(near.ellipse(0.28, -0.06, 0.34, 0.155, -0.12), near.circle(0.05, 0, 0.12), 0.1), palette.accent,
              bevel=0.09)
    parts.add(near.ellipse(0.27, -0.06, 0.19, 0.07, -0.12), palette.accent_light, "detail", 0.06)
    if rng.random() < 0.5:
        parts.add(union(*(canvas.at(0.44, -0.27, turn).ellipse(0, -0.07, 0.03, 0.09) for turn in (-1.1, -0.7))),
                  palette.accent, bevel=0.03)
    add_eyes(parts, canvas, [(0.56, -0.14)], 0.05)


def _facing(parts: Parts, canvas: Canvas, palette: Palette, rng: np.random.Generator) -> None:
    fold = canvas.folded()
    parts.add(union(canvas.box(-0.07, 0.80, 0.062, 0.16, 0.05, 0.12),
                    canvas.box(0.07, 0.80, 0.062, 0.16, 0.05, -0.12)), palette.dark, bevel=0.05)
    _branch(parts, canvas.at(0, -0.04))
    perk = rng.uniform(0.0, 0.35)
    wing = fold.at(0.40, 0.02, perk * -0.6)
    parts.add(union(wing.ellipse(0.06, 0.22, 0.12, 0.36, -0.22), wing.ellipse(0.10, 0.14, 0.10, 0.28, -0.42)),
              palette.dark, bevel=0.08)
    if rng.random() < 0.5:
        parts.add(union(*(canvas.at(0, -0.56, turn).ellipse(0, -0.10, 0.036, 0.12) for turn in (-0.5, 0.0, 0.5))),
                  palette.accent, bevel=0.03)
    torso = blend(canvas.ellipse(0, 0.20, 0.43, 0.44), canvas.ellipse(0, -0.24, 0.36, 0.34), 0.22)
    parts.add(torso, palette.main, bevel=0.34)
    if rng.random() < 0.5:
        parts.add(canvas.ellipse(0, 0.24, 0.29, 0.35), palette.light, "detail", 0.2)
    else:
        parts.add(canvas.ellipse(0, 0.20, 0.32, 0.30), palette.accent, "detail", 0.2)
        parts.add(canvas.ellipse(0, 0.42, 0.23, 0.17), palette.light, "detail", 0.15)
    tufts = [canvas.stroke([(x - 0.045, y), (x, y + 0.035), (x + 0.045, y)], 0.010) for x,
             y in ((-0.11, 0.16), (0.11, 0.16), (0.0, 0.30))]
    parts.add(union(*tufts), palette.dark, "line", 0.01)
    parts.add(fold.ellipse(0.17, -0.26, 0.135, 0.15, 0.2), palette.light, "detail", 0.08)
    toes = union(*(fold.capsule((0.15 + dx * 0.5, 0.62), (0.15 + dx, 0.71), 0.030) for dx in (-0.07, 0.0, 0.07)))
    parts.add(toes, BEAK, bevel=0.03, material="skin")
    parts.add(canvas.polygon([(-0.075, -0.22), (0.075, -0.22), (0.0, -0.06)], 0.022), BEAK, bevel=0.07,
              material="shell")
    parts.add(canvas.capsule((-0.06, -0.195), (0.06, -0.195), 0.008), BEAK_DARK, "line", 0.01)
    add_eyes(parts, canvas, [(-0.17, -0.28), (0.17, -0.28)], 0.07, look=(rng.uniform(-0.5, 0.5), 0))


POSES = (_perched, _flying, _facing)


def bird(canvas: Canvas, palette: Palette, rng: np.random.Generator, pose: int) -> Parts:
    """A bird: 0 on a branch, 1 flying, 2 on a branch from the front."""
    parts = Parts("feather")
    POSES[pose](parts, canvas, palette, rng)
    return parts


SUBJECT = Subject("bird", bird, ("blue", "red", "yellow", "green", "pink", "orange", "teal"), poses=len(POSES),
                  grounded=False, backdrops=("day", "sunset", "mint", "peach", "lilac"))
