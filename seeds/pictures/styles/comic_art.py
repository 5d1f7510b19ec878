"""Comic art: swelling ink lines, cel shading, Ben-Day dots, a panel with rays, speed lines or a burst."""

from __future__ import annotations

import math

import numpy as np

from seeds.pictures.noise import shifted
from seeds.pictures.paint import Sheet, contrast, coverage, depth, facing, halftone, vivid, window
from seeds.pictures.scene import Colour, Part, Scene, Subject, compose, luminance, mix
from seeds.pictures.shapes import Canvas

F = np.float32
INK: Colour = (0.06, 0.04, 0.09)
GROUNDS: tuple[tuple[Colour, Colour], ...] = (  # (strong, its pale companion)
    ((0.99, 0.80, 0.10), (1.00, 0.95, 0.62)),
    ((0.10, 0.62, 0.93), (0.70, 0.90, 1.00)),
    ((0.96, 0.34, 0.28), (1.00, 0.76, 0.55)),
    ((0.38, 0.78, 0.40), (0.82, 0.95, 0.62)),
    ((0.97, 0.45, 0.70), (1.00, 0.84, 0.88)),
    ((0.50, 0.38, 0.86), (0.84, 0.78, 1.00)),
    ((1.00, 0.56, 0.14), (1.00, 0.87, 0.52)),
)


def _ground(scene: Scene) -> tuple[Colour, Colour]:
    """A pair of paper inks that stands off from the subject's own colour."""
    distinct = sorted(GROUNDS, key=lambda pair: -contrast(pair[0], scene.palette.main))[:5]
    return distinct[scene.rng.integers(len(distinct))]


def _polar(scene: Scene, x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    return np.arctan2(scene.y - F(y), scene.x - F(x)), np.hypot(scene.y - F(y), scene.x - F(x)) + F(0.01)


def _sunburst(sheet: Sheet, scene: Scene, colour: Colour) -> None:
    angle, radius = _polar(scene, scene.rng.uniform(-0.25, 0.25), scene.rng.choice([0.0, 0.15, 1.25]))
    rays = int(scene.rng.integers(7, 12)) * (1 if radius.min() < 0.2 else 2)
    wave = np.sin(angle * F(rays) + F(scene.rng.uniform(0, 6))) * radius * F(1 / rays)
    sheet.lay(coverage(wave, scene.pixel), colour)


def _speed_lines(sheet: Sheet, scene: Scene) -> None:
    """Ink wedges that start at uneven distances and widen outwards."""
    angle, radius = _polar(scene, 0.0, 0.0)
    count = int(scene.rng.integers(34, 50))
    turn = (angle / F(2 * math.pi) + F(0.5)) * F(count)
    wedge = np.minimum(turn.astype(np.int32), count - 1)
    start = (0.80 + 0.45 * scene.rng.random(count)).astype(F)[wedge]
    width = (0.03 + 0.09 * scene.rng.random(count)).astype(F)[wedge]
    away = np.abs(turn - wedge - F(0.5)) * radius * F(2 * math.pi / count)
    sheet.lay(coverage(away - width * (radius - start), scene.pixel), INK)


def _burst(sheet: Sheet, scene: Scene, colour: Colour) -> None:
    """A jagged explosion behind the subject, with an ink edge and a white core."""
    rng, spikes = scene.rng, int(scene.rng.integers(11, 17))
    points = []
    for i in range(2 * spikes):
        reach = rng.uniform(0.90, 1.08) if i % 2 else rng.uniform(0.62, 0.72)
        angle = math.pi * (i + rng.uniform(-0.2, 0.2)) / spikes
        points.append((reach * math.cos(angle), reach * math.sin(angle)))
    star = Canvas(scene.x, scene.y).polygon(points)
    sheet.lay(coverage(shifted(star, 4, 5) - F(0.02), scene.pixel), mix(colour, INK, 0.75))
    sheet.lay(coverage(star - F(0.018), scene.pixel), INK)
    sheet.lay(coverage(star, scene.pixel), colour)
    sheet.lay(coverage(star + F(0.09), scene.pixel), mix(colour, (1, 1, 0.96), 0.75))


def _panel(scene: Scene) -> Sheet:
    """The panel with its background, gutter and frame."""
    rng = scene.rng
    strong, pale = _ground(scene)
    kind = rng.choice(["sunburst", "speed", "dots", "burst"], p=[0.34, 0.24, 0.20, 0.22])
    sheet = Sheet(scene.size, strong if kind in ("sunburst", "burst") else pale)
    if kind in ("sunburst", "burst"):
        _sunburst(sheet, scene, pale)
    direction = rng.uniform(0, 2 * math.pi)
    ramp = (scene.x * F(math.cos(direction)) + scene.y * F(math.sin(direction))) * F(0.62) - F(0.08)
    if kind == "dots":
        ramp += F(0.25)
    if kind in ("dots", "speed") or rng.random() < 0.5:
        dots = halftone(scene.x, scene.y, np.clip(ramp, 0, 0.8), 0.135, scene.pixel)
        sheet.lay(dots, strong if kind in ("dots", "speed") else vivid(strong, 1.12, 0.84, -0.02))
    if kind == "speed":
        _speed_lines(sheet, scene)
    if kind == "burst":
        others = [pair[0] for pair in GROUNDS if contrast(pair[0], strong) > 0.15]
        _burst(sheet, scene, max(others[:4], key=lambda c: contrast(c, scene.palette.main)))
    frame = Canvas(scene.x, scene.y).box(0, 0, 0.945, 0.945)
    sheet.lay(coverage(-frame, scene.pixel), (1.0, 1.0, 0.98))
    sheet.lay(coverage(np.abs(frame) - F(0.013), scene.pixel), INK)
    return sheet


def _cast_shadow(sheet: Sheet, scene: Scene) -> None:
    ellipse = Canvas(scene.x, scene.y).ellipse(0.10, scene.floor - 0.02, 0.72, 0.085)
    inside = window(ellipse, scene.pixel)
    if inside:
        dots = halftone(scene.x[inside], scene.y[inside], 0.62, 0.05, scene.pixel)
        sheet.lay(coverage(ellipse[inside], scene.pixel) * dots, mix(scene.ground_colour, INK, 0.7), inside)


def _body(sheet: Sheet, scene: Scene, part: Part, shadow: np.ndarray, line: float) -> None:
    """One cel: ink around a flat colour, a dark tone away from the light, dots at its border, a highlight."""
    pixel, swell = scene.pixel, line * 1.1
    where = window(part.distance, 2.2 * line + pixel)
    if where is None:
        return
    d, x, y = part.distance[where], scene.x[where], scene.y[where]
    thin = depth(part.distance) < 0.05
    ink = np.minimum(d, shifted(d, swell / pixel, swell / pixel)) - F(line * (0.62 if thin else 0.85))
    sheet.lay(coverage(ink, pixel, 1.4), INK, where)
    cover = coverage(d, pixel)
    colour = vivid(part.colour, 1.30, 1.06)
    sheet.lay(cover, colour, where)
    shadow[where] *= 1 - cover
    if part.role == "glow" or depth(part.distance) < 0.06:
        return
    turned = facing(d, max(part.bevel, 0.12), pixel)
    dark = coverage((turned + F(0.30)) * F(0.12), pixel)
    if depth(part.distance) > 0.11:
        dark = np.maximum(dark, halftone(x, y, np.clip(turned * F(-2.6), 0, 0.70), 0.064, pixel))
    shade = dark * cover
    shadow[where] = np.maximum(shadow[where], shade)
    sheet.lay(shade, mix(colour, (0.10, 0.03, 0.30), 0.40 if luminance(colour) > 0.25 else 0.55), where)
    if depth(part.distance) > 0.09:
        radius = min(depth(part.distance), 0.30)
        band = np.abs(d + F(0.30 * radius)) - F(0.085 * radius)
        shine = np.maximum(band, (F(0.52) - turned) * F(0.25))
        sheet.lay(
            coverage(shine, pixel) * F(0.9),
            mix(colour, (1, 1, 1), 0.78 if luminance(colour) > 0.2 else 0.42),
            where,
        )


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    scene = compose(subject, seed, size, fit=0.98)
    pixel = scene.pixel
    sheet = _panel(scene)
    if scene.grounded:
        _cast_shadow(sheet, scene)
    outline = scene.silhouette()
    if scene.rng.random() < 0.4:
        sheet.lay(coverage(outline - F(0.062), pixel), (1, 1, 1))
    heavy = np.minimum(outline, shifted(outline, 0.022 / pixel, 0.026 / pixel)) - F(0.016)
    sheet.lay(coverage(heavy, pixel, 1.4), INK)
    shadow = np.zeros((size, size), F)
    for part in scene.parts:
        if part.role in ("body", "glow"):
            _body(sheet, scene, part, shadow, 0.017)
            continue
        where = window(part.distance, 0.02)
        if where is None:
            continue
        d = part.distance[where]
        colour = vivid(part.colour, 1.30, 1.06)
        if part.role == "line":
            if luminance(colour) > 0.5:
                sheet.lay(coverage(d - F(0.016), pixel), INK, where)
            sheet.lay(coverage(d - F(0.003), pixel), colour if luminance(colour) > 0.3 else INK, where)
        else:
            cover = coverage(d, pixel)
            if part.material == "eye" and depth(part.distance) > 0.035:
                sheet.lay(coverage(d - F(0.010), pixel), INK, where)
            sheet.lay(cover, colour, where)
            if part.material != "eye":
                sheet.lay(cover * shadow[where], mix(colour, (0.10, 0.03, 0.30), 0.40), where)
    return sheet.picture()
