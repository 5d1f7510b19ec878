"""The same cells on every flavour: make an index, load it, be interrupted, load it again, search it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from helpers.index_flavours import FLAVOURS, FlavouredClient
from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.errors import illegal_argument
from helpers.local.opensearch.node import Node
from helpers.vector_index import VECTOR_FIELD, IndexingError, create_index, index_images, knn_search

DIMENSION, N = 16, 90
SERVERLESS = [name for name in FLAVOURS if name != "domain"]


def client_of(folder, flavour: str) -> FlavouredClient:
    """The genuine client on a stand-in that plays this flavour. Each call is another kernel."""
    node, rules = Node(folder, flavour=flavour), FLAVOURS[flavour].without_waits()
    return FlavouredClient([{"host": "local"}], flavour=rules, connection_class=LocalConnection, node=node)


@pytest.fixture(params=FLAVOURS)
def flavour(request):
    return request.param


@pytest.fixture
def client(tmp_path, flavour):
    return client_of(tmp_path, flavour)


@pytest.fixture(scope="module")
def documents():
    vectors = np.random.default_rng(0).normal(size=(N, DIMENSION))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return [
        {"image_id": f"img-{i:03d}", "cluster": str(i % 5), "title": f"Picture {i}", VECTOR_FIELD: vector}
        for i, vector in enumerate(vectors)
    ]


def broken_off(documents, after: int):
    yield from documents[:after]
    raise KeyboardInterrupt


def image_ids(client) -> list[str]:
    """The pictures of every document that a search finds, sorted; one that is there twice stands there twice."""
    body = {"size": 1000, "_source": ["image_id"], "query": {"match_all": {}}}
    return sorted(hit["_source"]["image_id"] for hit in client.search(index="shelf", body=body)["hits"]["hits"])


@pytest.mark.parametrize("after", [0, 9, 10, 45, N])
def test_an_interrupted_load_is_finished_and_searched_with_the_same_answer(client, tmp_path, flavour, documents, after):
    create_index(client, "shelf", dimension=DIMENSION)
    for _ in range(2):  # at once, so that nothing of it can be found when the next one looks
        with pytest.raises(KeyboardInterrupt):
            index_images(client_of(tmp_path, flavour), "shelf", broken_off(documents, after), chunk_size=10)
    for kernel in (client, client_of(tmp_path, flavour)):
        create_index(kernel, "shelf", dimension=DIMENSION)
        assert index_images(kernel, "shelf", documents, chunk_size=10) == N
        assert image_ids(kernel) == [document["image_id"] for document in documents]
    query = documents[7][VECTOR_FIELD].astype(float) + 0.05
    expected = 1 / (1 + ((np.array([d[VECTOR_FIELD] for d in documents], dtype=float) - query) ** 2).sum(axis=1))
    order = np.argsort(-expected)
    hits = knn_search(client, "shelf", query, size=N)
    assert [hit.image_id for hit in hits] == [documents[i]["image_id"] for i in order]
    assert [hit.score for hit in hits] == pytest.approx(expected[order], abs=1e-4)
    few = knn_search(client, "shelf", query, size=5, filter={"term": {"cluster": "2"}})
    assert [hit.image_id for hit in few] == [documents[i]["image_id"] for i in order if i % 5 == 2][:5]


@pytest.mark.parametrize("after", [10, 45])
def test_no_picture_is_added_twice_even_for_a_moment(tmp_path, documents, after):
    """The copies that a careless load would leave could be deleted; better they are never made."""
    client = client_of(tmp_path, "serverless-classic")
    create_index(client, "shelf", dimension=DIMENSION)
    with pytest.raises(KeyboardInterrupt):
        index_images(client, "shelf", broken_off(documents, after), chunk_size=10)
    index_images(client, "shelf", documents, chunk_size=10)
    lines = (tmp_path / "shelf" / "documents.jsonl").read_text().splitlines()
    assert len(lines) == N and not [line for line in lines if '"version":1' not in line]


def test_what_changed_is_found_as_it_is_now(client, documents):
    create_index(client, "shelf", dimension=DIMENSION)
    index_images(client, "shelf", documents)
    moved = [{**document, "cluster": "moved", VECTOR_FIELD: -document[VECTOR_FIELD]} for document in documents[:20]]
    index_images(client, "shelf", moved)
    hits = knn_search(client, "shelf", -documents[3][VECTOR_FIELD], size=1)
    assert (hits[0].image_id, hits[0].cluster, hits[0].score) == ("img-003", "moved", pytest.approx(1))
    assert image_ids(client) == [document["image_id"] for document in documents]


def test_pictures_are_added_to_those_that_are_there(client, documents):
    create_index(client, "shelf", dimension=DIMENSION)
    index_images(client, "shelf", documents[:60])
    assert index_images(client, "shelf", documents[50:]) == 40
    assert len(image_ids(client)) == N


def test_a_refused_picture_is_named_on_every_flavour(client, documents):
    create_index(client, "shelf", dimension=DIMENSION)
    bad = {**documents[0], "image_id": "too-short", VECTOR_FIELD: [1.0, 2.0]}
    with pytest.raises(IndexingError, match=r"refused 1 of 11 pictures:\n  too-short: .*Expected: 16, Given: 2"):
        index_images(client, "shelf", [*documents[:10], bad])


def test_a_nextgen_collection_that_refuses_our_ids_gives_its_own(tmp_path, documents, monkeypatch):
    """AWS says that it takes them, one operator that it did not."""
    client = client_of(tmp_path, "serverless-nextgen")
    catalog = client.transport.get_connection().node._catalog
    catalog.flavour = replace(catalog.flavour, own_ids=False)
    create_index(client, "shelf", dimension=DIMENSION)
    with pytest.raises(KeyboardInterrupt):
        index_images(client, "shelf", broken_off(documents, 40), chunk_size=10)
    for _ in range(2):
        assert index_images(client, "shelf", documents, chunk_size=10) == N
        assert image_ids(client) == [document["image_id"] for document in documents]
    assert knn_search(client, "shelf", documents[3][VECTOR_FIELD], size=1)[0].image_id == "img-003"


def test_a_request_that_was_sent_twice_leaves_no_copy(tmp_path, documents, monkeypatch):
    """A bulk that timed out was done all the same, and the client sends it again."""
    client = client_of(tmp_path, "serverless-classic")
    create_index(client, "shelf", dimension=DIMENSION)
    node = client.transport.get_connection().node
    real, bulks = node.handle, []

    def twice(method, path, parameters, body):
        if path.endswith("_bulk"):
            bulks.append(body)
            if len(bulks) == 1:
                real(method, path, parameters, body)
        return real(method, path, parameters, body)

    monkeypatch.setattr(node, "handle", twice)
    assert index_images(client, "shelf", documents) == N
    assert image_ids(client) == [document["image_id"] for document in documents]


def test_where_ids_are_not_ours_a_picture_may_be_sent_once(tmp_path, documents):
    client = client_of(tmp_path, "serverless-classic")
    create_index(client, "shelf", dimension=DIMENSION)
    with pytest.raises(ValueError, match="'img-004' is among the documents twice"):
        index_images(client, "shelf", [*documents, documents[4]], chunk_size=10)


@pytest.mark.parametrize("flavour", SERVERLESS)
def test_a_load_ends_when_its_pictures_can_be_found_and_not_before(client, documents, capsys):
    create_index(client, "shelf", dimension=DIMENSION)
    node = client.transport.get_connection().node
    real, counts = node.handle, []

    def counting(method, path, parameters, body):
        status, answer = real(method, path, parameters, body)
        if path.endswith("_count"):
            counts.append(answer["count"])
        return status, answer

    node.handle = counting
    index_images(client, "shelf", documents)
    assert counts[-1] == N and counts[-2] < N
    assert capsys.readouterr().out == "index shelf: searchable\n"


@pytest.mark.parametrize("flavour", SERVERLESS)
def test_the_waits_are_those_that_aws_names(tmp_path, flavour, documents, monkeypatch):
    """On AWS a look costs seconds; here the sleeps are counted and not slept."""
    slept = []
    monkeypatch.setattr("time.sleep", slept.append)
    client = client_of(tmp_path, flavour)
    client.flavour = FLAVOURS[flavour]
    monkeypatch.setattr("helpers.waiting._pause", lambda seconds, bar, text: slept.append(seconds))
    create_index(client, "shelf", dimension=DIMENSION)
    index_images(client, "shelf", documents)
    assert sum(slept) <= 2 * FLAVOURS[flavour].visible_seconds
    slept.clear()
    moved = [{**document, "cluster": "moved"} for document in documents]
    index_images(client, "shelf", moved)
    assert sum(slept) == pytest.approx(FLAVOURS[flavour].visible_seconds)


def test_errors_other_than_ids_do_not_change_the_way(tmp_path, documents, monkeypatch):
    client = client_of(tmp_path, "serverless-nextgen")
    create_index(client, "shelf", dimension=DIMENSION)
    monkeypatch.setattr(
        "helpers.local.opensearch.writer.Writer.put", lambda *_, **__: (_ for _ in ()).throw(illegal_argument("no"))
    )
    with pytest.raises(IndexingError, match="refused 90 of 90"):
        index_images(client, "shelf", documents)
