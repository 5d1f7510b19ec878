"""Origami: every part is a sheet of paper cut to few corners and creased into facets, laid in layers on a desk."""

from __future__ import annotations

import colorsys
import math
from functools import lru_cache

import numpy as np

from ..contrast import set_off
from ..folding import Folded, fold, outlines, simplify
from ..noise import blur, shifted
from ..relief import F, window_of
from ..scene import Colour, Part, Scene, Subject, compose, luminance, mix
from ..shapes import Canvas
from ..textures import tile

LIGHT = (-0.52, -0.60, 0.61)
SHADOW = (0.020, 0.030)     # how far a layer's shadow falls, scene units


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3) float32, 0–1."""
    scene = compose(subject, seed, size, fit=0.97)
    picture = _desk(scene)
    solid = np.clip(F(0.5) - scene.silhouette() / F(scene.pixel), 0, 1)
    for distance, softness, strength in ((0.10, 0.050, 0.30), (0.035, 0.016, 0.30)):
        shadow = shifted(blur(solid, softness / scene.pixel, 2), distance * 0.7 / scene.pixel, distance / scene.pixel)
        picture *= (1 - F(strength) * shadow)[..., None]
    for number, part in enumerate(scene.parts):
        _lay(scene, picture, part, number)
    return np.clip(picture * _fibre(size)[..., None], 0, 1)


@lru_cache(maxsize=4)
def _fibre(size: int) -> np.ndarray:
    """The grain of the paper: a factor about 1 for every pixel."""
    canvas = Canvas.square(size)
    return 1 + F(0.020) * tile("rough").tone_at(canvas.x, canvas.y) + F(0.018) * tile("wood").tone_at(canvas.y, canvas.x)


def _lay(scene: Scene, picture: np.ndarray, part: Part, number: int) -> None:
    """One part: a shadow on what is below, then the creased sheet itself."""
    pixel = scene.pixel
    thickness = -float(part.distance.min())
    body = part.role in ("body", "glow")
    around, window = window_of(part.distance, 0.06), window_of(part.distance, 3 * pixel)
    if around is None or window is None:
        return
    _shade_below(picture[around], part.distance[around], 0.42 if body else 0.22, pixel)
    colour = np.asarray(_paper(part.colour), F)
    distance, image = part.distance[window], picture[window]
    rings: list[np.ndarray] = []
    if part.role != "line" and thickness > 0.030:
        corner = (0.026 if body else 0.018) / pixel
        found = (simplify(ring, corner) for ring in outlines(distance, max(1, scene.size // 128)) if len(ring) > 5)
        rings = [ring for ring in found if len(ring) > 2]
    if not rings:       # too fine to crease: a strip of paper
        image += (colour - image) * np.clip(F(0.5) - distance / F(pixel), 0, 1)[..., None]
        return
    paper = fold(rings, distance, (0.55 if body else 0.25) * thickness / pixel + 2.5)
    tone = blur(_tone(paper, number, 1.0 if body else 0.55), 1, 1)     # a fold in paper is never quite sharp
    pale = np.asarray(mix(tuple(colour), (1, 1, 1), 0.62), F)
    # the cut edge shows the paper's white core where it faces the light, and its dark side where it does not
    rim = np.clip(1 - np.abs(paper.distance + F(1.0)) / F(1.1), 0, 1)
    lit = (paper.tilt_x * F(LIGHT[0]) + paper.tilt_y * F(LIGHT[1])) > 0
    white = np.where(lit, rim * F(0.40), 0)
    below = np.minimum(tone, 1) * (1 - np.where(lit, 0, rim * F(0.12)))
    above = np.clip(tone - 1, 0, 0.75)
    alpha = np.clip(F(0.5) - paper.distance, 0, 1)
    for channel in range(3):
        shade = colour[channel] * below
        shade += (pale[channel] - shade) * above
        shade += (F(0.97) - shade) * white
        target = image[..., channel]
        target += (shade - target) * alpha


def _tone(paper: Folded, number: int, depth: float) -> np.ndarray:
    """Brightness of every facet, flat but for a faint fall-off from its fold; 1 is the paper's own colour."""
    norm = np.sqrt(paper.tilt_x ** 2 + paper.tilt_y ** 2 + 1)
    facing = (paper.tilt_x * F(LIGHT[0]) + paper.tilt_y * F(LIGHT[1]) + F(LIGHT[2])) / norm
    uneven = F(0.035) * np.sin(paper.facet.astype(F) * F(2.4) + F(number * 1.7))
    tone = 1 + F(depth) * ((facing - F(LIGHT[2])) * F(0.85) + uneven)
    return tone + F(0.10 * depth) * np.clip(1 - paper.crease / F(1.3), 0, 1) - F(0.06 * depth) * np.exp(-paper.crease / F(7))


def _shade_below(image: np.ndarray, distance: np.ndarray, strength: float, pixel: float) -> None:
    """The crisp shadow of one sheet on those below."""
    moved = shifted(distance, SHADOW[0] / pixel, SHADOW[1] / pixel)
    near = np.clip(F(0.75) - moved / F(0.030), 0, 1)
    image *= (1 - F(strength) * near * near)[..., None]


def _paper(colour: Colour) -> Colour:
    """Dyed paper: clear colours, black a deep grey, white slightly warm."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(min(max(c, 0.0), 1.0) for c in colour))
    return colorsys.hsv_to_rgb(hue, min(saturation * 1.02, 0.90), 0.10 + 0.84 * value)


def _desk(scene: Scene) -> np.ndarray:
    """A large unfolded sheet: pale facets between the creases of an earlier fold."""
    pale = mix(scene.horizon_colour, scene.sky, 0.25)
    base = mix(pale, (0.97, 0.95, 0.91), 0.45)
    if luminance(scene.palette.main) > 0.68 or scene.backdrop in ("night", "sea", "teal"):
        base = mix(scene.sky, (0.55, 0.52, 0.52), 0.45)
    base = set_off(base, scene)
    size = scene.size
    tone = F(1.0) - F(0.07) * (scene.x * F(0.5) + scene.y * F(0.6))
    start = scene.rng.uniform(0, math.pi)
    for turn in range(3):
        angle = start + turn * math.pi / 3 + scene.rng.uniform(-0.2, 0.2)
        across = scene.x * F(math.cos(angle)) + scene.y * F(math.sin(angle)) - F(scene.rng.uniform(-0.45, 0.45))
        side = np.clip(across / F(scene.pixel), -1, 1)
        tone = tone + F(0.030) * side * (F(0.4) + np.exp(-np.abs(across) / F(0.25)))
    return np.asarray(base, F) * tone[..., None] * np.ones((size, size, 1), F)
