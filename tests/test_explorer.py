"""The explorer: controls call the search, grids show its answer, errors leave the grids alone."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest

from helpers import explorer
from helpers.catalog import load_catalog
from helpers.search import EmptyQuery, Result
from helpers.settings import SHIPPED_DATA

IDS = list(load_catalog(SHIPPED_DATA).index[:4])


@pytest.fixture
def asked(monkeypatch):
    """What the explorer asked for; the answer is reversed for everybody who has a name."""
    calls = []

    def search(engine, *, text, user_id=None, weight=0.6, size=12, **_):
        calls.append((text, user_id, weight))
        if not text.strip():
            raise EmptyQuery("Type a word or choose a picture to search for.")
        order = IDS if user_id is None else IDS[::-1]
        taste = None if user_id is None else 0.25
        return [Result(name, "7", 0.5, taste, 0.5, place, IDS.index(name) + 1) for place, name in enumerate(order, 1)]

    monkeypatch.setattr(explorer, "personalized_search", search)
    return calls


@pytest.fixture
def view(asked):
    return explorer.Explorer(SimpleNamespace(search_engine=lambda: None, data=SHIPPED_DATA))


def alts(panel):
    return re.findall(r'alt="([^"]*)"', panel.value)


def test_both_grids_show_their_answers_with_words(view):
    titles = load_catalog(SHIPPED_DATA).loc[IDS, "title"].tolist()
    assert alts(view.generic) == titles
    assert alts(view.personalized) == titles[::-1]


def test_a_tile_shows_place_movement_and_both_scores(view):
    first = view.personalized.value.split("</figure>")[0]
    assert "<b>1</b> ▲3" in first and "match 0.500" in first and "taste 0.2500" in first


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"query": "dog"}, ("dog", "comic-art-user", 0.6)),
        ({"persona": "neon-punk-user"}, ("cat", "neon-punk-user", 0.6)),
        ({"weight": 0.25}, ("cat", "comic-art-user", 0.25)),
        ({"persona": explorer.NOBODY}, ("cat", None, 0.6)),
    ],
)
def test_every_control_searches_again(view, asked, change, expected):
    asked.clear()
    view.choose(**change)
    assert asked[-1] == expected


def test_an_error_is_one_line_and_the_grids_stay(view):
    before = view.generic.value, view.personalized.value
    view.choose(query=" ")
    assert (view.generic.value, view.personalized.value) == before
    assert "Type a word" in view.line.value and 'role="alert"' in view.line.value
    view.choose(query="dog")
    assert "Type a word" not in view.line.value


def test_titles_are_escaped(view):
    view.catalog.loc[IDS[0], "title"] = '<script>"'
    view.refresh()
    assert "<script>" not in view.generic.value and "&lt;script&gt;&quot;" in view.generic.value


def test_its_text_form_is_short(view):
    assert len(repr(view.view)) < 2000


def test_the_static_picture_names_both_orders(view, capsys):
    view.show_static()
    printed = capsys.readouterr().out
    assert f"for everybody: {' '.join(IDS)}" in printed
    assert f"for comic-art-user: {' '.join(IDS[::-1])}" in printed
