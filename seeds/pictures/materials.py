"""Parts dressed in their materials: fur is combed, scales overlap, crowns are leaves, outlines fray."""

from __future__ import annotations

import math

import numpy as np

from .finishes import FINISHES, Finish, natural
from .noise import blur
from .relief import F, Relief, Window, inflate, window_of
from .scene import Part, Scene, luminance
from .textures import TILE, tile

_BUSHY = ("house",)     # subjects besides the tree whose large green parts are masses of leaves, here hedges


def combed(scene: Scene, window: Window, flow_x: np.ndarray, flow_y: np.ndarray, length: int) -> np.ndarray:
    """Strands (about −1…1) that follow a direction field: noise averaged backwards along it (line integral convolution)."""
    hair = tile("hair").tone
    zoom = 256 / scene.size
    column = (scene.x[window] + 1) * F(128) + F(scene.rng.integers(TILE))
    row = (scene.y[window] + 1) * F(128) + F(scene.rng.integers(TILE))
    total, weight = np.zeros(column.shape, F), 0.0
    flow_x, flow_y = flow_x * F(max(zoom, 1)), flow_y * F(max(zoom, 1))
    for step in range(length):
        index = (row.astype(np.int32) & (TILE - 1)) * TILE + (column.astype(np.int32) & (TILE - 1))
        share = 1 - 0.6 * step / length
        total += hair.take(index) * F(share)
        weight += share * share
        column -= flow_x
        row -= flow_y
    return np.clip(total / F(1.25 * math.sqrt(weight)), -1, 1)


def _axes(scene: Scene, window: Window, distance: np.ndarray) -> tuple[float, float, float, float, float]:
    """Centre, angle of the longest direction, and spread along and across it."""
    inside = (distance < 0)[::2, ::2]
    if inside.sum() < 4:
        return 0.0, 0.0, 0.0, 0.1, 0.1
    x, y = scene.x[window][::2, ::2][inside], scene.y[window][::2, ::2][inside]
    cx, cy = float(x.mean()), float(y.mean())
    xx, yy, xy = float(((x - cx) ** 2).mean()), float(((y - cy) ** 2).mean()), float(((x - cx) * (y - cy)).mean())
    angle = 0.5 * math.atan2(2 * xy, xx - yy)
    middle, spread = (xx + yy) / 2, math.hypot((xx - yy) / 2, xy)
    return cx, cy, angle, math.sqrt(max(middle + spread, 1e-6)), math.sqrt(max(middle - spread, 1e-6))


def _scallops(along: np.ndarray, across: np.ndarray, size: float) -> tuple[np.ndarray, np.ndarray]:
    """Overlapping round scales: position in the scale from root (0) to rim (1), and its sideways slope."""
    row = np.floor(along / F(size))
    position, side = np.zeros_like(along), np.zeros_like(along)
    open_ = np.ones(along.shape, bool)
    for back in (1, 0):      # the row behind lies on top
        r = row - back
        v = across / F(size * 1.15) + F(0.5) * (r.astype(np.int32) & 1).astype(F)
        v = v - np.floor(v) - F(0.5)
        reach = np.hypot((along / F(size) - r) * F(0.62), v)
        hit = open_ & ((reach < 0.74) | (back == 0))
        position = np.where(hit, np.minimum(reach / F(0.74), 1), position)
        side = np.where(hit, v, side)
        open_ &= ~hit
    return position, side


class Dresser:
    """Puts the parts of a scene into a relief, each dressed in its material."""

    def __init__(self, scene: Scene, relief: Relief):
        self.scene, self.relief = scene, relief
        self._hair = np.zeros((scene.size, scene.size), F)

    def add(self, part: Part) -> None:
        finish = FINISHES.get(part.material, FINISHES[""])
        if part.role == "glow":
            self._lamp(part)
        elif part.role == "body":
            self._volume(part, finish)
        else:
            self._paint(part, finish)

    def _volume(self, part: Part, finish: Finish) -> None:
        window = window_of(part.distance, finish.ragged + 2 * self.relief.pixel)
        if window is None:
            return
        distance = part.distance[window]
        thickness = -float(distance.min())
        foliage = part.material in ("leaf", "petal") and self._is_crown(part, thickness)
        if foliage:
            window = window_of(part.distance, 0.09)
            distance = part.distance[window]
        tone, bump_x, bump_y, fray = self._texture(finish, window, distance, thickness, foliage)
        bevel = part.bevel + finish.swell * (max(thickness - part.bevel, 0) if finish.swell > 0 else part.bevel)
        height, nx, ny = inflate(distance, bevel, self.relief.pixel, 0.18 + 0.2 * abs(finish.swell))
        if foliage:
            fray = F(0.075) * fray
        elif finish.ragged:
            fray = F(min(finish.ragged, 0.4 * thickness)) * fray
        outline = distance - fray if foliage or finish.ragged else distance
        width = self.relief.pixel * (1.6 if finish.pattern == "hair" else 1.0)
        alpha = np.clip(F(0.5) - outline / F(width), 0, 1)
        if luminance(part.colour) < 0.12:
            tone = tone * F(0.5)
        gain = np.maximum(1 + tone, F(0.12))
        albedo = [gain * c for c in natural(part.colour, finish)]
        if foliage:     # gaps between leaves are darker, sunlit tips yellower
            albedo = [albedo[0] * (1 + F(0.35) * tone), albedo[1], albedo[2] * (1 - F(0.3) * np.clip(tone, 0, 1))]
        self.relief.add(window, alpha, albedo, height + np.maximum(fray, 0) * F(0.5) if foliage else height,
                        nx + bump_x, ny + bump_y, finish.surface)

    def _is_crown(self, part: Part, thickness: float) -> bool:
        """Whether a green part is a mass of leaves rather than a single blade."""
        if self.scene.subject == "tree":
            return thickness > 0.045 and part.bevel > 0.08       # the fronds of a palm are flatter
        return part.material == "leaf" and thickness > 0.05 and self.scene.subject in _BUSHY

    def _lamp(self, part: Part) -> None:
        """Flames, lit windows, the sun: light of their own, soft at the edge."""
        window = window_of(part.distance, 0.02)
        if window is None:
            return
        distance = part.distance[window]
        blurred = F(min(0.03, -0.5 * float(distance.min()) + self.relief.pixel))
        alpha = np.clip(F(0.5) - distance / blurred, 0, 1)
        if min(part.colour) > 0.6 and distance.size > 0.04 * part.distance.size:
            alpha = alpha * F(0.45)     # a beam in the air
        flat = np.zeros(distance.shape, F)
        pane = part.material == "glass"
        hot = F(0.0 if pane else 0.75) * np.clip(-distance / F(-float(distance.min()) + 0.02), 0, 1)      # white in the middle
        albedo = [c + (1 - c) * hot for c in natural(part.colour, FINISHES["paint"])]
        self.relief.mark(window, alpha, albedo, FINISHES[""].surface, (flat, flat))
        self.relief.ignite(window, (alpha > 0).astype(F) * F(0.7 if pane else 1.0))

    def _paint(self, part: Part, finish: Finish) -> None:
        pixel = self.relief.pixel
        distance, thickness = part.distance, -float(part.distance.min())
        window = window_of(distance, (0.05 if finish.pattern == "hair" else 0.0) + 2 * pixel)
        if window is None:
            return
        distance = distance[window]
        if finish.pattern == "hair" and thickness > 0.035 and part.role == "detail":
            distance = distance + F(min(0.05, thickness)) * self._hair[window]     # a marking in the coat has no sharp border
            alpha = np.clip(F(0.5) - distance / F(0.02), 0, 1)
            tone = F(finish.tone) * self._hair[window]
            self.relief.mark(window, alpha, [c * (1 + tone) for c in natural(part.colour, finish)])
            return
        alpha = np.clip(F(0.5) - distance / F(pixel), 0, 1)
        if part.role == "line":
            self.relief.mark(window, alpha, natural(part.colour, finish))
            return
        slopes = None
        if finish.pattern == "wet" or part.material == "glass":
            _, nx, ny = inflate(distance, part.bevel, pixel)
            slopes = (nx * F(0.8), ny * F(0.8))
        tone = np.zeros((1, 1), F)
        if finish.tone and thickness > 0.03:
            tone = self._texture(finish, window, distance, min(thickness, 0.12), False)[0]
        same = part.material in ("", "fur", "feather", "scale", "leaf", "petal")
        self.relief.mark(window, alpha, [c * (1 + tone) for c in natural(part.colour, finish)],
                         None if same else finish.surface, slopes)

    def _texture(self, finish: Finish, window: Window, distance: np.ndarray, thickness: float,
                 foliage: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Tone, the relief's slopes, and how much the outline is pushed out (about −1…1)."""
        scene, rng = self.scene, self.scene.rng
        cx, cy, angle, along, across = _axes(scene, window, distance)
        u, v = scene.x[window] - F(cx), scene.y[window] - F(cy)
        shift_u, shift_v = rng.uniform(0, 2, 2).astype(F)
        if foliage:
            tone, bump_x, bump_y = tile("foliage").at(u + shift_u, v + shift_v)
            clump = tile("mottle").tone_at(u * F(1.6) + shift_v, v * F(1.6))
            return F(0.50) * tone + F(0.22) * clump, F(0.38) * bump_x, F(0.38) * bump_y, F(0.8) * tone + F(0.5) * clump
        pattern = finish.pattern
        if pattern == "scale" and (thickness < 0.10 or along > 1.9 * across):
            pattern = "streak"      # fins have rays
        if pattern in ("hair", "feather", "streak"):
            strands = self._strands(pattern, window, u, v, angle, along, across)
            gy, gx = np.gradient(strands)
            tone, bump_x, bump_y = F(finish.tone) * strands, F(-finish.bump) * gx, F(-finish.bump) * gy
            if finish.pattern == "hair":
                self._hair[window] = strands
                tone = tone + F(0.13) * tile("mottle").tone_at(u + shift_u, v + shift_v)
            if finish.pattern == "feather" and thickness > 0.10:
                c, s = F(math.cos(angle)), F(math.sin(angle))
                position, side = _scallops(c * u + s * v, c * v - s * u, 0.085)
                tone = tone + F(0.20) * (position - F(0.5)) - F(0.30) * (position > 0.92)
                bump_x, bump_y = bump_x - s * side * F(0.3), bump_y + c * side * F(0.3)
            return tone, bump_x, bump_y, strands + F(0.25)
        c, s = F(math.cos(angle)), F(math.sin(angle))
        if finish.pattern == "scale":
            position, side = _scallops(c * u + s * v, c * v - s * u, min(0.085, max(0.04, thickness * 0.3)))
            lean = position - F(0.5)
            bump = F(finish.bump)
            return (F(finish.tone) * (F(1.2) * lean - F(2.2) * (position > 0.93)),
                    bump * (c * lean - s * side), bump * (s * lean + c * side), lean)
        if finish.pattern == "shingle":
            return self._shingles(finish, u, v, shift_u)
        if finish.pattern == "leaf":     # a single blade: midrib and side veins
            side = np.abs(c * v - s * u)
            vein = np.abs(((c * u + s * v) - side * F(0.8)) * F(1 / 0.055) % 1 - F(0.5))
            ribs = np.clip(F(1.2) - side / F(0.009), 0, 1) + F(0.5) * np.clip(F(1) - vein / F(0.13), 0, 1)
            tone = F(finish.tone) * (ribs + F(0.7) * tile("mottle").tone_at(u + shift_u, v + shift_v))
            tilt = np.sign(c * v - s * u) * F(finish.bump)
            return tone, -s * tilt, c * tilt, tone
        if finish.texture == "wood":
            u, v = c * u + s * v, c * v - s * u
        tone, bump_x, bump_y = tile(finish.texture).at(u * F(finish.stretch[0]) + shift_u, v * F(finish.stretch[1]) + shift_v)
        fray = blur(tone, 1, 1) if finish.ragged else tone
        return F(finish.tone) * tone, F(-finish.bump) * bump_x, F(-finish.bump) * bump_y, fray

    def _strands(self, pattern: str, window: Window, u: np.ndarray, v: np.ndarray, angle: float, along: float,
                 across: float) -> np.ndarray:
        """Fur and petals run outwards from the middle, fur also hangs; the barbs of feathers leave their shaft aslant."""
        c, s = F(math.cos(angle)), F(math.sin(angle))
        a, b = c * u + s * v, c * v - s * u
        if pattern == "feather":
            flow_a, flow_b = np.full_like(a, math.copysign(1.0, float(c))), np.sign(b) * F(0.55)
        else:
            flow_a, flow_b = a / F(along * along), b / F(across * along)
            norm = np.sqrt(flow_a ** 2 + flow_b ** 2) + F(1e-3)
            flow_a, flow_b = flow_a / norm, flow_b / norm
        flow_x, flow_y = c * flow_a - s * flow_b, s * flow_a + c * flow_b
        if pattern == "hair":
            wander = tile("mottle").tone_at(u + F(along), v) * F(0.7)
            flow_x, flow_y = flow_x - wander * flow_y, flow_y + wander * flow_x + F(0.45)
        norm = np.sqrt(flow_x ** 2 + flow_y ** 2) + F(1e-3)
        return combed(self.scene, window, flow_x / norm, flow_y / norm, {"hair": 9, "feather": 7, "streak": 14}[pattern])

    def _shingles(self, finish: Finish, u: np.ndarray, v: np.ndarray, shift: np.float32) -> tuple[np.ndarray, ...]:
        row = np.floor(v / F(0.075))
        fall = v / F(0.075) - row
        column = u / F(0.10) + F(0.5) * (row.astype(np.int32) & 1).astype(F) + shift
        place = column - np.floor(column)
        tint = np.sin(np.floor(column) * F(12.9) + row * F(78.2))       # every tile a little different
        gap = np.maximum(np.clip(F(1) - fall / F(0.16), 0, 1), F(0.7) * np.clip(F(1) - place / F(0.07), 0, 1))
        tone = F(finish.tone) * (F(0.45) * tint + F(0.6) * fall - F(2.2) * gap + F(0.2))
        return tone, np.zeros_like(tone), F(finish.bump) * (F(0.8) - F(1.6) * gap), tone
