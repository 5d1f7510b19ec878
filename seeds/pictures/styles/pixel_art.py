"""Pixel art: about 50 × 50 cells, three tones a colour, ordered dithering, a dark outline, ground tiles."""

from __future__ import annotations

import math

import numpy as np

from seeds.pictures.noise import shifted, value_noise
from seeds.pictures.paint import Sheet, contrast, depth, facing, planes, vivid
from seeds.pictures.scene import INDOORS, Colour, Part, Scene, Subject, compose, mix
from seeds.pictures.shapes import Canvas

F = np.float32
OUTLINE: Colour = (0.07, 0.05, 0.13)
BAYER = (np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]], F) + F(0.5)) / 16 - F(0.5)


def _console(colour: Colour) -> Colour:
    """The colour as a console with eight levels a channel would show it."""
    red, green, blue = (round(min(1.0, max(0.0, c)) * 7) / 7 for c in colour)
    return red, green, blue


class Board:
    """The cells of the picture, and their row and column numbers."""

    def __init__(self, scene: Scene):
        self.n, self.scene, self.rng = scene.size, scene, scene.rng
        self.sheet = Sheet(scene.size)
        self.row, self.column = np.mgrid[0 : self.n, 0 : self.n]
        self.dither = BAYER[self.row % 4, self.column % 4]

    def fill(self, cells: np.ndarray, colour: Colour) -> None:
        self.sheet.planes[:, cells] = planes(_console(colour))[:, 0]

    def line_of(self, y: float) -> int:
        """The row at height y of the scene."""
        return round((y + 1) / 2 * self.n)


def _sky(board: Board, top: Colour, bottom: Colour, last: int) -> None:
    """Bands that dither into one another."""
    bands = 4
    level = (
        np.clip(board.row / max(last, 1) * (bands - 1) + board.dither * F(0.55), 0, bands - 1)
        .round()
        .astype(int)
    )
    for band in range(bands):
        board.fill(level == band, mix(top, bottom, band / (bands - 1)))


def _heaven(board: Board, top: Colour, bottom: Colour) -> None:
    """Stars and a moon by night; clouds and perhaps a sun by day."""
    n, rng, canvas = board.n, board.rng, Canvas(board.scene.x, board.scene.y)
    x, y = rng.choice([-0.66, 0.66]) + rng.uniform(-0.1, 0.1), rng.uniform(-0.78, -0.6)
    dark = board.scene.backdrop in ("night", "sunset")
    if dark:
        board.fill((rng.random((n, n)) > 0.982) & (board.row < 0.7 * n), (1.0, 0.95, 0.80))
    lamp = any(part.role == "glow" and depth(part.distance) > 0.07 for part in board.scene.parts)
    disc = canvas.circle(x, y, 0.17)
    hidden = bool((board.scene.silhouette(("body", "glow", "line"))[disc < 0.08] < 0).any())
    if rng.random() < 0.7 and not lamp and not hidden:  # a subject with a sun of its own needs no other
        board.fill(disc < 0, (0.96, 0.94, 0.82) if dark else (1.0, 0.88, 0.35))
        board.fill(
            np.maximum(disc, -canvas.circle(x - 0.06, y - 0.05, 0.17)) < 0,
            (0.80, 0.80, 0.86) if dark else (1.0, 0.72, 0.25),
        )
    if not dark:
        light = mix(bottom, (1, 1, 1), 0.75)
        for _ in range(int(rng.integers(1, 4))):
            row, column, width = (
                int(rng.integers(2, n // 2)),
                int(rng.integers(-4, n - 4)),
                int(rng.integers(6, 11)),
            )
            for lift, inset in ((0, 0), (1, 0), (2, 2), (3, 3)):
                cells = (
                    (board.row == row + 3 - lift)
                    & (board.column >= column + inset)
                    & (board.column < column + width - inset)
                )
                board.fill(cells, light if lift else mix(light, top, 0.25))


def _hills(board: Board, horizon: int, colour: Colour, air: Colour) -> None:
    n, rng = board.n, board.rng
    for haze, height in ((0.62, 0.26), (0.34, 0.15)):
        ridge = value_noise(n, rng, int(rng.integers(3, 6)))[0] * (n * height)
        if rng.random() < 0.4:  # peaks instead of round hills
            ridge = np.abs((np.arange(n) / n * rng.uniform(1.5, 3) + rng.random()) % 1 - 0.5) * 2 * n * height
        top = horizon - ridge[None, :]
        tone = mix(mix(colour, (0.1, 0.1, 0.25), 0.15), air, haze)
        board.fill(board.row >= top, tone)
        board.fill((board.row >= top) & (board.row < top + 1), mix(tone, (1, 1, 0.9), 0.3))


def _ground(board: Board, first: int, colour: Colour) -> None:
    """Tiles from row `first` down: a lit lip with tufts, then earth, bricks or a chequered floor."""
    n, rng = board.n, board.rng
    kind = rng.choice(["turf", "brick", "floor"])
    below, depth_row = board.row >= first, board.row - first
    dark, soil = mix(colour, (0.08, 0.03, 0.15), 0.45), mix(colour, (0.40, 0.22, 0.14), 0.70)
    if kind == "turf":
        board.fill(below, soil)
        board.fill(below & ((board.row * 7 + board.column * 5) % 13 == 0), mix(soil, (0, 0, 0.1), 0.3))
        fringe = 2 + rng.integers(0, 3, n)[None, :]
        board.fill(below & (depth_row < fringe), colour)
        board.fill(below & (depth_row == fringe), mix(soil, (0, 0, 0.05), 0.45))
        board.fill(below & (depth_row == 0), mix(colour, (1, 1, 0.7), 0.40))
        board.fill((depth_row == -1) & (rng.random(n)[None, :] > 0.86), colour)
    elif kind == "brick":
        course = depth_row // 4
        joint = (depth_row % 4 == 3) | ((board.column + course % 2 * 4) % 8 == 0)
        board.fill(below, mix(colour, (0.55, 0.35, 0.30), 0.35))
        board.fill(below & (depth_row % 4 == 0), mix(colour, (1, 0.95, 0.85), 0.35))
        board.fill(below & joint, dark)
    else:
        tile = ((board.column // 4) + depth_row // 3) % 2 == 0
        board.fill(below, mix(colour, (1, 1, 1), 0.18))
        board.fill(below & tile, mix(colour, (0.08, 0.05, 0.2), 0.22))
        board.fill(below & (depth_row == 0), dark)


def _sea(board: Board) -> None:
    """Under water: slanting light, weeds, sand."""
    n, rng, scene = board.n, board.rng, board.scene
    shafts = (
        ((board.column + board.row // 2 + int(rng.integers(20))) % 17 < 4)
        & (board.row < n * 0.6)
        & (board.dither > 0.05)
    )
    board.fill(shafts, mix(scene.sky, scene.horizon_colour, 0.75))
    floor = n - int(rng.integers(5, 9)) - (value_noise(n, rng, 4)[0] * 3).astype(int)
    for _ in range(int(rng.integers(2, 5))):
        column, height = int(rng.integers(1, n - 2)), int(rng.integers(8, 20))
        sway = np.abs(board.column - column - np.round(np.sin(board.row * 0.8)).astype(int)) < 1
        board.fill(sway & (board.row > n - height - 5), (0.12, 0.55, 0.36))
    board.fill(board.row >= floor[None, :], scene.ground_colour)
    board.fill(board.row == floor[None, :], mix(scene.ground_colour, (1, 1, 0.9), 0.5))


def _scenery(board: Board) -> None:
    scene, rng, n = board.scene, board.rng, board.n
    top, bottom = scene.sky, scene.horizon_colour
    # Before a sky of its own colour the subject would drown.
    if contrast(mix(top, bottom, 0.5), scene.palette.main) < 0.14:
        top, bottom = vivid(mix(top, (0.1, 0.1, 0.3), 0.55), 1.3), mix(bottom, top, 0.4)
    _sky(board, vivid(top, 1.15), bottom, int(n * 0.85))
    if scene.backdrop == "sea":
        _sea(board)
        return
    _heaven(board, top, bottom)
    floor = board.line_of(scene.floor) if scene.grounded else None
    low = min(floor, n - 3) if floor is not None else n + 1
    if scene.backdrop in INDOORS and (scene.grounded or rng.random() < 0.7):
        _hills(board, low if floor is not None else n, scene.ground_colour, bottom)
    if floor is not None:
        _ground(board, low - (0 if rng.random() < 0.6 else int(rng.integers(2, 6))), scene.ground_colour)


def _body(board: Board, part: Part, outline: np.ndarray) -> None:
    """Flat colour, shadow and highlight that dither along the form, a dark edge against what lies behind."""
    cell, d = board.scene.pixel, part.distance
    colour = vivid(part.colour, 1.18, 1.03)
    if depth(d) > 0.6 * cell:
        board.fill((d < 0.75 * cell) & (d >= 0) & outline, mix(colour, OUTLINE, 0.72))
    inside = d < 0
    board.fill(inside, colour)
    if part.role == "glow" or depth(d) < 1.6 * cell:
        return
    turned = facing(d, max(part.bevel, 0.16), cell) + board.dither * F(0.16)
    board.fill(inside & (turned < -0.26), mix(colour, (0.16, 0.04, 0.36), 0.34))
    board.fill(inside & (turned < -0.62), mix(colour, (0.12, 0.03, 0.30), 0.55))
    board.fill(inside & (turned > 0.42), mix(colour, (1.0, 1.0, 0.85), 0.42))


def _line(board: Board, part: Part) -> None:
    """A thin mark at most one cell wide; hair lines (whiskers) let half of what lies below through."""
    d, cell = part.distance, board.scene.pixel
    crest = ((d <= shifted(d, 0, 1)) & (d < shifted(d, 0, -1))) | (
        (d <= shifted(d, 1, 0)) & (d < shifted(d, -1, 0))
    )
    cells = (d < 0.5 * cell) & (crest | (d < -0.35 * cell))
    below = board.sheet.planes[:, cells]
    board.fill(cells, part.colour)
    if depth(d) < 0.35 * cell:
        board.sheet.planes[:, cells] += (below - board.sheet.planes[:, cells]) * F(0.45)


def paint(subject: Subject, seed: int, size: int) -> np.ndarray:
    """The picture (size, size, 3), 0–1."""
    width = max(2, round(size / 256 * (6 if seed % 5 < 3 else 5)))
    scene = compose(subject, seed, math.ceil(size / width), fit=1.0)
    board = Board(scene)
    cell = scene.pixel
    _scenery(board)
    body = scene.silhouette(("body",))
    board.fill(body < 1.05 * cell, OUTLINE)
    for part in scene.parts:
        if part.role == "body":
            _body(board, part, body < 0)
        elif part.role == "glow":
            large = depth(part.distance) > 1.5 * cell
            if large:
                board.fill((part.distance < 0.9 * cell) & (body > 0), mix(part.colour, OUTLINE, 0.75))
            board.fill(part.distance < (0 if large else 0.45 * cell), vivid(part.colour, 1.2, 1.1))
        elif part.role == "line":
            _line(board, part)
        else:
            board.fill(
                part.distance < (0.0 if depth(part.distance) > 0.5 * cell else 0.25 * cell),
                vivid(part.colour, 1.18, 1.03),
            )
    large = np.repeat(np.repeat(np.clip(board.sheet.planes, 0, 1), width, 1), width, 2)
    start = (large.shape[1] - size) // 2
    return np.ascontiguousarray(large[:, start : start + size, start : start + size].transpose(1, 2, 0))
