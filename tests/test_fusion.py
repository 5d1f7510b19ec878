"""helpers/fusion.py against a second implementation, in NumPy, and by its promises on random inputs."""

import ast
import sys
from pathlib import Path

import numpy as np
import pytest

from helpers import fusion
from helpers.fusion import fuse, normalize


def reference(search, taste, weight):
    """(scores, order) written the way the formula reads."""
    search = np.array(search, float)
    taste = np.array([t if t else np.nan for t in taste], float)
    log_taste = np.log(np.maximum(taste, 1e-7))
    lowest = np.nanmin(log_taste) if np.isfinite(log_taste).any() else 0.0
    log_taste = np.where(np.isnan(log_taste), lowest, log_taste)

    def stretch(x):
        return np.full(len(x), 0.5) if np.ptp(x) == 0 else (x - x.min()) / np.ptp(x)

    scores = (1 - weight) * stretch(search) + weight * stretch(log_taste)
    return scores, np.argsort(-scores, kind="stable")


def random_query(rng):
    """Up to 300 pictures of up to 40 clusters, some without a score or with a score of 0."""
    n_clusters, n = rng.integers(1, 40), rng.integers(1, 300)
    chances = np.round(rng.dirichlet(np.full(n_clusters, rng.choice([0.02, 1.0]))), 7)
    scores = [None if rng.random() < 0.1 else float(chance) for chance in chances]
    search = np.sort(rng.uniform(0.3, 0.7, n).round(int(rng.choice([2, 8]))))[::-1].tolist()
    clusters = rng.integers(0, n_clusters, n)
    return search, [scores[cluster] for cluster in clusters], clusters


@pytest.mark.parametrize("seed", range(200))
def test_random_queries_agree_with_the_numpy_reference(seed):
    rng = np.random.default_rng(seed)
    search, taste, _ = random_query(rng)
    weight = float(rng.choice([0, 1, 0.5, rng.random()]))
    fused = fuse(search, taste, weight)
    scores, order = reference(search, taste, weight)
    assert [f.index for f in fused] == order.tolist()
    np.testing.assert_allclose([f.score for f in fused], scores[order], atol=1e-12)


@pytest.mark.parametrize("seed", range(50))
def test_weight_0_is_exactly_the_generic_order(seed):
    search, taste, _ = random_query(np.random.default_rng(seed))
    assert [f.index for f in fuse(search, taste, 0)] == list(range(len(search)))


def test_by_default_taste_has_the_last_word():
    liked_most, found_first = fuse([1.0, 0.0], [0.1, 0.9])
    assert (liked_most.index, found_first.index) == (1, 0)


@pytest.mark.parametrize("seed", range(50))
def test_at_weight_1_the_pictures_of_a_cluster_keep_the_order_they_came_in(seed):
    search, taste, clusters = random_query(np.random.default_rng(seed))
    order = np.array([f.index for f in fuse(search, taste, 1)])
    for cluster in np.unique(clusters):
        places = order[clusters[order] == cluster]
        assert (np.diff(places) > 0).all()


@pytest.mark.parametrize("seed", range(50))
def test_every_candidate_comes_back_once_with_scores_between_0_and_1(seed):
    search, taste, _ = random_query(np.random.default_rng(seed))
    fused = fuse(search, taste, 0.3)
    assert sorted(f.index for f in fused) == list(range(len(search)))
    values = np.array([(f.score, f.search, f.taste) for f in fused])
    assert values.min() >= 0 and values.max() <= 1 + 1e-12


def test_a_hand_computed_query():
    fused = fuse([0.9, 0.8, 0.7], [0.001, 0.1, 0.01], 0.5)
    assert [f.index for f in fused] == [1, 0, 2]
    assert [f.score for f in fused] == pytest.approx([0.75, 0.5, 0.25])
    assert fused[0].search == pytest.approx(0.5) and fused[0].taste == pytest.approx(1.0)


def test_a_missing_score_and_a_score_of_0_count_as_the_lowest_known_one():
    by_index = {f.index: f for f in fuse([4, 3, 2, 1], [0.2, None, 0.0, 0.05], 1)}
    assert by_index[1].taste == by_index[2].taste == by_index[3].taste == 0
    assert [f.index for f in fuse([4, 3, 2, 1], [0.2, None, 0.0, 0.05], 1)] == [0, 1, 2, 3]


def test_without_any_taste_score_the_generic_order_stays_at_every_weight():
    for weight in (0, 0.3, 1):
        fused = fuse([0.9, 0.5, 0.1], [None, None, 0.0], weight)
        assert [f.index for f in fused] == [0, 1, 2]
        assert {f.taste for f in fused} == {0.5}


def test_a_score_below_the_floor_counts_as_the_floor():
    assert fuse([1, 1], [1e-30, 1e-7], 1)[0].taste == 0.5


def test_equal_scores_become_one_half():
    assert normalize([0.4, 0.4]) == [0.5, 0.5]
    assert normalize([]) == []
    assert fuse([], [], 0.5) == []


@pytest.mark.parametrize("weight", [-0.01, 1.01, float("nan"), float("inf")])
def test_a_weight_outside_0_to_1_is_refused_with_the_range(weight):
    with pytest.raises(ValueError, match=r"from 0 .* to 1"):
        fuse([1.0], [0.5], weight)


def test_lists_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="one of each per candidate"):
        fuse([1.0, 0.5], [0.5])


def test_a_score_that_is_no_number_is_refused():
    for search, taste in (
        ([float("nan"), 1], [1, 1]),
        ([1, 1], [float("nan"), 1]),
        ([float("inf"), 1], [1, 1]),
    ):
        with pytest.raises(ValueError, match="drop this candidate"):
            fuse(search, taste)


@pytest.mark.parametrize("name", ["fusion", "ranking_client"])
def test_what_travels_into_the_lambda_imports_the_standard_library_only(name):
    source = Path(fusion.__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {getattr(node, "module", None) or node.names[0].name for node in nodes}
    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names
