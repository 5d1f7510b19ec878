"""Times are counted right, and a figure of them says nothing that the next run would contradict."""

from __future__ import annotations

import pytest

from helpers import plots
from helpers.latency import plot_latencies, quantile, time_calls


def test_every_call_is_made_and_timed():
    asked = []
    seconds = time_calls(lambda: asked.append(1), 7)
    assert len(asked) == len(seconds) == 7 and all(second >= 0 for second in seconds)


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.51, 6), (0.99, 10), (1, 10), (0.1, 1), (0.01, 1)])
def test_a_quantile_is_the_smallest_time_that_is_enough(share, expected):
    assert quantile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], share) == expected


@pytest.fixture
def words_of(monkeypatch):
    """The text form of the figure of these times."""
    shown = []
    monkeypatch.setattr(plots, "display", lambda data, *, raw, metadata: shown.append(data))

    def words(seconds):
        plot_latencies(seconds, title="A title", alt="Two ways")
        assert shown[-1]["image/png"]
        return shown[-1]["text/plain"]

    return words


def test_its_words_are_those_of_every_run(words_of):
    first = words_of({"here": [0.001, 0.002, 0.003], "there": [0.01, 0.02, 0.5]})
    assert first == words_of({"here": [0.5, 0.2, 0.9], "there": [0.001, 0.0002, 0.1]})
    assert first != words_of({"here": [0.001, 0.002], "there": [0.01, 0.02, 0.5]})
    assert "here: 3 times measured" in first and "A title" in first
