"""Clay: thick, thumb-printed plasticine laid on a sheet of coloured paper, under soft light."""

from __future__ import annotations

import colorsys

import numpy as np

from ..contrast import set_off
from ..noise import blur, fractal_noise, shifted
from ..relief import F, Lamps, Relief, Surface, illuminate, inflate, window_of
from ..scene import Colour, Part, Scene, Subject, compose, luminance, mix
from ..textures import tile

LAMPS = Lamps((-0.42, -0.62, 0.68), (1.0, 0.97, 0.92), (0.46, 0.46, 0.50), (0.34, 0.30, 0.29),
              rim=0.22, shadow=0.75, softness=0.6)
PLASTICINE = Surface(roughness=0.50, reflectance=0.045, sheen=0.10, translucency=0.28)


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3) float32, 0–1."""
    scene = compose(subject, seed, size, warp=0.035, fit=0.96)
    relief = Relief(size)
    shift = scene.rng.uniform(0, 2, 2).astype(F)
    for number, part in enumerate(scene.parts):
        _press(scene, relief, part, shift + F(0.37 * number))
    table = _table(scene)
    cover = relief.coverage
    soft = shifted(blur(cover, 0.055 / scene.pixel, 2), 0.055 / scene.pixel, 0.085 / scene.pixel)
    near = shifted(blur(cover, 0.014 / scene.pixel, 2), 0.012 / scene.pixel, 0.020 / scene.pixel)
    table = table * ((1 - F(0.42) * soft) * (1 - F(0.45) * near))[..., None]
    lit = illuminate(relief, LAMPS, ambient=0.95, crevices=1.25)
    picture = table + (lit - table) * cover[..., None]
    picture = np.sqrt(np.clip(picture * F(0.92), 0, 1))
    return np.clip(picture * (F(1.03) - F(0.10) * (scene.x ** 2 + scene.y ** 2) * F(0.5))[..., None], 0, 1)


def _press(scene: Scene, relief: Relief, part: Part, shift: np.ndarray) -> None:
    """One lump of clay: details become pellets pressed on, lines become thin rolled coils."""
    pixel = relief.pixel
    distance = part.distance
    if part.role != "body":
        distance = distance - F(0.007 if part.role == "line" else 0.005)
    window = window_of(distance, 2 * pixel)
    if window is None:
        return
    distance = distance[window]
    thickness = -float(distance.min())
    bevel = {"body": max(part.bevel * 1.2, 0.09), "detail": 0.045, "line": 0.03, "glow": 0.12}[part.role]
    height, nx, ny = inflate(distance, bevel, pixel, 0.30)
    if thickness > 1.4 * bevel:
        _, wide_x, wide_y = inflate(distance, 1.5 * thickness, pixel, 0.3)
        nx, ny = nx + F(0.45) * wide_x, ny + F(0.45) * wide_y
    tone, bump_x, bump_y = tile("prints").at(scene.x[window] + shift[0], scene.y[window] + shift[1])
    strength = F(min(0.20, thickness * 1.8))
    alpha = np.clip(F(0.5) - distance / F(pixel), 0, 1)
    albedo = [F(c) * (1 + F(0.07) * tone) for c in _pigment(part.colour)]
    if part.role == "glow":
        albedo = [c * F(1.25) for c in albedo]
    if part.role == "body" or part.role == "glow":
        relief.add(window, alpha, albedo, height * F(1.1), nx - strength * bump_x, ny - strength * bump_y, PLASTICINE, 0.02)
        return
    below = relief.height[window]
    relief.height[window] = below + (height * F(0.7) + F(0.010)) * alpha
    blend = F(0.75)
    slope_x, slope_y = relief.planes[3][window] * (1 - blend), relief.planes[4][window] * (1 - blend)
    relief.mark(window, alpha, albedo, PLASTICINE,
                (nx * blend + slope_x - strength * bump_x * F(0.5), ny * blend + slope_y - strength * bump_y * F(0.5)))


def _pigment(colour: Colour) -> tuple[float, float, float]:
    """The colour as plasticine has it: a little milky, neither white nor black; linear."""
    hue, saturation, value = colorsys.rgb_to_hsv(*(min(max(c, 0.0), 1.0) for c in colour))
    rgb = colorsys.hsv_to_rgb(hue, saturation * 0.90, 0.16 + 0.76 * value)
    return tuple(c * c for c in rgb)


def _table(scene: Scene) -> np.ndarray:
    """Coloured paper, pastel, and dark enough or pale enough to set off the subject; linear (size, size, 3)."""
    main = luminance(scene.palette.main)
    pastel = mix(mix(scene.sky, scene.horizon_colour, 0.45), (0.96, 0.92, 0.88), 0.30)
    if main > 0.70:        # a pale subject needs a deeper sheet
        pastel = mix(scene.sky, (0.50, 0.46, 0.50), 0.35)
    elif luminance(pastel) < 0.45:
        pastel = mix(pastel, (1, 1, 1), 0.25)
    pastel = set_off(pastel, scene, 0.30)
    size = scene.size
    sheet = np.square(np.asarray(pastel, F)) * np.ones((size, size, 1), F)
    fibre = tile("plaster").tone_at(scene.x + F(0.3), scene.y)
    dents = fractal_noise(size, scene.rng, 4, 2) - F(0.5)
    light = F(1.0) - F(0.16) * (scene.x * F(0.6) + scene.y * F(0.7))
    if scene.grounded:     # the sheet bends where the table begins
        bend = np.clip((scene.y - F(scene.floor - 0.16)) / F(0.10), 0, 1)
        sheet = sheet * (1 - bend[..., None]) + np.square(np.asarray(mix(pastel, scene.ground_colour, 0.45), F)) * bend[..., None]
        light = light - F(0.10) * np.exp(-np.square((scene.y - F(scene.floor - 0.11)) / F(0.07)))
    return sheet * (light + F(0.025) * fibre + F(0.10) * dents)[..., None]
