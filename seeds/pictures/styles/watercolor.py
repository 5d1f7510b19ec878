"""Watercolour: pigment as optical density on paper; wet edges bleed, dry ones darken, drops leave blooms."""

from __future__ import annotations

import math

import numpy as np

from seeds.pictures.noise import fractal_noise
from seeds.pictures.paint import EVERYWHERE, Sheet, Window, contrast, coverage, depth, facing, planes, window
from seeds.pictures.scene import COLOURS, Colour, Part, Scene, Subject, compose, luminance, mix
from seeds.pictures.shapes import Canvas

F = np.float32
PALE = 0.74  # from this brightness on, white paper stands for the paint
SHADE: Colour = (0.52, 0.58, 0.74)  # the blue grey that models white things
WASHES = ("teal", "blue", "purple", "orange", "pink", "yellow", "green")


def _absorbance(colour: Colour) -> np.ndarray:
    """Optical density (3, 1, 1) of a full layer of this paint (Beer–Lambert)."""
    return planes(tuple(-math.log(min(0.985, max(0.05, c))) for c in colour))


class Paper:
    """A wet sheet: the density of pigment on it, and the noise that water and paper tooth leave in it."""

    def __init__(self, scene: Scene):
        size, rng = scene.size, scene.rng
        self.scene = scene
        self.density = np.zeros((3, size, size), F)
        self.flow = fractal_noise(size, rng, 4, 4)
        self.edge = fractal_noise(size, rng, 14, 3)
        self.tooth = fractal_noise(size, rng, 56, 2)
        self.wetness = np.clip(self.flow * F(3.0) - F(1.75), 0, 1)
        pool = (
            F(0.52) + F(0.95) * self.flow + F(0.30) * (self.edge - F(0.5)) + F(0.30) * (self.tooth - F(0.5))
        )
        for _ in range(int(rng.integers(2, 5))):
            pool *= self._bloom(rng.uniform(-0.75, 0.75), rng.uniform(-0.75, 0.75), rng.uniform(0.10, 0.26))
        self.pool = pool

    def _bloom(self, x: float, y: float, radius: float) -> np.ndarray:
        """A back-run: a late drop pushes pigment outwards into a ragged dark line."""
        ragged = (
            np.hypot(self.scene.x - F(x), self.scene.y - F(y)) - F(radius) + (self.edge - F(0.5)) * F(0.28)
        )
        return (
            1
            - F(0.30) * np.clip(F(0.5) - ragged / F(0.05), 0, 1)
            + F(0.40) * np.exp(-((ragged / F(0.016)) ** 2))
        )

    def brush(
        self,
        distance: np.ndarray,
        colour: Colour,
        strength: float,
        where: Window = EVERYWHERE,
        *,
        ragged: float = 0.016,
        bleed: float = 0.05,
        covers: float = 0.0,
        model: np.ndarray | np.floating | float = 0.0,
    ) -> None:
        """One layer of paint inside a shape.

        ragged: how far the edge wanders; bleed: how far it runs where the paper is wet; covers: how much of
        the older layers is kept out of the shape; model: extra density that models light and shadow.
        """
        d = distance + (self.edge[where] - F(0.5)) * F(2 * ragged)
        wet = self.wetness[where]
        soft = F(0.006) + F(bleed) * wet
        cover = np.clip(F(0.5) - d / (2 * soft), 0, 1)
        rim = np.exp(-(((d + F(0.011)) * F(1 / 0.011)) ** 2)) * (1 - wet)
        amount = np.clip(self.pool[where] + model + rim * F(0.55), 0.06, 2.2) * F(strength)
        target = self.density[:, where[0], where[1]]
        target *= 1 - cover * F(covers)
        target += _absorbance(colour) * (cover * amount)

    def picture(self) -> np.ndarray:
        light = (
            F(0.972) + F(0.030) * self.tooth + F(0.09) * (self.tooth - np.roll(self.tooth, (1, 1), (0, 1)))
        )
        return Sheet(self.scene.size, planes((1.0, 0.993, 0.972)) * light * np.exp(-self.density)).picture()


def _wash_colours(scene: Scene) -> tuple[Colour, Colour]:
    """Two neighbouring paints for the background that stand off from the subject."""
    pale = luminance(scene.palette.main) > 0.6
    apart = sorted(WASHES, key=lambda name: -contrast(COLOURS[name], scene.palette.main))[: 4 if pale else 5]
    first = COLOURS[apart[scene.rng.integers(len(apart))]]
    if scene.rng.random() < 0.5 and not pale and contrast(scene.sky, scene.palette.main) > 0.15:
        first = scene.sky
    second = (
        scene.ground_colour if scene.grounded else mix(first, COLOURS[str(scene.rng.choice(WASHES))], 0.55)
    )
    return first, second


def _background(paper: Paper, outline: np.ndarray) -> None:
    """A loose wash in one of four manners; the margin and a thin rim around the subject stay white."""
    scene, rng = paper.scene, paper.scene.rng
    canvas = Canvas(scene.x, scene.y)
    first, second = _wash_colours(scene)
    strength = 0.72 if luminance(scene.palette.main) > 0.6 else 0.50
    margin = canvas.box(0, 0, 0.80, 0.80, 0.25) + (paper.flow - F(0.5)) * F(0.55)
    apart = F(0.022) - outline
    manner = rng.choice(["halo", "land", "drops", "strokes"], p=[0.32, 0.28, 0.20, 0.20])
    layers: list[tuple[np.ndarray, Colour, float]] = []
    if manner == "halo":
        halo = np.maximum(outline - F(rng.uniform(0.16, 0.30)) + (paper.flow - F(0.5)) * F(0.9), margin)
        layers += [
            (halo, first, 1.0),
            (np.maximum(halo, F(0.15) - scene.y + (paper.flow - F(0.5))), second, 0.7),
        ]
    elif manner == "land":
        land = scene.horizon if scene.grounded else 0.55
        hills = scene.y - F(land) - F(0.10) * np.sin(scene.x * F(rng.uniform(2, 5)) + F(rng.uniform(0, 6)))
        layers += [
            (np.maximum(margin, hills + F(0.05)), first, 0.9),
            (np.maximum(margin, -hills), second, 1.2),
        ]
    elif manner == "drops":
        for i in range(int(rng.integers(4, 7))):
            angle = rng.uniform(0, 2 * math.pi)
            drop = canvas.circle(0.48 * math.cos(angle), 0.48 * math.sin(angle), rng.uniform(0.20, 0.46))
            layers.append(
                (np.maximum(drop + (paper.flow - F(0.5)) * F(0.25), margin), first if i % 2 else second, 0.75)
            )
    else:
        streaks = fractal_noise(scene.size, rng, 5, 2, 40)
        for i in range(5):
            y = -0.66 + 0.31 * i
            stroke = canvas.capsule(
                (-rng.uniform(0.5, 0.85), y + rng.uniform(-0.1, 0.1)),
                (rng.uniform(0.5, 0.85), y + rng.uniform(-0.1, 0.1)),
                0.13,
            )
            dry = np.clip(np.abs(scene.x) - F(0.35), 0, 1) * (streaks - F(0.30)) * F(0.9)
            layers.append((stroke + dry, mix(first, second, i / 4), 0.95))
    for distance, colour, amount in layers:
        paper.brush(np.maximum(distance, apart), colour, strength * amount, ragged=0.03, bleed=0.08)


def _splatter(paper: Paper) -> None:
    scene, rng = paper.scene, paper.scene.rng
    canvas = Canvas(scene.x, scene.y)
    x, y = rng.uniform(-0.8, 0.8, 2)
    for i in range(int(rng.integers(8, 18))):
        drop = canvas.circle(
            float(np.clip(x + rng.normal(0, 0.35), -0.96, 0.96)),
            float(np.clip(y + rng.normal(0, 0.35), -0.96, 0.96)),
            0.007 + 0.022 * rng.random() ** 2,
        )
        where = window(drop, 0.03)
        if where:
            paper.brush(
                drop[where],
                scene.palette.accent if i % 3 == 0 else scene.palette.main,
                0.8,
                where,
                ragged=0.004,
                bleed=0.02,
            )


def _part(paper: Paper, part: Part) -> None:
    scene = paper.scene
    where = window(part.distance, 0.09)
    if where is None:
        return
    d, colour, deep = part.distance[where], part.colour, depth(part.distance)
    body = part.role == "body"
    if part.role == "line":
        pale = luminance(colour) > PALE
        cover = coverage(d - F(0.002), scene.pixel, 1.6) * np.clip(F(0.25) + F(1.1) * paper.edge[where], 0, 1)
        target = paper.density[:, where[0], where[1]]
        target *= 1 - cover * F(0.85 if pale else 0.3)
        target += _absorbance(SHADE if pale else colour) * (cover * F(0.25 if pale else 1.0))
        return
    small = deep < 0.05
    turned = facing(d, max(part.bevel, 0.15), scene.pixel) if body and not small else F(0)
    model = turned * F(-0.42)
    bleed = 0.012 if small else 0.045
    covers = 0.86 if body else 0.80
    if luminance(colour) > PALE and max(colour) - min(colour) < 0.16:
        paper.brush(d, (0.97, 0.965, 0.95), 0.5, where, ragged=0.008, bleed=bleed * 0.4, covers=0.95)
        if body:  # modelled by its shadow side and a thin line of pooled grey
            rim = np.exp(-(((d + F(0.008)) * F(1 / 0.010)) ** 2))
            amount = (
                (np.clip(F(0.10) - turned, 0, 1) * F(0.55) + F(0.65) * rim)
                * (d < F(0.012))
                * (F(0.5) + paper.edge[where])
            )
            paper.density[:, where[0], where[1]] += _absorbance(SHADE) * amount
        return
    paper.brush(
        d,
        colour,
        0.95 if luminance(colour) > 0.2 else 0.80,
        where,
        ragged=0.005 if small else 0.012,
        bleed=bleed,
        covers=covers,
        model=model,
    )


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    scene = compose(subject, seed, size, warp=0.035, fit=0.92)
    paper = Paper(scene)
    _background(paper, scene.silhouette())
    _splatter(paper)
    for part in scene.parts:
        _part(paper, part)
    return paper.picture()
