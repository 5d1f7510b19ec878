"""Requests meet what they would meet at API Gateway: routes, signatures, limits, and events of payload format 2.0."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from helpers.local.services.serving.events import reply_to
from helpers.local.services.serving.gateway import Gateway


def test_a_signed_request_reaches_the_function_as_an_event(api):
    body = b'{"query": "caf\xc3\xa9"}'
    headers = api.signed("POST", "/search?b=2&a=1&a=3", body, {"X-Mixed-Case": "Yes"}) | {"Cookie": "a=1; b=2"}
    reply = api.send("POST", "/search?b=2&a=1&a=3", body, headers)
    assert reply.status == 200 and reply.headers["x-own"] == "yes"
    event = reply.body["event"]
    assert (event["version"], event["routeKey"], event["rawPath"]) == ("2.0", "POST /search", "/search")
    assert event["rawQueryString"] == "b=2&a=1&a=3" and event["queryStringParameters"] == {"b": "2", "a": "1,3"}
    assert event["body"] == body.decode() and event["isBase64Encoded"] is False and event["cookies"] == ["a=1", "b=2"]
    assert all(name == name.lower() for name in event["headers"]) and event["headers"]["x-mixed-case"] == "Yes"
    context = event["requestContext"]
    assert context["http"]["method"] == "POST" and context["stage"] == "$default" and context["routeKey"] == "POST /search"
    assert context["authorizer"]["iam"]["accessKey"] == "local" and context["requestId"] == reply.headers["apigw-requestid"]
    assert context["domainName"] == f"{context['apiId']}.execute-api.us-east-1.amazonaws.com"


def test_what_is_empty_is_absent(api):
    event = api.send("POST", "/search", b"", api.signed("POST", "/search")).body["event"]
    assert not {"body", "cookies", "queryStringParameters", "pathParameters", "stageVariables"} & set(event)


def test_a_body_that_is_no_text_comes_in_base64(api):
    form = "application/x-www-form-urlencoded"
    for kind, content in (("image/png", b"\x89PNG"), ("application/json", b"\xff\xfe"), (form, b"a=1")):
        event = api.send("POST", "/search", content, api.signed("POST", "/search", content, {"content-type": kind})).body["event"]
        assert event["isBase64Encoded"] is True and base64.b64decode(event["body"]) == content


def forged(api, **changes):
    """The headers of a signed request in which something was changed afterwards, or by another signer."""
    headers = api.signed("POST", "/search", b"{}")
    for name, value in changes.items():
        key = name.replace("_", "-").title()
        headers = {**headers, key: value} if value is not None else {k: v for k, v in headers.items() if k != key}
    return headers


def test_an_unsigned_request_is_forbidden(api):
    reply = api.send("POST", "/search", b"{}", {"content-type": "application/json"})
    assert (reply.status, reply.body) == (403, {"message": "Forbidden"})


@pytest.mark.parametrize("authorization", [
    "", "Bearer token", "AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/execute-api/aws4_request",
    "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, "
    "Signature=" + 64 * "0", "AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=;, Signature=" + 64 * "f",
])  # fmt: skip
def test_a_made_up_signature_is_forbidden(api, authorization):
    assert api.send("POST", "/search", b"{}", forged(api, Authorization=authorization)).status == 403


@pytest.mark.parametrize("changes", [
    {"content_type": "text/plain"}, {"X_Amz_Date": "20260101T000000Z"}, {"X_Amz_Date": "today"}, {"X_Amz_Date": None},
    {"Host": "other.example"}, {"Host": "[::"}, {"X_Amz_Content_Sha256": "UNSIGNED-PAYLOAD"},
])  # fmt: skip
def test_what_was_changed_after_signing_is_forbidden(api, changes):
    assert api.send("POST", "/search", b"{}", forged(api, **changes)).status == 403


def test_another_body_path_method_or_query_is_forbidden(api):
    headers = api.signed("POST", "/search", b"{}")
    assert api.send("POST", "/search", b"{}", headers).status == 200
    assert api.send("POST", "/search", b"[]", headers).status == 403
    assert api.send("POST", "/events", b"{}", headers).status == 403
    assert api.send("POST", "/search?a=1", b"{}", headers).status == 403


@pytest.mark.parametrize(("key", "secret", "region", "service"), [
    ("other", "local", "us-east-1", "execute-api"), ("local", "guess", "us-east-1", "execute-api"),
    ("local", "local", "eu-west-1", "execute-api"), ("local", "local", "us-east-1", "es"),
])  # fmt: skip
def test_other_credentials_regions_and_services_are_forbidden(api, key, secret, region, service):
    request = AWSRequest("POST", api.url + "/search", {}, b"{}")
    botocore.auth.SigV4Auth(Credentials(key, secret), service, region).add_auth(request)
    assert api.send("POST", "/search", b"{}", dict(request.headers)).status == 403


@pytest.mark.parametrize(("minutes", "status"), [(-6, 403), (-4, 200), (4, 200), (6, 403)])
def test_a_signature_lasts_five_minutes(api, monkeypatch, minutes, status):
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: moment)
    assert api.send("POST", "/search", b"{}", api.signed("POST", "/search", b"{}")).status == status


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/search"), ("POST", "/"), ("POST", "/search/"), ("POST", "/Search"), ("DELETE", "/events"), ("OPTIONS", "/search"),
])  # fmt: skip
def test_no_route_is_not_found_signed_or_not(api, method, path):
    for headers in (api.signed(method, path), {}):
        reply = api.send(method, path, b"", headers)
        assert (reply.status, reply.body) == (404, {"message": "Not Found"})


@pytest.mark.parametrize("body", [{"raise": "secret"}, {"exit": 1}, {"answer": {"statusCode": "many"}},
                                  {"answer": {"statusCode": 200, "body": {"no": "text"}}}])  # fmt: skip
def test_a_function_that_fails_is_an_internal_error(api, body):
    reply = api.call(body)
    assert (reply.status, reply.body) == (500, {"message": "Internal Server Error"})
    assert api.call().status == 200


@pytest.mark.parametrize(("answer", "status", "body"), [
    ({"statusCode": 204}, 204, b""), ({"statusCode": "201", "body": "made"}, 201, b"made"), ("hello", 200, b'"hello"'),
    ({"a": 1}, 200, b'{"a": 1}'), (None, 200, b"null"),
    ({"statusCode": 200, "body": "aGk=", "isBase64Encoded": True}, 200, b"hi"),
])  # fmt: skip
def test_what_a_function_may_answer(answer, status, body):
    reply = reply_to(answer, "id")
    assert (reply.status, reply.body) == (status, body) and reply.headers["apigw-requestid"] == "id"


@pytest.mark.parametrize("answer", [
    {"statusCode": 20}, {"statusCode": None}, {"statusCode": 200, "headers": "x"}, {"statusCode": 200, "body": 7},
    {"statusCode": 200, "body": "%", "isBase64Encoded": True},
])  # fmt: skip
def test_what_it_may_not(answer):
    assert reply_to(answer, "id") is None


def test_bodies_have_a_limit(api):
    large = b'"' + b"x" * 7_000_000 + b'"'
    assert api.send("POST", "/search", large, api.signed("POST", "/search", large)).status == 413
    unread = {413: {"content-length": "99999999"}, 400: {"content-length": "-1"}, 411: {"transfer-encoding": "chunked"}}
    for status, headers in unread.items():
        api.close()
        assert api.send("POST", "/search", b"", headers).status == status
    api.close()
    assert api.call().status == 200


def test_a_stage_lets_through_what_its_limits_say():
    gateway = Gateway("id", None, None, None, SimpleNamespace(access_key="a"), "us-east-1")
    limits = {"ThrottlingBurstLimit": "5", "ThrottlingRateLimit": "0.001"}
    assert [gateway._has_room(limits) for _ in range(7)] == [True] * 5 + [False] * 2
    assert all(Gateway("id", None, None, None, None, "r")._has_room({}) for _ in range(1000))


def test_too_many_requests_are_told_so(account):
    client = account.deploy("narrow", Burst=2, RequestsPerSecond=1)
    found = [client.call().status for _ in range(20)]
    assert found[:2] == [200, 200] and found.count(429) >= 10
    client.close()
    account.delete("narrow")


def test_many_clients_at_once_get_each_their_own_answer(account, api):
    found = {}

    def ask(number):
        client = account.client("echo")
        replies = [client.call({"number": [number, turn]}) for turn in range(10)]
        found[number] = [json.loads(reply.body["event"]["body"])["number"] for reply in replies]
        client.close()

    threads = [threading.Thread(target=ask, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {number: [[number, turn] for turn in range(10)] for number in range(8)}


@pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl here")
def test_curl_is_understood(api):
    command = ["curl", "--silent", "--show-error", "--noproxy", "*", "--user", "local:local"]
    command += ["--aws-sigv4", "aws:amz:us-east-1:execute-api"]
    command += ["--header", "content-type: application/json", "--data", '{"query": "cat"}', f"{api.url}/search"]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(answer)["event"]["body"] == '{"query": "cat"}'
