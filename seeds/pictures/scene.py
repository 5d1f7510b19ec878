"""A scene: one subject as a list of parts, its palette and its backdrop; what every style paints from."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from .noise import fractal_noise
from .shapes import Canvas

Colour = tuple[float, float, float]

COLOURS: dict[str, Colour] = {
    "red": (0.85, 0.17, 0.16), "orange": (0.95, 0.52, 0.13), "yellow": (0.97, 0.79, 0.20),
    "green": (0.27, 0.64, 0.30), "teal": (0.10, 0.60, 0.60), "blue": (0.18, 0.42, 0.83),
    "purple": (0.52, 0.29, 0.75), "pink": (0.95, 0.50, 0.66), "white": (0.93, 0.91, 0.88),
    "grey": (0.56, 0.58, 0.62), "brown": (0.53, 0.34, 0.20), "black": (0.19, 0.18, 0.22),
}
ACCENTS = ("red", "yellow", "teal", "blue", "pink", "orange", "purple")
INK: Colour = (0.10, 0.09, 0.12)
PAPER: Colour = (0.98, 0.97, 0.95)
WOOD: Colour = (0.50, 0.32, 0.18)
LEAF: Colour = (0.30, 0.60, 0.26)

# name: sky, horizon, ground
BACKDROPS: dict[str, tuple[Colour, Colour, Colour]] = {
    "day": ((0.45, 0.72, 0.95), (0.86, 0.94, 0.99), (0.48, 0.70, 0.35)),
    "sunset": ((0.42, 0.32, 0.62), (0.99, 0.72, 0.45), (0.45, 0.30, 0.32)),
    "mint": ((0.62, 0.86, 0.78), (0.88, 0.97, 0.92), (0.55, 0.78, 0.60)),
    "peach": ((0.99, 0.80, 0.68), (1.00, 0.93, 0.86), (0.93, 0.66, 0.52)),
    "lilac": ((0.72, 0.68, 0.93), (0.93, 0.90, 1.00), (0.60, 0.55, 0.82)),
    "night": ((0.05, 0.06, 0.20), (0.20, 0.18, 0.42), (0.10, 0.10, 0.24)),
    "sand": ((0.93, 0.86, 0.70), (0.99, 0.95, 0.86), (0.86, 0.74, 0.52)),
    "sea": ((0.05, 0.36, 0.58), (0.20, 0.68, 0.75), (0.80, 0.74, 0.52)),
    "teal": ((0.10, 0.46, 0.50), (0.48, 0.78, 0.74), (0.10, 0.36, 0.40)),
}
INDOORS = ("day", "sunset", "mint", "peach", "lilac", "sand", "teal")


def mix(first: Colour, second: Colour, amount: float) -> Colour:
    """`first` with `amount` (0–1) of `second` mixed in."""
    return tuple(a * (1 - amount) + b * amount for a, b in zip(first, second, strict=True))


def luminance(colour: Colour) -> float:
    """Perceived brightness, 0–1 (ITU-R BT.601 weights)."""
    return 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]


@dataclass(frozen=True)
class Palette:
    """The colours of one picture: the subject's main colour and one accent, each with a light and a dark tone."""

    name: str
    main: Colour
    light: Colour
    dark: Colour
    accent_name: str
    accent: Colour
    accent_light: Colour
    accent_dark: Colour

    @classmethod
    def of(cls, name: str, accent: str) -> Palette:
        main, second = COLOURS[name], COLOURS[accent]
        light, dark = mix(main, (1.0, 0.98, 0.93), 0.58), mix(main, (0.06, 0.04, 0.08), 0.38)
        if name == "black":
            light, dark = (0.45, 0.44, 0.48), (0.09, 0.09, 0.11)
        if name == "white":
            light, dark = (1.0, 0.99, 0.97), (0.70, 0.69, 0.70)
        return cls(name, main, light, dark, accent, second, mix(second, (1, 1, 1), 0.5), mix(second, (0.05, 0.03, 0.08), 0.35))


@dataclass
class Part:
    """One piece of a subject.

    distance: (size, size) float32, negative inside, in scene units (the picture is 2 wide).
    role: "body" has volume and an outline; "detail" is painted on what lies below; "line" is a thin mark
        (whiskers, strings, steam); "glow" emits light (flames, windows, the sun).
    bevel: radius over which the part rounds off towards its edge; small = flat slab, large = pillow.
    material: what photographic and clay make of it: "fur", "feather", "scale", "skin", "leaf", "petal", "bark",
        "wood", "metal", "paint", "glass", "glaze", "cloth", "rock", "snow", "wall", "tile", "rubber", "shell",
        "water", "soft", "eye" or "".
    """

    distance: np.ndarray
    colour: Colour
    role: str = "body"
    bevel: float = 0.3
    material: str = ""


class Parts(list):
    """A list of parts that is pleasant to fill, back to front."""

    def __init__(self, material: str = ""):
        super().__init__()
        self.material = material

    def add(self, distance: np.ndarray, colour: Colour, role: str = "body", bevel: float = 0.3,
            material: str | None = None) -> np.ndarray:
        self.append(Part(distance, colour, role, bevel, self.material if material is None else material))
        return distance

    def add_scaled(self, other: Parts, factor: float) -> None:
        """Append parts that were drawn on a canvas stretched by `factor`, with true distances."""
        for part in other:
            self.append(Part(part.distance * np.float32(factor), part.colour, part.role, part.bevel * factor, part.material))


Draw = Callable[[Canvas, Palette, np.random.Generator, int], Parts]


@dataclass(frozen=True)
class Subject:
    """How to draw one subject: `draw(canvas, palette, rng, pose) -> Parts`, its colours, poses and surroundings."""

    name: str
    draw: Draw
    colours: Sequence[str]
    poses: int = 3
    grounded: bool = True        # stands on something: styles give it a floor and a contact shadow
    backdrops: Sequence[str] = INDOORS
    tilt: float = 0.09           # largest random turn, radians
    weight: Sequence[float] = field(default=(0.80, 0.98))  # smallest and largest size


@dataclass
class Scene:
    """Everything a style needs to paint one picture; arrays are (size, size) float32."""

    subject: str
    pose: int
    colour: str
    palette: Palette
    parts: Parts
    size: int
    x: np.ndarray
    y: np.ndarray
    backdrop: str
    sky: Colour
    horizon_colour: Colour
    ground_colour: Colour
    grounded: bool
    horizon: float       # y of the horizon
    floor: float         # y on which the subject stands
    rng: np.random.Generator

    @property
    def pixel(self) -> float:
        """Width of one pixel in scene units."""
        return 2.0 / self.size

    def silhouette(self, roles: Sequence[str] = ("body", "glow")) -> np.ndarray:
        """Distance to the union of the parts of these roles."""
        distances = [part.distance for part in self.parts if part.role in roles]
        return np.minimum.reduce(distances) if distances else np.full((self.size, self.size), 9, np.float32)


@lru_cache(maxsize=1)
def _keep_freed_memory() -> None:
    """Let the C library (glibc) keep the memory of freed arrays for the next ones, instead of fetching it anew each time.

    Freeing one large, never touched block lifts its thresholds; painting is three times as fast. Harmless elsewhere.
    """
    np.empty(31 << 20, np.uint8)


def compose(subject: Subject, seed: int, size: int = 256, *, warp: float = 0.0, fit: float = 1.0) -> Scene:
    """The scene of `seed`: the same subject, pose and colours in every style.

    warp: amplitude of a wobble of the coordinates, scene units (hand-made styles). fit: scale, to leave a margin.
    """
    _keep_freed_memory()
    rng = np.random.default_rng([seed, zlib.crc32(subject.name.encode())])
    pose = int(rng.integers(subject.poses))
    colour = str(rng.choice(list(subject.colours)))
    accent = str(rng.choice([name for name in ACCENTS if name != colour]))
    scale = rng.uniform(*subject.weight) * fit
    angle = rng.uniform(-subject.tilt, subject.tilt)
    right, down = rng.uniform(-0.07, 0.07), rng.uniform(-0.05, 0.05)
    flipped = rng.random() < 0.5
    backdrop = str(rng.choice(list(subject.backdrops)))
    sky, horizon_colour, ground_colour = BACKDROPS[backdrop]
    horizon = 0.45 + rng.uniform(-0.08, 0.08)
    style_rng = np.random.default_rng([seed, 1])

    base = Canvas.square(size)
    canvas = base
    if warp:
        wobble = [(fractal_noise(size, style_rng, 5, 3) - np.float32(0.5)) * np.float32(warp) for _ in range(2)]
        canvas = Canvas(base.x + wobble[0], base.y + wobble[1])
    canvas = canvas.at(right, down, angle)
    canvas = Canvas(canvas.x / np.float32(-scale if flipped else scale), canvas.y / np.float32(scale))

    palette = Palette.of(colour, accent)
    parts = subject.draw(canvas, palette, rng, pose)
    for part in parts:
        part.distance = np.ascontiguousarray(part.distance * np.float32(scale), dtype=np.float32)
        part.bevel *= scale
    scene = Scene(subject.name, pose, colour, palette, parts, size, base.x, base.y, backdrop, sky, horizon_colour,
                  ground_colour, subject.grounded, horizon, 0.8, style_rng)
    if subject.grounded:
        rows = np.nonzero((scene.silhouette() < 0).any(axis=1))[0]
        if len(rows):
            scene.floor = float(rows[-1] * scene.pixel - 1)
    return scene
