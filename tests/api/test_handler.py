"""The function answers good events as the notebooks would, refuses bad ones, and gives nothing away."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import asdict
from types import SimpleNamespace

import pytest
from api.asked import EVENT, EVENTS, LONE_HALF, REQUEST_ID, SEARCHES, TEXT, event_of, picture
from botocore.exceptions import ReadTimeoutError
from serving_world import refuse

from helpers.api.handler import handle
from helpers.search import personalized_search

RANKING = ("personalize-runtime", "get_personalized_ranking")
TITAN = ("bedrock-runtime", "invoke_model")
EVENTS_IN = ("personalize-events", "put_events")


def test_the_table_is_long():
    assert len(SEARCHES) + len(EVENTS) >= 80 and sum(code is None for _, (_, code) in SEARCHES.values()) > 20


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search(ask, name):
    sent, (status, code) = SEARCHES[name]
    got, body = ask(sent)
    assert (got, body.get("error", {}).get("code")) == (status, code), body
    if status == 200:
        assert 1 <= len(body["results"]) <= (sent.get("size") or 12)
        assert [result["rank"] for result in body["results"]] == list(range(1, len(body["results"]) + 1))


@pytest.mark.parametrize("name", EVENTS)
def test_an_event(ask, name):
    sent, (status, code) = EVENTS[name]
    got, body = ask(sent, "POST /events")
    assert (got, body.get("error", {}).get("code")) == (status, code), body


@pytest.mark.parametrize(("event", "status"), [
    (None, 400), ("POST /search", 400), ([], 400), ({}, 400), ({"version": "1.0", "body": "{}"}, 400),
    ({"version": "2.0"}, 404), (event_of(TEXT, "GET /search"), 404), (event_of(TEXT, "POST /"), 404),
    (event_of(TEXT, "$default"), 404),
    (event_of(TEXT, headers=None), 200), (event_of(TEXT, headers={}), 200), (event_of(TEXT, requestContext=None), 200),
    (event_of(TEXT, headers={"content-type": "Application/JSON; charset=utf-8"}), 200),
    (event_of(TEXT, headers={"content-type": "text/plain"}), 415), (event_of(TEXT, headers={"content-type": ""}), 415),
    (event_of(TEXT, body={"query": "cat"}), 400), (event_of(TEXT, body=7), 400), (event_of(LONE_HALF), 400),
    (event_of(base64.b64encode(b'{"query": "cat"}').decode(), isBase64Encoded=True), 200),
    (event_of("%%%", isBase64Encoded=True), 400), (event_of(base64.b64encode(b"\xff\xfe{").decode(), isBase64Encoded=True), 400),
])  # fmt: skip
def test_an_event_of_another_form(invoke, event, status):
    assert invoke(event)["statusCode"] == status


@pytest.mark.parametrize("question", [
    {"text": "cat"}, {"text": "cat", "user_id": "u1"}, {"text": "dog", "user_id": "u7", "weight": 1.0, "size": 30},
    {"image": picture(), "user_id": "u3", "weight": 0.1}, {"text": "cat", "image": picture("JPEG"), "user_id": "nobody"},
])  # fmt: skip
def test_it_answers_what_the_notebook_answers(ask, function, question):
    names = {"text": "query", "user_id": "user"}
    status, body = ask({names.get(key, key): value for key, value in question.items()})
    mine = personalized_search(function.search_engine(), **question)
    assert status == 200 and body["personalized"] == ("user_id" in question)
    assert body["results"] == [{k: v for k, v in asdict(result).items() if v is not None} for result in mine]


def test_an_event_moves_the_next_answer(ask):
    def order():
        return [result["cluster"] for result in ask({"query": "dog", "user": "mover", "weight": 1, "size": 40})[1]["results"]]

    before = order()
    for _ in range(5):
        assert ask({"user": "mover", "session": "s", "cluster": before[-1], "type": "download"}, "POST /events")[0] == 202
    assert order() != before


TIMEOUT = ReadTimeoutError(endpoint_url="https://personalize-runtime.us-east-1.amazonaws.com")


@pytest.mark.parametrize("trouble", [
    refuse("ResourceNotFoundException", 404), refuse("ThrottlingException", 429), refuse("AccessDeniedException", 403),
    refuse("InvalidInputException"), refuse("InternalFailure", 500), TIMEOUT,
], ids=str)  # fmt: skip
def test_without_personalize_everybody_gets_the_generic_order_and_is_told(ask, served, capsys, trouble):
    generic = ask(TEXT)[1]["results"]
    served[1].errors[RANKING] = trouble
    status, body = ask(TEXT | {"user": "u1", "weight": 1})
    assert status == 200 and body["results"] == generic
    assert (body["personalized"], body["degraded"]) == (False, True) and "everybody" in body["notice"]
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["degraded"] and line["cause"] in str(trouble) + type(trouble).__name__


def test_a_failing_personalize_costs_one_vector_all_the_same(ask, function, served, monkeypatch):
    from helpers.api import container as container_module

    embedder = type(container_module.container().engine.embedder)
    asked, genuine = [], embedder.embed
    monkeypatch.setattr(embedder, "embed", lambda self, **query: asked.append(query) or genuine(self, **query))
    served[1].errors[RANKING] = refuse("ThrottlingException", 429)
    assert ask(TEXT | {"user": "u1"})[1]["degraded"] and len(asked) == 1


def test_without_a_campaign_everybody_gets_the_generic_order(ask, monkeypatch):
    monkeypatch.setenv("CAMPAIGN_ARN", "")
    status, body = ask(TEXT | {"user": "u1"})
    assert status == 200 and body["degraded"] and body["results"] == ask(TEXT)[1]["results"]


@pytest.mark.parametrize(("where", "trouble", "status"), [
    (TITAN, refuse("ThrottlingException", 429), 503), (TITAN, refuse("ModelTimeoutException", 408), 503),
    (TITAN, refuse("ServiceUnavailableException", 503), 503), (TITAN, TIMEOUT, 503),
    (TITAN, refuse("AccessDeniedException", 403), 500), (TITAN, refuse("ResourceNotFoundException", 404), 500),
    (TITAN, refuse("ValidationException"), 400), (EVENTS_IN, refuse("InvalidInputException"), 503), (EVENTS_IN, TIMEOUT, 503),
], ids=str)  # fmt: skip
def test_trouble_inside_stays_inside(invoke, served, where, trouble, status):
    served[1].errors[where] = trouble
    response = invoke(event_of(EVENT, "POST /events") if where == EVENTS_IN else event_of(TEXT))
    assert response["statusCode"] == status
    assert ("retry-after" in response["headers"]) == (status == 503)
    assert not re.search(r"secret|Exception|amazonaws|arn:|Traceback|helpers|bedrock|Titan", response["body"])


@pytest.mark.parametrize(("variable", "value", "status"), [
    ("INDEX_NAME", "nothing-here", 503), ("DIMENSION", "256", 500), ("EMBEDDER", "clip", 500), ("TRACKING_ID", "", 503),
])  # fmt: skip
def test_a_function_set_up_wrong_says_nothing_of_it(invoke, monkeypatch, variable, value, status):
    monkeypatch.setenv(variable, value)
    response = invoke(event_of(EVENT, "POST /events") if variable == "TRACKING_ID" else event_of(TEXT))
    assert response["statusCode"] == status
    assert not re.search(r"nothing-here|256|clip|Error|amazon", response["body"])


@pytest.mark.parametrize(("problem", "status"), [
    (lambda: __import__("opensearchpy").ConnectionTimeout("TIMEOUT", "secret", None), 503),
    (lambda: __import__("opensearchpy").TransportError(429, "secret"), 503),
    (lambda: __import__("opensearchpy").TransportError(503, "secret"), 503),
    (lambda: __import__("opensearchpy").AuthorizationException(403, "secret"), 500),
    (lambda: RuntimeError("secret"), 500),
])  # fmt: skip
def test_opensearch_in_trouble(invoke, monkeypatch, problem, status):
    def fail(*_, **__):
        raise problem()

    monkeypatch.setattr("helpers.local.opensearch.connection.LocalConnection.perform_request", fail)
    response = invoke(event_of(TEXT))
    assert response["statusCode"] == status and "secret" not in response["body"]


def test_the_log_has_one_line_of_json_a_request_and_nothing_personal(invoke, capsys):
    for body in ({"query": "my secret query", "user": "jane.doe"}, {"query": 7, "user": "jane.doe"}, '{"secret'):
        invoke(event_of(body))
    invoke(event_of(EVENT | {"user": "jane.doe"}, "POST /events"))
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4 and not re.search(r"secret|jane", "".join(lines))
    found = [json.loads(line) for line in lines]
    assert {line["request_id"] for line in found} == {REQUEST_ID} and [line["status"] for line in found] == [200, 400, 400, 202]
    assert (found[0]["words"], found[0]["picture"], found[0]["user"], found[0]["found"]) == (True, False, True, 12)


def test_an_error_is_found_in_the_log_by_its_id(invoke, served, capsys):
    served[1].errors[TITAN] = refuse("AccessDeniedException", 403)
    invoke(event_of(TEXT))
    line = json.loads(capsys.readouterr().out)
    assert line["level"] == "ERROR" and line["error"] == "EmbedError" and re.fullmatch(r"titan\.py:\d+", line["at"])
    assert "secret" not in json.dumps(line)


@pytest.mark.parametrize("context", [{}, {"requestId": 7}, {"requestId": "x" * 101}, {"requestId": "a\r\nset-cookie: b"}, None])
def test_a_request_without_a_usable_id_gets_lambdas(function, context):
    response = handle(event_of(TEXT, requestContext=context), SimpleNamespace(aws_request_id="of-lambda"))
    assert response["headers"]["x-request-id"] == "of-lambda"
    assert re.fullmatch(r"[0-9a-f-]{36}", handle(event_of(TEXT, requestContext=context))["headers"]["x-request-id"])


def test_clients_are_made_once(ask, function, monkeypatch):
    from helpers.api import container as container_module

    made = []
    genuine = container_module.boto3.client
    monkeypatch.setattr(container_module.boto3, "client", lambda *a, **k: made.append(a[0]) or genuine(*a, **k))
    for _ in range(3):
        assert ask(TEXT | {"user": "u1"})[0] == 200
    assert sorted(made) == ["bedrock-runtime", "personalize-events", "personalize-runtime"]
