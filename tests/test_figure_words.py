"""What a figure shows, in words: another picture gives other words, another processor does not."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest

from helpers.figure_words import NOISE, describe, series

CURVE = 0.4 + 0.15 / np.arange(1, 301) ** 0.5


def scatter(axes, x=(1, 2, 3), colour="#0072B2"):
    axes.scatter(x, [3, 1, 2], color=colour)


DRAWINGS = {
    "another series": lambda axes, y=(1, 5, 2): axes.plot([0, 1, 2], y),
    "a bar's height": lambda axes, y=(1, 5, 2): axes.bar(["a", "b", "c"], y),
    "points": lambda axes, y=(1, 5, 2): scatter(axes, y),
    "an area": lambda axes, y=(1, 5, 2): axes.fill_between([0, 1, 2], y),
    "an image": lambda axes, y=(1, 5, 2): axes.imshow([y]),
    "a pie": lambda axes, y=(1, 5, 2): axes.pie(y),
    "a long curve": lambda axes, y=(1, 5, 2): axes.plot(CURVE * y[2]),
    "a curve's direction": lambda axes, y=(1, 5, 2): axes.plot(CURVE[:: 1 if y[2] > 1.9 else -1]),
    "limits": lambda axes, y=(1, 5, 2): axes.set_ylim(0, y[2]),
    "a text": lambda axes, y=(1, 5, 2): axes.text(0, 0, f"{y}"),
    "a title": lambda axes, y=(1, 5, 2): axes.set_title(f"{y}", loc="left"),
    "a label": lambda axes, y=(1, 5, 2): axes.set_xlabel(f"{y}"),
    "a legend": lambda axes, y=(1, 5, 2): axes.plot([0, 1], label=f"{y}") and axes.legend(),
    "names at ticks": lambda axes, y=(1, 5, 2): axes.set_xticks([0, 1, 2], [f"{value}" for value in y]),
    "a scale": lambda axes, y=(1, 5, 2): axes.set_yscale("log" if y[2] > 1.9 else "linear"),
    "a colour": lambda axes, y=(1, 5, 2): scatter(axes, colour="#0072B2" if y[2] > 1.9 else "#D55E00"),
    "the figure's title": lambda axes, y=(1, 5, 2): axes.figure.suptitle(f"{y}"),
    "a note beside the axes": lambda axes, y=(1, 5, 2): axes.figure.text(0, 0, f"{y}"),
}


def words(draw, *values):
    figure, axes = plt.subplots()
    draw(axes, *values)
    said = describe(figure)
    plt.close(figure)
    return said


@pytest.mark.parametrize("change", DRAWINGS)
def test_a_change_that_a_reader_sees_changes_the_words(change):
    draw = DRAWINGS[change]
    assert words(draw) == words(draw) != words(draw, (1, 5, 1.8))


@pytest.mark.parametrize("n", [6, 30, 300])
def test_noise_between_machines_hardly_ever_changes_the_words(n):
    rng = np.random.default_rng(n)
    changed = 0
    for _ in range(200):
        values = rng.normal(scale=10.0 ** rng.integers(-4, 4), size=n)
        changed += series(values) != series(values * (1 + rng.uniform(-NOISE, NOISE, n)))
    assert changed <= 4


def test_dust_beside_a_value_is_nothing():
    assert series([0.4, 1e-17]) == series([0.4, -3e-17]) == "0.400 0.000"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([], ""),
        ([2], "2"),
        ([1, 2, 4], "1 2 4"),
        ([0.9999999, 0.2], "1.00 0.20"),
        ([1.0000001, 0.2], "1.00 0.20"),
        ([12345.6, 3], "12300 0"),
        (range(1, 301), "300 from 1 to 300"),
        ([5, 5, 5], "3 times 5"),
        ([float("nan"), 1.5], "nan 1.50"),
        (np.arange(33) ** 2, "33 like 0 16 64 144 256 400 576 784 1024 (lowest 0, mean 347, highest 1024)"),
    ],
)
def test_series_are_short(values, said):
    assert series(values) == said
