"""Neon punk: glowing tubes before a dark city or a brick wall, haze, reflections in a wet street."""

from __future__ import annotations

import colorsys

import numpy as np

from seeds.pictures.noise import fractal_noise, value_noise
from seeds.pictures.paint import Sheet, coverage, depth, gradient, planes, soften, window
from seeds.pictures.scene import Colour, Part, Scene, Subject, compose, luminance, mix
from seeds.pictures.shapes import Canvas

F = np.float32
DUOS: tuple[tuple[Colour, Colour], ...] = (
    ((1.00, 0.12, 0.58), (0.08, 0.80, 1.00)),
    ((0.60, 0.22, 1.00), (1.00, 0.45, 0.12)),
    ((0.10, 0.95, 0.75), (0.95, 0.15, 0.85)),
    ((0.20, 0.42, 1.00), (1.00, 0.20, 0.45)),
    ((1.00, 0.30, 0.20), (0.35, 0.30, 1.00)),
)


def _gas(colour: Colour, duo: tuple[Colour, Colour], second: bool) -> Colour:
    """The neon colour nearest to a paint; paints without a hue burn in the picture's own pair."""
    h, s, v = colorsys.rgb_to_hsv(*colour)
    if s < 0.28 or v < 0.2:
        return mix(duo[1 if second else 0], (1, 1, 1), 0.45 if luminance(colour) > 0.75 else 0.12)
    return colorsys.hsv_to_rgb(h, min(1.0, 0.62 + 0.45 * s), 1.0)


def _stars(light: np.ndarray, scene: Scene, horizon: float) -> None:
    size, rng = scene.size, scene.rng
    sky = max(2, int((horizon + 1) / 2 * size))
    for _ in range(int(rng.integers(25, 60))):
        light[:, rng.integers(sky - 1), rng.integers(size)] += F(rng.uniform(0.3, 1.1))


def _sun(light: np.ndarray, scene: Scene, duo: tuple[Colour, Colour], horizon: float) -> None:
    """A striped sun that sinks behind the horizon."""
    rng = scene.rng
    x, radius = rng.uniform(-0.4, 0.4), rng.uniform(0.42, 0.62)
    y = horizon - radius * rng.uniform(0.35, 0.8)
    level = (scene.y - F(y - radius)) / F(2 * radius)
    bars = np.abs((level * F(11)) % 1 - F(0.5)) * 2 > np.clip(level * F(1.25) - F(0.35), 0, 0.9)
    disc = coverage(Canvas(scene.x, scene.y).circle(x, y, radius), scene.pixel) * bars * (scene.y < horizon)
    light += gradient(level, (1.0, 0.58, 0.06), duo[0]) * (disc * F(0.80))


def _skyline(light: np.ndarray, scene: Scene, duo: tuple[Colour, Colour], horizon: float) -> None:
    """Two rows of towers: the far row drowned in haze, the near one black with lit windows."""
    rng, size = scene.rng, scene.size
    ground = int((horizon + 1) / 2 * size)
    for row, (darkness, tallest) in enumerate(((0.55, 0.62), (0.93, 0.42))):
        column = -int(rng.integers(0, 8))
        while column < size:
            width = int(size * rng.uniform(0.05, 0.12))
            top = ground - int(size * tallest * rng.uniform(0.25, 1.0))
            left, right = max(column, 0), min(column + width, size)
            column += width + int(rng.integers(0, size // 40 + 1))
            if right - left < 3:
                continue
            tower = light[:, top:ground, left:right]
            tower *= F(1 - darkness)
            tower += planes(duo[row]) * F(0.035)
            if row:
                step = max(3, size // 50)
                lit = rng.random(((ground - top) // step + 1, (right - left) // step + 1)) > 0.72
                panes = np.kron(
                    lit, np.pad(np.ones((step - step // 2, step - step // 2)), ((0, step // 2),) * 2)
                )
                tower += planes(duo[int(rng.integers(2))]) * (
                    panes[: ground - top, : right - left].astype(F) * F(rng.uniform(0.25, 0.6))
                )
            if rng.random() < 0.35:
                light[:, top : top + max(1, size // 128), left:right] += planes(
                    duo[int(rng.integers(2))]
                ) * F(0.8)


def _grid(light: np.ndarray, scene: Scene, colour: Colour, horizon: float) -> None:
    """A floor of lines that run to the vanishing point."""
    below = np.maximum(scene.y - F(horizon), F(1e-3))
    far = F(0.16) / below
    across = np.abs((far * F(2.0) + F(0.3)) % 1 - F(0.5)) * below * below * F(3.1)
    along = np.abs((scene.x * far * F(5)) % 1 - F(0.5)) * below * F(1.25)
    lines = (
        np.exp(-np.minimum(across, along) * F(1 / 0.009))
        * np.clip(below * F(2.2), 0, 1)
        * (scene.y > horizon)
    )
    light += planes(colour) * (lines * F(0.6))


def _wall(scene: Scene, duo: tuple[Colour, Colour]) -> np.ndarray:
    """How a brick wall takes light: planes of reflectance for a sign hung on it."""
    rng = scene.rng
    row = np.floor(scene.y * F(9))
    along = scene.x * F(4.2) + (row % 2) * F(0.5)
    joint = np.minimum(
        np.abs(scene.y * F(9) - row - F(0.5)) * F(-1 / 9) + F(0.5 / 9),
        np.abs(along % 1 - F(0.5)) * F(-1 / 4.2) + F(0.5 / 4.2),
    )
    shade = rng.random((64, 64), dtype=F)[row.astype(int) % 64, np.floor(along).astype(int) % 64]
    brick = (
        np.clip(joint / F(0.018), 0.22, 1)
        * (F(0.65) + F(0.5) * shade)
        * (F(0.75) + F(0.5) * value_noise(scene.size, rng, 9))
    )
    return planes(mix((0.75, 0.55, 0.60), duo[0], 0.15)) * brick


def _tube(light: np.ndarray, scene: Scene, part: Part, colour: Colour, flicker: np.ndarray) -> None:
    """One part as a bent glass tube; a body hides the tubes behind it."""
    pixel, deep = scene.pixel, depth(part.distance)
    where = window(part.distance, 0.06)
    if where is None:
        return
    d = part.distance[where]
    target = light[:, where[0], where[1]]
    body = part.role in ("body", "glow") and deep > 0.03
    dark = luminance(part.colour) < 0.20
    radius = 0.015 if body else 0.009
    if body:
        inside = coverage(d, pixel, 1.5)
        target *= 1 - inside * F(0.93)
        target += planes(colour) * (inside * (F(0.05) + F(0.17) * np.exp(d * F(1 / 0.07))))
        away = np.abs(d + F(radius * 0.5))
    elif part.role == "line" or (deep < 0.022 and not dark):
        away = np.maximum(d, 0)
    else:
        target *= 1 - coverage(d, pixel) * F(0.9 if dark else 0.75)
        away = np.abs(d)
    strength = flicker[where] * F(1.0 if body else 0.62)
    if part.role == "glow":
        strength = strength * F(1.25)
    core = np.exp(-((away * F(1 / radius)) ** 2)) * strength
    hot = np.exp(-((away * F(2.1 / radius)) ** 2)) * strength
    target += planes(colour) * core + hot * F(0.55)


def _street(light: np.ndarray, scene: Scene, top: float, mirror: float) -> None:
    """Below `top` the wet street gives back what stands above the line `mirror`, in broken streaks."""
    size, rng = scene.size, scene.rng
    start = int((top + 1) / 2 * size)
    if start >= size - 2:
        return
    rows = np.arange(start, size)
    line = (mirror + 1) / 2 * size
    source = np.clip(2 * line - rows, 0, size - 1).astype(int)
    ripple = (value_noise(size, rng, 5, 60) - F(0.5))[rows] * np.linspace(2, size / 14, len(rows), dtype=F)[
        :, None
    ]
    columns = np.clip(np.arange(size) + ripple, 0, size - 1).astype(int)
    wet = np.clip(fractal_noise(size, rng, 3, 3, 14)[rows] * F(2.6) - F(0.75), 0.12, 1)
    fade = np.linspace(0.62, 0.30, len(rows), dtype=F)[:, None] * wet * (rows[:, None] > line)
    smeared = 0.5 * light + 0.5 * soften(light, size / 60)
    light[:, start:] += smeared[:, source[:, None], columns] * fade


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    scene = compose(subject, seed, size, fit=0.90)
    rng = scene.rng
    first, second = DUOS[rng.integers(len(DUOS))]
    duo = (second, first) if rng.random() < 0.5 else (first, second)
    setting = rng.choice(["city", "sun", "night", "wall"], p=[0.34, 0.28, 0.14, 0.24])
    horizon = rng.uniform(0.38, 0.56)
    night = mix(duo[1], (0.02, 0.0, 0.09), 0.88)
    sky = gradient((scene.y + 1) / F(1 + horizon), mix(night, (0, 0, 0), 0.55), mix(night, duo[0], 0.20))
    back = np.broadcast_to(sky, (3, size, size)).astype(F)
    outline = scene.silhouette()
    if setting != "wall":
        _stars(back, scene, horizon)
        if setting == "sun":
            _sun(back, scene, duo, horizon)
        elif setting == "city":
            _skyline(back, scene, duo, horizon)
        back[:] *= np.where(scene.y > horizon, F(0.25), F(1))
        back += planes(duo[0]) * (np.exp(-np.abs(scene.y - F(horizon)) * F(1 / 0.13)) * F(0.40))
        _street(back, scene, horizon, horizon)
        if rng.random() < 0.65 or setting == "sun":
            _grid(back, scene, duo[1], horizon)
    back *= 1 - F(0.66) * coverage(outline, scene.pixel, 6)

    tubes = np.zeros((3, size, size), F)
    flicker = F(0.80) + F(0.4) * value_noise(size, rng, 6)
    for number, part in enumerate(scene.parts):
        _tube(tubes, scene, part, _gas(part.colour, duo, number % 2 == 1), flicker)
    if setting != "wall":
        floor = scene.floor if scene.grounded else max(horizon + 0.12, 0.72)
        if scene.grounded or float(outline[int((floor + 1) / 2 * size) - 1].min()) > 0:
            _street(tubes, scene, floor, floor)
    unit = size / 256
    air = soften(tubes, 10 * unit)
    haze = F(0.7) + F(0.7) * fractal_noise(size, rng, 3, 3)
    spill = soften(tubes, 34 * unit)
    light = (
        back + soften(back, 7 * unit) * F(0.35) + tubes + soften(tubes, 3.2 * unit) * F(0.75) + air * F(0.60)
    )
    if setting == "wall":
        lamp = np.exp(-((scene.x - F(rng.uniform(-1, 1))) ** 2 + (scene.y + F(0.9)) ** 2) * F(0.9))
        light += _wall(scene, duo) * (
            (spill * F(1.5) + air * F(0.8) + planes(mix(duo[1], (1, 1, 1), 0.1)) * (lamp * F(0.16) + F(0.03)))
            * (1 - F(0.8) * coverage(outline, scene.pixel, 2))
        )
    else:
        light += spill * haze * F(0.75)
    sheet = Sheet(size, 1 - np.exp(light * F(-1.45)))
    sheet.tint(1 - F(0.22) * (scene.x**2 + scene.y**2) * F(0.5))
    return np.clip(sheet.picture() * F(1.06), 0, 1) ** F(1.18)
