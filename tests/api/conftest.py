"""The function in this process, as its container would find the world: `invoke` takes an event, `ask` a body."""

from __future__ import annotations

import json
from functools import partial

import boto3
import opensearchpy
import pytest
from api.asked import event_of

from helpers.api import container as container_module
from helpers.api.handler import handle
from helpers.local.opensearch.connection import LocalConnection


@pytest.fixture
def environment(served):
    """The function's variables, as the stack gives them."""
    aws, _ = served
    return {
        "OPENSEARCH_ENDPOINT": "https://search-workshop.us-east-1.es.amazonaws.com", "OPENSEARCH_SERVICE": "es",
        "INDEX_NAME": aws.index_name, "EMBEDDER": "titan", "DIMENSION": "1024",
        "CAMPAIGN_ARN": aws.state["campaign_arn"], "TRACKING_ID": aws.state["tracking_id"],
    }  # fmt: skip


@pytest.fixture
def function(served, environment, monkeypatch):
    """The world around the handler: boto3's session, opensearch-py's connections, the variables; no client made yet."""
    aws, trouble = served
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", aws.session)
    monkeypatch.setattr(boto3, "Session", lambda *_, **__: aws.session)
    node = aws.opensearch.transport.get_connection().node
    monkeypatch.setattr(opensearchpy.Transport, "DEFAULT_CONNECTION_CLASS", staticmethod(partial(LocalConnection, node=node)))
    container_module.container.cache_clear()
    yield aws
    trouble.errors.clear()
    container_module.container.cache_clear()


@pytest.fixture
def invoke(function):
    """The response to an event, checked for its form."""

    def invoked(event):
        response = handle(event)
        check_form(response)
        return response

    return invoked


@pytest.fixture
def ask(invoke):
    """(status, body) of the response to this body."""

    def asked(body, route="POST /search", **members):
        response = invoke(event_of(body, route, **members))
        return response["statusCode"], json.loads(response["body"])

    return asked


def check_form(response):
    """What API Gateway and every client rely on, whatever was asked."""
    assert set(response) == {"statusCode", "headers", "body", "isBase64Encoded"} and response["isBase64Encoded"] is False
    assert all(isinstance(value, str) and name == name.lower() for name, value in response["headers"].items())
    assert response["headers"]["content-type"] == "application/json"
    body = json.loads(response["body"])
    if response["statusCode"] < 400:
        assert body["request_id"] == response["headers"]["x-request-id"]
    else:
        assert set(body) == {"error"} and set(body["error"]) == {"code", "message", "request_id"}
        assert body["error"]["request_id"] == response["headers"]["x-request-id"] and body["error"]["message"].endswith(".")
