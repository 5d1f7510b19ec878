"""Folded paper: the outline of a part as a polygon with few corners, and the facets into which it is creased."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

F = np.float32
_UP, _RIGHT, _DOWN, _LEFT = range(4)
# For each pattern of the cell's corners inside (top-left 1, top-right 2, bottom-right 4, bottom-left 8): which sides
# the outline enters and leaves by, the inside on its right hand.
_CROSSINGS: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((_UP, _LEFT),), 2: ((_RIGHT, _UP),), 3: ((_RIGHT, _LEFT),), 4: ((_DOWN, _RIGHT),), 5: ((_UP, _LEFT), (_DOWN, _RIGHT)),
    6: ((_DOWN, _UP),), 7: ((_DOWN, _LEFT),), 8: ((_LEFT, _DOWN),), 9: ((_UP, _DOWN),), 10: ((_RIGHT, _UP), (_LEFT, _DOWN)),
    11: ((_RIGHT, _DOWN),), 12: ((_LEFT, _RIGHT),), 13: ((_UP, _RIGHT),), 14: ((_LEFT, _UP),),
}


def outlines(distance: np.ndarray, stride: int) -> list[np.ndarray]:
    """The zero lines of a distance field as closed rings (n, 2) of (column, row), by marching squares on every
    `stride`-th pixel; longest first."""
    grid = np.pad(distance[::stride, ::stride], 1, constant_values=0.5)
    inside = grid < 0
    code = (inside[:-1, :-1] * 1 + inside[:-1, 1:] * 2 + inside[1:, 1:] * 4 + inside[1:, :-1] * 8)
    following: dict[tuple[int, int, bool], tuple[int, int, bool]] = {}
    rows, columns = np.nonzero((code > 0) & (code < 15))
    for i, j, kind in zip(rows.tolist(), columns.tolist(), code[rows, columns].tolist(), strict=True):
        # an edge of the grid: its upper-left corner, and whether it runs down
        sides = ((i, j, False), (i, j + 1, True), (i + 1, j, False), (i, j, True))
        for enter, leave in _CROSSINGS[kind]:
            following[sides[enter]] = sides[leave]
    rings = []
    while following:
        start, edge = following.popitem()
        ring = [start]
        while edge != start and edge in following:
            ring.append(edge)
            edge = following.pop(edge)
        i, j, down = (np.array(values) for values in zip(*ring, strict=True))
        first, second = grid[i, j], grid[np.where(down, i + 1, i), np.where(down, j, j + 1)]
        share = first / np.where(first == second, 1, first - second)
        rings.append(np.stack([(j + share * ~down - 1) * stride, (i + share * down - 1) * stride], axis=1))
    return sorted(rings, key=len, reverse=True)


def simplify(ring: np.ndarray, tolerance: float) -> np.ndarray:
    """The closed ring with as few corners as keep it within `tolerance` (Douglas and Peucker 1973)."""
    start = int(np.argmax(((ring - ring.mean(axis=0)) ** 2).sum(axis=1)))
    ring = np.roll(ring, -start, axis=0)
    far = int(np.argmax(((ring - ring[0]) ** 2).sum(axis=1)))
    closed = np.concatenate([ring, ring[:1]])
    keep, stack = {0, far}, [(0, far), (far, len(ring))]
    while stack:
        first, last = stack.pop()
        if last <= first + 1:
            continue
        chord, points = closed[last] - closed[first], closed[first + 1:last] - closed[first]
        offset = np.abs(points[:, 0] * chord[1] - points[:, 1] * chord[0]) / (math.hypot(*chord) + 1e-9)
        worst = int(offset.argmax())
        if offset[worst] > tolerance:
            keep.add(first + 1 + worst)
            stack += [(first, first + 1 + worst), (first + 1 + worst, last)]
    return ring[sorted(keep)]


@dataclass
class Folded:
    """A part as paper. distance: to the polygon, pixels, negative inside; tilt_x, tilt_y: slope of the facet at every
    pixel (outwards and downhill); crease: pixels to the nearest fold; facet: its number."""

    distance: np.ndarray
    tilt_x: np.ndarray
    tilt_y: np.ndarray
    crease: np.ndarray
    facet: np.ndarray


def _star_centre(ring: np.ndarray, distance: np.ndarray) -> np.ndarray | None:
    """A point that sees every corner, if the middle of the part or its deepest point does."""
    deepest = np.unravel_index(int(distance.argmin()), distance.shape)
    edges = np.roll(ring, -1, axis=0) - ring
    for centre in (np.array([deepest[1], deepest[0]], float), ring.mean(axis=0)):
        towards = centre - ring
        turn = edges[:, 0] * towards[:, 1] - edges[:, 1] * towards[:, 0]
        if (turn > 2.0).all() or (turn < -2.0).all():
            return centre
    return None


def fold(rings: list[np.ndarray], distance: np.ndarray, rise: float) -> Folded:
    """Crease the polygon: a fan round a point if one sees all corners, else roof-like along the outline.

    distance: of the part, to find its middle. rise: height of the middle over the outline, pixels.
    """
    x = np.arange(distance.shape[1], dtype=F)[None, :]
    y = np.arange(distance.shape[0], dtype=F)[:, None]
    centre = _star_centre(rings[0], distance) if len(rings) == 1 else None
    return _roof(rings, x, y) if centre is None else _fan(rings[0], centre, x, y, rise)


def _fan(ring: np.ndarray, centre: np.ndarray, x: np.ndarray, y: np.ndarray, rise: float) -> Folded:
    """Triangles between the centre and every side, rising to the centre."""
    shape = (y.shape[0], x.shape[1])
    # what these hold at first stays at the centre only: every other pixel lies between two spokes
    signed, crease, facet = np.full(shape, -rise, F), np.zeros(shape, F), np.ones(shape, np.int32)
    tilts = [(0.0, 0.0)]
    spokes = ring - centre
    lengths = np.hypot(spokes[:, 0], spokes[:, 1]) + 1e-6
    px, py = x - F(centre[0]), y - F(centre[1])
    # distance to the line through the centre and every corner, positive on one side
    rays = [F(sx / length) * py - F(sy / length) * px for (sx, sy), length in zip(spokes.tolist(), lengths.tolist(), strict=True)]
    for number, ((ax, ay), (bx, by)) in enumerate(zip(ring.tolist(), np.roll(ring, -1, axis=0).tolist(), strict=True), 1):
        length = math.hypot(bx - ax, by - ay)
        if length < 1e-6:
            tilts.append((0.0, 0.0))
            continue
        before, after = rays[number - 1], rays[number % len(rays)]
        mine = (before >= 0) & (after < 0)
        out_x, out_y = (by - ay) / length, (ax - bx) / length
        height = out_x * (ax - centre[0]) + out_y * (ay - centre[1])
        np.copyto(signed, F(out_x) * px + F(out_y) * py - F(height), where=mine)
        np.copyto(crease, np.minimum(before, -after), where=mine)
        np.copyto(facet, number, where=mine)
        slope = rise / max(abs(height), 1.0)
        tilts.append((out_x * slope, out_y * slope))
    tilt_x, tilt_y = np.array(tilts, F).T
    return Folded(signed, tilt_x[facet], tilt_y[facet], crease, facet)


def _roof(rings: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> Folded:
    """Every pixel leans towards its nearest side, as a hipped roof does."""
    shape = (y.shape[0], x.shape[1])
    squared, second = np.full(shape, 1e9, F), np.full(shape, 1e9, F)
    facet, inside, tilts = np.zeros(shape, np.int32), np.zeros(shape, bool), [(0.0, 0.0)]
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring.tolist(), np.roll(ring, -1, axis=0).tolist(), strict=True):
            ex, ey = bx - ax, by - ay
            length = math.hypot(ex, ey)
            if length < 1e-6:
                continue
            wx, wy = x - F(ax), y - F(ay)
            t = np.clip(wx * F(ex / length ** 2) + wy * F(ey / length ** 2), 0, 1)
            here = (wx - t * F(ex)) ** 2 + (wy - t * F(ey)) ** 2
            if ay != by:
                inside ^= ((y >= F(ay)) != (y >= F(by))) & (wx < wy * F(ex / ey))
            np.copyto(facet, len(tilts), where=here < squared)
            tilts.append((0.9 * ey / length, -0.9 * ex / length))       # the inside is on the right hand
            np.minimum(second, np.maximum(squared, here), out=second)
            np.minimum(squared, here, out=squared)
    edge = np.sqrt(squared)
    tilt_x, tilt_y = np.array(tilts, F).T
    return Folded(np.where(inside, -edge, edge), tilt_x[facet], tilt_y[facet], (np.sqrt(second) - edge) * F(0.7), facet)
