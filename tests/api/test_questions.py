"""Whatever a body holds, reading it ends in a question or in a refusal with a reason; the answer is always well formed."""

from __future__ import annotations

import base64
import json
import os
import string

import pytest
from api.asked import TEXT, event_of, picture
from api.conftest import check_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from helpers.api.handler import handle
from helpers.api.questions import (
    EVENT_TYPES,
    MOST_BODY_BYTES,
    MOST_PICTURE_BYTES,
    MOST_PIXELS,
    BadRequest,
    EventReport,
    SearchQuestion,
    read_event,
    read_search,
)
from helpers.catalog import load_interactions
from helpers.embeddings import MAX_SIDE
from helpers.fusion import DEFAULT_WEIGHT
from helpers.settings import SHIPPED_DATA

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "100"))  # of each kind; FUZZ_EXAMPLES=5000 for a long trial
FUZZED = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
                  suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
PICTURES = st.sampled_from([picture(), picture("JPEG")]).flatmap(
    lambda whole: st.integers(0, len(whole)).map(lambda cut: whole[:cut]) | st.just(whole)
)
LETTERS = string.ascii_letters + string.digits + "_.:@+-"
BASE64 = st.binary(max_size=60).map(lambda content: base64.b64encode(b"\xff\xd8\xff" + content).decode())
MEMBERS = {
    "query": st.text(max_size=300) | JSON,
    "image": PICTURES | BASE64 | JSON,
    "user": st.text(max_size=10) | st.just("u1") | JSON,
    "weight": st.floats() | JSON,
    "size": st.integers(-5, 130) | JSON,
    "session": st.text(max_size=10) | JSON,
    "cluster": st.text(max_size=4) | JSON,
    "type": st.sampled_from(EVENT_TYPES) | JSON,
}
NEARLY = st.fixed_dictionaries({}, optional=MEMBERS)  # the names are right, the rest is anybody's guess
ROUTES = st.sampled_from(["POST /search", "POST /events"])


def answer_of(event):
    response = handle(event)
    check_form(response)
    assert response["statusCode"] < 500, response["body"]
    return response


@FUZZED
@given(body=NEARLY | JSON, route=ROUTES)
def test_no_body_of_json_breaks_it(function, body, route):
    answer_of(event_of(json.dumps(body), route))


@FUZZED
@given(body=st.text(max_size=200) | st.text(st.characters(max_codepoint=255), max_size=200), encoded=st.booleans(), route=ROUTES)
def test_no_text_breaks_it(function, body, encoded, route):
    answer_of(event_of(body, route, isBase64Encoded=encoded))


@FUZZED
@given(event=JSON | st.fixed_dictionaries({"version": st.just("2.0"), "routeKey": ROUTES}, optional={
    "headers": JSON | st.dictionaries(st.text(max_size=12), st.text(max_size=12)), "body": JSON, "isBase64Encoded": JSON,
    "requestContext": JSON | st.fixed_dictionaries({"requestId": JSON}),
}))  # fmt: skip
def test_no_event_breaks_it(function, event):
    answer_of(event)


@FUZZED
@given(query=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=256).filter(str.strip),
       weight=st.floats(0, 1), size=st.integers(1, 100), user=st.text(LETTERS, min_size=1, max_size=256))
def test_every_good_question_is_read_as_it_stands(query, weight, size, user):
    body = {"query": query, "weight": weight, "size": size, "user": user}
    assert read_search(event_of(body)) == SearchQuestion(query.strip(), None, user, weight, size)


def test_what_is_left_out_has_the_notebooks_defaults():
    assert read_search(event_of(TEXT)) == SearchQuestion("cat", None, None, DEFAULT_WEIGHT, 12)


def test_an_event_is_read():
    body = {"user": "u", "session": "s", "cluster": "4", "type": "view"}
    assert read_event(event_of(body, "POST /events")) == EventReport("u", "s", "4", "view")


def test_the_kinds_of_events_are_those_of_the_click_log():
    assert set(load_interactions(SHIPPED_DATA)["event_type"]) == set(EVENT_TYPES)


def test_its_limits_are_those_of_the_services():
    assert MOST_PIXELS == MAX_SIDE
    assert MOST_PICTURE_BYTES * 4 / 3 < MOST_BODY_BYTES < 6 * 1024 * 1024


def test_a_refusal_names_what_it_does_not_know_and_no_more_than_that():
    names = {f"member {number} of a body \n{'x' * 100}": 1 for number in range(50)}
    with pytest.raises(BadRequest) as caught:
        read_search(event_of(names))
    assert len(str(caught.value)) < 500 and "\n" not in str(caught.value)
