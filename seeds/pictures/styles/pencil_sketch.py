"""Pencil sketch: hatching that bends over the form, construction lines, smudges, uneven outlines on paper."""

from __future__ import annotations

import math

import numpy as np

from seeds.pictures.noise import fractal_noise, value_noise
from seeds.pictures.paint import Sheet, coverage, depth, facing, gradient, planes, soften, window
from seeds.pictures.scene import Colour, Part, Scene, Subject, compose, luminance
from seeds.pictures.shapes import Canvas

F = np.float32
GRAPHITE: Colour = (0.19, 0.19, 0.22)
PAPERS: tuple[Colour, ...] = (
    (0.975, 0.965, 0.935),
    (0.955, 0.955, 0.955),
    (0.945, 0.925, 0.880),
    (0.985, 0.980, 0.965),
)


class Drawing:
    """What the pencil leaves: `line` (outlines), `tone` (wanted darkness), `bend` (form to hatch)."""

    def __init__(self, scene: Scene):
        size, rng = scene.size, scene.rng
        self.scene = scene
        self.line, self.tone, self.bend = (np.zeros((size, size), F) for _ in range(3))
        self.pressure = fractal_noise(size, rng, 7, 3)
        self.wander = value_noise(size, rng, 9) - F(0.5)
        self.slip = value_noise(size, rng, 5) - F(0.5)
        self.tooth = fractal_noise(size, rng, 60, 2)


def _construction(drawing: Drawing) -> np.ndarray:
    """Faint helper lines: axes through the subject, its box, circles around its masses."""
    scene, rng = drawing.scene, drawing.scene.rng
    canvas = Canvas(scene.x + drawing.slip * F(0.03), scene.y + drawing.wander * F(0.03))
    inside = window(scene.silhouette())
    if inside is None:
        return np.zeros_like(scene.x)
    top, bottom = (inside[0].start * scene.pixel - 1, inside[0].stop * scene.pixel - 1)
    left, right = (inside[1].start * scene.pixel - 1, inside[1].stop * scene.pixel - 1)
    x, y = (left + right) / 2, (top + bottom) / 2
    tilt = rng.uniform(-0.06, 0.06)
    marks = [
        canvas.capsule((x - tilt, top - 0.14), (x + tilt, bottom + 0.12), 0),
        canvas.capsule((left - 0.14, y + tilt), (right + 0.14, y - tilt), 0),
    ]
    if rng.random() < 0.6:
        marks += [
            canvas.capsule((left - 0.15, side), (right + 0.15, side + rng.uniform(-0.02, 0.02)), 0)
            for side in (top, bottom)
        ]
        marks += [
            canvas.capsule((side, top - 0.13), (side + rng.uniform(-0.02, 0.02), bottom + 0.13), 0)
            for side in (left, right)
        ]
    masses = sorted(
        (part for part in scene.parts if part.role == "body"), key=lambda part: -depth(part.distance)
    )[:3]
    for part in masses[: int(rng.integers(1, 4))]:
        row, column = np.unravel_index(int(part.distance.argmin()), part.distance.shape)
        radius = depth(part.distance) * rng.uniform(1.05, 1.22)
        middle = (float(scene.x[row, column]), float(scene.y[row, column]))
        marks += [
            np.abs(canvas.ellipse(*middle, radius * rng.uniform(0.95, 1.1), radius, rng.uniform(0, 3)))
            for _ in range(2)
        ]
    nearest = np.minimum.reduce([np.abs(mark) for mark in marks])
    return coverage(nearest - F(0.002), scene.pixel, 1.5) * (F(0.12) + F(0.30) * drawing.pressure)


def _body(drawing: Drawing, part: Part) -> None:
    scene = drawing.scene
    where = window(part.distance, 0.05)
    if where is None:
        return
    d, deep = part.distance[where], depth(part.distance)
    pressure = drawing.pressure[where]
    cover = coverage(d, scene.pixel)
    drawing.line[where] *= 1 - cover * F(0.985)
    brightness = luminance(part.colour)
    if part.role == "line":
        drawing.tone[where] *= 1 - cover * F(0.8)
        if brightness < 0.7:
            drawing.line[where] = np.maximum(
                drawing.line[where], coverage(d - F(0.002), scene.pixel, 1.5) * (F(0.45) + F(0.6) * pressure)
            )
        else:
            drawing.line[where] = np.maximum(
                drawing.line[where],
                coverage(np.abs(d - F(0.004)) - F(0.002), scene.pixel, 1.5) * F(0.5) * pressure,
            )
        return
    tone = F((1 - brightness) * (0.74 if part.role == "body" else 0.92))
    if part.role == "body" and deep > 0.03:
        radius = min(max(part.bevel, 0.15), deep)
        turned = facing(d, radius, scene.pixel)
        tone = np.clip(tone - turned * F(0.52) + F(0.03), 0, 1)
        dome = np.sqrt(np.clip(-d / F(radius), 0, 1))
        drawing.bend[where] = drawing.bend[where] * (1 - cover) + cover * dome * F(0.9 * radius)
    drawing.tone[where] += (tone - drawing.tone[where]) * cover
    if brightness < 0.25 and deep < 0.05:
        drawing.line[where] = np.maximum(drawing.line[where], cover * (F(0.70) + F(0.3) * pressure))
        return
    width = (
        F(0.0045 if part.role == "body" else 0.0032) + F(0.0075 if part.role == "body" else 0.004) * pressure
    )
    first = np.exp(-(((d + drawing.wander[where] * F(0.012)) / width) ** 2))
    again = (
        np.exp(-(((d - drawing.slip[where] * F(0.050)) / (width * F(0.75))) ** 2))
        if part.role == "body"
        else F(0)
    )
    stroke = np.clip(np.maximum(first, again * F(0.55)) * (F(0.35) + F(1.1) * pressure), 0, 1)
    drawing.line[where] = np.maximum(drawing.line[where], stroke * F(0.95 if part.role == "body" else 0.75))


def _surroundings(drawing: Drawing, outside: np.ndarray) -> None:
    """Tone around the subject: a shaded patch, a cast shadow, or a toned rectangle."""
    scene, rng = drawing.scene, drawing.scene.rng
    canvas = Canvas(scene.x, scene.y)
    tone = np.zeros_like(scene.x)
    manner = rng.choice(["patch", "frame", "bare"], p=[0.54, 0.16, 0.30])
    pale = luminance(scene.palette.main) > 0.7
    if manner == "patch" or (pale and manner == "bare"):
        side = rng.choice([-1.0, 1.0])
        near = np.clip(F(0.55) - outside * F(1.2), 0, 1) * np.clip(
            F(0.45) + scene.x * F(side) + scene.y * F(0.3), 0, 1
        )
        tone = near * np.clip(drawing.pressure * F(2.6) - F(0.7), 0, 1.2) * F(0.55)
    elif manner == "frame":
        box = canvas.box(
            rng.uniform(-0.1, 0.1), rng.uniform(-0.12, 0.0), rng.uniform(0.58, 0.80), rng.uniform(0.60, 0.78)
        )
        box += drawing.slip * F(0.06)
        tone = coverage(box, 0.03) * (F(0.14) + F(0.20) * np.clip(scene.y + F(0.4), 0, 1))
    if scene.grounded:
        shadow = canvas.ellipse(0.14, scene.floor - 0.02, 0.74, 0.085)
        tone = np.maximum(tone, np.clip(F(0.3) - shadow / F(0.16), 0, 0.72))
    drawing.tone[:] = np.where(outside > 0, np.maximum(tone, drawing.tone), drawing.tone)


def _hatch(drawing: Drawing, angle: float, spacing: float, amount: np.ndarray) -> np.ndarray:
    """Parallel strokes as wide as `amount` (0–1) asks; they bend over the form and lift at random."""
    scene = drawing.scene
    c, s = F(math.cos(angle)), F(math.sin(angle))
    across = scene.x * c + scene.y * s + drawing.wander * F(0.05) + drawing.bend * F(0.45)
    phase = np.abs((across * F(1 / spacing)) % 1 - F(0.5)) * 2
    return np.clip((phase - 1 + amount) * F(1 / 0.30) + F(0.35), 0, 1) * np.clip(amount * 12, 0, 1)


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    scene = compose(subject, seed, size, warp=0.020, fit=0.93)
    rng = scene.rng
    drawing = Drawing(scene)
    helpers = _construction(drawing)
    for part in scene.parts:
        _body(drawing, part)
    outside = scene.silhouette()
    _surroundings(drawing, outside)
    tone, angle = drawing.tone, rng.choice([-1.0, 1.0]) * rng.uniform(0.55, 0.95)
    strokes = 1 - (1 - F(0.46) * _hatch(drawing, angle, 0.033, np.clip(tone * F(1.05), 0, 0.72))) * (
        1 - F(0.42) * _hatch(drawing, -angle, 0.035, np.clip((tone - F(0.40)) * F(1.2), 0, 0.70))
    ) * (1 - F(0.40) * _hatch(drawing, angle * 0.2, 0.031, np.clip((tone - F(0.66)) * F(1.4), 0, 0.80)))
    unit = size / 256
    smudge = soften(tone, 1.6 * unit) * (F(0.22) + F(0.30) * drawing.tooth) + soften(
        np.roll(tone, (round(3 * unit), round(-5 * unit)), (0, 1)), 7 * unit
    ) * F(0.10)
    graphite = strokes * (F(0.55) + F(0.5) * drawing.tooth + F(0.25) * drawing.pressure) + smudge
    faint = helpers * np.where(outside > 0, F(0.9), F(0.38))
    line = np.clip(drawing.line * (F(0.78) + F(0.35) * drawing.tooth), 0, 1)
    dark = 1 - (1 - np.clip(graphite, 0, 0.9)) * (1 - line) * (1 - faint)
    paper = PAPERS[rng.integers(len(PAPERS))]
    shade = (
        F(0.975) + F(0.022) * drawing.tooth + F(0.03) * (drawing.slip - scene.x * F(0.3) - scene.y * F(0.2))
    )
    sheet = Sheet(size, planes(paper) * shade)
    sheet.lay(np.clip(dark, 0, 1) * F(0.93), gradient(dark, (0.30, 0.30, 0.33), GRAPHITE))
    return sheet.picture()
