"""Every call that a walk makes of AWS, as boto3 and opensearch-py send it, offline or on AWS (answered by the stand-ins)."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from opensearchpy.connection import RequestsHttpConnection

from helpers.local.cloud import LocalCloud
from helpers.local.constraints import violations
from helpers.local.opensearch.connection import LocalConnection
from helpers.settings import REPOSITORY, read_settings
from helpers.workshop import Workshop, connect

WEIGHTS = REPOSITORY / "seeds" / "titan_offline"
SEARCH = "opensearch"
# What is another at each run, in either mode: times in names, ids that AWS draws, the folder.
_CHANGING = [
    (re.compile(r"-\d{14,}\b"), "-TIME"),
    (re.compile(r"(event-tracker/)[0-9a-f]{8}"), r"\1ID"),
    (re.compile(r"(model-invocation-job/|/output/)[0-9a-f]{12}\b"), r"\1ID"),
    (re.compile(r"\b[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\b"), "UUID"),
]


@dataclass(frozen=True)
class Call:
    """One request: service and operation (of OpenSearch: its method), and its arguments as text."""

    service: str
    operation: str
    arguments: str


@dataclass
class Recording:
    """What was asked, in order. broken : requests that break botocore's models. members : the arguments' names, by call."""

    calls: list[Call] = field(default_factory=list)
    members: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def listen_to(self, session: Any) -> None:
        session.events.register_first("before-call", self._note, unique_id="recording")

    def _note(self, model: Any, params: dict, context: dict, **_: Any) -> None:
        service, name, arguments = model.service_model.service_name, str(model.name), context["local_arguments"]
        self.hosts.add(urlsplit(params["url"]).netloc)
        self.members.setdefault((service, name), set()).update(arguments)
        self.calls.append(Call(service, name, _text(arguments)))
        self.broken += [f"{service}.{name}: {fault}" for fault in violations(arguments, model.input_shape or _NONE)]

    def searched(self, method: str, path: str, body: bytes | None, host: str) -> None:
        self.hosts.add(host)
        self.calls.append(Call(SEARCH, method, _text({"path": path, "body": body or b""})))

    def operations(self) -> set[tuple[str, str]]:
        return {(call.service, call.operation) for call in self.calls}


class _NONE:
    """The shape of an operation without arguments."""

    type_name, metadata, members = "structure", {}, {}


def offline(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workshop, Recording]:
    """A workshop in offline mode, and what it will have asked."""
    recording, ask = Recording(), LocalConnection.perform_request

    def perform(self: Any, method: str, url: str, params: Any = None, body: Any = None, *rest: Any, **more: Any) -> Any:
        recording.searched(method, url, body, "local")
        return ask(self, method, url, params, body, *rest, **more)

    monkeypatch.setattr(LocalConnection, "perform_request", perform)
    aws = connect(announce=False, settings=read_settings({"WORKSHOP_DATA": str(folder)}))
    recording.listen_to(aws.session)
    return aws, recording


def on_aws(folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Workshop, Recording]:
    """A workshop in AWS mode whose account is the offline one: clients, signatures and addresses are those of AWS."""
    recording = Recording()
    cloud = LocalCloud(folder / "account", weights=WEIGHTS)
    monkeypatch.setattr("helpers.workshop.following_session", lambda region: cloud.session)

    def send(self: Any, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        url = urlsplit(request.url)
        assert request.headers["Authorization"].startswith("AWS4-HMAC-SHA256"), "every request to OpenSearch is signed"
        status, answer = cloud.node.handle(request.method, url.path, dict(parse_qsl(url.query)), request.body or b"")
        response = requests.Response()
        response.status_code, response.url, response.request = status, request.url, request
        response._content = b"" if request.method == "HEAD" else json.dumps(answer).encode()
        response.headers["content-type"] = "application/json; charset=UTF-8"
        return response

    ask = RequestsHttpConnection.perform_request

    def perform(self: Any, method: str, url: str, params: Any = None, body: Any = None, *rest: Any, **more: Any) -> Any:
        recording.searched(method, url, body, urlsplit(self.host).netloc)
        return ask(self, method, url, params, body, *rest, **more)

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    monkeypatch.setattr(RequestsHttpConnection, "perform_request", perform)
    settings = read_settings({"WORKSHOP_DATA": str(folder), "WORKSHOP_MODE": "aws", "WORKSHOP_REGION": "us-east-1"})
    aws = replace(connect(announce=False, settings=settings), poll_seconds=0)
    recording.listen_to(aws.session)
    return aws, recording


def _text(value: Any) -> str:
    text = json.dumps(_plain(value), sort_keys=True)
    for pattern, name in _CHANGING:
        text = pattern.sub(name, text)
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return "TIME"
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest() if len(value) > 100 else value.decode(errors="replace")
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(type(value))


def runs(calls: list[Call]) -> Iterator[Call]:
    """The calls, with those that threads make side by side in the order of their arguments."""
    side_by_side: list[Call] = []
    for call in calls:
        if call.operation == "InvokeModel":
            side_by_side.append(call)
            continue
        yield from sorted(side_by_side, key=lambda one: one.arguments)
        side_by_side = []
        yield call
    yield from sorted(side_by_side, key=lambda one: one.arguments)
