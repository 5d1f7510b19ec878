"""The graph against comparing everything, distances and scores against NumPy in float64."""

import numpy as np
import pytest

from helpers.local.engines import knn


def rows_of(n, dimension=24, seed=1):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(30, dimension))
    return (centres[rng.integers(0, 30, n)] + 0.5 * rng.normal(size=(n, dimension))).astype(np.float32)


def exact(vectors, query, space):
    vectors, query = vectors.astype(np.float64), query.astype(np.float64)
    if space == knn.L2:
        return ((vectors - query) ** 2).sum(axis=1)
    product = vectors @ query
    if space == knn.INNER_PRODUCT:
        return -product
    return 1 - product / np.linalg.norm(vectors, axis=1) / np.linalg.norm(query)


@pytest.mark.parametrize("space", knn.SPACES)
def test_distances_are_those_of_the_definition(space):
    vectors = rows_of(50)
    query = rows_of(1, seed=2)[0]
    np.testing.assert_allclose(knn.distances(vectors, query, space), exact(vectors, query, space), rtol=1e-4, atol=1e-5)


def test_scores_of_unit_vectors_are_those_of_the_table():
    same, across, opposite = np.array([1, 0]), np.array([0, 1]), np.array([-1, 0])
    vectors, query = np.stack([same, across, opposite]).astype(np.float32), same.astype(np.float32)
    expected = {knn.L2: [1, 1 / 3, 1 / 5], knn.COSINE: [1, 1 / 2, 0], knn.INNER_PRODUCT: [2, 1, 1 / 2]}
    for space, scores in expected.items():
        np.testing.assert_allclose(knn.scores(knn.distances(vectors, query, space), space), scores, rtol=1e-6)


@pytest.mark.parametrize("space", knn.SPACES)
def test_the_graph_finds_nearly_all_of_the_ten_nearest(space):
    vectors, queries = rows_of(1500), rows_of(30, seed=3)
    graph = knn.NeighbourGraph(vectors[: knn.graph_rows(1500)], space, m=16, ef_construction=100)
    found = 0
    for query in queries:
        rows, distances = knn.nearest(vectors, query, 10, space, graph, ef_search=100)
        best = set(rows[np.argsort(distances)[:10]])
        found += len(best & set(np.argsort(exact(vectors, query, space))[:10]))
    assert found / (10 * len(queries)) >= 0.98


def test_more_candidates_find_more():
    vectors, queries = rows_of(1536, 48), rows_of(40, 48, seed=3)
    graph = knn.NeighbourGraph(vectors, knn.L2, m=2, ef_construction=4)

    def recall(ef_search):
        truth = [set(np.argsort(exact(vectors, query, knn.L2))[:10]) for query in queries]
        return sum(len(set(graph.search(query, 10, ef_search)) & best) for query, best in zip(queries, truth, strict=True))

    assert recall(10) < recall(200)


def test_rows_after_the_graph_are_found_too():
    vectors = rows_of(300)
    graph = knn.NeighbourGraph(vectors[: knn.graph_rows(300)], knn.L2, m=16, ef_construction=100)
    assert len(graph) == 256
    rows, distances = knn.nearest(vectors, vectors[299], 1, knn.L2, graph)
    assert rows[np.argmin(distances)] == 299
    assert distances.min() == 0


def test_only_allowed_rows_are_found_however_few(monkeypatch):
    monkeypatch.setattr(knn, "FLOATS_WORTH_COMPARING", 0)  # so that the graph is walked, not compared with
    vectors = rows_of(512)
    graph = knn.NeighbourGraph(vectors, knn.L2, m=16, ef_construction=100)
    allowed = np.zeros(512, dtype=bool)
    allowed[[3, 77, 200, 401, 509]] = True
    rows, _ = knn.nearest(vectors, vectors[0], 5, knn.L2, graph, ef_search=5, allowed=allowed)
    assert sorted(rows) == [3, 77, 200, 401, 509]


def test_a_graph_is_built_the_same_way_each_time():
    vectors = rows_of(512)
    first, second = (knn.NeighbourGraph(vectors, knn.L2, m=8, ef_construction=50).to_bytes() for _ in range(2))
    assert first == second


def test_a_graph_comes_back_from_its_bytes():
    vectors, query = rows_of(256), rows_of(1, seed=5)[0]
    graph = knn.NeighbourGraph(vectors, knn.COSINE, m=16, ef_construction=100)
    again = knn.NeighbourGraph.from_bytes(graph.to_bytes(), knn.COSINE)
    assert len(again) == 256
    np.testing.assert_array_equal(again.search(query, 20, 100), graph.search(query, 20, 100))


def test_bytes_that_are_no_graph_are_refused():
    with pytest.raises(RuntimeError):
        knn.NeighbourGraph.from_bytes(b"not a graph at all", knn.L2)
