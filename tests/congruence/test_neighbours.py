"""k-NN searches: which pictures are near, how filters, k and size go together, and what changes them."""

from __future__ import annotations

import numpy as np
import pytest
from congruence.asking import TOLERANCE, doc_id, ids, knn, refused, scores, with_real_ids
from vectors_of_a_kind import clustered


def search(client, name, query, **body):
    return client.search(index=name, body={"query": query, **body})


@pytest.fixture
def line(pictures, put):
    """Ten pictures on a line, at 0, 1, … 9; the odd ones are in cluster 1."""
    name = pictures(1)
    put(name, [{"image_vector": [n], "cluster": str(n % 2), "width": n} for n in range(10)])
    return name


def test_k_limits_what_is_found_and_size_what_is_shown(client, line):
    answer = search(client, line, knn([0], 6), size=4)
    assert answer["hits"]["total"] == {"value": 6, "relation": "eq"}
    assert ids(answer) == ["0", "1", "2", "3"]
    assert ids(search(client, line, knn([0], 6), size=4, **{"from": 4})) == ["4", "5"]
    assert ids(search(client, line, knn([0], 6), size=50)) == ["0", "1", "2", "3", "4", "5"]
    assert len(ids(search(client, line, knn([0], 10_000), size=50))) == 10
    assert ids(search(client, line, knn([0], 5), size=0)) == []


@pytest.mark.parametrize(
    ("filter", "expected"),
    [
        ({"term": {"cluster": "1"}}, "135"),
        ({"terms": {"width": [9, 4, 8, 7]}}, "478"),
        ({"range": {"width": {"gte": 5, "lt": 7}}}, "56"),
        ({"ids": {"values": ["8", "2"]}}, "28"),
        ({"exists": {"field": "title"}}, ""),
        ({"bool": {"must_not": [{"term": {"cluster": "1"}}], "filter": [{"range": {"width": {"gt": 1}}}]}}, "246"),
        ({"bool": {"should": [{"term": {"width": 3}}, {"term": {"width": 9}}]}}, "39"),
        ({"match_all": {}}, "012"),
    ],
)
def test_a_filter_is_applied_before_the_neighbours_are_chosen(client, line, filter, expected):
    assert ids(search(client, line, knn([0], 3, filter=with_real_ids(filter)))) == list(expected)


def test_a_query_around_the_neighbours_only_thins_them_out(client, line):
    query = {"bool": {"must": [knn([0], 4)], "filter": [{"term": {"cluster": "1"}}]}}
    assert ids(search(client, line, query)) == ["1", "3"]


def test_a_score_can_be_boosted_and_asked_for(client, line):
    plain, boosted = search(client, line, knn([0], 3)), search(client, line, knn([0], 3, boost=3))
    assert scores(boosted) == pytest.approx([3 * score for score in scores(plain)], abs=TOLERANCE)
    answer = search(client, line, knn([0], 10), min_score=0.15)
    assert ids(answer) == ["0", "1", "2"]
    assert answer["hits"]["total"]["value"] == 3


def test_a_vector_comes_back_as_float32(client, pictures, put):
    name = pictures(3)
    put(name, [{"image_id": "a", "image_vector": [0.1, 1 / 3, 5]}])
    [hit] = search(client, name, {"match_all": {}}, _source=True)["hits"]["hits"]
    assert hit["_source"].pop("image_vector") == pytest.approx([0.1, 1 / 3, 5], rel=1e-6)
    assert hit["_source"] == {"image_id": "a"}
    [hit] = search(client, name, knn([1, 2, 3], 1), _source={"excludes": ["image_vector"]})["hits"]["hits"]
    assert hit["_source"] == {"image_id": "a"}


def test_what_is_deleted_replaced_or_moved_is_found_where_it_is_now(client, line, put, seen):
    client.delete(index=line, id=doc_id("0"))
    client.update(index=line, id=doc_id("1"), body={"doc": {"image_vector": [100]}})
    client.update(index=line, id=doc_id("2"), body={"doc": {"image_vector": [50]}})
    seen(line)
    assert ids(search(client, line, knn([0], 10))) == ["3", "4", "5", "6", "7", "8", "9", "2", "1"]
    assert ids(search(client, line, knn([100], 1))) == ["1"]
    put(line, [{"image_vector": [0]}])
    assert ids(search(client, line, knn([0], 2))) == ["0", "3"]


def test_documents_without_a_vector_are_not_neighbours(client, pictures, put):
    name = pictures(1)
    put(name, [{"image_id": "a"}, {"image_vector": [1]}, {"image_id": "b", "image_vector": None}])
    assert ids(search(client, name, knn([0], 5))) == ["1"]
    assert client.count(index=name)["count"] == 3
    assert client.count(index=name, body={"query": {"exists": {"field": "image_vector"}}})["count"] == 1


def test_equals_have_equal_scores_and_come_in_the_order_of_indexing(client, pictures, put):
    name = pictures(2)
    put(name, [{"image_vector": [1, 0]} for _ in range(12)])
    answer = search(client, name, knn([0, 1], 12), size=12)
    assert ids(answer) == [str(number) for number in range(12)]
    assert len(set(scores(answer))) == 1


def test_an_empty_index_has_no_neighbours(client, pictures):
    answer = search(client, pictures(3), knn([1, 2, 3], 5))
    assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}


def test_a_query_of_another_length_is_refused(client, pictures):
    name = pictures(1024)
    words = "Query vector has invalid dimension: 3. Dimension should be: 1024"
    told = refused(lambda: search(client, name, knn([1, 2, 3], 1)), words, kind="search_phase_execution_exception")
    assert told["root_cause"][0]["type"] == "query_shard_exception"
    assert told["root_cause"][0]["reason"] == f"failed to create query: {words}"
    [shard] = told["failed_shards"]
    assert shard["reason"]["caused_by"] == {"type": "illegal_argument_exception", "reason": words}


@pytest.mark.parametrize("field", ["title", "no_such_field"])
def test_a_field_that_is_no_vector_has_no_neighbours(client, pictures, field):
    name = pictures()
    refused(lambda: search(client, name, knn([1, 2, 3], 1, field=field)), f"Field '{field}' is not knn_vector type.")


def test_a_query_without_direction_is_refused(client, pictures):
    name = pictures(3, space_type="cosinesimil")
    words = "zero vector is not supported when space type is [cosinesimil]"
    refused(lambda: search(client, name, knn([0, 0, 0], 1)), words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"k": 0}, "[knn] requires k to be in the range (0, 10000]"),
        ({"k": 10_001}, "[knn] requires k to be in the range (0, 10000]"),
        ({}, "[knn] requires exactly one of k, distance or score to be set"),
        ({"k": 1, "min_score": 0.5}, "[knn] requires exactly one of k, distance or score to be set"),
        ({"max_distance": 1, "min_score": 0.5}, "[knn] requires exactly one of k, distance or score to be set"),
        ({"min_score": -1}, "[knn] requires minScore to be greater than 0"),
        ({"k": 1, "vector": []}, "vector"),
        ({"k": 1, "vector": ["a", 1, 2]}, "vector"),
        ({"k": 1, "neighbours": 3}, "neighbours"),
        ({"k": 1, "method_parameters": {"speed": 3}}, "[knn] unknown method parameter found [speed]"),
        ({"k": 1, "method_parameters": {"ef_search": 0}}, "ef_search"),
        ({"k": 1, "filter": {"knnn": {}}}, "unknown query [knnn]"),
    ],
)
def test_a_knn_query_that_cannot_be(client, line, options, words):
    query = {"knn": {"image_vector": {"vector": [1], **options}}}
    refused(lambda: search(client, line, query), words)


def test_ten_of_a_thousand_pictures_are_nearly_always_the_ten_nearest(client, pictures, put):
    vectors = clustered(1000)
    name = pictures(32, method={"name": "hnsw", "engine": "faiss", "space_type": "l2", "parameters": {"m": 16}})
    put(name, [{"image_vector": np.round(vector.astype(float), 9).tolist()} for vector in vectors])
    found = 0
    for query in clustered(20, seed=5):
        truth = np.argsort(((vectors - query) ** 2).sum(1))[:10]
        answer = search(client, name, knn(query, 100), size=10, _source=False)
        found += len(set(ids(answer)) & {str(number) for number in truth})
    assert found / 200 >= 0.98
