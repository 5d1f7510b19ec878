"""The engine against scikit-learn's K-Means and hand-made cases."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from helpers.local.engines.kmeans import KMeansSettings, assign, distortion, train_kmeans


def groups(n_groups: int, n_points: int, *, n_features: int = 16, spread: float = 0.15, seed: int = 0):
    """Unit vectors around `n_groups` directions, in random order, and the group of each."""
    rng = np.random.default_rng(seed)
    middles = rng.normal(size=(n_groups, n_features))
    labels = rng.integers(0, n_groups, n_points)
    labels[:n_groups] = np.arange(n_groups)
    points = middles[labels] + spread * rng.normal(size=(n_points, n_features))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype(np.float32), labels


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"epochs": 5},
        {"extra_center_factor": 4, "mini_batch_size": 200, "epochs": 3},
        {"extra_center_factor": 1000},
        {"init_method": "kmeans++", "local_lloyd_num_trials": 3},
    ],
    ids=str,
)
def test_it_is_as_good_as_scikit_learn(settings):
    points, _ = groups(30, 900, spread=0.4)
    reference = KMeans(25, n_init=10, random_state=0).fit(points).inertia_
    assert train_kmeans(points, KMeansSettings(k=25, **settings)).ssd < 1.04 * reference


def test_clear_groups_are_found_and_numbered_by_their_first_point():
    points, labels = groups(6, 200)
    model = train_kmeans(points, KMeansSettings(k=6))
    assert np.array_equal(assign(points, model.centroids), labels)  # group g holds point g first
    for group in range(6):
        assert np.allclose(model.centroids[group], points[labels == group].mean(axis=0), atol=1e-5)


def test_msd_and_ssd_are_those_of_plain_arithmetic():
    points, _ = groups(4, 50)
    model = train_kmeans(points, KMeansSettings(k=3))
    squared = ((points[:, None].astype(float) - model.centroids[None]) ** 2).sum(axis=2).min(axis=1)
    assert model.ssd == pytest.approx(squared.sum(), rel=1e-5)
    assert model.msd == pytest.approx(squared.mean(), rel=1e-5)
    assert distortion(points, model.centroids) == (model.msd, model.ssd)


def test_the_same_seed_gives_the_same_bits():
    points, _ = groups(20, 500, spread=0.5)
    settings = KMeansSettings(k=15, epochs=2, mini_batch_size=100)
    first, second = (train_kmeans(points, settings, seed=7) for _ in range(2))
    assert first.centroids.tobytes() == second.centroids.tobytes()
    assert first.centroids.dtype == np.float32


def test_ids_of_clear_clusters_do_not_depend_on_the_seed():
    points, _ = groups(8, 300)
    models = [train_kmeans(points, KMeansSettings(k=8), seed=seed).centroids for seed in range(3)]
    assert np.allclose(models[0], models[1], atol=1e-5)
    assert np.allclose(models[0], models[2], atol=1e-5)


def test_one_cluster_is_the_mean():
    points, _ = groups(5, 100)
    model = train_kmeans(points, KMeansSettings(k=1))
    assert np.allclose(model.centroids[0], points.mean(axis=0), atol=1e-6)


def test_as_many_clusters_as_points_are_the_points():
    points, _ = groups(5, 12)
    model = train_kmeans(points, KMeansSettings(k=12))
    assert np.allclose(model.centroids, points, atol=1e-6)
    assert model.msd == pytest.approx(0, abs=1e-10)


def test_fewer_distinct_points_than_clusters_are_no_problem():
    points = np.repeat(np.eye(3, 5, dtype=np.float32), 4, axis=0)
    model = train_kmeans(points, KMeansSettings(k=6, init_method="kmeans++"))
    assert model.centroids.shape == (6, 5)
    assert np.isfinite(model.centroids).all()
    assert model.msd == pytest.approx(0, abs=1e-10)


def test_more_clusters_than_points_are_refused():
    with pytest.raises(ValueError, match="there are 3"):
        train_kmeans(np.eye(3, dtype=np.float32), KMeansSettings(k=4))


def test_vectors_far_from_the_origin_keep_their_digits():
    points, labels = groups(6, 200)
    model = train_kmeans(points + np.float32(100), KMeansSettings(k=6))
    assert np.array_equal(assign(points, model.centroids - np.float32(100)), labels)


def test_a_short_half_life_forgets_the_start_of_the_stream():
    drift = np.concatenate([np.zeros((500, 1)), np.ones((500, 1))]).astype(np.float32)
    once = {"k": 1, "extra_center_factor": 1, "mini_batch_size": 10, "local_lloyd_num_trials": 1}
    remembers = train_kmeans(drift, KMeansSettings(**once)).centroids[0, 0]
    forgets = train_kmeans(drift, KMeansSettings(**once, half_life_time_size=20)).centroids[0, 0]
    assert remembers == pytest.approx(0.5, abs=1e-5)
    assert forgets == pytest.approx(1.0, abs=1e-3)


def test_more_epochs_move_the_centres_further_to_their_points():
    points, _ = groups(30, 600, spread=0.6)
    settings = {"k": 30, "extra_center_factor": 1, "mini_batch_size": 600}
    scores = [train_kmeans(points, KMeansSettings(**settings, epochs=epochs)).msd for epochs in (1, 5, 30)]
    assert scores[0] > scores[1] > scores[2]


def test_more_trials_are_never_worse():
    points, _ = groups(40, 600, spread=0.5)
    settings = {"k": 20, "local_lloyd_init_method": "random"}
    few, many = (train_kmeans(points, KMeansSettings(**settings, local_lloyd_num_trials=n)) for n in (1, 20))
    assert many.msd < few.msd


def test_large_data_needs_no_table_of_all_pairs(monkeypatch):
    points, _ = groups(10, 300, spread=0.4)
    settings = KMeansSettings(k=10, init_method="kmeans++")
    looked_up = train_kmeans(points, settings)
    monkeypatch.setattr("helpers.local.engines.kmeans.GRAM_ROWS", 0)
    monkeypatch.setattr("helpers.local.engines.kmeans.BLOCK_ROWS", 7)
    assert train_kmeans(points, settings).msd == pytest.approx(looked_up.msd, rel=0.03)
