"""The client of a real OpenSearch tries again as our settings say, shown by a server on this machine."""

from __future__ import annotations

import pytest
from loopback import RESET, STALL, Fault, Loopback
from opensearchpy.exceptions import TransportError

from helpers.settings import read_settings
from helpers.workshop import connect


@pytest.fixture(scope="module")
def server():
    with Loopback() as server:
        yield server


@pytest.fixture
def opensearch(server, tmp_path):
    """The client that a Workshop makes for a real OpenSearch."""
    return connect(
        announce=False, settings=read_settings({"WORKSHOP_DATA": str(tmp_path), "OPENSEARCH_URL": server.url})
    ).opensearch


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Noted, not slept."""
    slept = []
    monkeypatch.setattr("helpers.opensearch_client.time.sleep", slept.append)
    return slept


BUSY = [Fault(429, "slow down"), Fault(502, "bad gateway"), Fault(503, "busy"), Fault(504, "too late")]


@pytest.mark.parametrize(("fault", "most"), [*[(fault, 10) for fault in BUSY], (RESET, 5)], ids=str)
def test_opensearch_is_asked_again_so_many_times(opensearch, server, fault, most):
    server.expect("opensearch", [fault] * most)
    assert opensearch.count()["count"] == 7
    server.expect("opensearch", [fault] * (most + 1))
    with pytest.raises(TransportError):
        opensearch.count()
    assert len(server.bodies) == most + 1


def test_each_pause_is_longer_up_to_ten_seconds(opensearch, server, pauses):
    server.expect("opensearch", [Fault(429, "slow down")] * 10)
    opensearch.count()
    assert pauses == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10, 10, 10, 10])


def test_opensearch_is_asked_again_when_it_takes_too_long(opensearch, server):
    server.expect("opensearch", [STALL, STALL])
    assert opensearch.count(request_timeout=0.1)["count"] == 7
    assert len(server.bodies) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 500])
def test_opensearch_is_not_asked_again_after_a_refusal(opensearch, server, status):
    server.expect("opensearch", [Fault(status, "no")])
    with pytest.raises(TransportError) as caught:
        opensearch.count()
    assert caught.value.status_code == status and len(server.bodies) == 1
