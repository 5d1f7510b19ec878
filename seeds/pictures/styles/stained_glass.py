"""Stained glass: panes in lead came with daylight behind them; the subject is cut into panes as well."""

from __future__ import annotations

import math

import numpy as np

from seeds.pictures.noise import fractal_noise, value_noise
from seeds.pictures.paint import Sheet, contrast, coverage, depth, planes, soften, vivid, window
from seeds.pictures.scene import COLOURS, Colour, Part, Scene, Subject, compose, luminance, mix
from seeds.pictures.shapes import Canvas

F = np.float32
LEAD: Colour = (0.075, 0.075, 0.09)


def _spread(rng: np.random.Generator, count: int, reach: float) -> np.ndarray:
    """Sites (count, 2) in a square, evened out by two rounds of Lloyd's relaxation."""
    sites = rng.uniform(-reach, reach, (count, 2))
    axis = np.linspace(-reach, reach, 22)
    probes = np.stack(np.meshgrid(axis, axis), -1).reshape(-1, 2)
    for _ in range(2):
        nearest = ((probes[:, None] - sites) ** 2).sum(-1).argmin(1)
        members = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, probes[:, k], count) for k in (0, 1)], 1)
        sites = np.where(members[:, None] > 0, sums / np.maximum(members, 1)[:, None], sites)
    return sites


def _voronoi(x: np.ndarray, y: np.ndarray, sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance to the nearest border between cells, and the number of each pixel's cell."""
    first = np.full(x.shape, 99, F)
    second, own, other = first.copy(), np.zeros(x.shape, np.int32), np.zeros(x.shape, np.int32)
    for i, (sx, sy) in enumerate(sites):
        squared = (x - F(sx)) ** 2 + (y - F(sy)) ** 2
        closer, close = squared < first, squared < second
        np.copyto(second, squared, where=close)
        np.copyto(other, i, where=close)
        np.copyto(second, first, where=closer)
        np.copyto(other, own, where=closer)
        np.copyto(first, squared, where=closer)
        np.copyto(own, i, where=closer)
    apart = np.sqrt(((sites[:, None] - sites) ** 2).sum(-1)).astype(F) + F(1e-3)
    return (second - first) / (2 * apart[own, other]), own


def _rays(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Panes between rays and rings around a point, as in a rose window."""
    rng = scene.rng
    x, y = rng.uniform(-0.15, 0.15), rng.choice([0.0, -0.1, 0.75])
    angle, radius = np.arctan2(scene.y - F(y), scene.x - F(x)), np.hypot(scene.y - F(y), scene.x - F(x))
    rings = rng.uniform(2.1, 2.8)
    ring = radius * F(rings)
    number = ring.astype(np.int32)
    count = np.array([max(5, round((k + 0.5) * rng.uniform(4.5, 6.5))) for k in range(12)], F)[number]
    turn = (angle * F(0.5 / math.pi) + F(0.5)) * count
    lead = np.minimum(
        (F(0.5) - np.abs(turn % 1 - F(0.5))) * radius * F(2 * math.pi) / count,
        (F(0.5) - np.abs(ring % 1 - F(0.5))) * F(1 / rings),
    )
    return lead, np.minimum(turn, count - 1).astype(np.int32) + 100 * number


def _lattice(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Diamond quarries."""
    width = scene.rng.uniform(0.34, 0.48)
    u, v = (scene.x + scene.y * F(0.68)) * F(1 / width), (scene.x - scene.y * F(0.68)) * F(1 / width)
    lead = np.minimum(F(0.5) - np.abs(u % 1 - F(0.5)), F(0.5) - np.abs(v % 1 - F(0.5))) * F(width * 0.83)
    return lead, (np.floor(u).astype(np.int32) * 37 + np.floor(v).astype(np.int32) * 101) % 997


def _opening(scene: Scene) -> np.ndarray:
    """The distance to the window's own shape: a square, a round arch, a roundel."""
    canvas = Canvas(scene.x, scene.y)
    kind = scene.rng.choice(["square", "arch", "round"], p=[0.52, 0.26, 0.22])
    if kind == "arch":
        return np.maximum(
            canvas.box(0, 0, 0.955, 0.955),
            np.minimum(canvas.circle(0, 0.0, 0.955), canvas.box(0, 0.5, 0.955, 0.5)),
        )
    return canvas.circle(0, 0, 0.97) if kind == "round" else canvas.box(0, 0, 0.955, 0.955)


def _background(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """Lead distance and glass planes of the panes behind the subject."""
    rng = scene.rng
    kind = rng.choice(["pieces", "rays", "lattice"], p=[0.48, 0.30, 0.22])
    if kind == "pieces":
        lead, pane = _voronoi(scene.x, scene.y, _spread(rng, int(rng.integers(15, 24)), 1.1))
    else:
        lead, pane = _rays(scene) if kind == "rays" else _lattice(scene)
    upper, lower = (
        vivid(scene.sky, 1.6, 0.85),
        vivid(scene.ground_colour if scene.grounded else scene.horizon_colour, 1.6, 0.85),
    )
    if luminance(upper) < 0.13:
        upper = (0.10, 0.13, 0.50)
    if contrast(upper, scene.palette.main) < 0.20 or luminance(upper) > 0.7:
        jewels = ("blue", "purple", "teal", "green", "red", "orange")
        upper = max(
            (COLOURS[str(name)] for name in rng.choice(jewels, 3, replace=False)),
            key=lambda c: contrast(c, scene.palette.main),
        )
        upper = vivid(upper, 1.25, 0.80)
    number, index = np.unique(pane, return_inverse=True)
    index = index.reshape(pane.shape)
    members = np.bincount(index.ravel()).astype(F)
    height = np.bincount(index.ravel(), scene.y.ravel()) / members
    glass = np.empty((len(number), 3), F)
    for i in range(len(number)):
        low = float(np.clip((height[i] - scene.horizon * 0.7) * 2.5 + 0.5 + rng.uniform(-0.2, 0.2), 0, 1))
        colour = vivid(
            mix(upper, lower, low),
            rng.uniform(0.8, 1.15),
            rng.uniform(0.72, 1.08),
            rng.uniform(-0.035, 0.035),
        )
        glass[i] = mix(colour, (1.0, 0.93, 0.75), 0.28) if rng.random() < 0.12 else colour
    return lead, glass[index].transpose(2, 0, 1)


class Glazing:
    """The window under construction: colour planes of the glass, and the distance to the nearest lead."""

    def __init__(self, scene: Scene):
        self.scene = scene
        self.lead, glass = _background(scene)
        self.sheet = Sheet(scene.size, glass)
        self.cut_sites = _spread(scene.rng, int(scene.rng.integers(16, 24)), 0.95)
        self.cut, self.piece = np.zeros_like(scene.x), np.zeros(scene.x.shape, np.int32)
        where = window(scene.silhouette(), scene.pixel)
        if where:
            self.cut[where], self.piece[where] = _voronoi(scene.x[where], scene.y[where], self.cut_sites)
        self.brightness = scene.rng.uniform(0.82, 1.22, len(self.cut_sites)).astype(F)
        self.hue = scene.rng.uniform(-0.05, 0.05, (3, len(self.cut_sites))).astype(F)

    def add(self, part: Part) -> None:
        where = window(part.distance, 0.08)
        if where is None:
            return
        d, deep, pixel = part.distance[where], depth(part.distance), self.scene.pixel
        lead, cover = self.lead[where], coverage(part.distance[where], self.scene.pixel)
        if part.role == "line":
            if luminance(part.colour) > 0.6:
                self.sheet.lay(coverage(d - F(0.006), pixel), part.colour, where)
            else:
                np.minimum(lead, np.maximum(d, 0) + F(0.009), out=lead)
            return
        colour = (
            vivid(part.colour, 1.45, 1.02)
            if luminance(part.colour) > 0.20
            else mix(part.colour, (0.20, 0.14, 0.34), 0.55)
        )
        varied = 1.0 if part.role == "body" and deep > 0.08 else 0.35
        piece = self.piece[where]
        tone = 1 + (self.brightness[piece] - 1) * F(varied)
        self.sheet.lay(cover, planes(colour) * tone + self.hue[:, piece] * F(varied), where)
        inside = d < 0
        if part.role == "detail" and deep < 0.04:  # painted on the glass, not leaded
            np.copyto(lead, 9, where=inside)
            return
        border = -d
        if part.role == "body" and deep > 0.15:
            border = np.minimum(border, np.maximum(self.cut[where] + F(0.005), 0))
        thin = F(1.5 if part.role == "detail" or deep < 0.06 else 1.0)
        np.copyto(lead, np.where(inside, border * thin, np.minimum(lead, d * thin)))


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    scene = compose(subject, seed, size, fit=0.94)
    rng, pixel = scene.rng, scene.pixel
    opening = _opening(scene)
    glazing = Glazing(scene)
    for part in scene.parts:
        glazing.add(part)
    lead, sheet = glazing.lead, glazing.sheet
    streaks = fractal_noise(size, rng, 3, 3, 10)
    x, y = rng.uniform(-0.5, 0.5), rng.uniform(-0.7, 0.0)
    sun = np.exp(-((scene.x - F(x)) ** 2 + (scene.y - F(y)) ** 2) * F(1.1))
    light = F(0.66) + F(0.42) * streaks + F(0.08) * (value_noise(size, rng, 26) - F(0.5)) + F(0.42) * sun
    light *= F(0.70) + F(0.30) * np.clip(lead * F(1 / 0.06), 0, 1)
    glass = np.clip(sheet.planes, 0.02, 1.0) * light
    glass += np.clip(glass - F(0.72), 0, 1) * F(0.55)
    sheet.planes[:] = glass + soften(glass * (lead > 0.02), 5 * size / 256) * F(0.10)
    came = np.where(opening < 0, np.minimum(lead, -opening), F(9))
    gleam = np.exp(-(((came - F(0.005)) * F(1 / 0.006)) ** 2))
    sheet.lay(coverage(came - F(0.0175), pixel, 1.4), planes(LEAD) + planes((0.13, 0.13, 0.145)) * gleam)
    stone = planes((0.115, 0.110, 0.120)) * (F(0.7) + F(0.6) * streaks)
    sheet.lay(coverage(-opening, pixel), stone)
    sheet.lay(coverage(np.abs(opening) - F(0.022), pixel), LEAD)
    return sheet.picture()
