"""Locations with water: the beach, the open sea, and under water."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..noise import blur
from ..scene import Colour, Scene
from ..textures import tile
from .stage import LIGHTS, Place, Stage, linear
from .weather import heaven, level, mood_of

F = np.float32


def _sea(stage: Stage, image: np.ndarray, horizon: float, colour: Colour) -> np.ndarray:
    depth = F(0.5) / np.maximum(stage.y - F(horizon), F(0.012))
    ripple = tile("ripple").tone_at(stage.x * depth * F(0.30), depth * F(0.9))
    water = linear(colour) * (F(0.85) + F(0.35) * ripple)[..., None]
    glance = np.clip(F(0.75) - (stage.y - F(horizon)) * F(0.8), F(0.12), F(0.75))[..., None]
    sky = image[int(np.clip((horizon + 0.9) / stage.pixel, 0, stage.size - 1))][None]
    water = water + (sky * (1 + F(0.35) * ripple)[..., None] - water) * glance
    return stage.lay(image, np.clip((stage.y - F(horizon)) / F(0.012) + F(0.5), 0, 1), water)


def seaside(stage: Stage) -> Place:
    """Beach and sea under the sky."""
    scene, mood = stage.scene, mood_of(stage)
    horizon = scene.floor - stage.rng.uniform(0.50, 0.66)
    image = _sea(stage, heaven(stage, mood, horizon), horizon, (0.20, 0.42, 0.50))
    image = blur(image, 0.016 / stage.pixel, 1)
    shore = scene.floor - 0.26
    wave = F(shore) + F(0.03) * np.sin(stage.x * F(2.6) + F(stage.rng.uniform(0, 6))) + F(0.02) * np.sin(stage.x * F(7))
    foam = np.clip((F(0.022) - np.abs(stage.y - wave)) / F(0.02) + F(0.5), 0, 1)
    sand = stage.ground(image, level(stage, mood, horizon, (0.80, 0.71, 0.55), "rough", 0.14), shore, 0.01)
    image = stage.lay(stage.lay(image, np.clip((stage.y - wave) / F(0.03), 0, 1), sand), foam * F(0.7), (0.95, 0.96, 0.95))
    return Place(stage.full(image), replace(LIGHTS[mood], ground=(0.32, 0.27, 0.19)))


def _waterline(scene: Scene) -> float:
    """Where the subject's own water spreads out, else a little above its foot."""
    water = [part.distance for part in scene.parts if part.material == "water" and part.role == "body"]
    foot = scene.floor - 0.05
    if water:
        width = (np.minimum.reduce(water) < 0).sum(axis=1)
        foot = int(np.flatnonzero(width > 0.6 * width.max())[0]) * scene.pixel - 1 + 0.035 if width.max() else foot
    lowest = np.flatnonzero((scene.silhouette() < 0).any(axis=1))
    return float(np.clip(foot, lowest[-1] * scene.pixel - 1.30, 0.86)) if len(lowest) else foot


def open_sea(stage: Stage) -> Place:
    """Water all round; its swell hides what is below the waterline, and mirrors what is above."""
    scene, mood = stage.scene, mood_of(stage)
    line = _waterline(scene)
    scene.floor = line
    horizon = line - stage.rng.uniform(0.34, 0.50)
    image = _sea(stage, heaven(stage, mood, horizon), horizon, (0.15, 0.36, 0.46))
    image = blur(image, 0.010 / stage.pixel, 1)
    swell = F(line) + F(0.05) * (stage.noise(6, 3)[stage.size // 3][None, :] - F(0.5))
    ripple = stage.noise(9, 3, 40) - F(0.5)
    foam = np.clip(F(1) - np.abs(stage.y - swell - F(0.010)) / F(0.020), 0, 1)
    foam = foam * np.clip(stage.noise(14, 3) * F(3) - F(0.7), 0, 1)
    near = stage.lay(image * (F(0.85) + F(0.9) * ripple)[..., None], foam * F(0.8), (0.94, 0.96, 0.96))
    front = np.clip((stage.y - swell) / F(0.015), 0, 1)
    surface = (stage.full(near), stage.full(front))
    return Place(stage.full(image), LIGHTS[mood], floor=False, gloss=0.22, front=surface, water=True)


def underwater(stage: Stage) -> Place:
    """Blue-green depth with shafts of light, blurred weed and a sandy floor."""
    rng = stage.rng
    image = stage.fade((0.36, 0.68, 0.72), (0.05, 0.22, 0.33), -1.1, 0.9)
    slant = stage.x + F(0.28) * stage.y
    columns = np.clip((slant + F(1.5)) * F(stage.size / 3.2), 0, stage.size - 1).astype(np.int32)
    shafts = stage.noise(16, 3)[stage.size // 3].take(columns) - F(0.42)
    image = image * (1 + np.clip(shafts, 0, 1) * F(3.2) * np.clip(F(0.6) - stage.y * F(0.6), 0, 1))[..., None]
    for _ in range(int(rng.integers(2, 5))):
        cx, top, half = rng.uniform(-1, 1), rng.uniform(-0.1, 0.5), rng.uniform(0.03, 0.08)
        sway = F(0.08) * np.sin(stage.y * F(5) + F(rng.uniform(0, 6)))
        weed = np.clip((F(half) - np.abs(stage.x - F(cx) - sway)) / F(0.06) + F(0.5), 0, 1)
        image = stage.lay(image, weed * np.clip((stage.y - F(top)) / F(0.3), 0, 1) * F(0.55), (0.10, 0.30, 0.26))
    sand = linear((0.50, 0.58, 0.50)) * (F(0.55) + F(0.7) * stage.noise(5, 3, 14))[..., None]
    image = stage.lay(image, np.clip((stage.y - F(0.72) - F(0.1) * stage.noise(3, 2)) / F(0.2), 0, 1), sand)
    image = stage.discs(image, 9, [(0.70, 0.95, 0.95)], 0.25, 0.9, (0.02, 0.06))
    return Place(stage.full(blur(image, 0.014 / stage.pixel, 1)), LIGHTS["water"], floor=False)
