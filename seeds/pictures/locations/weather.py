"""What several places in the open share: the time of day, the sky, and a plain ground."""

from __future__ import annotations

import numpy as np

from ..noise import shifted
from ..scene import Colour
from ..textures import tile
from .stage import Stage, linear

F = np.float32


def mood_of(stage: Stage) -> str:
    """Evening light for the sunset backdrop, else sun or cloud."""
    if stage.scene.backdrop == "sunset":
        return "evening"
    return "sun" if stage.rng.random() < 0.82 else "overcast"


def heaven(stage: Stage, mood: str, horizon: float, clouds: float = 1.0) -> np.ndarray:
    """A sky with clouds that flatten towards the horizon."""
    top, bottom = {"evening": ((0.36, 0.40, 0.58), (0.97, 0.72, 0.48)), "overcast": ((0.50, 0.55, 0.61), (0.76, 0.79, 0.81)),
                   "sun": ((0.25, 0.46, 0.74), (0.74, 0.84, 0.92))}[mood]
    image = stage.fade(top, bottom, -1.1, horizon)
    bank = stage.noise(3, 4, 5) * F(0.7) + stage.noise(5, 3, 14) * F(0.3)
    cover = np.clip((bank - F(0.50)) * F(4.5), 0, 1) * F(0.85 * clouds)
    lit = np.clip(F(0.75) + (bank - shifted(bank, -6, -6)) * F(3), 0.45, 1.1)[..., None]
    colour = {"evening": (0.96, 0.76, 0.62), "overcast": (0.74, 0.76, 0.78), "sun": (0.97, 0.97, 0.97)}[mood]
    return stage.lay(image, cover, linear(colour) * lit)


def level(stage: Stage, mood: str, horizon: float, colour: Colour, texture: str, strength: float) -> np.ndarray:
    """A plain ground: sand, dry earth or asphalt."""
    depth = stage.depth(horizon)
    grain = tile(texture).tone_at(stage.x * depth * F(0.8), depth * F(0.8)) * np.clip(F(1.6) - depth * F(0.35), 0, 1)
    swells = stage.noise(3, 3, 16) - F(0.5)
    return linear(colour) * np.maximum(1 + F(strength) * grain + F(0.35) * swells, F(0.1))[..., None]
