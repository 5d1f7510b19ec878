"""Figures of many measurements at once: dots with their intervals, and curves side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from .plots import show, style

BLUE, GREY, INK = "#0072B2", "#8c8c8c", "#1c1c1c"
COLOURS, SHAPES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7"), "osD^"


def plot_dots(
    means: pd.DataFrame, lows: pd.DataFrame, highs: pd.DataFrame, *, highlight: str, x_label: str, title: str, alt: str
) -> None:
    """A panel for each column, a dot for each row with a whisker from low to high; the value beside it, the best one bold.

    highlight : the row in colour; the others are grey.
    """
    rows = np.arange(len(means))[::-1]
    with style():
        figure, panels = plt.subplots(
            1, means.shape[1], sharex=True, sharey=True, figsize=(1.4 + 2.15 * means.shape[1], 1.5 + 0.26 * len(means))
        )
        for axes, column in zip(np.atleast_1d(panels), means, strict=True):
            colours = [BLUE if name == highlight else GREY for name in means.index]
            axes.hlines(rows, lows[column], highs[column], colors=colours, linewidth=2)
            axes.scatter(means[column], rows, c=colours, s=26, zorder=3)
            for place, name, mean in zip(rows, means.index, means[column], strict=True):
                axes.text(
                    1.34, place, f"{mean:.3f}", ha="right", va="center", fontsize=9.5,
                    color=BLUE if name == highlight else INK, weight="bold" if mean == means[column].max() else "normal",
                )  # fmt: skip
            axes.set_title(str(column), fontsize=11, fontweight="normal")
            axes.set(xlim=(0, 1.36), xticks=[0, 0.5, 1], yticks=rows, yticklabels=means.index)
            axes.grid(axis="y", visible=False)
            axes.tick_params(axis="y", length=0)
        figure.supxlabel(x_label, fontsize=11)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        figure.tight_layout()
        show(figure, alt=alt)


def plot_panels(
    panels: Mapping[str, pd.DataFrame],
    *,
    y_label: str,
    title: str,
    alt: str,
    marks: Mapping[str, Sequence[float]] | None = None,
    same_y: bool = True,
    log_x: bool = False,
) -> None:
    """A panel for each table, a line for each of its columns over its index, named in the panel where it ends.

    panels : words for the x-axis, and the lines over it. marks : where a panel has a dashed line. same_y : one scale for
    all, with `y_label`; otherwise each panel's words stand above it and its index's name below.
    """
    with style():
        figure, axes = plt.subplots(1, len(panels), sharey=same_y, figsize=(3.2 * len(panels), 3.1))
        for panel, (words, lines) in zip(np.atleast_1d(axes), panels.items(), strict=True):
            for number, name in enumerate(lines):
                colour = COLOURS[number % len(COLOURS)]
                panel.plot(lines.index, lines[name], marker=SHAPES[number % len(SHAPES)], markersize=4.5, color=colour)
            for mark in (marks or {}).get(words, ()):
                panel.axvline(mark, color="#6b6b6b", linestyle="--", linewidth=1.2)
            if log_x:
                panel.set_xscale("log")
                panel.set_xticks(lines.index, [f"{value:,}" for value in lines.index])
                panel.minorticks_off()
            if same_y:
                panel.set_xlabel(words)
            else:
                panel.set_title(words, fontsize=11, fontweight="normal")
                panel.set_xlabel(str(lines.index.name or ""))
            _name_lines(panel, lines)
        np.atleast_1d(axes)[0].set_ylabel(y_label)
        figure.suptitle(title, x=0.01, ha="left", fontweight="bold")
        figure.tight_layout()
        show(figure, alt=alt)


def _name_lines(panel: Axes, lines: pd.DataFrame) -> None:
    """Each line's name where the lines are farthest apart: above the highest there, below the others, on the free side."""
    if lines.shape[1] < 2:
        return
    later = lines.iloc[len(lines) // 2 :]
    place = int(np.argmax((later.max(axis=1) - later.min(axis=1)).to_numpy())) + len(lines) // 2
    highest, falls = lines.iloc[place].idxmax(), lines.iloc[place].mean() < lines.iloc[place - 1].mean()
    for number, name in enumerate(lines):
        side, above = (1 if falls else -1) if name == highest else (-1 if falls else 1), name == highest
        if place == len(lines) - 1:
            side = -1  # to the right the panel ends
        panel.annotate(
            str(name), (lines.index[place], lines[name].iloc[place]), xytext=(side * 3, 7 if above else -7), fontsize=10,
            ha="left" if side > 0 else "right", va="bottom" if above else "top", textcoords="offset points",
            color=COLOURS[number % len(COLOURS)],
        )  # fmt: skip
    panel.margins(y=0.18)
