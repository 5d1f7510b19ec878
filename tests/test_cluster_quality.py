"""Scores against scikit-learn and cases that can be worked out by hand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import silhouette_score

from helpers.cluster_quality import (
    find_elbow,
    mean_silhouette,
    mean_squared_distance,
    most_typical,
    purity_by_k,
    score_each_k,
)

LINE = np.array([[0.0], [1.0], [10.0], [12.0]], np.float32)
CENTROIDS = np.array([[0.5], [11.0]], np.float32)


def test_mean_squared_distance_by_hand():
    assert mean_squared_distance(LINE, CENTROIDS) == pytest.approx((0.25 + 0.25 + 1 + 1) / 4)


def test_silhouette_is_scikit_learns():
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(50, 4)).astype(np.float32)
    clusters = [str(c) for c in rng.integers(0, 3, 50)]
    ours = mean_silhouette(vectors, clusters, metric="euclidean")
    assert ours == pytest.approx(silhouette_score(vectors, clusters, metric="euclidean"), rel=1e-5)


def test_silhouette_of_a_sample_is_repeatable():
    vectors = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    clusters = [str(int(x > 0)) for x in vectors[:, 0]]
    first, again, other = (mean_silhouette(vectors, clusters, sample=100, seed=seed) for seed in (1, 1, 2))
    assert first == again != other


@pytest.mark.parametrize("clusters", [["0"] * 4, ["0", "1", "2", "3"]])
def test_silhouette_is_not_defined_for_one_cluster_or_loners(clusters):
    assert np.isnan(mean_silhouette(LINE, clusters))


def test_scores_stand_in_a_table_by_k():
    table = score_each_k(LINE, {2: CENTROIDS, 1: np.array([[5.75]], np.float32)})
    assert isinstance(table, pd.DataFrame)
    assert list(table.index) == [1, 2]
    assert table.loc[2, "msd"] == pytest.approx(0.625)
    assert list(table.loc[2, ["smallest", "largest"]]) == [2, 2]


def test_the_elbow_is_where_a_broken_line_breaks():
    assert find_elbow([10, 20, 30, 40, 50], [100, 60, 20, 18, 16]) == 30
    assert find_elbow([50, 30, 10, 40, 20], [16, 20, 100, 18, 60]) == 30
    with pytest.raises(ValueError, match="three"):
        find_elbow([1, 2], [2, 1])


def test_the_elbow_of_clear_groups_is_their_number():
    rng = np.random.default_rng(0)
    middles = rng.normal(size=(6, 20)) * 5
    points = np.repeat(middles, 30, axis=0) + rng.normal(size=(180, 20))
    from sklearn.cluster import KMeans

    ks = [2, 4, 6, 9, 12, 16]
    assert find_elbow(ks, [KMeans(k, n_init=5, random_state=0).fit(points).inertia_ for k in ks]) == 6


def test_the_most_typical_member_is_nearest_to_the_centroid():
    vectors = np.array([[0.0], [3.0], [1.0], [10.0], [11.0]], np.float32)
    typical = most_typical(
        vectors, np.array([[1.5], [10.8], [99]], np.float32), ["0", "0", "0", "1", "1"], n=2
    )
    assert typical == {"0": [2, 0], "1": [4, 3]}


def test_purity_is_the_share_of_each_cluster_s_commonest_label():
    labels = {"side": ["left", "left", "right", "right"], "odd": ["a", "b", "a", "a"]}
    whole, pair, single = np.array([[5.0]], np.float32), CENTROIDS, LINE
    table = purity_by_k(LINE, {4: single, 2: pair, 1: whole}, labels)
    assert list(table.index) == [1, 2, 4]
    assert list(table.columns) == ["vectors a cluster", "side", "side, shuffled", "odd", "odd, shuffled"]
    assert list(table["vectors a cluster"]) == [4, 2, 1]
    assert list(table["side"]) == [0.5, 1, 1]  # of everything half is left: the commonest label's share
    assert list(table["odd"]) == [0.75, 0.75, 1]
    assert (table["side, shuffled"][1], table["side, shuffled"][4]) == (0.5, 1)  # nothing to lose, nothing to gain


def test_shuffled_labels_show_what_purity_small_clusters_have_by_chance():
    rng = np.random.default_rng(1)
    centroids = rng.normal(size=(50, 2)).astype(np.float32)
    vectors = (np.repeat(centroids, 40, axis=0) + 1e-4 * rng.normal(size=(2000, 2))).astype(np.float32)
    labels = np.repeat([str(c % 4) for c in range(50)], 40)
    table = purity_by_k(vectors, {50: centroids}, {"kind": labels})
    assert table["kind"][50] == 1
    assert 0.25 < table["kind, shuffled"][50] < 0.5  # four kinds, forty vectors: a little more than a quarter
    assert purity_by_k(vectors, {50: centroids}, {"kind": labels}, seed=0).equals(table)


def test_purity_counts_no_empty_cluster():
    far = np.array([[0.5], [11.0], [1000.0]], np.float32)
    assert purity_by_k(LINE, {3: far}, {"side": list("llrr")}).loc[3, ["vectors a cluster", "side"]].tolist() == [2, 1]
