"""The metrics against cases worked out by hand, scikit-learn and SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import bootstrap
from sklearn.metrics import ndcg_score
from sklearn.metrics.pairwise import cosine_similarity

from helpers import metrics


@pytest.mark.parametrize("seed", range(5))
def test_ndcg_is_scikit_learns_with_gains_two_to_the_relevance(seed):
    rng = np.random.default_rng(seed)
    relevance, scores = rng.choice([0, 1, 1.5, 3], 60), rng.permutation(60)
    expected = ndcg_score([2.0**relevance - 1], [scores], k=12)
    assert metrics.ndcg(relevance, np.argsort(-scores)) == pytest.approx(expected)


def test_ndcg_by_hand():
    assert metrics.ndcg(np.array([0.0, 3, 1]), [2, 1, 0], top=2) == pytest.approx(
        (1 + 7 / np.log2(3)) / (7 + 1 / np.log2(3))
    )
    assert metrics.ndcg(np.zeros(3), [0, 1, 2]) == 0
    assert metrics.ndcg(np.array([2.0, 1]), [0, 1]) == 1  # fewer pictures than places


def test_shares_and_reciprocal_ranks():
    wanted = np.array([False, True, False, True])
    assert metrics.share_of(wanted, [1, 0, 3, 2], top=3) == pytest.approx(2 / 3)
    assert metrics.reciprocal_rank(wanted, [0, 2, 3, 1]) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(wanted, [0, 2, 3, 1], top=2) == 0


def test_diversity_is_one_minus_the_mean_cosine_of_pairs():
    vectors = np.random.default_rng(1).normal(size=(20, 8))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = cosine_similarity(vectors[:12])[np.triu_indices(12, 1)]
    assert metrics.diversity(vectors, range(20)) == pytest.approx(1 - cosines.mean())
    assert metrics.diversity(vectors[[0, 0]], [0, 1]) == pytest.approx(0)


def test_coverage_counts_what_anybody_saw():
    assert metrics.coverage([[0, 1, 2], [1, 3, 9]], 10, top=2) == pytest.approx(3 / 10)


def test_the_interval_is_scipys():
    values = np.random.default_rng(2).gamma(2, size=300)
    expected = bootstrap((values,), np.mean, method="percentile", n_resamples=4000, rng=np.random.default_rng(0))
    got = metrics.bootstrap_interval(values, resamples=4000)
    assert got == pytest.approx(tuple(expected.confidence_interval), abs=0.01)


def test_pairing_finds_a_small_difference_that_the_means_hide():
    rng = np.random.default_rng(3)
    theirs = rng.random(300)
    ours = theirs + 0.02 + rng.normal(0, 0.01, 300)
    difference, low, high = metrics.paired_difference(ours, theirs)
    assert 0.015 < low < difference < high < 0.025
    assert metrics.bootstrap_interval(ours)[0] < theirs.mean()
    with pytest.raises(ValueError, match="do not pair"):
        metrics.paired_difference(ours, theirs[1:])
