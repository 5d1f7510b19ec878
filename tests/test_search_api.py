"""The search API, deployed as notebook 09 deploys it: the very zip, behind HTTP, with a signature."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from serving_world import refuse

from helpers import search_api
from helpers.catalog import load_personas
from helpers.explorer.state import NOBODY, Question, State
from helpers.local.services.cloudformation.template import read_template
from helpers.search import personalized_search
from helpers.search_api import call_search_api, delete_search_api, deploy_search_api, find_search_api, stack_name
from helpers.settings import SettingsError
from helpers.stack_status import find_stack
from helpers.state import NotReady
from helpers.waiting import WaitError

TEXT = search_api.TEMPLATE.read_text(encoding="utf-8")
TEMPLATE = read_template(TEXT)
REGIONS = ["us-east-1", "us-west-2", "eu-central-1"]


@pytest.fixture(scope="module")
def aws(served):
    workshop, _ = served
    yield workshop
    delete_search_api(workshop)


@pytest.fixture(scope="module")
def url(aws):
    return deploy_search_api(aws)


@pytest.fixture(autouse=True)
def no_trouble(served):
    yield
    served[1].errors.clear()


def changes_of(aws):
    """How often the stack was asked to change."""
    events = aws.client("cloudformation").describe_stack_events(StackName=stack_name(aws))["StackEvents"]
    return sum(event.get("ResourceStatusReason") == "User Initiated" for event in events)


def test_deploying_says_one_line_and_twice_is_once(aws, url, capsys):
    before = changes_of(aws)
    assert deploy_search_api(aws) == url == find_search_api(aws)
    assert capsys.readouterr().out == "stack workshop-search-api: ready\n" and changes_of(aws) == before


QUESTIONS = [{"text": "cat"}, {"text": "cat", "user_id": "u1"}, {"text": "dog", "user_id": "u9", "weight": 0.9, "size": 25}]


def test_who_comes_second_takes_the_stack_that_another_kernel_just_made(aws, url, monkeypatch):
    missed = iter([None])  # the first look comes before the other kernel's launch

    def find(aws, name):
        return next(missed, find_stack(aws, name)) if name == stack_name(aws) else find_stack(aws, name)

    monkeypatch.setattr(search_api, "find_stack", find)
    assert deploy_search_api(aws) == url and next(missed, "looked") == "looked"


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_notebook_and_api_agree_to_the_last_digit(aws, url, question):
    names = {"text": "query", "user_id": "user"}
    answer = call_search_api(aws, url, "/search", {names.get(key, key): value for key, value in question.items()})
    mine = [{k: v for k, v in asdict(r).items() if v is not None} for r in personalized_search(aws.search_engine(), **question)]
    assert answer.status == 200 and answer.body["results"] == mine


@pytest.mark.parametrize("person", [NOBODY, *(persona.user_id for persona in load_personas())])
def test_the_explorer_shows_what_the_api_answers(aws, url, person):
    explorer = State(aws)
    shown = explorer.ask(Question("cat", person=person, weight=0.7))
    question = {"query": "cat", "weight": 0.7, "size": len(shown.personalized), "user": explorer.user_id}
    answer = call_search_api(aws, url, "/search", question)
    assert answer.body["results"] == [{k: v for k, v in asdict(r).items() if v is not None} for r in shown.personalized]


def test_an_event_through_the_api_moves_the_notebooks_ranking(aws, url):
    def order():
        found = personalized_search(aws.search_engine(), text="dog", user_id="api-mover", weight=1, size=40)
        return [result.cluster for result in found]

    last = order()[-1]
    for _ in range(5):
        event = {"user": "api-mover", "session": "s", "cluster": last, "type": "download"}
        assert call_search_api(aws, url, "/events", event).status == 202
    assert order()[0] == last


def test_unsigned_is_forbidden_and_a_wrong_body_is_told(aws, url):
    answer = call_search_api(aws, url, "/search", {"query": "cat"}, signed=False)
    assert (answer.status, answer.body) == (403, {"message": "Forbidden"})
    assert call_search_api(aws, url, "/search", b"{").body["error"]["code"] == "invalid_json"
    assert call_search_api(aws, url, "/nowhere", {}).status == 404


def test_the_function_is_the_zip_s_and_not_the_repository_s(aws, url):
    assert call_search_api(aws, url, "/search", {"query": "cat"}).status == 200
    [code] = (aws.home / "cloud" / "lambda" / "code").rglob("handler.py")
    assert code.parts[-3:] == ("search_api", "api", "handler.py")
    log = (aws.home / "cloud" / "logs" / "aws" / "lambda" / "workshop-search.log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert lines[-1]["status"] == 200 and "cat" not in log


def test_eight_clients_at_once_get_what_one_gets(aws, url):
    """A small sample of tests/benchmarks/serve.py, which asks 10,000 times and looks at the clock."""
    asked = [{"query": query, "user": f"u{user}"} for query in ("cat", "dog") for user in range(4)]

    def ask(question):
        answer = call_search_api(aws, url, "/search", question)
        return answer.status, answer.body.get("results")

    alone = [ask(question) for question in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, asked * 8)) == alone * 8
    assert {status for status, _ in alone} == {200}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl_gets_the_same(aws, url):
    command = ["curl", "--silent", "--noproxy", "*", "--user", "local:local", "--aws-sigv4", "aws:amz:us-east-1:execute-api"]
    command += ["--header", "content-type: application/json", "--data", '{"query": "cat", "user": "u1"}', f"{url}/search"]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told["results"] == call_search_api(aws, url, "/search", {"query": "cat", "user": "u1"}).body["results"]


def test_a_request_leaves_at_once(url):
    """Without this option a request's body waits for the acknowledgement of its head: 40 ms on a loopback."""
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in search_api._connections(url)._socket_options


def test_a_proxy_is_not_asked_for_what_is_here(aws, url, monkeypatch):
    monkeypatch.setattr(search_api, "_CONNECTIONS", {})
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert call_search_api(aws, url, "/search", {"query": "cat"}).status == 200


def test_what_changes_is_brought_up_to_date(aws, url, capsys):
    before = changes_of(aws)
    aws.state["tracking_id"], kept = "another", aws.state["tracking_id"]
    deploy_search_api(aws)
    assert changes_of(aws) == before + 1
    aws.state["tracking_id"] = kept
    deploy_search_api(aws, Concurrency=1)
    shown = {item["ParameterKey"]: item["ParameterValue"] for item in find_stack(aws, stack_name(aws))["Parameters"]}
    assert shown["Concurrency"] == "1" and shown["OpenSearchEndpoint"] == "****"
    deploy_search_api(aws)


def test_an_update_that_fails_leaves_the_api_as_it_was(aws, url, monkeypatch):
    monkeypatch.setattr(search_api, "build_package", lambda: b"no zip")
    with pytest.raises(WaitError, match=r"as it was, and works.*Could not unzip"):
        deploy_search_api(aws)
    monkeypatch.undo()
    assert call_search_api(aws, find_search_api(aws), "/search", {"query": "cat"}).status == 200
    deploy_search_api(aws)


def test_what_is_missing_is_named_with_its_notebook(aws, monkeypatch):
    campaign = aws.state["campaign_arn"]
    del aws.state["campaign_arn"]
    with pytest.raises(NotReady, match="notebook 05"):
        deploy_search_api(aws)
    aws.state["campaign_arn"] = campaign


def test_clip_is_told_where_it_can_not_go(aws):
    class Here:
        on_bedrock = False

    other = replace(aws)
    other.__dict__["embedder"], other.__dict__["state"] = Here(), aws.state
    with pytest.raises(SettingsError, match="CLIP computes on this machine"):
        deploy_search_api(other)


def test_a_stack_without_the_role_is_told_to_be_updated(aws, monkeypatch):
    genuine = search_api.find_stack
    monkeypatch.setattr(search_api, "find_stack", lambda aws, name: genuine(aws, name) | {"Outputs": []})
    with pytest.raises(SettingsError, match="notebook 00"):
        deploy_search_api(aws)


def test_a_refused_launch_is_raised(served, aws, url):
    served[1].errors["cloudformation", "update_stack"] = refuse("AccessDenied", 403)
    with pytest.raises(ClientError, match="AccessDenied"):
        deploy_search_api(aws, Concurrency=2)


def test_it_is_taken_down_with_its_zips_and_made_again(aws, url, capsys):
    delete_search_api(aws)
    delete_search_api(aws)
    assert capsys.readouterr().out == "stack workshop-search-api: DELETED\n" * 2
    assert find_search_api(aws) is None and not list((aws.home / "cloud" / "lambda").rglob("*.py"))
    keys = aws.client("s3").list_objects_v2(Bucket=aws.bucket).get("Contents", [])
    assert not [item["Key"] for item in keys if "search-api" in item["Key"]]
    assert urlsplit(deploy_search_api(aws)).hostname == "127.0.0.1"
