"""`mode: on_disk` as the stand-in has it: what stays in the file, what the first phase may miss, what a new kernel finds."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from opensearchpy import RequestError
from vectors_of_a_kind import clustered

from helpers.local.engines import knn
from helpers.local.opensearch.document_log import VectorFile
from helpers.local.opensearch.knn_field import VectorField
from helpers.local.opensearch.rescoring import first_pass
from helpers.local.opensearch.snapshot import Column
from helpers.local.opensearch.vector_table import VectorTable
from helpers.local.store import Store

ON_DISK = {"mode": "on_disk", "method": {"name": "hnsw", "engine": "faiss", "space_type": "l2"}}


def search(client, vector, k=10, **options):
    clause = {"vector": np.asarray(vector).tolist(), "k": k, **options}
    return client.search(index="pictures", body={"size": k, "_source": False, "query": {"knn": {"image_vector": clause}}})


def documents(vectors):
    return [{"image_vector": vector.tolist(), "cluster": str(number % 2)} for number, vector in enumerate(vectors)]


def bits(vectors, query):
    """How many bits of each row differ, by the means of the first rows, as many as the largest power of two."""
    means = vectors[: 1 << (len(vectors).bit_length() - 1)].mean(axis=0)
    return ((vectors > means) != (query > means)).sum(axis=1)


@pytest.mark.parametrize(
    ("rescore", "k", "dimension", "expected"),
    [(None, 100, 1024, 300), (None, 100, 1000, 500), (True, 300, 1024, 300), ({"oversample_factor": 2.5}, 101, 8, 253),
     (None, 1, 1024, 100), ({"oversample_factor": 100}, 5000, 8, 10_000), ({}, 200, 8, 200), (False, 100, 8, None)],
)  # fmt: skip
def test_how_many_are_compared_in_full(rescore, k, dimension, expected):
    assert first_pass(rescore, k, VectorField(dimension, on_disk=True)) == expected
    in_memory = first_pass(rescore, k, VectorField(dimension))
    assert in_memory == (None if rescore in (None, False) else expected)


@pytest.mark.parametrize("space", knn.SPACES)
def test_the_best_of_the_candidates_of_the_first_phase(client, pictures, put, ids, space):
    vectors, query = clustered(900, 64), clustered(1, 64, seed=7)[0] * 2
    pictures(64, mode="on_disk", space_type=space)
    put("pictures", documents(vectors))
    allowed = np.flatnonzero(np.arange(900) != 3)
    client.delete(index="pictures", id="3", refresh=True)
    nearest = allowed[np.argsort(bits(vectors, query)[allowed], kind="stable")[:100]]  # 20 are too few: 100 are the least
    distances = knn.distances(vectors[nearest], query, space)
    wanted = [str(nearest[row]) for row in np.argsort(distances, kind="stable")[:20]]
    answer = search(client, query, 20, rescore=True)
    assert ids(answer) == wanted
    assert answer["hits"]["max_score"] == pytest.approx(float(knn.scores(distances, space).max()), rel=1e-6)


def test_without_a_second_phase_the_bits_alone_decide(client, pictures, put, ids):
    vectors, query = clustered(300, 64), clustered(1, 64, seed=7)[0]
    pictures(64, **ON_DISK)
    put("pictures", documents(vectors))
    differing = bits(vectors, query)
    answer = search(client, query, 5, rescore=False)
    assert ids(answer) == [str(row) for row in np.argsort(differing, kind="stable")[:5]]
    assert [hit["_score"] for hit in answer["hits"]["hits"]] == pytest.approx(1 / (1 + np.sort(differing)[:5]))


def test_a_filter_that_few_pass_and_one_that_many_pass(client, pictures, put, ids, monkeypatch):
    vectors, query = clustered(500, 64), clustered(1, 64, seed=7)[0]
    pictures(64, **ON_DISK)
    put("pictures", documents(vectors))
    odd = np.arange(1, 500, 2)
    exact = odd[np.argsort(knn.distances(vectors[odd], query, "l2"))[:10]].astype(str).tolist()
    half = {"term": {"cluster": "1"}}
    assert ids(search(client, query, 10, filter=half, rescore=False)) == exact  # few are compared in full in any case
    monkeypatch.setattr(knn, "FLOATS_WORTH_COMPARING", 0)
    by_bits = odd[np.argsort(bits(vectors, query)[odd], kind="stable")[:10]].astype(str).tolist()
    assert ids(search(client, query, 10, filter=half, rescore=False)) == by_bits
    assert ids(search(client, query, 10, filter=half, rescore={"oversample_factor": 50})) == exact


def test_another_kernel_finds_the_same_and_so_does_one_that_saw_the_index_grow(client, connect, pictures, put, ids):
    vectors, query = clustered(700, 64), clustered(1, 64, seed=7)[0]
    pictures(64, **ON_DISK)
    for size in (10, 300, 700):
        put("pictures", documents(vectors[:size]))
        grown = search(client, query, 20, rescore=False)
    assert search(connect(), query, 20, rescore=False)["hits"] == grown["hits"]
    assert client.get_source(index="pictures", id="699")["image_vector"] == pytest.approx(vectors[699], rel=1e-6)


def test_exact_scores_by_script_and_below_the_threshold(client, pictures, put, ids, monkeypatch):
    monkeypatch.setattr("helpers.local.opensearch.snapshot._CHUNK", 7)
    vectors, query = clustered(300, 64), clustered(1, 64, seed=7)[0]
    pictures(64, settings={"knn.advanced.approximate_threshold": -1}, **ON_DISK)
    put("pictures", documents(vectors))
    exact = np.argsort(knn.distances(vectors, query, "l2"))[:10].astype(str).tolist()
    assert ids(search(client, query, 10, rescore=False)) == exact
    parameters = {"field": "image_vector", "query_value": query.tolist(), "space_type": "l2"}
    script = {"source": "knn_score", "lang": "knn", "params": parameters}
    body = {"query": {"script_score": {"query": {"match_all": {}}, "script": script}}}
    assert ids(client.search(index="pictures", body=body)) == exact


def test_an_index_without_k_nn_has_no_vectors_on_disk(pictures):
    with pytest.raises(RequestError, match=r"index\.knn"):
        pictures(3, settings={"knn": False}, mode="on_disk")


def test_the_vectors_stay_in_their_file(tmp_path):
    """A search takes an eighth of a kilobyte a vector for good, not its 4 KB; what it compares in full comes from the file."""
    vectors = np.random.default_rng(0).normal(size=(16_384, 1024)).astype("<f4")  # 67 MB
    file = VectorFile(tmp_path / "v.float32", 1024)
    file.append(list(vectors), after=0)
    table = VectorTable(Store(tmp_path), file, VectorField(1024, on_disk=True), "edition")
    column = Column(table, np.arange(16_384), {"index.knn": "true"})
    before = anonymous()
    positions, _ = column.nearest(vectors[9], 100, first_pass=10_000)
    column.distances(vectors[9], "l2")
    assert positions[0] == 9 and anonymous() - before < 55  # a chunk of 17 MB and what differs in it; all are 67
    assert table.codes(16_384)._codes.nbytes == 16_384 * 128


def test_a_search_outlives_the_file_of_a_deleted_index(tmp_path):
    vectors, file = clustered(300, 8), VectorFile(tmp_path / "v.float32", 8)
    file.append(list(vectors), after=0)
    table = VectorTable(Store(tmp_path), file, VectorField(8, on_disk=True), "edition")
    column = Column(table, np.arange(300), {"index.knn": "true"})
    before = column.nearest(vectors[9], 5, first_pass=100)
    file.file.unlink()
    after = column.nearest(vectors[9], 5, first_pass=100)
    assert [array.tolist() for array in before] == [array.tolist() for array in after]


def anonymous() -> float:
    """Megabytes of this process that no file stands behind."""
    found = re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0
