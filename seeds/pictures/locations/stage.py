"""The stage on which a location is built: half-size coordinates, brushes, and the kinds of light.

Locations are painted at half size, because a lens has blurred them anyway, and in linear colour (display value squared).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..noise import blur, fractal_noise
from ..relief import Lamps, enlarge
from ..scene import Colour, Scene, mix

F = np.float32

LIGHTS: dict[str, Lamps] = {
    "sun": Lamps((-0.55, -0.60, 0.55), (1.10, 1.02, 0.88), (0.40, 0.47, 0.58), (0.17, 0.17, 0.11)),
    "overcast": Lamps((-0.30, -0.75, 0.65), (0.62, 0.64, 0.67), (0.60, 0.62, 0.65), (0.26, 0.26, 0.25), shadow=0.6, softness=0.7),
    "evening": Lamps((-0.75, -0.35, 0.50), (1.25, 0.92, 0.58), (0.34, 0.35, 0.46), (0.20, 0.14, 0.10), rim=0.6),
    "window": Lamps((-0.80, -0.40, 0.50), (1.05, 1.00, 0.93), (0.30, 0.31, 0.34), (0.22, 0.17, 0.13), softness=0.5),
    "studio": Lamps((-0.50, -0.60, 0.62), (0.98, 0.95, 0.92), (0.44, 0.44, 0.46), (0.30, 0.29, 0.28), softness=0.5, rim=0.45),
    "night": Lamps((-0.45, -0.55, 0.65), (0.85, 0.88, 1.0), (0.16, 0.18, 0.30), (0.10, 0.09, 0.12), rim=0.8),
    "water": Lamps((-0.25, -0.80, 0.55), (1.08, 1.06, 0.98), (0.30, 0.44, 0.48), (0.12, 0.24, 0.26), shadow=0.6, softness=0.8),
}


@dataclass
class Place:
    """A finished location: the picture behind (size, size, 3) and the light; `front` is (colour, alpha) before the subject.

    floor: whether shadows fall on a ground; gloss: how much of the subject its ground mirrors.
    """

    behind: np.ndarray
    lamps: Lamps
    floor: bool = True
    gloss: float = 0.0
    haze: float = 0.0
    water: bool = False
    front: tuple[np.ndarray, np.ndarray] | None = None


class Stage:
    """Half-size coordinates and brushes for one place."""

    def __init__(self, scene: Scene):
        self.scene, self.rng, self.size = scene, scene.rng, scene.size // 2
        self.x, self.y = scene.x[::2, ::2], scene.y[::2, ::2]
        self.pixel = 2.0 / self.size

    def fade(self, top: Colour, bottom: Colour, start: float = -1.0, end: float = 1.0) -> np.ndarray:
        """A vertical gradient between two display colours."""
        t = np.clip((self.y - F(start)) / F(end - start), 0, 1)[..., None]
        return linear(top) * (1 - t) + linear(bottom) * t

    def noise(self, across: int, octaves: int = 3, down: int | None = None) -> np.ndarray:
        return fractal_noise(self.size, self.rng, across, octaves, down)

    def depth(self, horizon: float) -> np.ndarray:
        """Distance along a level ground, 1 where the subject stands, growing to the horizon."""
        return F(self.scene.floor - horizon) / np.maximum(self.y - F(horizon), F(0.02))

    def lay(self, image: np.ndarray, alpha: np.ndarray, colour: np.ndarray | Colour) -> np.ndarray:
        colour = linear(colour) if isinstance(colour, tuple) else colour
        return image + (colour - image) * alpha[..., None]

    def ground(self, image: np.ndarray, surface: np.ndarray, horizon: float, softness: float = 0.03) -> np.ndarray:
        """The surface below the horizon, sharpest where the subject stands."""
        away = np.abs(self.y - F(self.scene.floor - 0.03))
        soft = blur(surface, 0.035 / self.pixel, 1)
        focus = np.clip(away * F(3.2) - F(0.15), 0, 1)[..., None]
        surface = surface + (soft - surface) * focus
        return self.lay(image, np.clip(F(0.5) + (self.y - F(horizon)) / F(softness), 0, 1), surface)

    def discs(self, image: np.ndarray, count: int, colours: list[Colour], strength: float, low: float = 0.4,
              sizes: tuple[float, float] = (0.05, 0.15)) -> np.ndarray:
        """Bokeh: lights far out of focus, as soft-edged discs above y = `low`."""
        for _ in range(count):
            cx, cy = self.rng.uniform(-1.1, 1.1), self.rng.uniform(-1.1, low)
            radius, power = self.rng.uniform(*sizes), strength * self.rng.uniform(0.25, 1.0) ** 2
            colour = linear(colours[int(self.rng.integers(len(colours)))]) * F(power)
            x0, x1 = (int(np.clip((c + 1) / self.pixel, 0, self.size)) for c in (cx - radius - 0.05, cx + radius + 0.05))
            y0, y1 = (int(np.clip((c + 1) / self.pixel, 0, self.size)) for c in (cy - radius - 0.05, cy + radius + 0.05))
            if x1 <= x0 or y1 <= y0:
                continue
            inside = F(radius) - np.hypot(self.x[y0:y1, x0:x1] - F(cx), self.y[y0:y1, x0:x1] - F(cy))
            disc = np.clip(inside / F(0.025) + F(0.5), 0, 1) * (F(1) - F(0.35) * np.clip(inside / F(radius), 0, 1))
            image[y0:y1, x0:x1] += disc[..., None] * colour
        return image

    def full(self, image: np.ndarray) -> np.ndarray:
        return enlarge(image, 2, (self.scene.size, self.scene.size))


def linear(colour: Colour) -> np.ndarray:
    return np.square(np.asarray(colour, F))


def calm(colour: Colour, amount: float = 0.5) -> Colour:
    """A wall-paint version of a backdrop colour."""
    grey = sum(colour) / 3
    return mix(colour, (grey, grey * 0.985, grey * 0.96), amount)
