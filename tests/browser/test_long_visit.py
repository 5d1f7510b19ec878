"""A long visit by somebody who does everything, on real searches: nothing breaks, nothing is stale, memory stays."""

from __future__ import annotations

import gc
import os
import re
from pathlib import Path

import numpy as np
import pytest

from helpers.explorer import Explorer
from helpers.explorer.state import SHOWN
from helpers.search import personalized_search

INTERACTIONS, WARM_UP = 200, 40
MOST_GROWTH = 20  # MB


def memory() -> float:
    """MB that this process holds now."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def drawn(explorer, grid):
    return [re.search('data-image="([^"]+)"', tile.picture.value)[1] for tile in explorer.view.grids[grid]]


def act(explorer, rng):
    view = explorer.view
    actions = {
        "type": lambda: setattr(view.query, "value", str(rng.choice(["cat", "dog", "origami car", " ", "red boat", "flower"]))),
        "slide": lambda: setattr(view.weight, "value", round(float(rng.uniform(0, 1)), 2)),
        "choose": lambda: setattr(view.person, "value", str(rng.choice(view.person.options))),
        "press": lambda: view.grids[rng.integers(2)][rng.integers(SHOWN)].buttons[rng.choice(["like", "why"])].click(),
        "download": lambda: view.grids[0][rng.integers(SHOWN)].buttons["download"].click(),
        "similar": lambda: view.grids[1][rng.integers(SHOWN)].buttons["similar"].click(),
        "forget": view.forget.click,
        "again": view.again.click,
    }  # fmt: skip
    actions[str(rng.choice(list(actions), p=[0.2, 0.25, 0.1, 0.2, 0.05, 0.05, 0.1, 0.05]))]()


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc, which Linux has")
def test_200_random_interactions_break_nothing_and_leave_no_stale_grid(aws):
    rng, explorer, start = np.random.default_rng(6), Explorer(aws), 0.0
    for number in range(WARM_UP + INTERACTIONS):
        if number == WARM_UP:
            start = memory()
        act(explorer, rng)
        assert "That did not work" not in explorer.line
        assert (drawn(explorer, 0), drawn(explorer, 1)) == explorer.shown()
        if number % 8 == 0:
            asked, user = explorer.state.question, explorer.state.user_id
            image = asked.picture.base64 if asked.picture else None
            text, weight = asked.text.strip(), asked.weight
            found = personalized_search(aws.search_engine(), text=text, image=image, user_id=user, weight=weight)
            assert drawn(explorer, 1) == [result.image_id for result in found]
    growth = memory() - start
    print(f"memory grew by {growth:.1f} MB over {INTERACTIONS} interactions")
    assert growth <= MOST_GROWTH
