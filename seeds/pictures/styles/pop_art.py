"""Pop art: a screen print of flat, loud, misregistered inks; four colourways, or one big portrait."""

from __future__ import annotations

import math

import numpy as np

from seeds.pictures.noise import shifted
from seeds.pictures.paint import Sheet, contrast, coverage, depth, facing, halftone, planes, vivid, window
from seeds.pictures.scene import Colour, Scene, Subject, compose, luminance, mix
from seeds.pictures.shapes import Canvas

F = np.float32
KEY: Colour = (0.06, 0.03, 0.10)
OVERPRINT: Colour = (0.50, 0.24, 0.46)  # what the shadow ink lets through of the inks below
WHITE: Colour = (1.0, 0.985, 0.95)
INKS: dict[str, Colour] = {
    "magenta": (1.00, 0.08, 0.52),
    "cyan": (0.02, 0.72, 0.94),
    "lemon": (1.00, 0.90, 0.05),
    "orange": (1.00, 0.48, 0.02),
    "lime": (0.50, 0.88, 0.12),
    "violet": (0.50, 0.14, 0.84),
    "scarlet": (0.96, 0.10, 0.14),
    "turquoise": (0.05, 0.80, 0.64),
    "cobalt": (0.08, 0.22, 0.86),
    "pink": (1.00, 0.60, 0.78),
}


class Plates:
    """The plates of a subject: a stencil for each of its paints, and a key plate of lines and shadow."""

    def __init__(self, scene: Scene):
        self.scene = scene
        size, pixel = scene.size, scene.pixel
        self.key = np.zeros((size, size), F)  # coverage by the black line plate
        self.shade = np.zeros((size, size), F)  # 0–1, how deep in shadow
        self.stencils: list[tuple[np.ndarray, Colour, str]] = []
        for part in scene.parts:
            line = part.role == "line"
            cover = coverage(part.distance - F(0.006 if line else 0), pixel)
            dark = luminance(part.colour) < 0.22 and part.colour != scene.palette.main
            if line or dark:
                ink = 1.0 if luminance(part.colour) < 0.6 or dark else 0.0
                self.key += (F(ink) - self.key) * cover
                self.shade *= 1 - cover
                if line and not ink:
                    self.stencils.append((cover, part.colour, "line"))
                continue
            self.stencils.append((cover, part.colour, part.role))
            if part.role == "detail":
                self.key *= 1 - cover
                continue
            where = window(part.distance, 0.06)
            if where is None:
                continue
            d, deep = part.distance[where], depth(part.distance)
            swell = 0.020 / pixel
            line_width = 0.010 if deep < 0.05 else 0.014
            edge = np.minimum(d, shifted(d, swell, swell)) - F(line_width)
            inside = cover[where]
            self.key[where] = np.maximum(self.key[where], coverage(edge, pixel, 1.4)) * (1 - inside)
            turned = (
                facing(d, max(part.bevel, 0.16), pixel) if deep > 0.06 and part.role == "body" else F(0.2)
            )
            self.shade[where] += (np.clip(F(0.16) - turned * F(0.85), 0, 1) - self.shade[where]) * inside

    def outline(self) -> np.ndarray:
        return self.scene.silhouette(("body", "glow", "detail"))


def _inks(rng: np.random.Generator) -> list[Colour]:
    return [INKS[str(name)] for name in rng.permutation(list(INKS))]


def _recolour(colour: Colour, scene: Scene, main: Colour, light: Colour, accent: Colour) -> Colour:
    """The ink that stands for a paint of the subject in one colourway."""
    palette = scene.palette
    table = {
        palette.main: main,
        palette.light: light,
        palette.dark: mix(main, KEY, 0.50),
        palette.accent: accent,
        palette.accent_light: mix(accent, WHITE, 0.5),
        palette.accent_dark: mix(accent, KEY, 0.45),
    }
    if colour in table:
        return table[colour]
    brightness = luminance(colour)
    if brightness > 0.85:
        return WHITE
    return (
        accent if brightness > 0.55 else mix(accent, main, 0.5) if brightness > 0.38 else mix(main, KEY, 0.45)
    )


def _print(
    plates: Plates,
    ground: Colour,
    inks: tuple[Colour, Colour, Colour] | None,
    slip: tuple[float, float],
    screen: float,
    texture: str,
) -> Sheet:
    """One sheet: flat ground, a drop shadow, the colour stencils out of register, shadow and key on top.

    inks: main, light and accent ink of a colourway, or None for the subject's own colours.
    screen: spacing of the shadow's dots, 0 for a solid shadow.
    """
    scene, pixel = plates.scene, plates.scene.pixel
    sheet = Sheet(scene.size, ground)
    loud = mix(ground, WHITE, 0.45) if luminance(ground) < 0.7 else mix(ground, INKS["orange"], 0.55)
    if texture == "dots":
        sheet.lay(halftone(scene.x, scene.y, 0.24, 0.26, pixel, 0.785), loud)
    elif texture == "split":
        sheet.lay(coverage(scene.x * F(0.8) + scene.y * F(0.6), pixel), loud)
    elif texture == "fade":
        sheet.lay(
            halftone(scene.x, scene.y, np.clip(scene.y * F(0.5) + F(0.25), 0, 0.7), 0.17, pixel, 0.26), loud
        )
    right, down = slip[0] / pixel, slip[1] / pixel
    sheet.lay(coverage(shifted(plates.outline(), 2.6 * right, 2.6 * down), pixel), mix(ground, KEY, 0.55))
    for cover, colour, role in plates.stencils:
        ink = vivid(colour, 1.55, 1.08) if inks is None else _recolour(colour, scene, *inks)
        if inks is None and luminance(colour) > 0.85:
            ink = WHITE
        sheet.lay(shifted(cover, right, down) if role == "body" else cover, ink)
    inside = coverage(plates.outline(), pixel)
    if screen:
        dots = halftone(scene.x, scene.y, 0.34, screen, pixel, 0.785) * (plates.shade > F(0.26))
        solid = coverage((F(0.62) - plates.shade) * F(0.25), pixel)
        sheet.tint(1 - (1 - planes(OVERPRINT)) * (np.maximum(dots, solid) * inside))
    else:
        flat = coverage((F(0.52) - plates.shade) * F(0.25), pixel)
        sheet.lay(flat * inside, KEY if inks is None else mix(inks[0], KEY, 0.62))
    sheet.lay(np.clip(plates.key, 0, 1), KEY)
    return sheet


def _grounds(rng: np.random.Generator, count: int, main: Colour) -> list[Colour]:
    inks = [ink for ink in _inks(rng) if contrast(ink, main) > 0.20]
    return inks[:count]


def _colourway(rng: np.random.Generator, ground: Colour) -> tuple[Colour, Colour, Colour]:
    """Main, light and accent ink that stand off from the ground and from one another."""
    main = next(ink for ink in _inks(rng) if contrast(ink, ground) > 0.30)
    rest = [ink for ink in _inks(rng) if contrast(ink, ground) > 0.14 and contrast(ink, main) > 0.22]
    light = max(rest[:3], key=luminance)
    return main, light, next((ink for ink in rest if ink != light), WHITE)


def _sheet_of_four(subject: Subject, seed: int, size: int) -> np.ndarray:
    half = math.ceil(size / 2)
    scene = compose(subject, seed, half, fit=1.0)
    rng, plates = scene.rng, Plates(scene)
    grounds = _grounds(rng, 4, scene.palette.main)
    true = int(rng.integers(4))  # one panel keeps the subject's own colours
    textures = rng.permutation(["flat", "flat", "flat", str(rng.choice(["dots", "fade", "split"]))])
    result = np.empty((3, 2 * half, 2 * half), F)
    for i in range(4):
        slip = (rng.choice([-1, 1]) * rng.uniform(0.02, 0.045), rng.choice([-1, 1]) * rng.uniform(0.01, 0.03))
        inks = None if i == true else _colourway(rng, grounds[i])
        panel = _print(plates, grounds[i], inks, slip, 0.0, str(textures[i]))
        row, column = divmod(i, 2)
        result[:, row * half : (row + 1) * half, column * half : (column + 1) * half] = panel.planes
    gutter = max(1, size // 128)
    lines = np.abs(np.arange(2 * half) - half + 0.5)
    bare = (lines < gutter) | (lines > half - 2 * gutter)
    result[:, bare, :] = result[:, :, bare] = np.array(WHITE, F).reshape(3, 1, 1)
    return np.ascontiguousarray(np.clip(result[:, :size, :size], 0, 1).transpose(1, 2, 0))


def _portrait(subject: Subject, seed: int, size: int) -> np.ndarray:
    scene = compose(subject, seed, size, fit=1.10)
    rng, plates = scene.rng, Plates(scene)
    ground = _grounds(rng, 1, scene.palette.main)[0]
    slip = (rng.choice([-1, 1]) * rng.uniform(0.025, 0.045), rng.uniform(-0.03, 0.03))
    sheet = _print(plates, ground, None, slip, 0.062, str(rng.choice(["dots", "split", "split", "flat"])))
    border = Canvas(scene.x, scene.y).box(0, 0, 0.965, 0.965)
    if rng.random() < 0.6:
        sheet.lay(coverage(-border, scene.pixel), WHITE)
    return sheet.picture()


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    return _portrait(subject, seed, size) if seed % 5 < 3 else _sheet_of_four(subject, seed, size)
