"""What a figure shows, in words: for readers without eyes on it, and for tests that compare texts, not pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.collections import Collection, PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedFormatter, FuncFormatter

ALL = 32  # up to so many values are all named; of more, nine along the way, and the lowest, mean and highest of all
DIGITS = 3  # a series is rounded after so many digits of its largest value: noise between machines stays below that
NOISE = 1e-6  # what one processor's float32 sums differ from another's, relative to the largest value


def describe(figure: Figure) -> str:
    """A line for each thing that the figure shows: titles, axes, lines, bars, points, images, texts.

    Numbers are read from what was drawn, not from what was meant to be drawn.
    """
    figure.draw_without_rendering()  # tick labels exist only after that
    lines = [f"title: {figure.get_suptitle()}"] if figure.get_suptitle() else []
    lines += [f"text: {text.get_text()}" for text in figure.texts if text.get_text() != figure.get_suptitle()]
    for axes in figure.axes:
        lines += [" · ".join(_frame(axes)), *_contents(axes)]
    return "\n".join(line for line in lines if line)


def series(values: Any) -> str:
    """The values, or nine of them and their summary, rounded to `DIGITS` digits of the largest one.

    One step for the whole series: 1e-17 beside 0.4 is 0, though machines differ about its digits. Whole numbers stay whole.
    """
    numbers: np.ndarray = np.ma.filled(np.ma.asarray(values, dtype=float).ravel(), np.nan)
    finite = numbers[np.isfinite(numbers)]
    largest = float(np.abs(finite).max()) if finite.size else 0.0
    whole = not largest or bool((np.abs(finite - np.round(finite)) <= NOISE * largest).all())
    # A little more than the largest: 0.9999999 and 1 have the same step.
    decimals = 0 if whole else DIGITS - 1 - int(np.floor(np.log10(largest * 1.01)))

    def words(number: float) -> str:
        return f"{round(float(number), decimals) + 0.0:.{max(decimals, 0)}f}" if np.isfinite(number) else str(number)

    steps = np.diff(numbers)
    if numbers.size > 2 and finite.size == numbers.size and np.ptp(steps) <= NOISE * largest:
        first, last = words(numbers[0]), words(numbers[-1])
        return f"{numbers.size} from {first} to {last}" if first != last else f"{numbers.size} times {first}"
    if numbers.size <= ALL:
        return " ".join(map(words, numbers))
    picked = numbers[np.linspace(0, numbers.size - 1, 9).round().astype(int)]
    return (
        f"{numbers.size} like {' '.join(map(words, picked))} "
        f"(lowest {words(np.nanmin(numbers))}, mean {words(np.nanmean(numbers))}, highest {words(np.nanmax(numbers))})"
    )


def _frame(axes: Axes) -> Iterator[str]:
    for place in ("left", "center", "right"):
        if title := axes.get_title(place):
            yield f"title: {title}"
    for name, axis, limits in (("x", axes.xaxis, axes.get_xlim()), ("y", axes.yaxis, axes.get_ylim())):
        scale = "" if axis.get_scale() == "linear" else f" ({axis.get_scale()})"
        yield f"{name}{scale}: {axis.get_label_text()}{_names(axis)}, {' to '.join(series(limits).split())}"


def _names(axis: Axis) -> str:
    """The tick labels where they are names."""
    formatter = axis.get_major_formatter()
    if isinstance(formatter, FixedFormatter | FuncFormatter) or "Category" in type(formatter).__name__:
        return "[" + ", ".join(label.get_text() for label in axis.get_ticklabels()) + "]"
    return ""


def _contents(axes: Axes) -> Iterator[str]:
    for line in axes.lines:
        yield f"line {to_hex(line.get_color())}: x {series(line.get_xdata(orig=False))}; y {series(line.get_ydata(orig=False))}"
    if axes.patches:
        yield f"boxes {_colours([patch.get_facecolor() for patch in axes.patches])}: " + _boxes(axes.patches)
    for collection in axes.collections:
        yield _points(collection)
    for image in axes.images:
        values: np.ndarray = np.ma.asarray(image.get_array(), dtype=float)
        values = values.reshape(*values.shape[:2], -1).mean(axis=2)
        shape = "×".join(map(str, values.shape))
        yield f"image {shape}: means of rows {series(values.mean(axis=1))}; of columns {series(values.mean(axis=0))}"
    if axes.texts:
        yield "texts: " + " | ".join(text.get_text() for text in axes.texts)
    if legend := axes.get_legend():
        yield "legend: " + " | ".join(text.get_text() for text in legend.get_texts())


def _boxes(patches: Sequence[Any]) -> str:
    """Places and sizes of bars and other shapes."""
    boxes = [
        (patch.get_x(), patch.get_y(), patch.get_width(), patch.get_height())
        if isinstance(patch, Rectangle)
        else patch.get_path().transformed(patch.get_patch_transform()).get_extents().bounds
        for patch in patches
    ]
    names = ("left", "bottom", "width", "height")
    return "; ".join(f"{name} {series(side)}" for name, side in zip(names, zip(*boxes, strict=True), strict=True))


def _points(collection: Collection) -> str:
    if isinstance(collection, PathCollection):
        corners = np.asarray(collection.get_offsets())
    else:
        corners = np.concatenate([path.vertices for path in collection.get_paths()])
    colour = "" if collection.get_array() is None else f"; colour {series(collection.get_array())}"
    kind = type(collection).__name__
    colours = _colours(collection.get_facecolor() if len(collection.get_facecolor()) else collection.get_edgecolor())
    return f"{kind} {colours}: x {series(corners[:, 0])}; y {series(corners[:, 1])}{colour}"


def _colours(colours: Any) -> str:
    """Runs of equal colours: "#b5b5b5 #0072b2×2"."""
    runs: list[list[Any]] = []
    for colour in map(to_hex, colours):
        if runs and runs[-1][0] == colour:
            runs[-1][1] += 1
        else:
            runs.append([colour, 1])
    return " ".join(colour if count == 1 else f"{colour}×{count}" for colour, count in runs)
