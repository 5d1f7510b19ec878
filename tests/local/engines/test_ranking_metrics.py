"""The metrics against hand-computed cases and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import ndcg_score

from helpers.local.engines.ranking_metrics import ranking_metrics


def test_a_hand_computed_case():
    metrics = ranking_metrics([([4, 0, 2, 1, 3], {2, 3, 9})], 10)
    assert metrics["mean_reciprocal_rank_at_25"] == pytest.approx(1 / 3)
    assert metrics["precision_at_5"] == pytest.approx(2 / 5)
    assert metrics["precision_at_10"] == pytest.approx(2 / 10)
    gain = 1 / np.log2(4) + 1 / np.log2(6)
    assert metrics["normalized_discounted_cumulative_gain_at_5"] == pytest.approx(
        gain / (1 + 1 / np.log2(3) + 1 / np.log2(4))
    )
    assert metrics["coverage"] == 0.5


@pytest.mark.parametrize("k", [5, 10, 25])
def test_ndcg_is_scikit_learns(k):
    rng = np.random.default_rng(k)
    relevant = rng.random((20, 60)) < 0.1
    relevant[:, 0] = True
    scores = rng.random((20, 60))
    trial = [(np.argsort(-row), np.flatnonzero(wanted)) for row, wanted in zip(scores, relevant, strict=True)]
    got = ranking_metrics(trial, 60)[f"normalized_discounted_cumulative_gain_at_{k}"]
    assert got == pytest.approx(ndcg_score(relevant, scores, k=k))


def test_several_users_are_averaged_and_something_found_after_place_25_counts_nothing():
    best, worst = (range(30), {0, 1}), (range(30), {29})
    metrics = ranking_metrics([best, worst], 30)
    assert metrics["mean_reciprocal_rank_at_25"] == pytest.approx(0.5)
    assert metrics["normalized_discounted_cumulative_gain_at_10"] == pytest.approx(0.5)
    assert metrics["coverage"] == pytest.approx(25 / 30)


def test_the_same_choice_twice_is_one_relevant_item():
    assert ranking_metrics([([1, 2], [1, 1])], 2) == ranking_metrics([([1, 2], [1])], 2)


def test_without_a_trial_all_metrics_are_0():
    assert set(ranking_metrics([], 10).values()) == {0.0}
