"""Scores and neighbours compared with NumPy, which compares every vector with the query.

Radial searches are asked under "l2" and "cosinesimil" only: the faiss engine of some versions turns the radius of an
inner product around (k-NN issues 2592 and 3335; which version mended it is unconfirmed).
"""

from __future__ import annotations

import numpy as np
import pytest
from congruence.asking import TOLERANCE, ids, knn, scores, with_real_ids

N, DIMENSION = 240, 12


def l2(x, q):
    return 1 / (1 + ((x - q) ** 2).sum(1))


def cosinesimil(x, q):
    return (1 + x @ q / np.linalg.norm(x, axis=1) / np.linalg.norm(q)) / 2


def innerproduct(x, q):
    product = x @ q
    return np.where(product > 0, 1 + product, 1 / (1 - np.minimum(product, 0)))


SPACES = {space.__name__: space for space in (l2, cosinesimil, innerproduct)}


@pytest.fixture(scope="session")
def shelf():
    """N documents with random vectors, clusters and widths; some lack a cluster or a width."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, DIMENSION)).astype(np.float32).astype(float)
    documents = []
    for number, vector in enumerate(vectors):
        document = {"image_vector": vector.tolist(), "image_id": f"img-{number % 60}"}
        if rng.random() < 0.9:
            document["cluster"] = rng.choice(list("abcdefgh"), size=rng.integers(1, 3), replace=False).tolist()
        if rng.random() < 0.9:
            document["width"] = int(rng.integers(0, 100))
        documents.append(document)
    return vectors, documents


@pytest.fixture
def filled(pictures, put, shelf):
    def filled(space):
        name = pictures(DIMENSION, method={"name": "hnsw", "engine": "faiss", "space_type": space})
        put(name, shelf[1])
        return name

    return filled


@pytest.mark.parametrize(
    ("space", "vector", "expected"),
    [
        ("l2", [1, 0], 1),
        ("l2", [0, 1], 1 / 3),
        ("l2", [-1, 0], 1 / 5),
        ("cosinesimil", [3, 0], 1),
        ("cosinesimil", [0, 2], 0.5),
        ("cosinesimil", [-1, 0], 0),
        ("innerproduct", [3, 0], 4),
        ("innerproduct", [0, 1], 1),
        ("innerproduct", [-3, 0], 1 / 4),
    ],
)
def test_scores_that_can_be_told_by_hand(client, pictures, put, space, vector, expected):
    name = pictures(2, space_type=space)
    put(name, [{"image_vector": vector}])
    answer = client.search(index=name, body={"query": knn([1, 0], 1)})
    assert scores(answer) == pytest.approx([expected], abs=TOLERANCE)


@pytest.mark.parametrize("space", SPACES)
def test_scores_are_those_of_the_space_type(client, filled, shelf, space):
    name, rng = filled(space), np.random.default_rng(1)
    for _ in range(3):
        query = rng.normal(size=DIMENSION)
        expected = SPACES[space](shelf[0], query)
        answer = client.search(index=name, body={"size": N, "_source": False, "query": knn(query, N)})
        found = scores(answer)
        assert sorted(ids(answer), key=int) == [str(number) for number in range(N)]
        assert found == pytest.approx(expected[[int(one) for one in ids(answer)]], abs=TOLERANCE)
        assert found == sorted(found, reverse=True)
        assert answer["hits"]["max_score"] == found[0]


def some_filter(rng, depth=2):
    """A random filter, and the function that says of a document whether it passes."""
    kind = rng.choice(["term", "terms", "range", "exists", "ids", "bool"] if depth else ["term", "terms", "range", "exists"])
    if kind == "term":
        letter = str(rng.choice(list("abcdefgh")))
        return {"term": {"cluster": letter}}, lambda i, d: letter in d.get("cluster", [])
    if kind == "terms":
        names = [f"img-{n}" for n in rng.integers(0, 80, 20).tolist()]
        return {"terms": {"image_id": names}}, lambda i, d: d["image_id"] in names
    if kind == "range":
        low, high = sorted(rng.integers(0, 100, 2).tolist())
        return {"range": {"width": {"gte": low, "lt": high}}}, lambda i, d: "width" in d and low <= d["width"] < high
    if kind == "exists":
        field = str(rng.choice(["width", "cluster"]))
        return {"exists": {"field": field}}, lambda i, d: field in d
    if kind == "ids":
        wanted = set(rng.integers(0, N + 20, 40).tolist())
        return {"ids": {"values": [str(number) for number in wanted]}}, lambda i, d: i in wanted
    (one, a), (two, b), (three, c) = (some_filter(rng, depth - 1) for _ in range(3))
    query = {"bool": {"filter": [{"bool": {"should": [one, two]}}], "must_not": [three]}}
    return query, lambda i, d: (a(i, d) or b(i, d)) and not c(i, d)


@pytest.mark.parametrize(("space", "n_queries"), [("l2", 34), ("cosinesimil", 33), ("innerproduct", 33)])
def test_a_hundred_filtered_searches_find_the_nearest_that_pass(client, filled, shelf, space, n_queries):
    name, (vectors, documents) = filled(space), shelf
    rng, n_filtered_out = np.random.default_rng(7), 0
    for _ in range(n_queries):
        filter, passes = some_filter(rng)
        filter = with_real_ids(filter)
        query, k, size = rng.normal(size=DIMENSION), int(rng.integers(1, 60)), int(rng.integers(1, 60))
        inside = np.array([number for number, document in enumerate(documents) if passes(number, document)], dtype=int)
        expected = SPACES[space](vectors, query)
        clause = knn(query, k, filter=filter, method_parameters={"ef_search": 500})
        answer = client.search(index=name, body={"size": size, "_source": False, "query": clause})
        n_found = min(k, len(inside))
        assert answer["hits"]["total"] == {"value": n_found, "relation": "eq"}, filter
        assert set(ids(answer)) <= {str(number) for number in inside}, filter
        # By score, so that two pictures equally far away may change places.
        best = np.sort(expected[inside])[::-1][: min(n_found, size)]
        assert scores(answer) == pytest.approx(best, abs=TOLERANCE), filter
        assert scores(answer) == pytest.approx(expected[[int(one) for one in ids(answer)]], abs=TOLERANCE), filter
        assert client.count(index=name, body={"query": filter})["count"] == len(inside), filter
        n_filtered_out += N - len(inside)
    assert 0 < n_filtered_out < N * n_queries


@pytest.mark.parametrize("space", ["l2", "cosinesimil"])
def test_a_radius_finds_all_within_it(client, filled, shelf, space):
    name, rng = filled(space), np.random.default_rng(3)
    for n_inside in (1, 5, 40):
        query = rng.normal(size=DIMENSION)
        expected = np.sort(SPACES[space](shelf[0], query))[::-1]
        limit = float(expected[n_inside - 1 : n_inside + 1].mean())  # between two pictures
        near = knn(query, min_score=limit)
        found = scores(client.search(index=name, body={"size": 100, "_source": False, "query": near}))
        assert found == pytest.approx(expected[:n_inside], abs=TOLERANCE)
        distance = 1 / limit - 1 if space == "l2" else 2 - 2 * limit
        near = knn(query, max_distance=distance)
        answer = client.search(index=name, body={"size": 100, "_source": False, "query": near})
        assert scores(answer) == pytest.approx(expected[:n_inside], abs=TOLERANCE)
    few = knn(query, max_distance=distance, filter={"term": {"cluster": "a"}})
    answer = client.search(index=name, body={"size": 100, "query": few})
    assert all("a" in hit["_source"]["cluster"] for hit in answer["hits"]["hits"])


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.needs("scripts")
def test_the_exact_script_gives_the_same_scores(client, filled, shelf, space):
    name, query = filled(space), np.random.default_rng(4).normal(size=DIMENSION)
    script = {"field": "image_vector", "query_value": query.tolist(), "space_type": space}
    exact = {"script_score": {"query": {"match_all": {}}, "script": {"source": "knn_score", "lang": "knn", "params": script}}}
    answer = client.search(index=name, body={"size": 20, "_source": False, "query": exact})
    assert answer["hits"]["total"]["value"] == N
    assert scores(answer) == pytest.approx(np.sort(SPACES[space](shelf[0], query))[::-1][:20], abs=TOLERANCE)
