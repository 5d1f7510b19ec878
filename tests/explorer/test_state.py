"""A visit: one search gives both orders, clicks go to a visitor of their own, and a failure changes nothing."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from helpers.catalog import load_catalog, load_interactions
from helpers.cluster_names import write_names
from helpers.explorer import state as state_module
from helpers.explorer.state import NEW_VISITOR, NOBODY, Question, State
from helpers.search import EmptyQuery
from helpers.settings import SHIPPED_DATA

PERSONA = "comic-art-user"
CAT = Question("cat", person=PERSONA)


@pytest.fixture
def state(world):
    return State(world.aws)


def test_one_search_gives_both_orders(state, world):
    answer = state.ask(CAT)
    assert len(world.asked) == 1
    assert [r.generic_rank for r in answer.generic] == list(range(1, 41))
    assert [r.rank for r in answer.personalized] == list(range(1, 41))
    assert {r.image_id for r in answer.generic} == {r.image_id for r in answer.personalized}


def test_for_nobody_both_orders_are_the_generic_one(state, world):
    answer = state.ask(replace(CAT, person=NOBODY))
    assert world.asked[-1]["user_id"] is None
    assert answer.generic == answer.personalized and answer.taste == {}
    with pytest.raises(PermissionError, match="Choose a person"):
        state.click(answer.generic[0], "favorite")


def test_taste_is_a_share_of_each_cluster_largest_first(state):
    taste = state.ask(CAT).taste
    assert next(iter(taste)) == "9" and sum(taste.values()) == pytest.approx(1)
    assert list(taste.values()) == sorted(taste.values(), reverse=True)


def test_a_persona_s_first_click_goes_to_a_visitor_with_the_same_history(state, world):
    answer = state.ask(CAT)
    state.click(answer.generic[0], "favorite")
    log = load_interactions(SHIPPED_DATA).query("user_id == @PERSONA")
    assert [user for user, *_ in world.sent] == ["visitor-0001"] * (len(log) + 1)
    assert [event for *_, event in world.sent] == [*log["event_type"], "favorite"]
    assert world.sent[-1] == ("visitor-0001", answer.generic[0].cluster, "favorite")
    state.click(answer.generic[1], "download")
    assert len(world.sent) == len(log) + 2
    assert state.before == answer.taste
    assert state.ask(CAT).taste != answer.taste
    assert state.history()[-2:] == [answer.generic[0].image_id, answer.generic[1].image_id]


def test_start_again_asks_as_the_persona_itself(state, world):
    before = state.ask(CAT)
    state.click(before.generic[0], "favorite")
    state.ask(CAT)
    again = state.start_again()
    assert world.asked[-1]["user_id"] == PERSONA and state.clicks == [] and state.before == {}
    assert (again.generic, again.personalized) == (before.generic, before.personalized)


def test_a_new_visitor_begins_without_history_and_again_after_start_again(state, world):
    state.ask(replace(CAT, person=NEW_VISITOR))
    assert state.user_id == "visitor-0001" and state.history() == []
    state.click(state.answer.generic[0], "favorite")
    assert world.sent == [("visitor-0001", state.answer.generic[0].cluster, "favorite")]
    state.start_again()
    assert state.user_id == "visitor-0002" and state.history() == []


def test_where_a_search_fails_nothing_has_changed(state, world):
    answer = state.ask(CAT)
    state.click(answer.generic[0], "favorite")
    before = (state.question, state.user_id, list(state.clicks), state.answer)
    world.fail = RuntimeError("no")
    for attempt in (lambda: state.ask(replace(CAT, person=NOBODY)), state.start_again, lambda: state.ask(replace(CAT, text="x"))):
        with pytest.raises(RuntimeError):
            attempt()
        assert (state.question, state.user_id, state.clicks, state.answer) == before
    with pytest.raises(EmptyQuery):
        state.ask(replace(CAT, text="  "))


def test_the_history_shows_the_last_twelve_pictures_once_each(state):
    state.ask(CAT)
    log = load_interactions(SHIPPED_DATA).query("user_id == @PERSONA")["image_id"]
    assert state.history() == list(log.drop_duplicates(keep="last"))[-12:]


def test_names_come_from_notebook_02_when_none_are_given(world, explorer):
    assert State(world.aws).cluster_name("3") == "cluster 3"
    write_names(explorer.state.names, world.aws.home / "cluster_names.json")
    assert State(world.aws).cluster_name("3") == "group 3"


def test_titles_and_files_are_the_catalogue_s(state):
    name = load_catalog(SHIPPED_DATA).index[0]
    assert state.file(name).exists() and state.title(name) == load_catalog(SHIPPED_DATA)["title"].iloc[0]
    assert state.title("gone") == "gone"


def test_state_view_and_events_are_apart():
    """The state knows no widget, the view searches nothing, and only these two functions reach a service."""
    folder = Path(state_module.__file__).parent
    imported = {
        path.stem: {alias.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom | ast.Import)
                    for alias in node.names}
        for path in folder.glob("*.py")
    }  # fmt: skip
    assert "ipywidgets" in imported["view"]
    assert not [name for name, what in imported.items() if name != "view" and "ipywidgets" in what]
    services = {"personalized_search", "record_event", "rank_clusters", "knn_search", "generate_embeddings_with_titan"}
    assert {name: what & services for name, what in imported.items() if what & services} == {
        "state": {"personalized_search", "record_event"}
    }
