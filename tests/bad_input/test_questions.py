"""What is asked: users, words, pictures, numbers, vectors, filters, ids of events. Bad ones are refused, odd ones answered."""

from __future__ import annotations

import math
from datetime import datetime

import numpy as np
import pytest
from bad_input.told import refusal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.ranking_client import rank_clusters, record_event
from helpers.search import personalized_search
from helpers.vector_index import create_index, knn_search

ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=300), st.binary(max_size=20), st.lists(st.integers())
)
quick = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])


def search(small, **question):
    return personalized_search(small.engine, **({"text": "cat"} | question))


BAD_USERS = ["", "a" * 257, 5, 1.5, b"u1", ["u1"], True, "\ud800"]
ODD_USERS = [None, " ", "\x00", "u1\n", "../..", "a,b", '"', "🙂", "\u202e", "ü" * 200, "a" * 256, "nobody"]
BAD_TEXTS = ["", " ", "\n\t", "word " * 500, 5, b"cat", ["cat"], True, math.nan]
ODD_TEXTS = ["\x00", "\ud800", "ü" * 40, "😀", "\u202e", "<script>alert(1)</script>", "'; DROP TABLE", "../../etc/passwd"]
BAD_WEIGHTS = [-0.1, 1.1, math.nan, math.inf, -math.inf, "0.5", None, 1j, [0.5]]
BAD_COUNTS = [0, -1, 1.5, "3", None, 10_001, 10**9, 2**70, math.nan, [3]]
BAD_IMAGES = ["no", "aGVsbG8=", b"123", 5, "\ud800", "A" * 1000]
BAD_VECTORS = [
    [math.nan] * 1024,
    [math.inf] * 1024,
    [1e39] * 1024,
    [10**400] * 1024,
    [1] * 3,
    [],
    None,
    "abc",
    ["a"] * 1024,
    [None] * 1024,
    [1j] * 1024,
    np.ones((1024, 2)),
    5,
]
BAD_FILTERS = [
    {"term": {}},
    {"nonsense": {}},
    {"term": {"cluster": ["a"]}},
    {"bool": {"must": 5}},
    {"range": {"cluster": {"bad": 1}}},
    {"term": {"cluster": math.nan}},
    "x",
    5,
    ["term"],
    {"term": 5},
    {"": {}},
    {"match_all": {}, "term": {"cluster": "1"}},
]
BAD_INDEX_NAMES = ["", None, 5, b"images", "nothing", "..", "../images", "a/b", "A", "images,other", "\x00", "a" * 300]
BAD_NEW_NAMES = [" ", "A", "-x", "+x", "..", ".", "a/b", "../..", "a,b", '"', "*", "a" * 151, "ü" * 60, "😀" * 30]


@pytest.mark.parametrize("user", BAD_USERS, ids=ascii)
def test_a_user_that_is_none_is_refused(small, user):
    assert refusal(lambda: search(small, user_id=user))


@pytest.mark.parametrize("user", ODD_USERS, ids=ascii)
def test_any_other_text_is_a_user_whom_nobody_knows(small, user):
    assert len(search(small, user_id=user)) == 12


@pytest.mark.parametrize("text", BAD_TEXTS, ids=lambda text: ascii(text)[:20])
def test_a_text_that_is_none_is_refused(small, text):
    assert refusal(lambda: search(small, text=text))


@pytest.mark.parametrize("text", ODD_TEXTS, ids=ascii)
def test_any_other_text_is_searched_for(small, text):
    assert len(search(small, text=text)) == 12


@pytest.mark.parametrize("image", BAD_IMAGES, ids=lambda image: ascii(image)[:20])
def test_a_picture_that_is_none_is_refused(small, image):
    assert refusal(lambda: personalized_search(small.engine, image=image))


@pytest.mark.parametrize("weight", BAD_WEIGHTS, ids=str)
def test_a_weight_that_is_none_is_refused(small, weight):
    assert "weight is" in refusal(lambda: search(small, user_id="u1", weight=weight))


@pytest.mark.parametrize("name", ["size", "candidates"])
@pytest.mark.parametrize("count", BAD_COUNTS, ids=str)
def test_a_number_of_pictures_that_is_none_is_refused(small, name, count):
    assert f"{name} is" in refusal(lambda: search(small, **{name: count}))


@pytest.mark.parametrize("name", ["size", "candidates"])
def test_as_many_as_opensearch_shows_can_be_asked_for(small, name):
    assert len(search(small, **{"size": 60, name: 10_000})) == 60


@pytest.mark.parametrize("vector", BAD_VECTORS, ids=lambda vector: ascii(vector)[:20])
def test_a_vector_that_is_none_is_refused(small, vector):
    assert refusal(lambda: knn_search(small.aws.opensearch, small.aws.index_name, vector))


@pytest.mark.parametrize("size", BAD_COUNTS, ids=str)
def test_so_is_a_number_of_neighbours(small, size):
    assert refusal(lambda: knn_search(small.aws.opensearch, small.aws.index_name, small.vectors[0], size=size))


@pytest.mark.parametrize("query", BAD_FILTERS, ids=str)
def test_a_filter_that_is_none_is_refused(small, query):
    assert refusal(lambda: knn_search(small.aws.opensearch, small.aws.index_name, small.vectors[0], filter=query))


@pytest.mark.parametrize("name", BAD_INDEX_NAMES, ids=ascii)
def test_an_index_that_is_none_is_refused(small, name):
    """Also the empty name, by which OpenSearch would search every index."""
    assert refusal(lambda: knn_search(small.aws.opensearch, name, small.vectors[0]))


@pytest.mark.parametrize("name", BAD_NEW_NAMES, ids=ascii)
def test_a_name_for_a_new_index_is_refused(small, name):
    assert refusal(lambda: create_index(small.aws.opensearch, name))
    assert small.aws.opensearch.indices.get(index="*").keys() == {small.aws.index_name}


@pytest.mark.parametrize("dimension", [0, -1, 1.5, 16_001, 10**9, True, None])
def test_a_dimension_that_is_none_is_refused(small, dimension):
    assert refusal(lambda: create_index(small.aws.opensearch, "dimensions", dimension=dimension))


EVENT = {"user_id": "u1", "session_id": "s", "cluster": "1", "event_type": "view"}


@pytest.mark.parametrize("member", [*EVENT, "tracking_id"])
@pytest.mark.parametrize("value", ["", None, 5, b"x", "a" * 257, ["x"], "\ud800"], ids=ascii)
def test_an_event_with_a_bad_id_is_not_sent(small, member, value):
    before = len(list(small.aws.home.rglob("events/*.jsonl")))
    assert refusal(lambda: record_event(small.events, **({"tracking_id": small.tracking_id} | EVENT | {member: value})))
    assert len(list(small.aws.home.rglob("events/*.jsonl"))) == before


@pytest.mark.parametrize("moment", ["yesterday", -1, math.nan, b"x"], ids=str)
def test_an_event_at_no_time_is_not_sent(small, moment):
    assert refusal(lambda: record_event(small.events, small.tracking_id, **EVENT, sent_at=moment))


@pytest.mark.parametrize("moment", [datetime(1, 1, 1), datetime(9999, 12, 31)], ids=str)
def test_an_event_of_long_ago_is_an_event(small, moment):
    assert refusal(lambda: record_event(small.events, small.tracking_id, **EVENT | {"user_id": "old"}, sent_at=moment)) is None


@pytest.mark.parametrize(
    "clusters", [[str(n) for n in range(501)], [1, 2], [None], [""], ["a" * 257], [b"1"], ["\ud800"]], ids=lambda c: ascii(c)[:20]
)
def test_clusters_that_are_none_are_not_ranked(small, clusters):
    assert refusal(lambda: rank_clusters(small.runtime, small.engine.campaign_arn, "u1", clusters))


@quick
@given(user=ANYTHING, weight=ANYTHING, size=ANYTHING)
def test_whatever_is_asked_gets_an_answer_or_a_refusal(small, user, weight, size):
    refusal(lambda: search(small, user_id=user, weight=weight, size=size))


@quick
@given(
    text=st.text(max_size=80),
    user=st.text(min_size=1, max_size=256).filter(lambda text: text.isprintable()),
    weight=st.floats(0, 1),
)
def test_whatever_may_be_asked_is_answered(small, text, user, weight):
    if text.strip():
        found = search(small, text=text, user_id=user, weight=weight, size=5)
        assert len({result.image_id for result in found}) == 5 and all(0 <= result.final_score <= 1 for result in found)


@quick
@given(number=st.floats() | st.integers(), place=st.integers(0, 1023), size=st.integers(-5, 20_000))
def test_any_number_in_a_vector_is_searched_by_or_refused(small, number, place, size):
    vector = [0.03] * 1024
    vector[place] = number
    refusal(lambda: knn_search(small.aws.opensearch, small.aws.index_name, vector, size=size))
