"""Which flavour a client talks to, what each is sent, and patience with policies that are not in force yet."""

from __future__ import annotations

import pytest
from opensearchpy import AuthenticationException, AuthorizationException, NotFoundError, OpenSearch

from helpers.index_flavours import FLAVOURS, AccessRefused, flavour_of, flavour_of_host, when_allowed
from helpers.settings import OPENSEARCH_FLAVOURS
from helpers.vector_index import index_body


@pytest.mark.parametrize(
    ("host", "flavour"),
    [
        ("search-shop-a1b2.us-east-1.es.amazonaws.com", "domain"),
        ("a1b2c3.us-east-1.aoss.amazonaws.com", "serverless-classic"),
        ("A1B2C3.eu-west-1.aoss.amazonaws.com", "serverless-classic"),
        ("a1b2c3.aoss.us-east-1.on.aws", "serverless-nextgen"),
        ("localhost", "domain"),
        ("aoss.example.com", "domain"),
        ("a1b2c3.us-east-1.aoss.amazonaws.com.example.com", "domain"),
        ("", "domain"),
    ],
)
def test_a_host_s_name_tells_the_flavour(host, flavour):
    assert flavour_of_host(host) == flavour
    if host:
        assert flavour_of(OpenSearch([{"host": host, "port": 443}])).name == flavour


def test_settings_and_table_know_the_same_flavours():
    assert tuple(FLAVOURS) == OPENSEARCH_FLAVOURS


def test_classic_is_told_its_engine_because_its_default_is_another_one():
    body = index_body(flavour="serverless-classic")
    method = {"name": "hnsw", "engine": "faiss", "space_type": "l2", "parameters": {"m": 16, "ef_construction": 100}}
    assert body["mappings"]["properties"]["image_vector"] == {"type": "knn_vector", "dimension": 1024, "method": method}
    assert "dynamic" not in body["mappings"]


def test_nextgen_gets_the_body_of_aws_s_own_tutorial():
    body = index_body(flavour="serverless-nextgen", dimension=256)
    vector = {"type": "knn_vector", "dimension": 256, "compression_level": "1x", "space_type": "l2"}
    assert body["mappings"]["properties"]["image_vector"] == vector
    assert "engine" not in str(body) and "mode" not in str(body)


def test_the_looks_cover_the_time_after_which_everything_is_visible():
    for flavour in FLAVOURS.values():
        assert flavour.pause * flavour.looks == pytest.approx(flavour.visible_seconds)
        assert flavour.without_waits().pause == 0 and flavour.without_waits().looks == flavour.looks


def refusing(times: int, error: Exception):
    left = [error] * times

    def call():
        if left:
            raise left.pop()
        return "in force"

    return call


@pytest.fixture
def slept(monkeypatch):
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    return slept


@pytest.mark.parametrize("kind", [AuthenticationException(401, "no", {}), AuthorizationException(403, "no", {})])
def test_a_fresh_policy_gets_two_minutes(kind, slept):
    assert when_allowed(FLAVOURS["serverless-nextgen"], refusing(23, kind)) == "in force"
    assert sum(slept) == pytest.approx(115)
    slept.clear()
    with pytest.raises(AccessRefused, match="data access policy must name our IAM role's ARN"):
        when_allowed(FLAVOURS["serverless-classic"], refusing(24, kind))
    assert sum(slept) == pytest.approx(115)


def test_a_domain_s_refusal_counts_at_once(slept):
    with pytest.raises(AccessRefused):
        when_allowed(FLAVOURS["domain"], refusing(1, AuthorizationException(403, "no", {})))
    assert slept == []


def test_other_errors_are_not_waited_for(slept):
    with pytest.raises(NotFoundError):
        when_allowed(FLAVOURS["serverless-classic"], refusing(1, NotFoundError(404, "no", {})))
    assert slept == []
