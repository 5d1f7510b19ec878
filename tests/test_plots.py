"""Figures carry words, and the same data give the same bytes."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import plots


@pytest.fixture
def shown(monkeypatch):
    """What was displayed: (data, metadata) pairs."""
    displayed = []
    monkeypatch.setattr(plots, "display", lambda data, *, raw, metadata: displayed.append((data, metadata)))
    return displayed


DRAWINGS = {
    "similarities": lambda value: plots.plot_similarities(
        np.array([[value, 0.1], [0.2, 0.4]]), ["a", "b"], ["c", "d"], title="t", alt="words"
    ),
    "elbow": lambda value: plots.plot_elbow([1, 2, 3], [3, 2, value], [0.1, 0.2, 0.1], 2, title="t", alt="words"),
    "lines": lambda value: plots.plot_lines(
        [0, 1], {"one": [0, value], "two": [1, 1]}, x_label="x", y_label="y", title="t", alt="words", mark=(0.5, "here")
    ),
    "bars": lambda value: plots.plot_bars({"a": value, "b": 2}, x_label="x", title="t", alt="words", highlight=["a"]),
    "histogram": lambda value: plots.plot_histogram([1, 2, value], bins=3, x_label="x", y_label="y", title="t", alt="words"),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_figure_has_words_and_is_reproducible_and_shows_its_data(name, shown):
    for value in (0.5, 0.5, 0.75):
        DRAWINGS[name](value)
    first, again, other = (data["image/png"] for data, _ in shown)
    assert first == again != other
    assert all(metadata["image/png"]["alt"] == data["text/plain"] == "words" for data, metadata in shown)


def test_labels_at_line_ends_do_not_collide():
    placed = plots._spread([1.0, 1.01, 0.0], min_gap=0.1)
    assert placed[2] == 0.0 and placed[1] - placed[0] >= 0.1 * 1.0
