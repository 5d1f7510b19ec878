"""Signed distance functions: how far every pixel is from a shape's edge, negative inside.

A picture is the square from -1 to 1 in both directions, y pointing down. All distances are float32 arrays of
the canvas's shape. The formulas are the classic ones collected by Inigo Quilez (iquilezles.org/articles/distfunctions2d).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Point = tuple[float, float]
F = np.float32


class Canvas:
    """Pixel coordinates, and the shapes measured in them.

    `at` returns the same canvas seen from another origin, so that a head can be drawn around (0, 0) and tilted as a whole.
    """

    def __init__(self, x: np.ndarray, y: np.ndarray):
        self.x = np.asarray(x, F)
        self.y = np.asarray(y, F)

    @classmethod
    def square(cls, size: int) -> Canvas:
        axis = (np.arange(size, dtype=F) + F(0.5)) * F(2 / size) - F(1)
        return cls(*np.meshgrid(axis, axis))

    def at(self, x: float = 0.0, y: float = 0.0, angle: float = 0.0) -> Canvas:
        """The canvas with its origin moved to (x, y) and turned by `angle` radians (clockwise on screen)."""
        u, v = self.x - F(x), self.y - F(y)
        if angle:
            c, s = F(math.cos(angle)), F(math.sin(angle))
            u, v = c * u + s * v, c * v - s * u
        return Canvas(u, v)

    def mirrored(self) -> Canvas:
        """The canvas with left and right exchanged."""
        return Canvas(-self.x, self.y)

    def stretched(self, across: float, down: float = 1.0) -> Canvas:
        """The canvas in which shapes come out `across` times as wide and `down` times as high (distances approximate)."""
        return Canvas(self.x / F(across), self.y / F(down))

    def folded(self) -> Canvas:
        """The canvas whose left half repeats the right one in a mirror: a shape drawn at right comes out twice."""
        return Canvas(np.abs(self.x), self.y)

    def around(self, count: int, start: float = 0.0) -> Canvas:
        """The canvas repeated `count` times round the origin: a shape drawn on the right comes out as a ring of petals.

        start: angle of the first copy (radians, 0 = right, growing clockwise on screen).
        """
        step = 2 * math.pi / count
        angle = np.arctan2(self.y, self.x) - F(start)
        angle -= np.rint(angle / F(step)) * F(step)
        radius = _length(self.x, self.y)
        return Canvas(radius * np.cos(angle), radius * np.sin(angle))

    def circle(self, x: float, y: float, radius: float) -> np.ndarray:
        distance = _length(self.x - F(x), self.y - F(y))
        distance -= F(radius)
        return distance

    def ellipse(self, x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> np.ndarray:
        """First-order distance to an ellipse: exact on its edge, within a few per cent near it."""
        local = self.at(x, y, angle)
        u, v = local.x, local.y          # fresh arrays: worked on in place, which is several times as fast
        u *= u
        v *= v
        u *= F(1 / rx**2)
        v *= F(1 / ry**2)
        gradient = u * F(1 / rx**2)
        u += v
        v *= F(1 / ry**2)
        gradient += v
        np.sqrt(gradient, out=gradient)
        gradient += F(1e-6)
        radius = np.sqrt(u, out=v)
        u -= radius                      # radius * (radius - 1)
        u /= gradient
        return np.maximum(u, F(-min(rx, ry)), out=u)

    def box(self, x: float, y: float, half_width: float, half_height: float,
            corner: float = 0.0, angle: float = 0.0) -> np.ndarray:
        local = self.at(x, y, angle)
        qx, qy = np.abs(local.x, out=local.x), np.abs(local.y, out=local.y)
        qx -= F(half_width - corner)
        qy -= F(half_height - corner)
        inside = np.maximum(qx, qy)
        np.minimum(inside, F(0), out=inside)
        inside -= F(corner)
        outside = _length(np.maximum(qx, F(0), out=qx), np.maximum(qy, F(0), out=qy))
        outside += inside
        return outside

    def capsule(self, start: Point, end: Point, radius: float, end_radius: float | None = None) -> np.ndarray:
        """A straight limb from `start` to `end`, tapering from `radius` to `end_radius`."""
        (ax, ay), (bx, by) = start, end
        dx, dy = bx - ax, by - ay
        u, v = self.x - F(ax), self.y - F(ay)
        t = _along(u, v, dx, dy)
        u -= t * F(dx)
        v -= t * F(dy)
        distance = _length(u, v)
        distance -= F(radius)
        if end_radius is not None:
            t *= F(end_radius - radius)
            distance -= t
        return distance

    def stroke(self, points: Sequence[Point], radius: float, end_radius: float | None = None) -> np.ndarray:
        """A bent limb along `points`, tapering evenly from `radius` to `end_radius`."""
        last = radius if end_radius is None else end_radius
        steps = len(points) - 1
        width = [radius + (last - radius) * i / steps for i in range(steps + 1)]
        return union(*(self.capsule(points[i], points[i + 1], width[i], width[i + 1]) for i in range(steps)))

    def polygon(self, points: Sequence[Point], corner: float = 0.0) -> np.ndarray:
        """Exact distance to a polygon, grown by `corner` (which rounds its corners)."""
        squared = np.full(self.x.shape, 1e9, F)
        inside = np.zeros(self.x.shape, bool)
        for (ax, ay), (bx, by) in zip(points, [points[-1], *points[:-1]], strict=True):
            ex, ey = bx - ax, by - ay
            wx, wy = self.x - F(ax), self.y - F(ay)
            t = _along(wx, wy, ex, ey)
            if ay != by:
                crossing = (self.y >= F(ay)) != (self.y >= F(by))
                crossing &= wx < wy * F(ex / ey)
                inside ^= crossing
            wx -= t * F(ex)
            wy -= t * F(ey)
            wx *= wx
            wy *= wy
            wx += wy
            np.minimum(squared, wx, out=squared)
        distance = np.sqrt(squared, out=squared)
        np.negative(distance, out=distance, where=inside)
        distance -= F(corner)
        return distance

    def ring(self, x: float, y: float, radius: float, half_width: float) -> np.ndarray:
        return np.abs(self.circle(x, y, radius)) - F(half_width)

    def arc(self, centre: Point, radius: float, start: float, end: float, half_width: float) -> np.ndarray:
        """A bent line along a circle from angle `start` to `end` (radians, 0 = right, growing clockwise on screen)."""
        steps = max(4, int(abs(end - start) * radius * 14) + 2)
        points = [(centre[0] + radius * math.cos(start + (end - start) * i / steps),
                   centre[1] + radius * math.sin(start + (end - start) * i / steps)) for i in range(steps + 1)]
        return self.stroke(points, half_width)


def _length(u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Euclidean length (four times as fast as np.hypot, whose care for overflow is not needed here)."""
    square = u * u
    square += v * v
    return np.sqrt(square, out=square)


def _along(u: np.ndarray, v: np.ndarray, dx: float, dy: float) -> np.ndarray:
    """Where (u, v) falls along the segment from the origin to (dx, dy): 0 at its start, 1 at its end."""
    t = u * F(dx / max(dx * dx + dy * dy, 1e-9))
    t += v * F(dy / max(dx * dx + dy * dy, 1e-9))
    return np.clip(t, 0, 1, out=t)


def union(*distances: np.ndarray) -> np.ndarray:
    result = distances[0].copy()
    for distance in distances[1:]:
        np.minimum(result, distance, out=result)
    return result


def intersect(*distances: np.ndarray) -> np.ndarray:
    result = distances[0].copy()
    for distance in distances[1:]:
        np.maximum(result, distance, out=result)
    return result


def subtract(distance: np.ndarray, hole: np.ndarray) -> np.ndarray:
    return np.maximum(distance, -hole)


def blend(first: np.ndarray, second: np.ndarray, radius: float) -> np.ndarray:
    """A union whose seam is rounded over `radius`, as a neck joins a head (polynomial smooth minimum)."""
    h = np.maximum(F(radius) - np.abs(first - second), 0) / F(radius)
    return np.minimum(first, second) - h * h * F(radius / 4)


def triangle_wave(phase: np.ndarray) -> np.ndarray:
    """How far `phase` is from the nearest whole number: 0 at whole numbers, 0.5 half-way; for stripes, teeth and spirals."""
    distance = phase - np.rint(phase)
    return np.abs(distance, out=distance)


def bezier(start: Point, control: Point, end: Point, steps: int = 8) -> list[Point]:
    """Points along a quadratic Bézier curve."""
    points = []
    for i in range(steps + 1):
        t = i / steps
        a, b, c = (1 - t) ** 2, 2 * t * (1 - t), t * t
        points.append((a * start[0] + b * control[0] + c * end[0], a * start[1] + b * control[1] + c * end[1]))
    return points
