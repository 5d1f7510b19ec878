"""A client whose budget of retries is used up goes on asking, and still gives up where its configuration says."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError
from loopback import RESET, Fault, Loopback
from test_retries import Endpoint

from helpers.faults import FaultPlan
from helpers.local.faults import PlannedFaults
from helpers.local.session import LocalSession
from helpers.patience import PAUSE, patient
from helpers.workshop import MOST_RETRIES, RETRIES


@pytest.fixture(autouse=True)
def slept(monkeypatch):
    slept, now = [], iter(range(0, 10**9, 1000))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=slept.append))
    monkeypatch.setattr("botocore.retries.bucket.Clock.current_time", lambda self: next(now))
    return slept


@pytest.fixture(scope="module")
def server():
    with Loopback() as server:
        yield server


BROKEN = Fault(500, "InternalFailure")


def test_a_real_endpoint_is_asked_as_often_by_the_sixth_call_as_by_the_first(server, slept):
    """Without patience the attempts are 11, 11, 11, 6, 1 (tests/test_retries.py)."""
    endpoint = Endpoint(server, "sagemaker", RETRIES.retries)
    patient(endpoint.client, MOST_RETRIES)
    assert [endpoint.call(*[BROKEN] * 20).attempts for _ in range(6)] == [11] * 6
    assert slept.count(PAUSE) == 60 - 500 // 14
    assert endpoint.call(*[BROKEN] * 10).error == ""


def test_so_is_one_that_breaks_the_connection(server):
    endpoint = Endpoint(server, "sagemaker", RETRIES.retries)
    patient(endpoint.client, MOST_RETRIES)
    assert [endpoint.call(*[RESET] * 20).attempts for _ in range(5)] == [11] * 5


@pytest.mark.parametrize("code", ["ValidationException", "AccessDeniedException"])
def test_a_refusal_is_still_final(server, code):
    endpoint = Endpoint(server, "sagemaker", RETRIES.retries)
    patient(endpoint.client, MOST_RETRIES)
    assert endpoint.call(Fault(400, code)).attempts == 1


def test_under_steady_throttling_a_thousand_calls_get_through_with_patience_only(tmp_path):
    services = {"sagemaker": SimpleNamespace(list_training_jobs=lambda: {"TrainingJobSummaries": []})}

    def n_failed(with_patience: bool) -> int:
        faults = PlannedFaults(FaultPlan(throttling=0.3, server=0.05, seed=1), tmp_path)
        client = LocalSession(services, faults=faults).client("sagemaker", config=RETRIES)
        client = patient(client, MOST_RETRIES) if with_patience else client
        failed = 0
        for _ in range(1500):
            try:
                client.list_training_jobs()
            except ClientError:
                failed += 1
        return failed

    assert n_failed(with_patience=False) > 10
    assert n_failed(with_patience=True) == 0
