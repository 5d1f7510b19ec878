"""What only the stand-in promises: its graph and its exact comparison are one, ties have an order, digits are few."""

import numpy as np
import pytest
from vectors_of_a_kind import clustered


def search(client, vector, k=10, size=10, **options):
    clause = {"vector": np.asarray(vector).tolist(), "k": k, **options}
    if k is None:
        del clause["k"]
    return client.search(index="pictures", body={"size": size, "query": {"knn": {"image_vector": clause}}})


def test_a_picture_is_nearest_to_itself_inside_the_graph_and_behind_it(client, pictures, put, ids):
    vectors = clustered(300)
    pictures(32)
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])
    for number in (0, 255, 256, 299):
        answer = search(client, vectors[number], k=1)
        assert ids(answer) == [str(number)]
        assert answer["hits"]["max_score"] == 1.0


def test_equal_scores_keep_the_order_of_indexing(client, pictures, put, ids):
    pictures(2)
    put("pictures", [{"image_vector": [1, 0]} for _ in range(20)])
    assert ids(search(client, [0, 1], k=7)) == [str(number) for number in range(7)]


def test_a_document_indexed_again_is_the_last_of_its_equals(client, pictures, put, ids):
    pictures(2)
    put("pictures", [{"image_vector": [1, 0]} for _ in range(3)])
    client.index(index="pictures", id="0", body={"image_vector": [1, 0]}, refresh=True)
    assert ids(search(client, [0, 1], k=3)) == ["1", "2", "0"]


def test_ef_search_is_the_index_s_and_can_be_overridden(client, pictures, put, ids):
    vectors = clustered(1536, seed=2)
    method = {"name": "hnsw", "engine": "faiss", "parameters": {"m": 2, "ef_construction": 2}}
    pictures(32, settings={"knn.algo_param.ef_search": 2}, method=method)
    put("pictures", [{"image_vector": vector.tolist()} for vector in vectors])

    def found(**options):
        total = 0
        for query in clustered(40, seed=8):
            truth = str(int(np.argmin(((vectors - query) ** 2).sum(1))))
            total += ids(search(client, query, k=1, **options)) == [truth]
        return total

    assert found() < found(method_parameters={"ef_search": 500})


def test_the_radius_of_an_inner_product_is_a_product(client, pictures, put, ids):
    pictures(1, space_type="innerproduct")
    put("pictures", [{"image_vector": [n]} for n in range(-3, 4)])
    assert ids(search(client, [1], k=None, max_distance=-1.5)) == ["6", "5"]
    assert ids(search(client, [1], k=None, min_score=2.5)) == ["6", "5"]
    assert ids(search(client, [1], k=None, min_score=0.3)) == ["6", "5", "4", "3", "2", "1"]


def test_the_vector_comes_back_in_its_own_digits(client, pictures, put):
    pictures(3)
    put("pictures", [{"image_id": "a", "image_vector": [0.1, 1 / 3, 5]}])
    assert client.get_source(index="pictures", id="0") == {"image_id": "a", "image_vector": [0.1, 0.33333334, 5.0]}


@pytest.mark.parametrize("interval", ["1s", "-1"])
def test_the_order_of_a_bulk_is_the_order_of_its_ties_in_another_kernel(client, connect, pictures, put, ids, interval):
    pictures(2, settings={"refresh_interval": interval})
    put("pictures", [{"image_vector": [1, 0]} for _ in range(5)])
    assert ids(search(connect(), [0, 1], k=5)) == ids(search(client, [0, 1], k=5)) == list("01234")
