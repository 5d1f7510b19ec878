"""Eyes and other pieces that several animals share."""

from __future__ import annotations

from collections.abc import Sequence

from ..scene import INK, PAPER, Colour, Parts, mix
from ..shapes import Canvas, Point, union

IRISES: tuple[Colour, ...] = ((0.66, 0.78, 0.24), (0.96, 0.74, 0.18), (0.38, 0.70, 0.88), (0.46, 0.72, 0.52))
NOSE_PINK: Colour = (0.91, 0.52, 0.55)


def add_eyes(parts: Parts, canvas: Canvas, centres: Sequence[Point], radius: float, iris: Colour | None = None, *,
             slit: float = 0.62, look: Point = (0.0, 0.0)) -> None:
    """Round shining eyes at `centres`; with an `iris` the pupil is an upright oval, `slit` times as wide as high.

    look: where the pupils are turned, as a fraction of the radius.
    """
    parts.add(union(*(canvas.circle(x, y, radius) for x, y in centres)), iris or INK, "detail", 0.05, "eye")
    dx, dy = look[0] * radius * 0.3, look[1] * radius * 0.3
    if iris is not None:
        pupils = (canvas.ellipse(x + dx, y + dy, radius * slit * 0.78, radius * 0.78) for x, y in centres)
        parts.add(union(*pupils), INK, "detail", 0.05, "eye")
    glints = (canvas.circle(x + dx - radius * 0.3, y + dy - radius * 0.36, radius * 0.27) for x, y in centres)
    parts.add(union(*glints), PAPER, "detail", 0.03, "eye")


def add_closed_eyes(parts: Parts, canvas: Canvas, centres: Sequence[Point], radius: float,
                    colour: Colour = INK) -> None:
    """Sleeping eyes: two bows, hanging down."""
    bows = (canvas.stroke([(x - radius, y), (x - radius * 0.5, y + radius * 0.45),
                           (x + radius * 0.5, y + radius * 0.45), (x + radius, y)], 0.018) for x, y in centres)
    parts.add(union(*bows), colour, "line", 0.02)


def blush(colour: Colour) -> Colour:
    """The rosy inside of an ear or a cheek on fur of this colour."""
    return mix((0.95, 0.58, 0.60), colour, 0.18)
