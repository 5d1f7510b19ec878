"""How many clusters a library needs, and when those there are no longer fit."""

import numpy as np
import pytest
from sklearn.cluster import KMeans

from helpers.growth import choose_k, nearness, share_of_strangers


def unit(vectors):
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def world():
    rng = np.random.default_rng(1)
    middles = unit(rng.normal(size=(12, 16)))

    def pictures(of, n):
        return unit(middles[rng.choice(of, n)] + rng.normal(scale=0.08, size=(n, 16)))

    return pictures


def test_a_k_fits_every_library():
    assert choose_k(3400) == 400
    assert [choose_k(n) for n in (1, 2, 3, 8)] == [1, 2, 2, 2]
    for n in range(1, 20_000, 37):
        assert 1 <= choose_k(n) <= n


def test_nearness_is_the_cosine_to_the_nearest_centre():
    vectors, centres = unit(np.random.default_rng(2).normal(size=(5000, 4))), np.random.default_rng(3).normal(size=(7, 4))
    expected = [max(v @ c / np.linalg.norm(c) for c in centres) for v in vectors[:50]]
    np.testing.assert_allclose(nearness(vectors, centres.astype(np.float32))[:50], expected, atol=1e-5)


def test_pictures_of_the_known_kinds_are_few_strangers_and_others_are_many(world):
    old = world(range(9), 900)
    centroids = KMeans(9, n_init=3, random_state=0).fit(old).cluster_centers_.astype(np.float32)
    assert share_of_strangers(old, world(range(9), 400), centroids) < 0.15
    assert share_of_strangers(old, world(range(9, 12), 400), centroids) > 0.9
    assert 0.3 < share_of_strangers(old, np.vstack([world(range(9), 200), world(range(9, 12), 200)]), centroids) < 0.7
