"""The table of models says what the models and the price list say."""

from __future__ import annotations

import pytest

from helpers.costs import read_prices
from helpers.model_table import _WORDS, show_models
from helpers.models import EMBEDDERS


@pytest.fixture
def rows(monkeypatch):
    shown = []
    monkeypatch.setattr("helpers.model_table.display", shown.append)
    show_models()
    lines = shown[0].data.splitlines()[2:]
    return {cells[1].strip(" `"): [cell.strip() for cell in cells] for cells in (line.split("|") for line in lines)}


def test_every_model_has_its_row_with_its_id_and_dimension(rows):
    assert list(rows) == list(EMBEDDERS)
    for name, kind in EMBEDDERS.items():
        assert rows[name][2] == kind.model and rows[name][4] == f"{kind.dimension:,}"


def test_prices_are_those_of_the_list_and_only_this_machine_is_free(rows):
    prices = read_prices()
    for name, (_, charged, _) in _WORDS.items():
        assert bool(charged) == EMBEDDERS[name].on_bedrock == (rows[name][5] != "nothing")
        amounts = [float(part.split()[0].lstrip("$")) for part in rows[name][5].split("; ") if charged]
        assert amounts == [prices[price].dollars for price in charged]
        assert ("unconfirmed" in rows[name][5]) == any(not prices[price].confirmed for price in charged)
