"""The stand-in plays OpenSearch Serverless: when it shows what was written, and what only a flavour of it does."""

from __future__ import annotations

import pytest
from opensearchpy import OpenSearch, RequestError, TransportError

from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.flavours import FLAVOURS
from helpers.local.opensearch.node import Node
from helpers.vector_index import index_body

LOOKS = {"serverless-classic": 3, "serverless-nextgen": 2}
NEAR = {"query": {"knn": {"image_vector": {"vector": [1, 2, 3], "k": 5}}}}


@pytest.fixture(params=LOOKS)
def flavour(request):
    return request.param


@pytest.fixture
def connect(tmp_path, clock, flavour):
    """Each call is another kernel: a node of its own on the same folder."""
    return lambda: OpenSearch(
        [{"host": "local"}], connection_class=LocalConnection, node=Node(tmp_path, clock, flavour)
    )


@pytest.fixture
def client(connect, flavour):
    client = connect()
    client.indices.create(index="pictures", body=index_body(dimension=3, flavour=flavour))
    return client


def add(client, **document):
    return client.index(index="pictures", body={"image_vector": [1, 2, 3], **document})


def counts(*clients):
    return [client.count(index="pictures")["count"] for client in clients]


def test_a_document_is_found_by_the_n_th_look_whoever_looks(client, connect, flavour, clock):
    add(client)
    clock.now += 1_000_000
    kernels = [connect() for _ in range(LOOKS[flavour] + 1)]
    assert counts(*kernels) == [0] * (LOOKS[flavour] - 1) + [1, 1]


def test_a_search_is_a_look_too_and_answers_without_what_it_cannot_see(client, flavour):
    add(client)
    found = [len(client.search(index="pictures", body=NEAR)["hits"]["hits"]) for _ in range(LOOKS[flavour])]
    assert found == [0] * (LOOKS[flavour] - 1) + [1]


def test_what_comes_while_others_wait_appears_with_them_at_the_latest_n_looks_on(client, flavour):
    add(client)
    assert counts(client) == [0]
    add(client)
    assert counts(*[client] * LOOKS[flavour])[-1] == 2


def test_reading_other_things_is_no_look(client, flavour):
    doc_id = add(client)["_id"]
    for _ in range(5):
        assert client.get(index="pictures", id=doc_id)["found"]
        assert client.indices.exists(index="pictures")
        assert client.indices.get_mapping(index="pictures")
    assert counts(client) == [0]


@pytest.mark.parametrize("asked", [{}, {"_source": {"excludes": ["title"]}}])
def test_nextgen_hides_vectors_that_nobody_asked_for(client, flavour, asked):
    add(client, image_id="a")
    counts(*[client] * 3)
    [hit] = client.search(index="pictures", body={**NEAR, **asked})["hits"]["hits"]
    hidden = {"image_id": "a"}
    shown = {**hidden, "image_vector": [1.0, 2.0, 3.0]}
    assert hit["_source"] == (hidden if flavour == "serverless-nextgen" else shown)
    for asking in ({"_source": True}, {"_source": ["image*"]}, {"_source": {"includes": ["image_id", "image_vector"]}}):
        [hit] = client.search(index="pictures", body={**NEAR, **asking})["hits"]["hits"]
        assert hit["_source"] == shown


def test_a_vector_field_needs_what_the_default_would_spoil(client, flavour):
    body = {"settings": {"index.knn": True}, "mappings": {"properties": {"v": {"type": "knn_vector", "dimension": 3}}}}
    with pytest.raises(TransportError) as caught:
        client.indices.create(index="others", body=body)
    assert caught.value.status_code == 501
    assert {"serverless-classic": "engine faiss", "serverless-nextgen": "ask for 1x"}[flavour] in str(caught.value.info)
    properties = {"properties": {"v": {"type": "knn_vector", "dimension": 3}}}
    with pytest.raises(TransportError):
        client.indices.put_mapping(index="pictures", body=properties)


def test_the_domain_s_body_is_refused_by_nextgen_and_nextgen_s_is_not_classic_s(client, flavour):
    if flavour == "serverless-nextgen":
        with pytest.raises(RequestError, match="Field parameter 'engine' is not supported"):
            client.indices.create(index="others", body=index_body())
    else:
        with pytest.raises(TransportError, match="nmslib"):
            client.indices.create(index="others", body=index_body(flavour="serverless-nextgen"))
    assert not client.indices.exists(index="others")


def test_mode_and_full_vectors_do_not_go_together_on_nextgen(client, flavour):
    vector = {"type": "knn_vector", "dimension": 3, "mode": "on_disk", "compression_level": "1x"}
    body = {"settings": {"index.knn": True}, "mappings": {"properties": {"v": vector}}}
    with pytest.raises(TransportError):
        client.indices.create(index="others", body=body)


def test_the_table_says_what_is_played():
    assert {name: flavour.looks for name, flavour in FLAVOURS.items()} == {"domain": 0, **LOOKS}
