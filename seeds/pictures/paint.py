"""Painting on a sheet: coverage of pixels, layers, gradients, halftone dots, soft light.

Images are kept as three planes (3, size, size) while they are painted: numpy is several times faster with
long rows than with pixels of three numbers. Everything works in place on the window that a part touches.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from .noise import shifted
from .scene import Colour, luminance

F = np.float32
Window = tuple[slice, slice]
EVERYWHERE: Window = (slice(None), slice(None))
LIGHT = (-0.62, -0.78)  # the light falls from the upper left


def coverage(distance: np.ndarray, pixel: float, softness: float = 1.0) -> np.ndarray:
    """How much of each pixel, 0–1, lies inside a shape; the edge is `softness` pixels wide."""
    return np.clip(F(0.5) - distance * F(1 / (pixel * softness)), 0, 1)


def window(distance: np.ndarray, reach: float = 0.0) -> Window | None:
    """The rows and columns that lie within `reach` of a shape, or None if there are none."""
    near = distance < F(reach)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not len(rows):
        return None
    return slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)


def planes(colour: Colour | Sequence[float] | np.ndarray) -> np.ndarray:
    """A colour as (3, 1, 1) float32, ready to meet planes; an array is returned as it is."""
    return colour if isinstance(colour, np.ndarray) else np.array(colour, F).reshape(3, 1, 1)


class Sheet:
    """An opaque sheet of `size` × `size` pixels; `planes` is (3, size, size) float32."""

    def __init__(self, size: int, colour: Colour | np.ndarray = (1.0, 1.0, 1.0)):
        self.planes = np.empty((3, size, size), F)
        self.planes[:] = planes(colour)

    def lay(self, cover: np.ndarray, colour: Colour | np.ndarray, where: Window = EVERYWHERE) -> None:
        """Paint a colour, or planes of colours, over the window as far as `cover` (0–1) says."""
        target = self.planes[:, where[0], where[1]]
        target += (planes(colour) - target) * cover

    def tint(self, factor: np.ndarray, where: Window = EVERYWHERE) -> None:
        """Multiply the window by a plane, or by planes, of factors: shadow and light."""
        self.planes[:, where[0], where[1]] *= factor

    def picture(self) -> np.ndarray:
        """The finished picture (size, size, 3), clipped to 0–1."""
        return np.ascontiguousarray(np.clip(self.planes, 0, 1).transpose(1, 2, 0))


def gradient(level: np.ndarray, first: Colour, last: Colour) -> np.ndarray:
    """Planes that run from `first` where level is 0 to `last` where it is 1."""
    return planes(first) + (planes(last) - planes(first)) * np.clip(level, 0, 1)


def vivid(colour: Colour, saturation: float = 1.0, value: float = 1.0, turn: float = 0.0) -> Colour:
    """The colour with its saturation and value multiplied and its hue turned (1 = full circle)."""
    h, s, v = colorsys.rgb_to_hsv(*(min(1.0, max(0.0, c)) for c in colour))
    return colorsys.hsv_to_rgb((h + turn) % 1.0, min(1.0, s * saturation), min(1.0, v * value))


def contrast(first: Colour, second: Colour) -> float:
    """How far apart two colours look, roughly 0–1: mostly brightness, then hue."""
    hue = math.dist(first, second) / math.sqrt(3)
    return 0.5 * abs(luminance(first) - luminance(second)) + 0.5 * hue


def depth(distance: np.ndarray) -> float:
    """The largest distance from the edge inside a shape: half of its thickness."""
    return max(0.0, -float(distance.min()))


def facing(
    distance: np.ndarray, bevel: float, pixel: float, light: tuple[float, float] = LIGHT
) -> np.ndarray:
    """How much a pillow-shaped part turns towards the light, -1 to 1; 0 on its flat top.

    The slope of the distance along the light's direction, fading over `bevel` from the edge inwards.
    """
    radius = max(min(bevel, depth(distance)), pixel)
    right, down = round(light[0] * 2.6), round(light[1] * 2.6)
    span = 2 * pixel * math.hypot(right, down)
    slope = (shifted(distance, -right, -down) - shifted(distance, right, down)) * F(1 / span)
    return np.clip(slope, -1, 1) * np.clip(1 + distance * F(1 / radius), 0, 1)


def halftone(
    x: np.ndarray, y: np.ndarray, tone: np.ndarray | float, spacing: float, pixel: float, angle: float = 0.6
) -> np.ndarray:
    """Coverage by a screen of round dots that grow with tone (0 none, 1 solid); spacing in scene units."""
    c, s = F(math.cos(angle) / spacing), F(math.sin(angle) / spacing)
    u, v = c * x + s * y, c * y - s * x
    u -= np.floor(u) + F(0.5)
    v -= np.floor(v) + F(0.5)
    radius = np.sqrt(np.clip(tone, 0, 1)) * F(0.74)
    return np.clip(F(0.5) + (radius - np.sqrt(u * u + v * v)) * F(spacing / pixel), 0, 1) * (radius > F(0.08))


@lru_cache(maxsize=64)
def _gaussian(size: int, sigma: float) -> tuple[np.ndarray, np.ndarray]:
    """Matrices that average pixels into coarse cells, and spread cells as a Gaussian of `sigma` pixels."""
    step = max(1, int(sigma / 1.5))
    cells = math.ceil(size / step)
    cell = np.arange(size) // step
    average = np.zeros((cells, size), F)
    average[cell, np.arange(size)] = 1
    average /= average.sum(axis=1, keepdims=True)
    centres = average @ np.arange(size)
    spread = np.exp(-0.5 * ((np.arange(size)[:, None] - centres) / sigma) ** 2)
    return average, (spread / spread.sum(axis=1, keepdims=True)).astype(F)


def soften(image: np.ndarray, sigma: float) -> np.ndarray:
    """The image (h, h) or planes (3, h, h) under a Gaussian of `sigma` pixels; cheap however wide it is."""
    average, spread = _gaussian(image.shape[-1], round(max(float(sigma), 0.6), 2))
    return spread @ (average @ image @ average.T) @ spread.T
