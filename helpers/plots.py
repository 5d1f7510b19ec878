"""Figures of the notebooks: one message each, written as its title."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from .figure_words import describe

STYLE = Path(__file__).with_name("workshop.mplstyle")


def style() -> AbstractContextManager[None]:
    """The workshop's figure style, as a context."""
    return mpl.style.context(STYLE)


def show(figure: Figure, *, alt: str, words: str = "") -> None:
    """Displays the figure as a PNG with alternative text and closes it.

    Its text form, which stands in the file too, adds what was drawn: notebook tests compare texts and see no pixels.
    words : what to add in its place, where what is drawn was measured and differs from run to run.
    """
    words = f"{alt}\n{words or describe(figure)}"
    buffer = io.BytesIO()
    # No software version in the file: same figure, same bytes.
    figure.savefig(buffer, format="png", dpi=96, metadata={"Software": None, "Description": words})
    plt.close(figure)
    display({"image/png": buffer.getvalue(), "text/plain": words}, raw=True, metadata={"image/png": {"alt": alt}})


def _label_end(axes: Axes, x: float, y: float, text: str, colour: str) -> None:
    axes.annotate(
        text, (x, y), xytext=(6, 0), textcoords="offset points", va="center", color=colour, fontsize=10
    )


def plot_similarities(
    matrix: np.ndarray, rows: Sequence[str], columns: Sequence[str], *, title: str, alt: str
) -> None:
    """A labelled heat map of cosines (n_rows, n_columns), each cell with its value."""
    with style():
        figure, axes = plt.subplots(figsize=(1.1 + 0.95 * len(columns), 1.0 + 0.5 * len(rows)))
        axes.imshow(
            matrix,
            cmap="cividis",
            vmin=min(0.0, float(matrix.min())),
            vmax=max(0.6, float(matrix.max())),
            aspect="auto",
        )
        axes.grid(False)
        axes.set_xticks(range(len(columns)), columns, rotation=25, ha="right")
        axes.set_yticks(range(len(rows)), rows)
        middle = (matrix.min() + matrix.max()) / 2
        for (i, j), value in np.ndenumerate(matrix):
            axes.text(
                j,
                i,
                f"{value:z.2f}",
                ha="center",
                va="center",
                fontsize=10,
                color="white" if value < middle else "black",
            )
        axes.set_title(title)
        show(figure, alt=alt)


def plot_elbow(
    k: Sequence[int], msd: Sequence[float], silhouette: Sequence[float], chosen: int, *, title: str, alt: str
) -> None:
    """Mean squared distance and silhouette over the number of clusters, with the chosen k marked."""
    with style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
        for axes, values, colour, name in (
            (left, msd, "#0072B2", "mean squared distance"),
            (right, silhouette, "#D55E00", "silhouette"),
        ):
            axes.plot(k, values, "o-", color=colour)
            axes.axvline(chosen, color="#6b6b6b", linestyle="--", linewidth=1.2)
            axes.set_xlabel("number of clusters k")
            axes.set_ylabel(name)
        left.annotate(
            f"chosen k = {chosen}",
            (chosen, max(msd)),
            xytext=(-6, 0),
            textcoords="offset points",
            ha="right",
            va="top",
        )
        figure.suptitle(title, x=0.06, ha="left", fontweight="bold")
        figure.tight_layout()
        show(figure, alt=alt)


def plot_lines(
    x: Sequence[float],
    lines: Mapping[str, Sequence[float]],
    *,
    x_label: str,
    y_label: str,
    title: str,
    alt: str,
    mark: tuple[float, str] | None = None,
    markers: bool = True,
) -> None:
    """Lines over a common x, labelled at their right ends; `mark` is a vertical line with its words."""
    with style():
        figure, axes = plt.subplots()
        colours = mpl.rcParams["axes.prop_cycle"].by_key()["color"]
        shapes = "osD^vPX" if markers else " "
        ends = _spread([values[-1] for values in lines.values()], min_gap=0.06)
        for number, ((name, values), end) in enumerate(zip(lines.items(), ends, strict=True)):
            colour = colours[number % len(colours)]
            axes.plot(x, values, marker=shapes[number % len(shapes)], color=colour)
            _label_end(axes, x[-1], end, name, colour)
        if mark:
            axes.axvline(mark[0], color="#6b6b6b", linestyle="--", linewidth=1.2)
            late = mark[0] > x[0] + 0.7 * (x[-1] - x[0])  # the lines' names stand at the right end
            axes.annotate(
                mark[1],
                (mark[0], axes.get_ylim()[0]),
                xytext=(-5, 8) if late else (5, 8),
                textcoords="offset points",
                ha="right" if late else "left",
                color="#6b6b6b",
            )
        axes.set_xlabel(x_label)
        axes.set_ylabel(y_label)
        axes.set_title(title)
        show(figure, alt=alt)


def _spread(values: Sequence[float], *, min_gap: float) -> list[float]:
    """The values moved apart so that labels at line ends don't collide; `min_gap` is a share of their range."""
    span = (max(values) - min(values)) or 1.0
    placed = list(values)
    order = sorted(range(len(values)), key=lambda i: values[i])
    for below, above in pairwise(order):
        placed[above] = max(placed[above], placed[below] + min_gap * span)
    return placed


def plot_bars(
    bars: Mapping[str, float], *, x_label: str, title: str, alt: str, highlight: Sequence[str] = ()
) -> None:
    """Horizontal bars, longest first, with their values; highlighted ones in colour, the rest grey."""
    names = sorted(bars, key=lambda name: -bars[name])
    with style():
        figure, axes = plt.subplots(figsize=(7.5, 0.8 + 0.32 * len(names)))
        values = [bars[name] for name in names]
        axes.barh(names, values, color=["#0072B2" if name in highlight else "#b5b5b5" for name in names])
        axes.invert_yaxis()
        for place, (name, value) in enumerate(zip(names, values, strict=True)):
            weight = "bold" if name in highlight else "normal"
            axes.annotate(
                f"{value:.3g}",
                (value, place),
                xytext=(4, 0),
                textcoords="offset points",
                va="center",
                weight=weight,
            )
        axes.grid(axis="y", visible=False)
        axes.set_xlabel(x_label)
        axes.set_title(title)
        show(figure, alt=alt)


def plot_histograms(
    values: Mapping[str, Sequence[float]], *, bins: int | Sequence[float] = 24, y_label: str, title: str, alt: str
) -> None:
    """Histograms side by side, each of one name's values; the names stand under them, `y_label` at the first."""
    with style():
        several = len(values) > 1
        figure, [row] = plt.subplots(1, len(values), squeeze=False, figsize=(9, 3.4) if several else None)
        for axes, (name, numbers) in zip(row, values.items(), strict=True):
            axes.hist(numbers, bins=bins, color="#0072B2", edgecolor="white")
            axes.set_xlabel(name)
        row[0].set_ylabel(y_label)
        if several:
            figure.suptitle(title, x=0.06, ha="left", fontweight="bold")
            figure.tight_layout()
        else:
            row[0].set_title(title)
        show(figure, alt=alt)
