"""The learner's helpers on the stand-in, compared with NumPy."""

import subprocess
import sys

import numpy as np
import pytest
from opensearchpy import OpenSearch

from helpers.local.opensearch.connection import LocalConnection
from helpers.local.opensearch.node import Node
from helpers.vector_index import (
    VECTOR_FIELD,
    IndexingError,
    SearchError,
    create_index,
    index_body,
    index_images,
    knn_search,
)


@pytest.fixture
def client(tmp_path):
    return OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(tmp_path))


def documents(n=30, dimension=8, seed=0):
    vectors = np.random.default_rng(seed).normal(size=(n, dimension))
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return [
        {"image_id": f"img-{i:03d}", "cluster": str(i % 5), "title": f"Picture {i}", VECTOR_FIELD: vector}
        for i, vector in enumerate(vectors)
    ]


@pytest.fixture
def shelf(client):
    create_index(client, "shelf", dimension=8)
    shelf = documents()
    assert index_images(client, "shelf", shelf) == 30
    return shelf


def test_the_body_is_the_one_that_a_domain_takes():
    assert index_body() == {
        "settings": {"index": {"knn": True}},
        "mappings": {
            "dynamic": "strict",
            "properties": {
                "image_vector": {
                    "type": "knn_vector",
                    "dimension": 1024,
                    "method": {
                        "name": "hnsw",
                        "engine": "faiss",
                        "space_type": "l2",
                        "parameters": {"m": 16, "ef_construction": 100},
                    },
                },
                "image_id": {"type": "keyword"},
                "cluster": {"type": "keyword"},
                "title": {"type": "keyword"},
            },
        },
    }


def test_making_an_index_twice_is_making_it_once(client):
    assert create_index(client, "shelf", "image_vector", dimension=8) is True
    assert create_index(client, "shelf", dimension=8) is True


def test_an_index_with_other_vectors_says_what_to_do(client):
    create_index(client, "shelf", dimension=8)
    with pytest.raises(IndexingError, match=r"knn_vector 8, not knn_vector 1024.*notebook 03"):
        create_index(client, "shelf")
    client.indices.create(index="plain")
    with pytest.raises(IndexingError, match="no field"):
        create_index(client, "plain")


def test_a_name_that_opensearch_refuses_is_refused(client):
    with pytest.raises(IndexingError, match=r"must be lowercase.* Choose another name"):
        create_index(client, "Shelf")


def test_neighbours_come_best_first_with_their_scores(client, shelf):
    query = shelf[4][VECTOR_FIELD] + 0.1
    vectors = np.array([document[VECTOR_FIELD] for document in shelf], dtype=np.float64)
    expected = 1 / (1 + ((vectors - query) ** 2).sum(axis=1))
    hits = knn_search(client, "shelf", query, size=30)
    order = np.argsort(-expected)
    assert [hit.image_id for hit in hits] == [shelf[i]["image_id"] for i in order]
    assert [hit.score for hit in hits] == pytest.approx(expected[order], rel=1e-5)
    assert (hits[0].cluster, hits[0].title) == (shelf[order[0]]["cluster"], shelf[order[0]]["title"])


@pytest.mark.parametrize("kind", [list, tuple, np.asarray])
def test_any_sequence_of_numbers_is_a_query(client, shelf, kind):
    assert knn_search(client, "shelf", kind(shelf[3][VECTOR_FIELD]), size=1)[0].image_id == "img-003"


def test_a_filter_leaves_as_many_as_match(client, shelf):
    hits = knn_search(client, "shelf", shelf[0][VECTOR_FIELD], size=10, filter={"term": {"cluster": "2"}})
    assert {hit.cluster for hit in hits} == {"2"}
    assert len(hits) == 6


def test_indexing_again_changes_nothing(client, shelf):
    before = knn_search(client, "shelf", shelf[0][VECTOR_FIELD])
    assert index_images(client, "shelf", iter(shelf), chunk_size=7) == 30
    assert knn_search(client, "shelf", shelf[0][VECTOR_FIELD]) == before


def test_the_stored_outputs_do_not_tell_how_long_it_took(client, shelf, capsys):
    capsys.readouterr()
    index_images(client, "shelf", shelf)
    assert capsys.readouterr().out == "index shelf: searchable\n"


def test_a_cluster_that_became_a_number_is_a_whole_one(client, shelf):
    index_images(client, "shelf", [{**shelf[0], "cluster": 7.0}, {**shelf[1], "cluster": np.int64(8)}])
    found = {hit.image_id: hit.cluster for hit in knn_search(client, "shelf", shelf[0][VECTOR_FIELD])}
    assert (found["img-000"], found["img-001"]) == ("7", "8")


def test_pictures_do_not_make_the_index_themselves(client):
    with pytest.raises(IndexingError, match="create_index first"):
        index_images(client, "shelf", documents())
    assert not client.indices.exists(index="shelf")


def test_refused_pictures_are_named_and_the_others_indexed(client):
    create_index(client, "shelf", dimension=8)
    good, bad = documents(6), documents(8, dimension=4, seed=1)
    bad = [{**document, "image_id": f"bad-{i}"} for i, document in enumerate(bad)]
    with pytest.raises(IndexingError) as caught:
        index_images(client, "shelf", good + bad)
    message = str(caught.value)
    assert "refused 8 of 14 pictures" in message
    assert "bad-0: failed to parse" in message
    assert "Expected: 8, Given: 4" in message
    assert "… and 5 more" in message
    client.indices.refresh(index="shelf")
    assert client.count(index="shelf")["count"] == 6


def test_a_picture_that_the_node_was_too_busy_for_is_sent_again(client, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    create_index(client, "shelf", dimension=8)
    node = client.transport.get_connection().node
    real, calls = node.handle, []

    def busy_once(method, path, parameters, body):
        if not path.endswith("_bulk"):
            return real(method, path, parameters, body)
        calls.append(body.count(b"\n") // 2)
        if len(calls) > 1:
            return real(method, path, parameters, body)
        lines = body.splitlines(keepends=True)
        status, answer = real(method, path, parameters, b"".join(lines[:4]))
        error = {"type": "rejected_execution_exception", "reason": "busy"}
        rejected = [
            {"index": {"_index": "shelf", "_id": f"img-00{i}", "status": 429, "error": error}}
            for i in (2, 3, 4)
        ]
        return status, {**answer, "errors": True, "items": answer["items"] + rejected}

    monkeypatch.setattr(node, "handle", busy_once)
    assert index_images(client, "shelf", documents(5)) == 5
    assert calls == [5, 3]
    assert client.count(index="shelf")["count"] == 5


def test_a_missing_index_names_the_notebook(client):
    with pytest.raises(SearchError, match="03_index_and_search"):
        knn_search(client, "shelf", [0.0] * 8)


def test_a_query_of_another_length_says_so(client, shelf):
    with pytest.raises(SearchError, match=r"Query vector has invalid dimension: 3\. Dimension should be: 8"):
        knn_search(client, "shelf", [1.0, 2.0, 3.0])


def test_searching_needs_nothing_but_opensearch_py():
    """It travels into a Lambda function, where there is no NumPy."""
    code = (
        "import sys, importlib.util\n"
        "for name in ('numpy', 'pandas', 'boto3', 'botocore', 'tqdm', 'faiss', 'helpers'): sys.modules[name] = None\n"
        "spec = importlib.util.spec_from_file_location('vector_index', sys.argv[1])\n"
        "module = importlib.util.module_from_spec(spec); sys.modules['vector_index'] = module\n"
        "spec.loader.exec_module(module)\n"
        "class Client:\n"
        "    def search(self, index, body): return {'hits': {'hits': [{'_id': 'a', '_score': 1.0, '_source': {}}]}}\n"
        "print(module.knn_search(Client(), 'shelf', (1, 2))[0].image_id)\n"
    )
    import helpers.vector_index

    run = subprocess.run(
        [sys.executable, "-c", code, helpers.vector_index.__file__], capture_output=True, text=True
    )
    assert run.stdout == "a\n", run.stderr
