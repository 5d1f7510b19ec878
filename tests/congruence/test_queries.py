"""Queries about the values of fields, and what a search shows of the documents that it finds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from congruence.asking import TOLERANCE, doc_id, ids, refused, scores, with_real_ids

SHELF = [
    {"image_id": "a", "cluster": "7", "title": "A red cat", "width": 100},
    {"image_id": "b", "cluster": "7", "title": "A blue cat sleeps on a blue sofa", "width": 200},
    {"image_id": "c", "cluster": "8", "title": "A dog", "width": 300},
    {"image_id": "d", "cluster": ["8", "9"], "title": "Dog and cat"},
]
FINDS = [
    ({"match_all": {}}, "0123"),
    ({"match_none": {}}, ""),
    ({"term": {"cluster": "7"}}, "01"),
    ({"term": {"cluster": {"value": "9"}}}, "3"),
    ({"term": {"title.raw": "A dog"}}, "2"),
    ({"term": {"title": "dog"}}, "23"),
    ({"term": {"width": 200}}, "1"),
    ({"term": {"no_such_field": "x"}}, ""),
    ({"terms": {"cluster": ["9", "7"]}}, "013"),
    ({"ids": {"values": ["2", "0", "99"]}}, "02"),
    ({"exists": {"field": "width"}}, "012"),
    ({"range": {"width": {"gt": 100, "lte": 300}}}, "12"),
    ({"range": {"width": {"gte": 100, "lt": 300}}}, "01"),
    ({"match": {"title": "DOG"}}, "23"),
    ({"match": {"title": {"query": "dog cat", "operator": "and"}}}, "3"),
    ({"bool": {"must_not": [{"term": {"cluster": "7"}}]}}, "23"),
    ({"bool": {"filter": [{"term": {"cluster": "8"}}], "must_not": {"exists": {"field": "width"}}}}, "3"),
    ({"bool": {"must": {"term": {"cluster": "7"}}, "should": {"term": {"width": 100}}}}, "01"),
    ({"bool": {"should": [{"term": {"width": 100}}, {"ids": {"values": ["3"]}}]}}, "03"),
    ({"bool": {"should": [{"term": {"width": 100}}, {"ids": {"values": ["0", "1"]}}], "minimum_should_match": 2}}, "0"),
    ({"bool": {}}, "0123"),
    ({"constant_score": {"filter": {"term": {"cluster": "9"}}}}, "3"),
]


@pytest.fixture
def shelf(pictures, put):
    name = pictures(1)
    put(name, SHELF)
    return name


def test_queries_find_what_they_should(client, shelf):
    for query, expected in FINDS:
        query = with_real_ids(query)
        answer = client.search(index=shelf, body={"query": query})
        assert sorted(ids(answer)) == list(expected), query
        assert answer["hits"]["total"] == {"value": len(expected), "relation": "eq"}, query
        assert client.count(index=shelf, body={"query": query})["count"] == len(expected), query


def test_a_rare_word_weighs_more_by_bm25(place, shelf):
    factor = 1 if place.version >= (3, 0) else 2.2  # up to 2.19 the formula keeps its constant k1 + 1
    answer = place.client.search(index=shelf, body={"query": {"match": {"title": "sofa"}}})
    rarity = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
    lengths = [3, 8, 2, 3]
    weight = 1 / (1 + 1.2 * (0.25 + 0.75 * 8 / np.mean(lengths)))
    assert scores(answer) == pytest.approx([factor * rarity * weight], abs=TOLERANCE)
    # A keyword has no length of its own: it counts as 1, the mean as the number of values.
    answer = place.client.search(index=shelf, body={"query": {"term": {"cluster": "9"}}})
    weight = 1 / (1 + 1.2 * (0.25 + 0.75 / np.mean([1, 1, 1, 2])))
    assert scores(answer) == pytest.approx([factor * rarity * weight], abs=TOLERANCE)


def test_scores_of_clauses_add_up(client, shelf):
    one = {"constant_score": {"filter": {"term": {"cluster": "7"}}, "boost": 2}}
    query = {"bool": {"must": [one], "should": [{"ids": {"values": ["1"], "boost": 5}}], "filter": {"match_all": {}}}}
    answer = client.search(index=shelf, body={"query": with_real_ids(query)})
    assert list(zip(ids(answer), scores(answer), strict=True)) == [("1", 7.0), ("0", 2.0)]
    assert answer["hits"]["max_score"] == 7.0


@pytest.mark.parametrize(
    ("wanted", "members"),
    [
        (True, {"image_id", "cluster", "title", "width"}),
        (["image_id", "clu*"], {"image_id", "cluster"}),
        ({"excludes": ["image_vector", "title"]}, {"image_id", "cluster", "width"}),
        ({"includes": ["*i*"], "excludes": ["title"]}, {"image_id", "width"}),
        ("title", {"title"}),
        (False, None),
    ],
)
def test_the_source_shows_what_was_asked_for(client, shelf, wanted, members):
    body = {"query": {"ids": {"values": [doc_id("0")]}}, "_source": wanted}
    [hit] = client.search(index=shelf, body=body)["hits"]["hits"]
    assert (set(hit["_source"]) if "_source" in hit else None) == members


def test_a_hit_shows_fields_and_versions_if_asked(client, shelf):
    body = {"query": {"ids": {"values": [doc_id("3")]}}, "_source": False, "fields": ["image_id", "cluster"]}
    [hit] = client.search(index=shelf, body=body)["hits"]["hits"]
    assert hit == {"_index": shelf, "_id": doc_id("3"), "_score": 1.0, "fields": {"image_id": ["d"], "cluster": ["8", "9"]}}
    [hit] = client.search(index=shelf, body={**body, "version": True, "fields": []})["hits"]["hits"]
    assert (hit["_version"], "_seq_no" in hit) == (1, False)
    [hit] = client.search(index=shelf, body={**body, "seq_no_primary_term": True})["hits"]["hits"]
    assert (hit["_seq_no"], hit["_primary_term"], "_version" in hit) == (3, 1, False)


def test_an_answer_has_these_parts_and_no_others(client, shelf):
    answer = client.search(index=shelf, body={"query": {"term": {"cluster": "7"}}, "size": 1})
    assert set(answer) == {"took", "timed_out", "_shards", "hits"}
    assert answer["_shards"] == {"total": 1, "successful": 1, "skipped": 0, "failed": 0}
    assert set(answer["hits"]) == {"total", "max_score", "hits"}
    assert set(answer["hits"]["hits"][0]) == {"_index", "_id", "_score", "_source"}
    assert client.count(index=shelf) == {"count": 4, "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0}}


def test_hits_are_counted_as_far_as_asked(client, shelf):
    def total(limit):
        body = {"track_total_hits": limit, "query": {"exists": {"field": "width"}}}
        return client.search(index=shelf, body=body)["hits"].get("total")

    assert total(True) == total(3) == {"value": 3, "relation": "eq"}
    assert total(2) == {"value": 2, "relation": "gte"}
    assert total(False) is None


def test_pages_follow_each_other(client, shelf):
    pages = [client.search(index=shelf, params={"size": 2, "from": first}) for first in (0, 2, 4)]
    assert [ids(page) for page in pages] == [["0", "1"], ["2", "3"], []]
    assert all(page["hits"]["total"]["value"] == 4 for page in pages)


def test_too_deep_a_page_is_refused_by_every_shard(client, shelf):
    call = lambda: client.search(index=shelf, body={"size": 10_001})  # noqa: E731
    told = refused(call, "Result window is too large", "[10000] but was [10001]", kind="search_phase_execution_exception")
    assert told["root_cause"][0]["type"] == "illegal_argument_exception"


def test_an_index_without_documents_answers_with_nothing(client, pictures):
    answer = client.search(index=pictures(3), body={"query": {"match_all": {}}})
    assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}


def test_several_indices_answer_together(client, shelf, pictures, put):
    other = pictures(1)
    put(other, [{"image_id": "z", "cluster": "7"}])
    answer = client.search(index=f"{shelf},{other}", body={"query": {"constant_score": {"filter": {"term": {"cluster": "7"}}}}})
    found = zip([hit["_index"] for hit in answer["hits"]["hits"]], ids(answer), strict=True)
    assert set(found) == {(shelf, "0"), (shelf, "1"), (other, "0")}
    assert answer["_shards"]["total"] == 2


def test_a_search_without_an_index_looks_at_all(client, shelf, put, new_name):
    unique = new_name()
    put(shelf, [{"image_id": unique}])
    query = {"query": {"term": {"image_id": unique}}}
    assert ids(client.search(body=query)) == ["0"]
    assert client.count(body=query)["count"] == 1


def test_several_searches_answer_for_themselves(client, shelf, new_name):
    body = [{"index": shelf}, {"query": {"term": {"cluster": "9"}}}, {"index": new_name()}, {}]
    first, second = client.msearch(body=body)["responses"]
    assert (ids(first), first["status"]) == (["3"], 200)
    assert (second["error"]["type"], second["status"]) == ("index_not_found_exception", 404)
    [own] = client.msearch(index=shelf, body=[{}, {"query": {"match_none": {}}}])["responses"]
    assert own["hits"]["hits"] == []
    refused(lambda: client.msearch(index=shelf, body=[{}, {}, {}, {"querry": {}}]), "querry", kind="parsing_exception")
