"""The pieces as HTML: words for what is seen, nothing of ours or theirs unescaped, sums that add up."""

from __future__ import annotations

import re

import pytest

from helpers.explorer import drawing
from helpers.explorer.state import NOBODY


def text(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


@pytest.fixture
def drawn(explorer):
    return explorer.state, explorer.state.answer


def test_a_tile_shows_place_movement_cluster_and_both_scores(drawn):
    state, answer = drawn
    result = answer.personalized[0]
    tile = drawing.tiles(state, answer, answer.personalized[:12], personal=True)[0]
    assert f'alt="{state.title(result.image_id)}"' in tile and f'data-image="{result.image_id}"' in tile
    words = text(tile)
    assert words.startswith("1 up by ▲") and f"▲ {result.generic_rank - 1} " in words
    assert f"match {result.search_score:.3f} taste {result.taste_score:.3f}" in words and f"group {result.cluster}" in words


def test_in_the_generic_grid_the_badge_says_where_the_picture_goes(drawn):
    state, answer = drawn
    tiles = drawing.tiles(state, answer, answer.generic[:12], personal=False)
    assert [re.search(r"→ (\d+)", text(tile))[1] for tile in tiles] == [str(r.rank) for r in answer.generic[:12]]


def test_titles_and_names_are_escaped(explorer):
    state, name = explorer.state, explorer.shown()[0][0]
    state._titles[name] = '<script>"'
    page = drawing.tiles(state, state.answer, state.answer.generic[:1], personal=False)[0]
    page += drawing.reason(state, state.answer, name) + drawing.line("<b>", turn=1) + drawing.heading("<i>", "<u>")
    assert "<script>" not in page and "&lt;script&gt;&quot;" in page and "&lt;b&gt;" in page and "&lt;i&gt;" in page


def test_a_reason_s_sum_is_the_final_score(drawn):
    state, answer = drawn
    for result in (answer.personalized[0], answer.generic[0], answer.personalized[11]):
        words = text(drawing.reason(state, answer, result.image_id))
        a, x, b, y, total = map(float, re.search(r"([\d.]+) × ([\d.]+) \+ ([\d.]+) × ([\d.]+) = ([\d.]+)", words).groups())
        assert total == pytest.approx(result.final_score, abs=0.006) and a * x + b * y == pytest.approx(total, abs=0.011)
        assert f"Place {result.rank} for comic-art-user, {result.generic_rank} for everybody" in words


def test_for_nobody_a_reason_speaks_of_the_match_only(explorer):
    explorer.choose(persona=NOBODY)
    words = text(drawing.reason(explorer.state, explorer.state.answer, explorer.shown()[0][0]))
    assert "Match" in words and "Taste" not in words


def test_the_taste_shows_what_the_last_click_moved(explorer):
    state = explorer.state
    assert "▲" not in drawing.taste(state, state.answer)
    explorer.like(explorer.shown()[0][0])
    page = drawing.taste(state, state.answer)
    assert "▲" in text(page) and "before the last click" in page and "<u style" in page
    explorer.choose(persona=NOBODY)
    assert "no taste" in drawing.taste(state, state.answer)


def test_the_history_has_alternative_texts_or_a_word_for_none(explorer):
    page = drawing.history(explorer.state)
    assert len(re.findall('<img alt="[^"]+"', page)) == 12
    explorer.choose(persona="a new visitor")
    assert "none yet" in drawing.history(explorer.state)
    explorer.choose(persona=NOBODY)
    assert "none is asked for" in drawing.history(explorer.state)


def test_a_failure_is_told_by_more_than_colour():
    assert 'role="alert"' in drawing.line("no", turn=1, failed=True) and ">!<" in drawing.line("no", turn=1, failed=True)
