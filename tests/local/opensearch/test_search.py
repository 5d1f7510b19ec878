"""Searches through the genuine client, compared with NumPy."""

import math

import numpy as np
import pytest
from opensearchpy import NotFoundError, RequestError, TransportError


def knn(vector, k=10, **options):
    return {"knn": {"image_vector": {"vector": np.asarray(vector).tolist(), "k": k, **options}}}


def search(client, query, size=10, **body):
    return client.search(index="pictures", body={"size": size, "query": query, **body})


def scores_of(answer):
    return [hit["_score"] for hit in answer["hits"]["hits"]]


REFERENCE = {
    "l2": lambda x, q: 1 / (1 + ((x - q) ** 2).sum(1)),
    "cosinesimil": lambda x, q: (1 + x @ q / np.linalg.norm(x, axis=1) / np.linalg.norm(q)) / 2,
    "innerproduct": lambda x, q: np.where(x @ q > 0, 1 + x @ q, 1 / (1 - np.minimum(x @ q, 0))),
}


@pytest.mark.parametrize("space", REFERENCE)
def test_scores_are_those_of_the_space_type(client, pictures, put, ids, clustered, space):
    vectors = 2 * clustered(60)
    pictures(32, space_type=space)
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])
    query = clustered(1, seed=9)[0]
    expected = REFERENCE[space](vectors.astype(np.float64), query.astype(np.float64))
    answer = search(client, knn(query, k=60), size=60)
    np.testing.assert_allclose(scores_of(answer), expected[[int(i) for i in ids(answer)]], rtol=2e-6, atol=1e-7)
    assert scores_of(answer) == sorted(scores_of(answer), reverse=True)
    assert answer["hits"]["max_score"] == scores_of(answer)[0]


def test_nearly_all_of_the_nearest_pictures_are_found(client, pictures, put, ids, clustered):
    vectors = clustered(1400)
    pictures(32, method={"name": "hnsw", "engine": "faiss", "space_type": "l2", "parameters": {"m": 16}})
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])
    found = 0
    for query in clustered(20, seed=5):
        truth = np.argsort(((vectors - query) ** 2).sum(1))[:10]
        found += len({int(i) for i in ids(search(client, knn(query, k=300), size=300))[:10]} & set(truth.tolist()))
    assert found / 200 >= 0.98


def test_a_picture_is_nearest_to_itself_with_score_one(client, pictures, put, ids, clustered):
    vectors = clustered(300)
    pictures(32)
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])
    for number in (0, 255, 256, 299):
        answer = search(client, knn(vectors[number], k=1))
        assert ids(answer) == [str(number)]
        assert scores_of(answer) == [1.0]


def test_equal_scores_keep_the_order_of_indexing(client, pictures, put, ids):
    pictures(2)
    put("pictures", [{"image_vector": [1, 0]} for _ in range(20)])
    assert ids(search(client, knn([0, 1], k=7))) == [str(number) for number in range(7)]


def test_a_document_indexed_again_is_the_last_of_its_equals(client, pictures, put, ids):
    pictures(2)
    put("pictures", [{"image_vector": [1, 0]} for _ in range(3)])
    client.index(index="pictures", id="0", body={"image_vector": [1, 0]}, refresh=True)
    assert ids(search(client, knn([0, 1], k=3))) == ["1", "2", "0"]


def test_k_limits_what_is_found_and_size_what_is_shown(client, pictures, put):
    pictures(2)
    put("pictures", [{"image_vector": [number, 1]} for number in range(30)])
    answer = search(client, knn([0, 0], k=20), size=5)
    assert answer["hits"]["total"] == {"value": 20, "relation": "eq"}
    assert len(answer["hits"]["hits"]) == 5
    assert set(answer) == {"took", "timed_out", "_shards", "hits"}
    second_page = search(client, knn([0, 0], k=20), size=5, **{"from": 5})
    assert [hit["_id"] for hit in second_page["hits"]["hits"]] == ["5", "6", "7", "8", "9"]


def test_a_filter_is_applied_before_the_neighbours_are_chosen(client, pictures, put, ids, clustered):
    vectors, rng = clustered(400), np.random.default_rng(0)
    clusters = rng.integers(0, 8, 400)
    pictures(32)
    put("pictures", [{"image_vector": v.tolist(), "cluster": str(c)} for v, c in zip(vectors, clusters, strict=True)])
    query = clustered(1, seed=4)[0]
    inside = np.flatnonzero(clusters == 3)
    truth = inside[np.argsort(((vectors[inside] - query) ** 2).sum(1))][:10]
    answer = search(client, knn(query, k=10, filter={"term": {"cluster": "3"}}))
    assert ids(answer) == [str(number) for number in truth]


def test_a_query_around_the_neighbours_only_thins_them_out(client, pictures, put, ids):
    pictures(1)
    put("pictures", [{"image_vector": [n], "cluster": str(n % 2)} for n in range(10)])
    query = {"bool": {"must": [knn([0], k=4)], "filter": [{"term": {"cluster": "1"}}]}}
    assert ids(search(client, query)) == ["1", "3"]


def test_a_radius_finds_all_within_it(client, pictures, put, ids):
    pictures(1)
    put("pictures", [{"image_vector": [n]} for n in range(10)])
    near = {"knn": {"image_vector": {"vector": [0], "max_distance": 9.0}}}
    good = {"knn": {"image_vector": {"vector": [0], "min_score": 0.2}}}
    assert ids(search(client, near)) == ["0", "1", "2", "3"]
    assert ids(search(client, good)) == ["0", "1", "2"]


def test_min_score_leaves_out_what_is_far(client, pictures, put, ids):
    pictures(1)
    put("pictures", [{"image_vector": [n]} for n in range(10)])
    answer = search(client, knn([0], k=10), min_score=0.15)
    assert ids(answer) == ["0", "1", "2"]
    assert answer["hits"]["total"]["value"] == 3


def test_the_exact_script_agrees_with_the_neighbours(client, pictures, put, ids, clustered):
    vectors = clustered(300)
    pictures(32)
    put("pictures", [{"image_vector": v.tolist()} for v in vectors])
    query = clustered(1, seed=3)[0].tolist()
    script = {"source": "knn_score", "lang": "knn", "params": {"field": "image_vector", "query_value": query, "space_type": "l2"}}
    exact = search(client, {"script_score": {"query": {"match_all": {}}, "script": script}})
    assert exact["hits"]["total"]["value"] == 300
    assert ids(exact) == ids(search(client, knn(query)))
    assert scores_of(exact) == scores_of(search(client, knn(query)))


def test_deleted_and_replaced_pictures_are_not_found(client, pictures, put, ids):
    pictures(1)
    put("pictures", [{"image_vector": [n]} for n in range(5)])
    client.delete(index="pictures", id="0", refresh=True)
    client.index(index="pictures", id="1", body={"image_vector": [100]}, refresh=True)
    assert ids(search(client, knn([0], k=5))) == ["2", "3", "4", "1"]
    assert ids(search(client, knn([100], k=1))) == ["1"]


def test_documents_without_a_vector_are_not_neighbours(client, pictures, put, ids):
    pictures(1)
    put("pictures", [{"image_id": "a"}, {"image_vector": [1]}, {"image_id": "b", "image_vector": None}])
    assert ids(search(client, knn([0], k=5))) == ["1"]
    assert client.count(index="pictures")["count"] == 3


def test_ef_search_is_the_index_s_and_can_be_overridden(client, pictures, put, ids, clustered):
    vectors = clustered(1536, seed=2)
    pictures(
        32,
        settings={"knn.algo_param.ef_search": 1},
        method={"name": "hnsw", "engine": "faiss", "parameters": {"m": 2, "ef_construction": 2}},
    )
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])

    def found(**options):
        total = 0
        for query in clustered(40, seed=8):
            truth = str(int(np.argmin(((vectors - query) ** 2).sum(1))))
            total += ids(search(client, knn(query, k=1, **options))) == [truth]
        return total

    assert found() < found(method_parameters={"ef_search": 500})


class TestOtherQueries:
    @pytest.fixture(autouse=True)
    def shelf(self, pictures, put):
        pictures(1)
        put(
            "pictures",
            [
                {"image_id": "a", "cluster": "7", "title": "A red cat", "width": 100},
                {"image_id": "b", "cluster": "7", "title": "A blue cat sleeps on a blue sofa", "width": 200},
                {"image_id": "c", "cluster": "8", "title": "A dog", "width": 300},
                {"image_id": "d", "cluster": ["8", "9"], "title": "Dog and cat"},
            ],
        )

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({"match_all": {}}, ["0", "1", "2", "3"]),
            ({"match_none": {}}, []),
            ({"term": {"cluster": "7"}}, ["0", "1"]),
            ({"term": {"cluster": {"value": "9"}}}, ["3"]),
            ({"term": {"title.raw": "A dog"}}, ["2"]),
            ({"term": {"width": 200}}, ["1"]),
            ({"term": {"no_such_field": "x"}}, []),
            ({"terms": {"cluster": ["9", "7"]}}, ["0", "1", "3"]),
            ({"ids": {"values": ["2", "0", "99"]}}, ["0", "2"]),
            ({"exists": {"field": "width"}}, ["0", "1", "2"]),
            ({"range": {"width": {"gt": 100, "lte": 300}}}, ["1", "2"]),
            ({"match": {"title": "DOG"}}, ["2", "3"]),
            ({"match": {"title": {"query": "dog cat", "operator": "and"}}}, ["3"]),
            ({"bool": {"must_not": [{"term": {"cluster": "7"}}]}}, ["2", "3"]),
            ({"bool": {"filter": [{"term": {"cluster": "8"}}], "must_not": {"exists": {"field": "width"}}}}, ["3"]),
            ({"bool": {"should": [{"term": {"width": 100}}, {"ids": {"values": ["3"]}}]}}, ["0", "3"]),
            ({"bool": {"should": [{"term": {"width": 100}}, {"ids": {"values": ["0", "1"]}}], "minimum_should_match": 2}}, ["0"]),
            ({"bool": {}}, ["0", "1", "2", "3"]),
            ({"constant_score": {"filter": {"term": {"cluster": "9"}}}}, ["3"]),
        ],
    )
    def test_finds_what_it_should(self, client, query, expected):
        answer = search(client, query)
        assert sorted(hit["_id"] for hit in answer["hits"]["hits"]) == expected
        assert client.count(index="pictures", body={"query": query})["count"] == len(expected)

    def test_a_rare_word_weighs_more_by_bm25(self, client):
        answer = search(client, {"match": {"title": "sofa"}})
        lengths, frequency = [3, 8, 2, 3], 1
        rarity = math.log(1 + (4 - 1 + 0.5) / (1 + 0.5))
        weight = frequency / (frequency + 1.2 * (0.25 + 0.75 * 8 / np.mean(lengths)))
        assert scores_of(answer) == pytest.approx([rarity * weight], rel=1e-6)

    def test_scores_of_clauses_add_up(self, client):
        one = {"constant_score": {"filter": {"term": {"cluster": "7"}}, "boost": 2}}
        answer = search(client, {"bool": {"must": [one], "should": [{"ids": {"values": ["1"], "boost": 5}}]}})
        assert [(hit["_id"], hit["_score"]) for hit in answer["hits"]["hits"]] == [("1", 7.0), ("0", 2.0)]

    @pytest.mark.parametrize(
        ("wanted", "members"),
        [
            (True, {"image_id", "cluster", "title", "width"}),
            (["image_id", "clu*"], {"image_id", "cluster"}),
            ({"excludes": ["image_vector", "title"]}, {"image_id", "cluster", "width"}),
            ({"includes": ["*i*"], "excludes": ["title"]}, {"image_id", "width"}),
            ("title", {"title"}),
        ],
    )
    def test_the_source_shows_what_was_asked_for(self, client, wanted, members):
        answer = search(client, {"ids": {"values": ["0"]}}, _source=wanted)
        assert set(answer["hits"]["hits"][0]["_source"]) == members

    def test_no_source_is_shown_if_none_is_wanted(self, client):
        answer = search(client, {"ids": {"values": ["0"]}}, _source=False, fields=["image_id"])
        assert "_source" not in answer["hits"]["hits"][0]
        assert answer["hits"]["hits"][0]["fields"] == {"image_id": ["a"]}

    def test_unknown_queries_are_refused_as_opensearch_does(self, client):
        with pytest.raises(RequestError) as caught:
            search(client, {"knnn": {}})
        assert caught.value.error == "parsing_exception"
        assert "unknown query [knnn]" in str(caught.value)
        with pytest.raises(RequestError, match=r"Unknown key for a START_OBJECT in \[querry\]"):
            client.search(index="pictures", body={"querry": {}})

    @pytest.mark.parametrize(
        "body",
        [{"aggs": {"a": {"terms": {"field": "cluster"}}}}, {"sort": ["width"]}, {"query": {"match_phrase": {"title": "cat"}}}],
    )
    def test_what_is_not_built_says_so(self, client, body):
        with pytest.raises(TransportError, match="the offline OpenSearch has no") as caught:
            client.search(index="pictures", body=body)
        assert caught.value.status_code == 501

    def test_several_searches_answer_for_themselves(self, client):
        body = [{"index": "pictures"}, {"query": {"term": {"cluster": "9"}}}, {"index": "missing"}, {}]
        first, second = client.msearch(body=body)["responses"]
        assert first["hits"]["total"]["value"] == 1
        assert second["error"]["type"] == "index_not_found_exception"


def test_the_vector_comes_back_in_its_own_digits(client, pictures, put):
    pictures(3)
    put("pictures", [{"image_id": "a", "image_vector": [0.1, 1 / 3, 5]}])
    source = search(client, {"match_all": {}})["hits"]["hits"][0]["_source"]
    assert source == {"image_id": "a", "image_vector": [0.1, 0.33333334, 5.0]}


def test_several_indices_answer_together(client, pictures, put, ids):
    pictures(1)
    pictures(1, name="more-pictures")
    put("pictures", [{"image_vector": [1]}, {"image_vector": [5]}])
    put("more-pictures", [{"image_vector": [2]}])
    body = {"query": knn([0], k=2)}
    answer = client.search(index="*pictures", body=body)
    assert [hit["_index"] for hit in answer["hits"]["hits"]] == ["pictures", "more-pictures", "pictures"]
    assert answer["_shards"]["total"] == 2


def test_an_index_without_documents_answers_with_nothing(client, pictures):
    pictures(3)
    answer = search(client, knn([1, 2, 3]))
    assert answer["hits"] == {"total": {"value": 0, "relation": "eq"}, "max_score": None, "hits": []}


def test_too_deep_a_page_is_refused(client, pictures):
    pictures(1)
    with pytest.raises(RequestError, match="Result window is too large"):
        search(client, {"match_all": {}}, size=10_001)


def test_a_missing_index_is_not_found(client):
    with pytest.raises(NotFoundError):
        search(client, {"match_all": {}})
