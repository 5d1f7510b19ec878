"""A subject as a lit relief: parts inflated into a height field, with surface properties, shadows and reflections.

The painter's order of the parts gives the order in depth. Everything is kept in planes (a "G-buffer"), so that the
light is computed once for the whole picture. Colours are linear here: display value squared.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .noise import blur, shifted

F = np.float32
PLANES = ("red", "green", "blue", "slope_x", "slope_y", "roughness", "reflectance", "mirror", "sheen", "translucency", "glow")
Window = tuple[slice, slice]
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Surface:
    """How a part takes light. reflectance: mirrored share seen head-on; mirror: how clear and strong the surroundings
    show; sheen: bright fuzz towards the edge; translucency: light that comes through from behind."""

    roughness: float = 0.6
    reflectance: float = 0.04
    mirror: float = 0.0
    sheen: float = 0.0
    translucency: float = 0.0


@dataclass(frozen=True)
class Lamps:
    """The light on a scene: a key light from `direction` (x right, y down, z to the viewer), sky and ground."""

    direction: Vector = (-0.5, -0.62, 0.6)
    key: Vector = (1.0, 0.95, 0.86)
    sky: Vector = (0.42, 0.47, 0.55)
    ground: Vector = (0.20, 0.17, 0.14)
    rim: float = 0.35
    shadow: float = 0.85     # strength of cast shadows, 0–1
    softness: float = 0.35   # penumbra, share of the distance to what casts the shadow


def window_of(distance: np.ndarray, margin: float) -> Window | None:
    """The rows and columns in which the distance is below `margin`, or None if there are none."""
    near = distance < margin
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not len(rows):
        return None
    return slice(max(rows[0] - 1, 0), rows[-1] + 2), slice(max(columns[0] - 1, 0), columns[-1] + 2)


def inflate(distance: np.ndarray, bevel: float, pixel: float, smoothing: float = 0.18) -> tuple[np.ndarray, ...]:
    """Height and the normal's x and y of a part swollen like a cushion, its edge a quarter circle of radius `bevel`.

    The square of a circular edge's height is a parabola of the distance, linear across the outline; so it can be
    blurred (which melts the ridges of distance fields) and differentiated without trouble at the rim.
    """
    radius = F(max(min(bevel, -float(distance.min())), pixel))
    inward = np.minimum(-distance, radius)
    square = inward * (2 * radius - np.maximum(inward, 0))
    reach = float(radius) * smoothing / pixel
    square = blur(square, reach, 2 if reach >= 2 else 1)
    slope_y, slope_x = np.gradient(square, F(2 * pixel))
    height = np.sqrt(np.maximum(square, F(1e-6)))
    scale = F(1) / np.sqrt(slope_x ** 2 + slope_y ** 2 + np.maximum(square, F(1e-6)))
    return height, -slope_x * scale, -slope_y * scale


class Relief:
    """The planes of one picture, filled back to front with `add` (volumes) and `mark` (paint on what lies below)."""

    def __init__(self, size: int):
        self.pixel = 2.0 / size
        self.planes = np.zeros((len(PLANES), size, size), F)
        self.height = np.zeros((size, size), F)
        self.coverage = np.zeros((size, size), F)

    def add(self, window: Window, alpha: np.ndarray, albedo: Sequence[np.ndarray | float], height: np.ndarray,
            slope_x: np.ndarray, slope_y: np.ndarray, surface: Surface, lift: float = 0.012) -> None:
        """Lay a volume over what is there; it rests on the highest places along its own edge."""
        below, covered = self.height[window], self.coverage[window]
        weight = alpha / np.maximum(covered + (1 - covered) * alpha, F(1e-3))       # bare ground does not mix in
        rim = (alpha > 0.02) & (height < F(4 * self.pixel)) & (covered > 0.5)
        base = 0.0
        if rim.any():
            under = below[rim]
            base = 0.6 * float(under.mean()) + 0.4 * float(under.max()) + lift
        self.height[window] = below + (height + F(base) - below) * weight
        self._blend(window, weight, (*albedo, slope_x, slope_y, surface.roughness, surface.reflectance, surface.mirror,
                                    surface.sheen, surface.translucency, 0.0))
        self.coverage[window] = covered + (1 - covered) * alpha

    def mark(self, window: Window, alpha: np.ndarray, albedo: Sequence[np.ndarray | float],
             surface: Surface | None = None, slopes: tuple[np.ndarray, np.ndarray] | None = None) -> None:
        """Paint on the surface below, keeping its volume; `surface` and `slopes` replace its properties if given."""
        covered = self.coverage[window]
        total = covered + (1 - covered) * alpha
        weight = alpha / np.maximum(total, F(1e-3))
        self._blend(window, weight, albedo)
        self._blend(window, weight, (0.0,), 10)
        if slopes is not None:
            self._blend(window, weight, slopes, 3)
        if surface is not None:
            self._blend(window, weight, (surface.roughness, surface.reflectance, surface.mirror, surface.sheen,
                                         surface.translucency), 5)
        self.coverage[window] = total

    def ignite(self, window: Window, alpha: np.ndarray) -> None:
        """Let what is painted there shine by itself."""
        glow = self.planes[10][window]
        np.maximum(glow, alpha, out=glow)

    def _blend(self, window: Window, alpha: np.ndarray, values: Sequence[np.ndarray | float], first: int = 0) -> None:
        for number, value in enumerate(values, first):
            plane = self.planes[number][window]
            plane += (value - plane) * alpha

    def bounds(self) -> Window | None:
        """The window that holds all of the subject."""
        return window_of(-self.coverage, -0.004)


def cast_shadow(height: np.ndarray, pixel: float, lamps: Lamps, reach: float = 0.55, steps: int = 12) -> np.ndarray:
    """How much of the key light is blocked (0–1), found by walking over the height field towards the light."""
    lx, ly, lz = lamps.direction
    flat = math.hypot(lx, ly) + 1e-6
    ux, uy, rise = lx / flat, ly / flat, lz / flat
    blocked = np.zeros_like(height)
    for step in range(1, steps + 1):
        length = reach * (step / steps) ** 1.6 + pixel
        towards = shifted(height, -ux * length / pixel, -uy * length / pixel)
        excess = towards - height - F(length * rise)
        blocked = np.maximum(blocked, excess / F(lamps.softness * length + 0.02))
    return blur(np.clip(blocked + F(0.15), 0, 1), 0.012 / pixel, 1)


def occlusion(height: np.ndarray, coverage: np.ndarray, pixel: float, strength: float = 1.0) -> np.ndarray:
    """Share of the sky that reaches each place (0–1): less where the neighbourhood is higher."""
    open_sky = np.ones_like(height)
    for radius, weight in ((0.025, 1.0), (0.09, 0.8)):
        share = blur(coverage, radius / pixel, 1) + F(1e-3)
        around = blur(height * coverage, radius / pixel, 1) / share
        open_sky *= np.exp(np.minimum(F(0.5 * radius) - np.maximum(around - height, 0), 0)
                           * F(strength * weight / (radius + 0.02)))
    return open_sky


def enlarge(image: np.ndarray, factor: int, shape: tuple[int, int]) -> np.ndarray:
    """The image enlarged by a whole factor and cropped to `shape`, its steps smoothed away."""
    big = image.repeat(factor, axis=0).repeat(factor, axis=1)[: shape[0], : shape[1]]
    return blur(big, factor / 2, 1)


def surroundings(up: np.ndarray, side: np.ndarray, roughness: np.ndarray, lamps: Lamps) -> list[np.ndarray]:
    """What a reflection sees: bright sky, a paler band and then a dark ground at the horizon, and a tall soft window."""
    blurred = F(0.06) + roughness * F(0.9)
    above = np.clip(F(0.5) + up / (2 * blurred), 0, 1)
    band = np.exp(-np.square((up - F(0.08)) / (F(0.16) + roughness)))
    pane = np.clip((F(0.24) - np.abs(side - F(math.copysign(0.5, lamps.direction[0])))) / blurred + F(0.5), 0, 1)
    pane = pane * np.clip((F(0.34) - np.abs(up - F(0.45))) / blurred + F(0.5), 0, 1) * (1 - roughness)
    return [F(ground * 0.5) * (1 - above) + (F(sky * 1.25) + F(0.55 * sky) * band) * above + F(2.4 * key) * pane
            for sky, ground, key in zip(lamps.sky, lamps.ground, lamps.key, strict=True)]


def illuminate(relief: Relief, lamps: Lamps, ambient: float = 1.0, crevices: float = 1.0) -> np.ndarray:
    """The lit subject, linear (size, size, 3), black where nothing is; see `Relief.coverage` for its outline.

    Diffuse light wraps a little where the surface is translucent; highlights follow the GGX microfacet model
    (Walter et al. 2007) with Schlick's Fresnel term.
    """
    image = np.zeros((*relief.height.shape, 3), F)
    window = relief.bounds()
    if window is None:
        return image
    red, green, blue, nx, ny, roughness, reflectance, mirror, sheen, through, glow = (plane[window] for plane in relief.planes)
    height, coverage = relief.height[window], relief.coverage[window]
    steep = np.sqrt(nx * nx + ny * ny)
    limit = np.minimum(F(0.995) / np.maximum(steep, F(1e-4)), 1)
    nx, ny = nx * limit, ny * limit
    nz = np.sqrt(np.maximum(1 - nx * nx - ny * ny, F(0.002)))

    half = height[::2, ::2]
    blocked = enlarge(cast_shadow(half, relief.pixel * 2, lamps), 2, height.shape)
    open_sky = enlarge(occlusion(half, coverage[::2, ::2], relief.pixel * 2, crevices), 2, height.shape)

    length = math.sqrt(sum(v * v for v in lamps.direction))
    lx, ly, lz = (v / length for v in lamps.direction)
    facing = nx * F(lx) + ny * F(ly) + nz * F(lz)
    wrap = through * F(0.45)
    lit = np.clip((facing + wrap) / (1 + wrap), 0, 1) * (1 - F(lamps.shadow) * blocked)
    up = F(0.5) - F(0.5) * ny
    fresnel = np.square(np.square(1 - nz))
    fuzz = sheen * fresnel * (F(0.35) + F(0.65) * np.clip(facing + F(0.4), 0, 1))
    behind = through * np.clip(F(0.25) - facing, 0, 1)

    hx, hy, hz = lx, ly, lz + 1
    norm = math.sqrt(hx * hx + hy * hy + hz * hz)
    spread = np.square(np.maximum(roughness, F(0.06)))
    toward = np.clip((nx * F(hx) + ny * F(hy) + nz * F(hz)) / F(norm), 0, 1)
    lobe = np.square(spread / (np.square(toward) * (np.square(spread) - 1) + 1)) / F(math.pi)
    glint = np.minimum(lobe * (reflectance + (1 - reflectance) * F(0.02)), 6) * np.clip(facing * 4, 0, 1) * (1 - blocked)

    mirrored = surroundings(-2 * nz * ny, 2 * nz * nx, roughness, lamps)
    share = np.clip(reflectance + (1 - reflectance) * fresnel * (1 - roughness), 0, 1) * mirror * (F(0.35) + F(0.65) * open_sky)
    edge = fresnel * np.clip(F(-0.75) * ny - F(0.5 * math.copysign(1, lx)) * nx, 0, 1) * F(lamps.rim) * open_sky
    metallic = np.clip((reflectance - F(0.3)) * 3, 0, 1)
    target = image[window]
    for channel, albedo in enumerate((red, green, blue)):
        key, sky, ground = lamps.key[channel], lamps.sky[channel], lamps.ground[channel]
        fill = (F(ground) + F(sky - ground) * up) * open_sky * F(ambient)
        shine = albedo * behind * F(key * (0.55, 0.40, 0.28)[channel])
        diffuse = albedo * (F(key * 1.15) * lit + fill) * (1 - F(0.75) * metallic) + shine
        tint = 1 + (albedo * F(1.6) - 1) * metallic
        haze = (np.sqrt(albedo) * F(0.5) + F(0.12)) * (fuzz * F(sky + 0.5 * key) + edge * F(key))
        shown = diffuse + haze + tint * (glint * F(key) + share * mirrored[channel])
        target[..., channel] = shown + (albedo * F(1.7) + F(0.10) - shown) * glow
    return image
