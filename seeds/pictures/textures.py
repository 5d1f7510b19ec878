"""Seamless texture tiles (fur noise, wood, rock, foliage …): made once from fixed seeds, then sampled at random offsets.

A tile is 256 × 256 and repeats. One tile pixel is 1/128 scene unit, which is one pixel of a 256-pixel picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

F = np.float32
TILE = 256
PER_UNIT = 128.0
_AXIS = np.arange(TILE, dtype=F)


@dataclass(frozen=True)
class Tile:
    """A repeating texture: `tone` about 0 (−1…1) and the slopes of its relief, each (256, 256) float32."""

    tone: np.ndarray
    slope_x: np.ndarray
    slope_y: np.ndarray

    @classmethod
    def from_height(cls, height: np.ndarray, tone: np.ndarray | None = None) -> Tile:
        """The tile of a relief; its slopes are scaled to a root mean square of 1."""
        slope_x = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) / 2
        slope_y = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) / 2
        rms = math.sqrt(float((slope_x ** 2 + slope_y ** 2).mean())) + 1e-6
        return cls(_centred(height if tone is None else tone), (slope_x / rms).astype(F), (slope_y / rms).astype(F))

    def at(self, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Tone and slopes at scene coordinates (u, v), nearest sample, wrapping round."""
        index = indices(u, v)
        return self.tone.take(index), self.slope_x.take(index), self.slope_y.take(index)

    def tone_at(self, u: np.ndarray, v: np.ndarray) -> np.ndarray:
        return self.tone.take(indices(u, v))


def indices(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Flat tile positions of scene coordinates, wrapped."""
    column = np.floor(u * F(PER_UNIT)).astype(np.int32) & (TILE - 1)
    row = np.floor(v * F(PER_UNIT)).astype(np.int32) & (TILE - 1)
    return row * TILE + column


def _centred(values: np.ndarray) -> np.ndarray:
    values = values - values.mean()
    return np.clip(values / (2.5 * values.std() + 1e-6), -1, 1).astype(F)


def _spectral(seed: int, exponent: float, across: float = 1.0, down: float = 1.0, lowest: float = 2.0) -> np.ndarray:
    """Repeating noise with amplitude falling as frequency**-exponent; `across`/`down` > 1 stretch it in that direction."""
    rng = np.random.default_rng(seed)
    fx, fy = np.meshgrid(np.fft.rfftfreq(TILE) * TILE * across, np.fft.fftfreq(TILE) * TILE * down)
    frequency = np.hypot(fx, fy)
    gain = np.maximum(frequency, 1e-3) ** -exponent * (frequency >= lowest)
    phase = rng.standard_normal(gain.shape) + 1j * rng.standard_normal(gain.shape)
    return _centred(np.fft.irfft2(phase * gain, s=(TILE, TILE)))


def _nearest_cells(seed: int, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """First and second distance to `count` random points (wrapping), and which point is nearest."""
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(_AXIS, _AXIS)
    first = np.full((TILE, TILE), 1e9, F)
    second, nearest = first.copy(), np.zeros((TILE, TILE), np.int32)
    for number, (px, py) in enumerate(rng.random((count, 2)) * TILE):
        dx, dy = np.abs(x - F(px)), np.abs(y - F(py))
        distance = np.hypot(np.minimum(dx, TILE - dx), np.minimum(dy, TILE - dy))
        closer = distance < first
        second = np.where(closer, first, np.minimum(second, distance))
        nearest[closer] = number
        np.minimum(first, distance, out=first)
    return first, second, nearest


def _scattered(seed: int, count: int, length: float, width: float, spread: float) -> Tile:
    """Leaves strewn over one another ("dead leaves"): `length` × `width` pixels, turned by up to ±spread from upright."""
    rng = np.random.default_rng(seed)
    tone, slope_x, slope_y = np.zeros((TILE, TILE), F), np.zeros((TILE, TILE), F), np.zeros((TILE, TILE), F)
    reach = int(length / 2) + 3
    grid = np.arange(-reach, reach + 1)
    gx, gy = np.meshgrid(grid.astype(F), grid.astype(F))
    for number in range(count):
        angle = rng.uniform(-spread, spread)
        along = gx * F(math.sin(angle)) - gy * F(math.cos(angle))
        side = gx * F(math.cos(angle)) + gy * F(math.sin(angle))
        t = along / F(length / 2)
        half = F(width / 2) * np.maximum(1 - t * t, 0)
        edge = half - np.abs(side)
        alpha = np.clip(edge + F(0.5), 0, 1) * (np.abs(t) < 1)
        shadow = F(0.55) * np.clip(1 + edge / F(2.5), 0, 1) * (np.abs(t) < 1.15)
        rows = (grid + int(rng.integers(TILE)))[:, None] & (TILE - 1)
        columns = (grid + int(rng.integers(TILE)))[None, :] & (TILE - 1)
        tilt_x, tilt_y = rng.normal(0, 0.6, 2)
        depth = number / count
        leaf = F(rng.normal(0.1, 0.28) + 0.5 * depth - 0.2) - F(0.16) * (np.abs(side) < 0.7)
        dark = tone[rows, columns] - shadow
        tone[rows, columns] = dark + (leaf - dark) * alpha
        across = side / np.maximum(half, F(0.8)) * F(0.6)
        for plane, tilt, axis in ((slope_x, tilt_x, math.cos(angle)), (slope_y, tilt_y, math.sin(angle))):
            below = plane[rows, columns]
            plane[rows, columns] = below + (across * F(axis) + F(tilt) - below) * alpha
    return Tile(_centred(tone), slope_x, slope_y)


@lru_cache(maxsize=64)
def tile(name: str) -> Tile:
    """The tile called `name`: mottle, rough, hair, wood, bark, rock, foliage, litter, weave, plaster, ripple, pores or prints.

    Raises KeyError for another name.
    """
    return _MAKERS[name]()


def _hair() -> Tile:
    fine = np.random.default_rng(11).random((TILE, TILE))
    return Tile.from_height(_centred(fine) * 0.85 + _spectral(12, 0.8, lowest=14) * 0.4)


def _wood() -> Tile:
    rings = _spectral(21, 1.6, down=9.0)
    lines = np.sin((rings * 9 + _AXIS[:, None] * (2 * math.pi * 5 / TILE)) * 1.0)
    return Tile.from_height(_centred(0.6 * lines + 0.55 * _spectral(22, 0.9, across=0.12, down=1.0, lowest=3)))


def _bark() -> Tile:
    ridges = 1 - np.abs(_spectral(31, 1.3, across=1.0, down=0.28, lowest=5))
    return Tile.from_height(ridges ** 2 + 0.25 * _spectral(32, 1.0, lowest=12))


def _rock() -> Tile:
    first, second, nearest = _nearest_cells(41, 26)
    planes = np.random.default_rng(42).normal(0, 1, (26, 2))
    x, y = np.meshgrid(_AXIS, _AXIS)
    facet = (np.sin(x * F(0.05)) * planes[nearest, 0] + np.sin(y * F(0.05)) * planes[nearest, 1]) * 0.45
    cracks = np.clip((second - first) / 5, 0, 1)
    return Tile.from_height(facet + 0.2 * cracks + 1.0 * _spectral(43, 1.5) + 0.18 * _spectral(44, 0.7, lowest=20))


def _weave() -> Tile:
    x, y = np.meshgrid(_AXIS, _AXIS)
    warp, weft = np.sin(x * F(math.pi / 2 + 1e-3)), np.sin(y * F(math.pi / 2 + 1e-3))
    check = ((x // 2 + y // 2) % 2) * 2 - 1
    return Tile.from_height(np.where(check > 0, warp, weft) * 0.6 + 0.9 * _spectral(51, 1.1, lowest=3))


def _plaster() -> Tile:
    return Tile.from_height(_spectral(61, 1.2, lowest=6), tone=_spectral(62, 1.7) + 0.4 * _spectral(61, 1.2, lowest=6))


def _prints() -> Tile:
    """Fingerprints: patches of concentric ridges, and the soft dents of thumbs."""
    rng = np.random.default_rng(71)
    x, y = np.meshgrid(_AXIS, _AXIS)
    height = _spectral(72, 2.6) * 3.0
    for px, py in rng.random((9, 2)) * TILE:
        dx, dy = (x - px + 128) % 256 - 128, (y - py + 128) % 256 - 128
        turn = rng.uniform(0, math.pi)
        u, v = dx * math.cos(turn) + dy * math.sin(turn), dy * math.cos(turn) - dx * math.sin(turn)
        inside = np.clip(1.25 - np.hypot(u / 24, v / 31), 0, 1)
        loops = np.hypot(u, v * 0.62 + 8) + 1.5 * _spectral(73, 1.6)
        height = height + inside * (0.10 * np.sin(loops * (2 * math.pi / 4.6)) - 0.5)
    return Tile.from_height(height)


_MAKERS = {
    "mottle": lambda: Tile.from_height(_spectral(1, 1.6)),
    "rough": lambda: Tile.from_height(_spectral(2, 1.0, lowest=5)),
    "hair": _hair, "wood": _wood, "bark": _bark, "rock": _rock, "weave": _weave, "plaster": _plaster, "prints": _prints,
    "foliage": lambda: _scattered(81, 2600, 13, 7.5, math.pi),
    "litter": lambda: _scattered(82, 1500, 18, 9, math.pi),
    "ripple": lambda: Tile.from_height(_spectral(91, 1.5, across=0.5, down=1.6, lowest=4)),
    "pores": lambda: Tile.from_height(_spectral(95, 0.7, lowest=22)),
}
