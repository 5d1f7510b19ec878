"""Figures carry words, and the same data give the same bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

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
    "histogram": lambda value: plots.plot_histograms({"x": [1, 2, value]}, bins=3, y_label="y", title="t", alt="words"),
    "histograms": lambda value: plots.plot_histograms(
        {"raw": [1, 1, value], "log": [0, 1, value]}, bins=2, y_label="y", title="t", alt="words"
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_every_figure_has_words_and_is_reproducible_and_shows_its_data(name, shown):
    for value in (0.5, 0.5, 0.75):
        DRAWINGS[name](value)
    first, again, other = shown
    assert first == again
    assert not np.array_equal(pixels(first), pixels(other))
    assert first[0]["text/plain"] != other[0]["text/plain"]
    for data, metadata in shown:
        assert metadata["image/png"]["alt"] == "words"
        assert data["text/plain"].startswith("words\ntitle: t")
        with Image.open(io.BytesIO(data["image/png"])) as image:
            assert image.info["Description"] == data["text/plain"]


def pixels(shown):
    with Image.open(io.BytesIO(shown[0]["image/png"])) as image:
        return np.asarray(image.convert("RGB"))


CONTENTS = {
    "similarities": "image 2×2: means of rows 0.300 0.300; of columns 0.350 0.250\ntexts: 0.50 | 0.10 | 0.20 | 0.40",
    "elbow": "line #0072b2: x 3 from 1 to 3; y 3.00 2.00 0.50\nline #6b6b6b: x 2 2; y 0 1\ntexts: chosen k = 2",
    "lines": "line #0072b2: x 0 1; y 0.000 0.500\nline #d55e00: x 0 1; y 1 1\nline #6b6b6b: x 0.500 0.500",
    "bars": "y: [b, a], 1.49 to -0.49\nboxes #b5b5b5 #0072b2: left 0 0; bottom -0.400 0.600; width 2.00 0.50",
    "histogram": "boxes #0072b2×3: left 3 from 0.50 to 1.50; bottom 3 times 0; width 3 times 0.500; height 3 times 1",
    "histograms": "boxes #0072b2×2: left 0.500 0.750; bottom 0 0; width 0.250 0.250; height 1 2\nx: log",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_words_say_in_order_what_was_drawn(name, shown):
    DRAWINGS[name](0.5)
    assert CONTENTS[name] in shown[0][0]["text/plain"]


def test_labels_at_line_ends_do_not_collide():
    placed = plots._spread([1.0, 1.01, 0.0], min_gap=0.1)
    assert placed[2] == 0.0 and placed[1] - placed[0] >= 0.1 * 1.0
