"""Locations on land and in the air: meadow, garden, forest, desert, street, valley, and the sky by day and by night."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..noise import blur
from ..scene import Colour, Scene, mix
from ..textures import tile
from .stage import LIGHTS, Place, Stage, linear
from .weather import heaven, level, mood_of

F = np.float32
GREENS: tuple[Colour, ...] = ((0.42, 0.52, 0.22), (0.36, 0.50, 0.24), (0.50, 0.54, 0.26), (0.33, 0.45, 0.20))
_FACADES: tuple[Colour, ...] = ((0.62, 0.50, 0.42), (0.55, 0.55, 0.56), (0.70, 0.64, 0.54), (0.48, 0.36, 0.32))


def _treeline(stage: Stage, image: np.ndarray, horizon: float, height: float, green: Colour) -> np.ndarray:
    edge = stage.noise(7, 3)[stage.size // 2] - F(0.5)
    top = F(horizon - height) + edge[None, :] * F(height * 1.6)
    woods = linear(green) * (F(0.35) + F(1.1) * stage.noise(14, 2))[..., None]
    return stage.lay(image, np.clip((stage.y - top) / F(0.05), 0, 1), woods)


def _grass(stage: Stage, horizon: float, green: Colour) -> np.ndarray:
    """Turf in perspective: tufts that shrink with distance, paler and yellower far away."""
    depth = stage.depth(horizon)
    tuft = tile("litter").tone_at(stage.x * depth * F(0.55) + F(3), depth * F(0.30))
    fine = tile("hair").tone_at(stage.x * depth * F(0.5), depth * F(0.08))
    tone = F(0.85) + F(0.28) * tuft + F(0.22) * fine + F(0.35) * (stage.noise(4, 2, 8) - F(0.5))
    far = np.clip((depth - F(1)) * F(0.28), 0, 1)[..., None]
    base = linear(green) * (1 - far) + linear(mix(green, (0.62, 0.66, 0.42), 0.55)) * far
    return base * np.maximum(tone, F(0.15))[..., None]


def _blades(scene: Scene, top: float, green: Colour, count: int, softness: float) -> tuple[np.ndarray, np.ndarray]:
    """Blades of grass close to the lens: colour (size, size, 3) and alpha (size, size), blurred."""
    size, rng, pixel = scene.size, scene.rng, scene.pixel
    first = max(int((top + 1) / pixel) - 8, 0)
    tone, alpha = np.zeros((size - first, size), F), np.zeros((size - first, size), F)
    rows = np.arange(size - first, dtype=F)[:, None]
    bottom = size - first
    for _ in range(count):
        foot, height = rng.uniform(-0.05, 1.05) * size, bottom * rng.uniform(0.45, 1.0)
        lean, width, shade = rng.uniform(-0.22, 0.22) * size * 0.5, rng.uniform(0.012, 0.026) / pixel, rng.uniform(0.45, 1.35)
        left = int(np.clip(min(foot, foot + lean) - width - 2, 0, size))
        right = int(np.clip(max(foot, foot + lean) + width + 2, 0, size))
        if right <= left:
            continue
        t = (F(bottom) - rows) / F(height)
        columns = np.arange(left, right, dtype=F)[None, :]
        blade = np.clip(F(width) * (1 - t) - np.abs(columns - F(foot) - F(lean) * t * t) + F(0.5), 0, 1) * (t < 1)
        tone[:, left:right] += (F(shade) - tone[:, left:right]) * blade
        alpha[:, left:right] += (1 - alpha[:, left:right]) * blade
    soft = blur(np.stack([tone * alpha, alpha], axis=-1), softness / pixel, 1)
    colour = np.zeros((size, size, 3), F)
    cover = np.zeros((size, size), F)
    cover[first:] = soft[..., 1]
    colour[first:] = (soft[..., 0] / np.maximum(soft[..., 1], F(1e-3)))[..., None] * linear(green)
    return colour, cover


def meadow(stage: Stage) -> Place:
    """Grass with trees far behind and blurred blades close to the lens."""
    scene, rng = stage.scene, stage.rng
    mood, green = mood_of(stage), GREENS[int(rng.integers(len(GREENS)))]
    horizon = scene.floor - rng.uniform(0.40, 0.60)
    woods = mix(green, (0.16, 0.28, 0.20), 0.55)
    image = _treeline(stage, heaven(stage, mood, horizon, 0.6), horizon, rng.uniform(0.15, 0.55), woods)
    image = blur(image, 0.03 / stage.pixel, 2)
    if rng.random() < 0.6:
        image = stage.discs(image, 12, [(1.0, 0.98, 0.75), (0.80, 0.92, 0.55)], 0.35, horizon - 0.1)
    image = stage.ground(image, _grass(stage, horizon, green), horizon, 0.06)
    front = _blades(scene, scene.floor - 0.05, mix(green, (0.55, 0.62, 0.25), 0.3), 55, 0.008)
    if rng.random() < 0.5:
        near = _blades(scene, 0.45, mix(green, (0.2, 0.3, 0.1), 0.3), 7, 0.05)
        share = near[1][..., None]
        front = (front[0] + (near[0] - front[0]) * share, front[1] + (1 - front[1]) * near[1])
    return Place(stage.full(image), LIGHTS[mood], front=front)


def garden(stage: Stage) -> Place:
    """Leaves, blossoms and light far out of focus; no ground."""
    rng, green = stage.rng, GREENS[int(stage.rng.integers(len(GREENS)))]
    mood = mood_of(stage)
    dark, pale = mix(green, (0.06, 0.12, 0.06), 0.65), mix(green, (0.85, 0.92, 0.60), 0.45)
    mass = (stage.noise(3, 3) * F(1.9) - F(0.45))[..., None]
    image = linear(dark) + (linear(pale) - linear(dark)) * np.clip(mass, 0, 1)
    image = image * (F(1.15) - F(0.35) * (stage.y + 1) / 2)[..., None]
    blossom = mix(stage.scene.horizon_colour, stage.scene.sky, 0.5)
    image = stage.discs(image, 12, [(0.90, 0.97, 0.62), (1.0, 0.97, 0.82), pale], 0.45, 0.9, (0.06, 0.17))
    image = stage.discs(image, int(rng.integers(0, 7)), [blossom], 0.8, 0.9, (0.08, 0.18))
    lamps = LIGHTS["evening" if mood == "evening" else "sun"]
    return Place(stage.full(blur(image, 0.012 / stage.pixel, 1)), replace(lamps, ground=(0.20, 0.24, 0.12)), floor=False)


def forest(stage: Stage) -> Place:
    """A forest floor of leaves and moss before blurred trunks."""
    scene, rng = stage.scene, stage.rng
    horizon = scene.floor - rng.uniform(0.28, 0.40)
    image = stage.fade((0.50, 0.56, 0.36), (0.24, 0.28, 0.16), -1, horizon) * (F(0.35) + F(1.2) * stage.noise(4, 2))[..., None]
    image = stage.discs(image, 16, [(0.92, 0.95, 0.62), (1.0, 0.97, 0.80), (0.70, 0.82, 0.45)], 0.65, -0.05)
    for _ in range(int(rng.integers(4, 8))):
        cx, half = rng.uniform(-1.1, 1.1), rng.uniform(0.04, 0.13)
        trunk = np.clip((F(half) - np.abs(stage.x - F(cx) - F(0.04) * stage.y)) / F(0.05) + F(0.5), 0, 1) * F(0.85)
        lit = np.clip(F(0.55) - (stage.x - F(cx)) / F(half) * F(0.45), 0.1, 1)[..., None]
        image = stage.lay(image, trunk, linear((0.30, 0.25, 0.19)) * lit)
    image = blur(image, 0.02 / stage.pixel, 1)
    depth = stage.depth(horizon)
    litter = tile("litter").tone_at(stage.x * depth * F(0.9), depth * F(0.6))
    moss = np.clip(stage.noise(4, 3, 9) * F(3) - F(1.1), 0, 1)[..., None]
    floor = linear((0.42, 0.31, 0.20)) * (1 - moss) + linear((0.34, 0.42, 0.16)) * moss
    image = stage.ground(image, floor * np.maximum(F(0.9) + F(0.55) * litter, F(0.15))[..., None], horizon, 0.08)
    front = _blades(scene, 0.62, (0.32, 0.40, 0.16), 10, 0.03) if rng.random() < 0.6 else None
    return Place(stage.full(image), replace(LIGHTS["sun"], sky=(0.36, 0.42, 0.36)), front=front)


def desert(stage: Stage) -> Place:
    """Sand or dry savanna under a wide sky, with hills in the haze."""
    scene, rng, mood = stage.scene, stage.rng, mood_of(stage)
    horizon = scene.floor - rng.uniform(0.34, 0.52)
    image = heaven(stage, mood, horizon, 0.6)
    for rise, tone in ((0.26, 0.25), (0.13, 0.5)):
        edge = F(horizon) - F(rise) * stage.noise(4, 3)[stage.size // 2][None, :] * F(1.2)
        image = stage.lay(image, np.clip((stage.y - edge) / F(0.03), 0, 1), mix((0.66, 0.68, 0.74), (0.66, 0.50, 0.36), tone))
    image = blur(image, 0.018 / stage.pixel, 1)
    sand = ((0.80, 0.66, 0.46), (0.74, 0.58, 0.40), (0.70, 0.62, 0.36))[int(rng.integers(3))]
    image = stage.ground(image, level(stage, mood, horizon, sand, "rough", 0.22), horizon)
    front = _blades(scene, scene.floor + 0.02, (0.66, 0.58, 0.32), 14, 0.012) if rng.random() < 0.5 else None
    return Place(stage.full(image), replace(LIGHTS[mood], ground=(0.34, 0.26, 0.16)), front=front)


def street(stage: Stage) -> Place:
    """Asphalt before blurred houses, with their lights if the day is ending."""
    scene, rng, mood = stage.scene, stage.rng, mood_of(stage)
    horizon = scene.floor - rng.uniform(0.34, 0.46)
    image = heaven(stage, mood, horizon, 0.5)
    left = -1.1
    while left < 1.1:
        width, top = rng.uniform(0.25, 0.5), rng.uniform(-0.75, -0.15)
        wall = mix(_FACADES[int(rng.integers(len(_FACADES)))], (0.3, 0.32, 0.36), 0.3)
        inside = np.clip((F(width / 2) - np.abs(stage.x - F(left + width / 2))) / F(0.03) + F(0.5), 0, 1) * (stage.y > F(top))
        panes = (np.sin((stage.x - F(left)) * F(42)) > 0.25) & (np.sin(stage.y * F(30)) > 0.1)
        image = stage.lay(image, inside, linear(wall) * np.where(panes, F(0.45), F(1))[..., None])
        left += width
    image = stage.lay(image, np.clip((stage.y - F(horizon - 0.16)) / F(0.08), 0, 1) * F(0.7), (0.24, 0.26, 0.22))
    image = blur(image, 0.028 / stage.pixel, 2)
    lights = [(1.0, 0.80, 0.50), (1.0, 0.92, 0.75), (0.95, 0.40, 0.30), (0.75, 0.85, 1.0)]
    count, strength = (14, 0.75) if mood == "evening" else (6, 0.4)
    image = stage.discs(image, count, lights, strength, horizon - 0.05, (0.04, 0.09))
    road = level(stage, mood, horizon, (0.44, 0.44, 0.45), "pores", 0.30)
    line = np.clip((F(0.02) - np.abs(stage.y - F(horizon + 0.07))) / F(0.012) + F(0.5), 0, 1) * F(0.6)
    image = stage.ground(image, stage.lay(road, line, (0.86, 0.85, 0.80)), horizon)
    return Place(stage.full(image), LIGHTS[mood], gloss=0.12)


def sky(stage: Stage) -> Place:
    """Clouds all round, a hazy ridge of hills at the lower edge."""
    mood = mood_of(stage)
    image = heaven(stage, mood, 0.95)
    edge = F(0.80) + (stage.noise(3, 3)[stage.size // 2][None, :] - F(0.5)) * F(0.25)
    image = stage.lay(image, np.clip((stage.y - edge) / F(0.06), 0, 1), (0.42, 0.50, 0.44))
    return Place(stage.full(blur(image, 0.014 / stage.pixel, 1)), LIGHTS[mood], floor=False)


def valley(stage: Stage) -> Place:
    """A far view: ridges in the haze, and pasture in front."""
    scene, mood = stage.scene, "evening" if stage.scene.backdrop == "sunset" else "sun"
    image = heaven(stage, mood, 0.7)
    for rise, shade in ((0.55, 0.2), (0.30, 0.5)):
        edge = F(scene.floor) - F(rise) * stage.noise(4, 4)[stage.size // 2][None, :]
        image = stage.lay(image, np.clip((stage.y - edge) / F(0.02), 0, 1), mix((0.70, 0.77, 0.84), (0.40, 0.50, 0.50), shade))
    image = blur(image, 0.010 / stage.pixel, 1)
    edge = F(scene.floor - 0.16) + F(0.10) * stage.noise(5, 3)[stage.size // 3][None, :]
    pasture = stage.full(_grass(stage, scene.floor - 0.40, (0.40, 0.50, 0.24)))
    front = stage.full(np.clip((stage.y - edge) / F(0.025), 0, 1))
    return Place(stage.full(image), LIGHTS[mood], floor=False, haze=0.09, front=(pasture, front))


def night(stage: Stage) -> Place:
    """Stars, a little milky haze, and the last light at the horizon."""
    image = stage.fade((0.03, 0.04, 0.11), (0.20, 0.21, 0.36), -1, 1.1)
    image = image + linear((0.30, 0.30, 0.46)) * np.square(np.clip(stage.noise(3, 4) * F(1.6) - F(0.45), 0, 1))[..., None]
    image = stage.full(image)
    for _ in range(70):
        row, column = stage.rng.integers(1, stage.scene.size - 1, 2)
        brightness = F(0.9 * stage.rng.random() ** 3)
        image[row, column] += brightness
        image[row, column - 1:column + 2] += brightness * F(0.35)
        image[row - 1:row + 2, column] += (brightness * F(0.35))
    return Place(image, LIGHTS["night"], floor=False)
