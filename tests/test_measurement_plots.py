"""The figures say in words what they show, and say something else when the data are others."""

from __future__ import annotations

import pandas as pd
import pytest

from helpers import measurement_plots, plots


@pytest.fixture
def shown(monkeypatch):
    """The words of what was displayed."""
    displayed = []
    monkeypatch.setattr(plots, "display", lambda data, *, raw, metadata: displayed.append(data["text/plain"]))
    return displayed


def dots(best: float) -> None:
    means = pd.DataFrame({"one": [best, 0.4], "two": [0.2, 0.3]}, index=["ours", "theirs"])
    measurement_plots.plot_dots(means, means - 0.1, means + 0.1, highlight="ours", x_label="score", title="t", alt="words")


def test_dots_have_whiskers_and_the_method_sought_is_in_colour(shown):
    dots(0.9)
    [words] = shown
    assert words.startswith("words\ntitle: t\n")
    assert "LineCollection #0072b2 #8c8c8c: x 0.80 1.00 0.30 0.50; y 1 1 0 0" in words
    assert "PathCollection #0072b2 #8c8c8c: x 0.900 0.400; y 1 0" in words
    assert "texts: 0.900 | 0.400" in words and "texts: 0.200 | 0.300" in words and "[ours, theirs]" in words


def panels(value: float, **options) -> None:
    lines = pd.DataFrame({"gentle": [0.1, value], "harsh": [0.3, 0.2]}, index=pd.Index([10, 1000], name="users"))
    measurement_plots.plot_panels({"people": lines, "again": lines * 2}, y_label="score", title="t", alt="words", **options)


def test_panels_show_every_line_with_its_name_and_the_marks(shown):
    panels(0.5, marks={"again": [100]}, log_x=True)
    [words] = shown
    one, two = words.split("· y: score")[0], words.split("again")[1]
    assert "x (log): people[10, 1,000]" in one
    assert words.count("texts: gentle | harsh") == 2 and words.count("line #6b6b6b: x 100 100") == 1
    assert "line #6b6b6b: x 100 100" in two and "line #0072b2: x 10 1000; y 0.20 1.00" in two


def test_panels_of_different_things_carry_their_own_scales_and_titles(shown):
    panels(0.5, same_y=False)
    [words] = shown
    assert "title: people" in words and "title: again" in words and words.count("x: users") == 2


@pytest.mark.parametrize("draw", [dots, panels])
def test_the_same_data_give_the_same_words_and_other_data_others(draw, shown):
    for value in (0.5, 0.5, 0.75):
        draw(value)
    first, again, other = shown
    assert first == again != other
