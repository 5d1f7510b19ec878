"""Photographic: natural materials under a real light model, a place out of focus behind, and a lens in front."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..locations import visit
from ..locations.stage import Place
from ..materials import Dresser
from ..noise import blur
from ..relief import F, Relief, enlarge, illuminate, window_of
from ..scene import Part, Scene, Subject, compose


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3) float32, 0–1."""
    scene = compose(subject, seed, size)
    place = _at_home(visit(scene))
    relief = Relief(size)
    dresser = Dresser(scene, relief)
    for part in scene.parts:
        if not (place.water and _is_sea(scene, part)):
            dresser.add(part)
    picture = place.behind
    solid = np.clip(F(0.5) - scene.silhouette() / F(scene.pixel), 0, 1)
    if place.floor:
        picture = _stand(scene, place, picture, solid)
    else:      # light spills round a subject in the air: a little darker behind it lifts it off
        picture = picture * (1 - F(0.16) * blur(solid, 0.07 / scene.pixel, 2))[..., None]
    lit = illuminate(relief, place.lamps)
    if place.gloss and not place.water:
        picture = _mirror(scene, place, picture, lit, relief.coverage)
    if place.haze:      # air between the lens and something far away, thickest near the ground
        air = place.behind.mean(axis=(0, 1)) * F(1.15)
        lit = lit + (air - lit) * (F(place.haze) * np.clip(F(0.55) + F(0.5) * scene.y, 0.2, 1))[..., None]
    cover = relief.coverage
    spill = blur(picture[::2, ::2] * (1 - cover[::2, ::2, None]), 0.022 / (2 * scene.pixel), 1)
    lit = lit + F(0.22) * enlarge(spill, 2, cover.shape)       # bright surroundings creep over the rim
    picture = _halos(scene, picture + (lit - picture) * cover[..., None])
    if place.front is not None:
        colour, alpha = place.front
        picture = picture + (colour * F(0.9) - picture) * alpha[..., None]
    if place.water:
        picture = _mirror(scene, place, picture, lit, relief.coverage)
    return _develop(scene, picture)


def _is_sea(scene: Scene, part: Part) -> bool:
    """Whether a part is the water on which the subject floats (spray is not)."""
    if part.material != "water":
        return False
    rows = np.flatnonzero((part.distance < 0).any(axis=1))
    return not len(rows) or (rows[0] + rows[-1]) / 2 * scene.pixel - 1 > scene.floor - 0.10


def _stand(scene: Scene, place: Place, picture: np.ndarray, solid: np.ndarray) -> np.ndarray:
    """Shadows on the ground: the silhouette laid down away from the light, and the dark where the subject touches."""
    size, pixel = scene.size, scene.pixel
    lx, _, lz = place.lamps.direction
    rows = np.arange(size, dtype=F)
    foot = int(np.clip((scene.floor + 1) / pixel, 1, size - 1))
    soft = blur(solid, 0.05 / pixel, 2)
    near = blur(solid, 0.012 / pixel, 1)
    sink = 0.14 + 0.10 * lz         # how far up the picture a shadow of unit height reaches
    height = np.clip((foot - rows) / F(sink), 0, foot)
    source = np.clip(F(foot - 0.035 / pixel) - height, 0, size - 1).astype(np.int32)[:, None]
    columns = np.arange(size)[None, :] - (F(-lx * 1.1) * height).astype(np.int32)[:, None]
    inside = (columns >= 0) & (columns < size)
    columns = np.clip(columns, 0, size - 1)
    far = np.clip(height * F(pixel) / F(0.9), 0, 1)[:, None]
    cast = np.where(inside, near[source, columns] * (1 - far) + soft[source, columns] * far, 0)
    cast *= np.clip((F(foot + 0.02 / pixel) - rows) / 2, 0, 1)[:, None] * np.exp(F(-1.2) * far)
    cast = blur(cast, 0.016 / pixel, 1)
    column_reach = blur(solid[max(foot - int(0.18 / pixel), 0):foot + 1].max(axis=0)[None, :].repeat(3, 0), 0.05 / pixel, 2)[1]
    band = np.exp(-np.square((rows - F(foot - 0.012 / pixel)) * F(pixel / 0.055)))[:, None]
    contact = column_reach[None, :] * band
    shade = 1 - F(0.80 * place.lamps.shadow) * np.clip(cast, 0, 1)
    return picture * (shade * (1 - F(0.70) * contact))[..., None]


def _mirror(scene: Scene, place: Place, picture: np.ndarray, lit: np.ndarray, cover: np.ndarray) -> np.ndarray:
    """A dim, blurred reflection in a polished ground."""
    foot = int(np.clip((scene.floor + 1) / scene.pixel, 1, scene.size - 1))
    rows = np.arange(foot, scene.size)
    source = np.clip(2 * foot - rows - 1, 0, scene.size - 1)
    share = cover[source] * np.exp((foot - rows) * F(scene.pixel / 0.16)).astype(F)[:, None]
    image = np.concatenate([lit[source] * share[..., None], share[..., None]], axis=-1)
    image = blur(image, 0.012 / scene.pixel, 1)
    picture = picture.copy()
    picture[foot:] += (image[..., :3] - picture[foot:] * image[..., 3:]) * F(place.gloss * 2)
    return picture


def _halos(scene: Scene, picture: np.ndarray) -> np.ndarray:
    """The glare round flames, lamps and the sun, as wide as their light is large."""
    for part in scene.parts:
        if part.role != "glow":
            continue
        thickness = max(-float(part.distance.min()), 0.0)
        reach = min(0.45, 5 * thickness, 60 * thickness * thickness)
        window = window_of(part.distance, reach)
        if window is None or reach < 0.02:
            continue
        outside = np.maximum(part.distance[window], 0) / F(reach)
        halo = np.square(np.clip(1 - outside, 0, 1)) * np.exp(F(-2.5) * outside) * (outside > 0)
        picture[window] += halo[..., None] * np.square(np.asarray(part.colour, F)) * F(0.12 if part.material == "glass" else 0.32)
    return picture


def _at_home(place: Place) -> Place:
    """The place with its sky and ground light tinted by what is seen there."""
    small = place.behind[::8, ::8]
    half = len(small) // 2
    tinted = []
    for light, seen in ((place.lamps.sky, small[:half]), (place.lamps.ground, small[half:])):
        colour = seen.mean(axis=(0, 1))
        scale = sum(light) / 3 / (float(colour.mean()) + 0.05)
        tinted.append(tuple(0.5 * own + 0.5 * scale * (float(c) + 0.05) for own, c in zip(light, colour, strict=True)))
    return replace(place, lamps=replace(place.lamps, sky=tinted[0], ground=tinted[1]))


def _develop(scene: Scene, picture: np.ndarray) -> np.ndarray:
    """What lens and film do: bloom, vignette, a filmic tone curve, a warm-to-cool split and a breath of grain."""
    size, pixel = scene.size, scene.pixel
    bright = np.maximum(picture[::4, ::4] - F(0.85), 0)
    bloom = blur(bright, 0.05 / (4 * pixel), 2).repeat(4, axis=0).repeat(4, axis=1)[:size, :size]
    picture = np.maximum(picture + F(0.45) * blur(bloom, 2, 1), 0)
    vignette = F(0.98) - F(0.10) * np.square(scene.x * scene.x + scene.y * scene.y)
    picture *= vignette[..., None]
    # a filmic shoulder and toe (the form of Narkowicz's ACES fit); then back from linear
    shoulder = F(2.43) * picture
    shoulder += F(0.59)
    shoulder *= picture
    shoulder += F(0.15)
    picture *= F(2.51) * picture + F(0.06)
    picture /= shoulder
    np.sqrt(np.clip(picture, 0, 1, out=picture), out=picture)
    grey = picture[..., 1] * F(0.6) + picture[..., 0] * F(0.25) + picture[..., 2] * F(0.15) - F(0.5)
    grain = scene.rng.standard_normal((size, size), dtype=F) * F(0.005)
    for channel, warmth in enumerate((0.035, 0.008, -0.035)):       # warm lights, cool shadows
        picture[..., channel] += grain + grey * F(warmth)
    return np.clip(picture, 0, 1, out=picture)
