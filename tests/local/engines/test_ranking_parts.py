"""The ranker's parts, each on a case small enough to know the answer."""

import numpy as np
import pytest

from helpers.local.engines.ranking.affinity import log_lifts
from helpers.local.engines.ranking.choice import fit_coefficients
from helpers.local.engines.ranking.drift import doubt


def test_log_lifts_by_hand():
    counts = np.array([[1.0, 1, 0], [1, 1, 0], [0, 1, 1]])  # pairs 0-1 twice, 1-2 once; 6 entries in all
    expected = np.log((2 + 1) / (2 * 3 / 6 + 1))
    lifts = log_lifts(counts)
    assert lifts[0, 1] == lifts[1, 0] == pytest.approx(expected) and lifts[0, 0] == 0
    assert lifts[0, 2] == pytest.approx(np.log(1 / (2 * 1 / 6 + 1)))


def test_coefficients_are_recovered_from_choices_drawn_with_them():
    rng, truth = np.random.default_rng(0), np.array([2.0, 0.5])
    signals = rng.normal(size=(3000, 20, 2))
    chances = np.exp(signals @ truth)
    chances /= chances.sum(axis=1, keepdims=True)
    chosen = np.stack([rng.multinomial(5, row) for row in chances])
    np.testing.assert_allclose(fit_coefficients(signals, chosen), truth, atol=0.05)


def test_the_past_is_doubted_only_when_new_events_agree_and_contradict_it():
    affinity = np.kron(np.eye(2), np.ones((3, 3))) - 0.5  # two tastes of three items each
    old, ones = [0, 1, 2, 0, 1, 2, 0], np.ones(12)
    assert doubt(affinity, np.array([*old, 3, 4, 5, 3, 4]), ones) == 1  # another taste altogether
    assert doubt(affinity, np.array([*old, 0, 1, 2, 0, 1]), ones) == 0  # as before
    assert doubt(affinity, np.array([*old, 0, 3, 1, 4, 0]), ones) == 0  # stray clicks
    assert doubt(affinity, np.array([3, 4]), ones[:2]) == 0  # no past at all
