"""Vectors that stay on disk (`mode: on_disk`): found by a bit of each number, scored in full, filtered and changed as others."""

from __future__ import annotations

import numpy as np
import pytest
from congruence.asking import TOLERANCE, doc_id, ids, knn, refused, scores
from opensearchpy import TransportError
from vectors_of_a_kind import clustered

ON_DISK = {"mode": "on_disk", "compression_level": "32x"}


def search(client, name, query, **body):
    return client.search(index=name, body={"query": query, "_source": False, **body})


@pytest.fixture
def line(pictures, put):
    """Ten pictures on a line, at 0, 1, … 9; the odd ones are in cluster 1. Eight numbers each: a byte of bits."""
    name = pictures(8, **ON_DISK)
    put(name, [{"image_vector": [n] * 8, "cluster": str(n % 2)} for n in range(10)])
    return name


@pytest.mark.parametrize("space", ["l2", "cosinesimil", "innerproduct"])
def test_scores_are_those_of_the_full_vectors(client, pictures, put, space):
    vectors, found = clustered(40, 16), {}
    for mode in ({}, ON_DISK):
        name = pictures(16, space_type=space, **mode)
        put(name, [{"image_vector": vector.tolist()} for vector in vectors])
        found[len(mode)] = search(client, name, knn(clustered(1, 16, seed=4)[0], 10), size=10)
    assert ids(found[0]) == ids(found[2])
    assert scores(found[0]) == pytest.approx(scores(found[2]), abs=TOLERANCE)


def test_a_filter_is_applied_before_the_neighbours_are_chosen(client, line):
    assert ids(search(client, line, knn([0] * 8, 3, filter={"term": {"cluster": "1"}}))) == ["1", "3", "5"]


def test_what_is_deleted_replaced_or_moved_is_found_where_it_is_now(client, line, seen):
    client.delete(index=line, id=doc_id("0"))
    client.update(index=line, id=doc_id("1"), body={"doc": {"image_vector": [100] * 8}})
    seen(line)
    assert ids(search(client, line, knn([0] * 8, 10))) == ["2", "3", "4", "5", "6", "7", "8", "9", "1"]
    assert ids(search(client, line, knn([100] * 8, 1))) == ["1"]


def test_the_more_are_compared_in_full_the_more_of_the_nearest_are_found(client, pictures, put):
    vectors, found = clustered(2000), {}
    name = pictures(32, **ON_DISK)
    put(name, [{"image_vector": np.round(vector.astype(float), 9).tolist()} for vector in vectors])
    for factor in (1, 5, 100):
        found[factor] = 0
        for query in clustered(20, seed=5):
            truth = np.argsort(((vectors - query) ** 2).sum(1))[:20]
            answer = search(client, name, knn(query, 20, rescore={"oversample_factor": factor}), size=20)
            found[factor] += len(set(ids(answer)) & {str(number) for number in truth}) / 400
    assert found[1] <= found[5] <= found[100]
    assert found[100] >= 0.98  # here that is every vector; a graph may miss one


def test_rescoring_can_be_asked_for_where_it_changes_nothing(client, pictures, put):
    name = pictures(1)
    put(name, [{"image_vector": [n]} for n in range(5)])
    for rescore in (True, {"oversample_factor": 2.5}):
        assert ids(search(client, name, knn([0], 3, rescore=rescore))) == ["0", "1", "2"]


@pytest.mark.parametrize("factor", [0.5, 101, "many"])
def test_a_factor_that_cannot_be(client, line, factor):
    refused(lambda: search(client, line, knn([0] * 8, 1, rescore={"oversample_factor": factor})))


def test_a_radius_needs_the_vectors_in_memory(client, line):
    words = "Radial search is not supported for indices which have quantization enabled"
    with pytest.raises(TransportError) as caught:  # of its status nothing is known
        search(client, line, knn([0] * 8, min_score=0.5))
    assert words in str(caught.value.info)


@pytest.mark.parametrize("wrong", [{"compression_level": "3x"}, {"mode": "on_tape"}])
def test_a_mode_or_level_that_is_none(pictures, wrong):
    refused(lambda: pictures(8, **{**ON_DISK, **wrong}))
