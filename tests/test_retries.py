"""Real retries: one table of faults, met by a real botocore endpoint on this machine and by the offline session.

The clients carry the retry settings of a test or our own Config, the one that AWS mode uses. Only pauses are skipped.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectionClosedError
from loopback import RESET, Fault, Loopback

from helpers.local.errors import ServiceError
from helpers.local.session import LocalSession
from helpers.workshop import RETRIES

OPERATIONS = {
    "bedrock-runtime": ("invoke_model", {"modelId": "m", "body": b'{"inputText": "cat"}'}),
    "personalize": ("list_campaigns", {"maxResults": 5}),
    "s3": ("put_object", {"Bucket": "bucket", "Key": "key", "Body": b"vectors"}),
    "sagemaker": ("list_training_jobs", {"MaxResults": 5}),
}
LEGACY, NEW, ALL, NONE = {"legacy"}, {"standard", "adaptive"}, {"legacy", "standard", "adaptive"}, set()
# The modes that try again. Source: botocore/data/_retry.json and botocore/retries/standard.py.
TABLE = [
    ("bedrock-runtime", Fault(429, "ThrottlingException"), ALL),
    ("bedrock-runtime", Fault(429, "ModelNotReadyException"), ALL),
    ("bedrock-runtime", Fault(503, "ServiceUnavailableException"), ALL),
    ("bedrock-runtime", Fault(500, "InternalServerException"), ALL),
    ("bedrock-runtime", Fault(408, "ModelTimeoutException"), NONE),
    ("bedrock-runtime", Fault(400, "ServiceQuotaExceededException"), NONE),
    ("bedrock-runtime", Fault(400, "ValidationException"), NONE),
    ("bedrock-runtime", Fault(403, "AccessDeniedException"), NONE),
    ("bedrock-runtime", RESET, ALL),
    ("personalize", Fault(400, "ThrottlingException"), ALL),
    ("personalize", Fault(400, "TooManyRequestsException"), NEW),
    ("personalize", Fault(429, "SomethingElse"), ALL),
    ("personalize", Fault(400, "LimitExceededException"), NEW),
    ("personalize", Fault(400, "ResourceInUseException"), NONE),
    ("personalize", Fault(400, "InvalidInputException"), NONE),
    ("s3", Fault(503, "SlowDown"), ALL),
    ("s3", Fault(500, "InternalError"), ALL),
    ("s3", Fault(400, "RequestTimeout"), ALL),
    ("s3", Fault(403, "AccessDenied"), NONE),
    ("s3", RESET, ALL),
    ("sagemaker", Fault(502, "BadGateway"), ALL),
    ("sagemaker", Fault(504, "GatewayTimeout"), ALL),
    ("sagemaker", Fault(509, "BandwidthLimit"), LEGACY),
    ("sagemaker", Fault(400, "ThrottledException"), ALL),
    ("sagemaker", Fault(400, "ValidationException"), NONE),
]
ATTEMPTS = [  # settings, attempts at most
    ({"mode": "legacy"}, 5),
    ({"mode": "standard"}, 3),
    ({"mode": "adaptive"}, 3),
    ({"mode": "legacy", "max_attempts": 2}, 3),
    ({"mode": "standard", "max_attempts": 2}, 3),
    ({"mode": "adaptive", "max_attempts": 0}, 1),
    ({"mode": "legacy", "total_max_attempts": 2}, 2),
    ({"mode": "standard", "total_max_attempts": 1}, 1),
    (RETRIES.retries, 11),
]


@dataclass
class Outcome:
    """What a caller saw: the error's code or class ("" for none), the retries it was told of, and whether they ran out."""

    error: str
    retries: int | None
    gave_up: bool
    attempts: int = 0


def outcome_of(client, service: str) -> Outcome:
    operation, arguments = OPERATIONS[service]
    if service == "s3":
        arguments = {**arguments, "Body": io.BytesIO(arguments["Body"])}  # a stream must be rewound for a new attempt
    try:
        metadata = getattr(client, operation)(**arguments)["ResponseMetadata"]
        return Outcome("", metadata["RetryAttempts"], False)
    except ClientError as caught:
        metadata, error = caught.response["ResponseMetadata"], caught.response["Error"]["Code"]
    except BotoCoreError as caught:
        return Outcome(type(caught).__name__, None, False)
    gave_up = metadata.get("MaxAttemptsReached", False) or metadata.get("RetryQuotaReached", False)
    return Outcome(error, metadata["RetryAttempts"], gave_up)


class Endpoint:
    """A genuine client of a server on this machine."""

    session = boto3.Session("key", "secret", region_name="us-east-1")  # reading the models takes long: once for all

    def __init__(self, server: Loopback, service: str, retries: dict):
        settings = Config(retries=dict(retries), s3={"addressing_style": "path"})
        self.server, self.service = server, service
        self.client = self.session.client(service, endpoint_url=server.url, config=RETRIES.merge(settings))

    def call(self, *faults: Fault) -> Outcome:
        self.server.expect(self.service, faults)
        outcome = outcome_of(self.client, self.service)
        outcome.attempts = len(self.server.bodies)
        assert len(set(self.server.bodies)) == 1  # each attempt sends everything again
        return outcome


class Offline:
    """The same client, answered by the session's `answer` with injected faults."""

    def __init__(self, service: str, retries: dict):
        self.service = service
        self.client = OFFLINE.client(service, config=RETRIES.merge(Config(retries=dict(retries))))

    def call(self, *faults: Fault) -> Outcome:
        FAULTS.expect(faults)
        outcome = outcome_of(self.client, self.service)
        outcome.attempts = len(FAULTS.asked)
        assert set(FAULTS.asked) == {(self.service, OPERATIONS[self.service][0])}
        return outcome


class Injected:
    """Faults as the session asks for them."""

    def expect(self, faults: Iterable[Fault]) -> None:
        self.faults, self.asked = iter(faults), []

    def __call__(self, service: str, operation: str) -> ServiceError | BotoCoreError | None:
        self.asked.append((service, operation))
        fault = next(self.faults, None)
        if fault is RESET:
            return ConnectionClosedError(endpoint_url="https://somewhere")
        return fault and ServiceError(fault.code, "told so", fault.status)


FAULTS = Injected()
OFFLINE = LocalSession(
    {
        "bedrock-runtime": SimpleNamespace(invoke_model=lambda *, modelId, body: {"body": b"{}", "contentType": "text/json"}),
        "personalize": SimpleNamespace(list_campaigns=lambda *, maxResults: {"campaigns": []}),
        "s3": SimpleNamespace(put_object=lambda *, Bucket, Key, Body, ChecksumAlgorithm="": {}),
        "sagemaker": SimpleNamespace(list_training_jobs=lambda *, MaxResults: {"TrainingJobSummaries": []}),
    },
    faults=FAULTS,
)


@pytest.fixture(scope="module")
def server():
    with Loopback() as server:
        yield server


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    """Pauses are noted, not slept; the clock of adaptive mode's send rate runs fast enough never to wait."""
    slept, now = [], iter(range(0, 10**9, 1000))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=slept.append))
    monkeypatch.setattr("botocore.retries.bucket.Clock.current_time", lambda self: next(now))
    return slept


@pytest.fixture(params=["endpoint", "offline"])
def client_of(request, server):
    """A function from a service and retry settings to a client of the one back end or the other."""
    if request.param == "offline":
        return Offline
    return lambda service, retries: Endpoint(server, service, retries)


@pytest.mark.parametrize("mode", sorted(ALL))
@pytest.mark.parametrize(("service", "fault", "modes"), TABLE, ids=lambda value: getattr(value, "code", None))
def test_each_mode_retries_what_botocore_lists_and_nothing_else(client_of, service, fault, modes, mode):
    most = 5 if mode == "legacy" else 3
    attempts = most if mode in modes else 1
    client = client_of(service, {"mode": mode})
    seen = client.call(*[fault] * 20)
    if fault is RESET:
        assert seen == Outcome("ConnectionClosedError", None, False, attempts)
    else:
        assert seen == Outcome(fault.code, attempts - 1, mode in modes, attempts)
    if mode in modes:  # and one fault less is got over
        assert client.call(*[fault] * (most - 1)) == Outcome("", most - 1, False, most)


@pytest.mark.parametrize(("retries", "most"), ATTEMPTS, ids=str)
def test_attempts_end_where_the_client_s_settings_say(client_of, retries, most):
    fault = Fault(503, "ServiceUnavailableException")
    assert client_of("bedrock-runtime", retries).call(*[fault] * 20) == Outcome(fault.code, most - 1, True, most)
    assert client_of("bedrock-runtime", retries).call(*[fault] * (most - 1)) == Outcome("", most - 1, False, most)


@pytest.mark.parametrize("service", OPERATIONS)
def test_our_config_gets_over_ten_faults_of_different_kinds(client_of, service):
    faults = [Fault(400, "ThrottlingException"), Fault(503, "SlowDown"), RESET, Fault(500, "InternalError"), RESET] * 2
    assert client_of(service, RETRIES.retries).call(*faults) == Outcome("", 10, False, 11)


def test_a_client_whose_calls_go_on_failing_stops_retrying(client_of):
    client = client_of("sagemaker", RETRIES.retries)
    faults = [Fault(500, "InternalFailure")] * 20
    # botocore grants a client 500 tokens; a retry that is no throttle costs 14 of them
    assert [client.call(*faults).attempts for _ in range(5)] == [11, 11, 11, 6, 1]
    assert client.call() == Outcome("", 0, False, 1)


def test_a_real_endpoint_waits_longer_from_time_to_time(server, no_pauses, monkeypatch):
    monkeypatch.setattr("random.random", lambda: 1.0)
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.__init__.__defaults__", (20, lambda: 1.0, None, None))
    Endpoint(server, "personalize", RETRIES.retries).call(*[Fault(400, "ThrottlingException")] * 20)
    assert no_pauses == [1, 2, 4, 8, 16, 20, 20, 20, 20, 20]


def test_offline_nothing_pauses(no_pauses):
    Offline("personalize", RETRIES.retries).call(*[Fault(400, "ThrottlingException")] * 20)
    assert no_pauses == []
