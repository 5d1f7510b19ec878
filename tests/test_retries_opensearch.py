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


@pytest.mark.parametrize("fault", [Fault(502, "bad gateway"), Fault(503, "busy"), Fault(504, "too late"), RESET], ids=str)
def test_opensearch_is_asked_again_five_times(opensearch, server, fault):
    server.expect("opensearch", [fault] * 5)
    assert opensearch.count()["count"] == 7
    server.expect("opensearch", [fault] * 6)
    with pytest.raises(TransportError):
        opensearch.count()
    assert len(server.bodies) == 6


def test_opensearch_is_asked_again_when_it_takes_too_long(opensearch, server):
    server.expect("opensearch", [STALL, STALL])
    assert opensearch.count(request_timeout=0.1)["count"] == 7
    assert len(server.bodies) == 3


@pytest.mark.parametrize("status", [400, 403, 404, 429, 500])
def test_opensearch_is_not_asked_again_after_a_refusal(opensearch, server, status):
    server.expect("opensearch", [Fault(status, "no")])
    with pytest.raises(TransportError) as caught:
        opensearch.count()
    assert caught.value.status_code == status and len(server.bodies) == 1
