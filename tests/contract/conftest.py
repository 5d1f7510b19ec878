"""Genuine clients of an offline account, with a watch on every request and every answer, and the scenarios they play.

A scenario is a function in `scenarios/`: it takes an `Account` and lives through something, as a reader would.
"""

from __future__ import annotations

import importlib.util
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.validate import validate_parameters

from helpers.local.cloud import LocalCloud
from helpers.local.constraints import violations
from helpers.settings import REPOSITORY

WEIGHTS = REPOSITORY / "seeds" / "titan_offline"


@dataclass
class Watch:
    """What the clients of a session asked and were answered, and where that broke botocore's model."""

    answers: dict[tuple[str, str], list[dict]] = field(default_factory=dict)  # by service and operation
    refusals: dict[tuple[str, str, str], dict] = field(default_factory=dict)  # by service, operation and code
    broken: list[str] = field(default_factory=list)
    models: dict[str, Any] = field(default_factory=dict)  # by service

    def on(self, session: Any, services: Any) -> None:
        for service in services:
            # First: botocore's own listeners turn a policy's text into a dictionary, which the model does not know.
            session.events.register_first(f"after-call.{service}", self._look)

    def _look(self, parsed: dict, model: Any, context: dict, http_response: Any, **_: Any) -> None:
        service, name = model.service_model.service_name, str(model.name)
        self.models[service] = model.service_model
        told = {key: value for key, value in parsed.items() if key != "ResponseMetadata"}
        found = _metadata_faults(parsed["ResponseMetadata"], service, http_response)
        if "Error" in told:
            self.refusals[service, name, told["Error"]["Code"]] = parsed
            found += [] if told["Error"]["Message"] else ["an error without a text"]
        else:
            self.answers.setdefault((service, name), []).append(told)
            found += _faults(context["local_arguments"], model.input_shape) + _faults(told, model.output_shape)
        self.broken += [f"{service}.{name}: {fault}" for fault in found]


def _metadata_faults(metadata: dict, service: str, http_response: Any) -> list[str]:
    needed = {"RequestId", "HTTPStatusCode", "HTTPHeaders", "RetryAttempts"} | ({"HostId"} if service == "s3" else set())
    header = "x-amz-request-id" if service == "s3" else "x-amzn-requestid"
    missing = [f"no {name} in the metadata" for name in sorted(needed - metadata.keys())]
    if not missing and metadata["HTTPHeaders"].get(header) != metadata["RequestId"]:
        missing.append(f"the header {header} is not the request's id")
    if metadata["HTTPStatusCode"] != http_response.status_code:
        missing.append("two different statuses")
    return missing


def _faults(value: dict, shape: Any) -> list[str]:
    """Everything in which `value` is not of this shape: types, members, constraints, and times without a zone."""
    if shape is None:
        return [f"members where there are none: {sorted(value)}"] if value else []
    value = {name: member for name, member in value.items() if member is not None}
    try:
        validate_parameters(value, shape)
    except ParamValidationError as error:
        return [str(error)]
    return violations(value, shape) + [f"{when} has no time zone" for when in _times(value) if when.tzinfo is None]


def _times(value: Any) -> list[datetime]:
    if isinstance(value, dict):
        return [when for item in value.values() for when in _times(item)]
    if isinstance(value, list):
        return [when for item in value for when in _times(item)]
    return [value] if isinstance(value, datetime) else []


class Account:
    """An offline account in one region. `watch` sees what all its clients do."""

    def __init__(self, folder: Path, watch: Watch, region: str = "us-east-1"):
        self.folder, self.watch = folder, watch
        self.cloud = LocalCloud(folder / region, weights=WEIGHTS, region=region)
        self.services = self.cloud.session._services
        watch.on(self.cloud.session, self.services)
        self._clients: dict[str, Any] = {}

    def client(self, service: str) -> Any:
        if service not in self._clients:
            self._clients[service] = self.cloud.session.client(service)
        return self._clients[service]

    def in_region(self, region: str) -> Account:
        return Account(self.folder, self.watch, region)

    @staticmethod
    def refuses(code: str, call: Callable, **arguments: Any) -> ClientError:
        """The error with this code, which the call must meet."""
        with pytest.raises(ClientError) as caught:
            call(**arguments)
        assert caught.value.response["Error"]["Code"] == code, caught.value
        return caught.value


def _loaded(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"contract_scenarios_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SCENARIOS: dict[str, Callable[[Account], None]] = {
    f"{path.stem}: {name.replace('_', ' ')}": function
    for path in sorted((Path(__file__).parent / "scenarios").glob("*.py"))
    for name, function in inspect.getmembers(_loaded(path), inspect.isfunction)
    if function.__code__.co_filename == str(path) and not name.startswith("_")
}


class Played:
    """Scenarios in one account; each is played once, when it is first asked for."""

    def __init__(self, account: Account):
        self.account = account
        self._endings: dict[str, BaseException | None] = {}

    def __call__(self, name: str) -> list[str]:
        """Where the requests and answers of this scenario broke the model; raises what it raised."""
        watch = self.account.watch
        before = len(watch.broken)
        if name not in self._endings:
            try:
                SCENARIOS[name](self.account)
                self._endings[name] = None
            except BaseException as error:
                self._endings[name] = error
        if (ending := self._endings[name]) is not None:
            raise ending
        return watch.broken[before:]

    def all(self) -> Watch:
        """What was seen in all of them."""
        for name in SCENARIOS:
            self(name)
        return self.account.watch


@pytest.fixture(scope="session")
def played(tmp_path_factory) -> Played:
    return Played(Account(tmp_path_factory.mktemp("contract"), Watch()))


@pytest.fixture(scope="module")
def watch() -> Watch:
    """A watch that sees nothing yet."""
    return Watch()


@pytest.fixture(scope="session")
def account(played) -> Account:
    return played.account


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "scenario" in metafunc.fixturenames:
        metafunc.parametrize("scenario", SCENARIOS)
