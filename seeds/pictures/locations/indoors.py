"""Locations with a roof: the studio, a table in a room, and the light of a window."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..scene import Colour, mix
from ..textures import tile
from .stage import LIGHTS, Place, Stage, calm, linear

F = np.float32


def studio(stage: Stage) -> Place:
    """A paper sweep: wall and floor in one sheet, lit from the side."""
    scene = stage.scene
    paper = mix(calm(scene.sky, 0.45), (0.80, 0.79, 0.77), 0.35)
    image = stage.fade(mix(paper, (0, 0, 0), 0.18), mix(paper, (1, 1, 1), 0.12), -0.9, scene.floor + 0.1)
    pool = np.exp(-((stage.x + F(0.25)) ** 2 + (stage.y - F(0.05)) ** 2) / F(1.1))
    image = image * (F(0.62) + F(0.55) * pool)[..., None]
    bend = np.exp(-np.square((stage.y - F(scene.floor - 0.28)) / F(0.16)))
    return Place(stage.full(image * (1 - F(0.10) * bend)[..., None]), LIGHTS["studio"], gloss=0.10)


def _planks(stage: Stage, horizon: float, wood: Colour) -> np.ndarray:
    depth = stage.depth(horizon)
    u, v = stage.x * depth, depth
    board = np.floor(u / F(0.42))
    grain = tile("wood").tone_at(v * F(0.7) + board * F(0.37), u * F(1.1) + board * F(0.61))
    seam = np.clip(1 - np.abs(u / F(0.42) - board - F(0.5)) * F(-40) - F(19), 0, 1)
    tone = 1 + F(0.30) * grain + F(0.12) * np.sin(board * F(7.3)) - F(0.6) * seam
    return linear(wood) * tone[..., None]


def table(stage: Stage) -> Place:
    """A wooden table top before a blurred room with lights."""
    scene, rng = stage.scene, stage.rng
    horizon = scene.floor - rng.uniform(0.34, 0.46)
    wood = ((0.62, 0.45, 0.31), (0.50, 0.35, 0.25), (0.72, 0.58, 0.44), (0.38, 0.28, 0.22))[int(rng.integers(4))]
    wall = mix(calm(scene.sky, 0.5), (0.35, 0.28, 0.24), 0.55)
    image = stage.fade(mix(wall, (0, 0, 0), 0.35), wall, -1, horizon) * (F(0.55) + F(0.9) * stage.noise(2, 2))[..., None]
    for _ in range(3):       # furniture, far out of focus
        cx, top, half = rng.uniform(-1, 1), rng.uniform(-0.5, 0.1), rng.uniform(0.10, 0.28)
        shape = np.clip((F(half) - np.abs(stage.x - F(cx))) / F(0.12) + F(0.5), 0, 1)
        shape = shape * np.clip((stage.y - F(top)) / F(0.12), 0, 1)
        tint = (0.12, 0.09, 0.07) if rng.random() < 0.6 else (0.9, 0.8, 0.65)
        image = stage.lay(image, shape * F(0.6), mix(wall, tint, 0.5))
    image = stage.discs(image, 9, [(1.0, 0.85, 0.60), (1.0, 0.93, 0.80), (0.95, 0.70, 0.42)], 0.55, horizon - 0.15)
    planks = _planks(stage, horizon, wood) * (F(1.05) - F(0.35) * np.clip(stage.x, 0, 1))[..., None]
    image = stage.ground(image, planks, horizon)
    return Place(stage.full(image), LIGHTS["window"], gloss=0.16)


def window_light(stage: Stage) -> Place:
    """A plain wall with the slanting light of a window on it, and a pale board below."""
    scene = stage.scene
    wall = mix(calm(scene.horizon_colour, 0.35), calm(scene.sky, 0.4), 0.45)
    horizon = scene.floor - 0.20
    image = stage.fade(mix(wall, (0.1, 0.1, 0.12), 0.38), mix(wall, (0.1, 0.1, 0.1), 0.25), -1, horizon)
    u, v = stage.x + F(0.35) * stage.y + F(stage.rng.uniform(-0.25, 0.15)), stage.y + F(0.25) * stage.x + F(0.15)
    bars = np.clip((np.abs(u) - F(0.03)) / F(0.05), 0, 1) * np.clip((np.abs(v) - F(0.03)) / F(0.05), 0, 1)
    panes = np.clip((F(0.72) - np.abs(u)) / F(0.07), 0, 1) * np.clip((F(0.62) - np.abs(v)) / F(0.07), 0, 1) * bars
    leaves = np.clip(stage.noise(6, 2) * F(3) - F(0.75), 0, 1)
    light = (panes * (F(0.6) + F(0.4) * leaves))[..., None]
    image = image + linear(wall) * np.array([0.85, 0.76, 0.60], F) * light
    board = linear(mix(wall, (0.86, 0.80, 0.72), 0.75)) * (F(0.72) + F(0.2) * stage.noise(3, 2, 20))[..., None]
    lamps = replace(LIGHTS["window"], key=(1.15, 1.04, 0.88))
    return Place(stage.full(stage.ground(image, board, horizon, 0.02)), lamps, gloss=0.08)
