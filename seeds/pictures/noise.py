"""Smooth random textures and box blurs, in float32."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

F = np.float32


@lru_cache(maxsize=256)
def _interpolation(size: int, cells: int) -> np.ndarray:
    """Weights (size, cells + 2) that spread a row of lattice values smoothly over `size` pixels."""
    position = (np.arange(size) + 0.5) / size * cells
    cell = np.floor(position).astype(int)
    t = position - cell
    t = t * t * (3 - 2 * t)
    weights = np.zeros((size, cells + 2), F)
    weights[np.arange(size), cell] = 1 - t
    weights[np.arange(size), cell + 1] = t
    return weights


def value_noise(size: int, rng: np.random.Generator, across: int, down: int | None = None) -> np.ndarray:
    """Noise (size, size) between 0 and 1 with `across` × `down` cells; unequal numbers give streaks."""
    down = down or across
    lattice = rng.random((down + 2, across + 2), dtype=F)
    return _interpolation(size, down) @ lattice @ _interpolation(size, across).T


def fractal_noise(size: int, rng: np.random.Generator, across: int = 4, octaves: int = 4,
                  down: int | None = None) -> np.ndarray:
    """Noise (size, size) between 0 and 1, mean about 0.5: octaves of `value_noise`, each twice as fine and half as strong."""
    down = down or across
    total, strength, weight = np.zeros((size, size), F), 1.0, 0.0
    for _ in range(octaves):
        total += F(strength) * value_noise(size, rng, min(across, size), min(down, size))
        weight += strength
        strength, across, down = strength / 2, across * 2, down * 2
    return total / F(weight)


@lru_cache(maxsize=1024)
def _repeated_border(n: int, before: int, after: int) -> np.ndarray:
    """Indices that extend an axis of length n by its first and last entry."""
    return np.clip(np.arange(-before, n + after), 0, n - 1)


def _box_blur(image: np.ndarray, radius: int, axis: int) -> np.ndarray:
    n = image.shape[axis]
    if radius <= 2:      # a few additions are quicker than a running sum
        padded = np.moveaxis(image.take(_repeated_border(n, radius, radius), axis=axis), axis, 0)
        total = padded[:n] + padded[1:n + 1]
        for start in range(2, 2 * radius + 1):
            total += padded[start:start + n]
        total *= F(1 / (2 * radius + 1))
        return np.moveaxis(total, 0, axis)
    sums = np.cumsum(image.take(_repeated_border(n, radius + 1, radius), axis=axis), axis=axis, dtype=F)
    ahead, behind = [slice(None)] * image.ndim, [slice(None)] * image.ndim
    ahead[axis], behind[axis] = slice(2 * radius + 1, 2 * radius + 1 + n), slice(0, n)
    return (sums[tuple(ahead)] - sums[tuple(behind)]) * F(1 / (2 * radius + 1))


def blur(image: np.ndarray, radius: float, passes: int = 2) -> np.ndarray:
    """The image (h, w) or (h, w, channels) blurred by `passes` box filters of `radius` pixels; two look like a Gaussian."""
    whole = round(radius)
    if whole < 1:
        return image
    for _ in range(passes):
        image = _box_blur(_box_blur(image, whole, 0), whole, 1)
    return image


def shifted(image: np.ndarray, right: float, down: float) -> np.ndarray:
    """The image moved by whole pixels, its border repeated."""
    rows = np.clip(np.arange(image.shape[0]) - round(down), 0, image.shape[0] - 1)
    columns = np.clip(np.arange(image.shape[1]) - round(right), 0, image.shape[1] - 1)
    return image[rows][:, columns]
