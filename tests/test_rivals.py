"""Each rival on five pictures whose right order is known by hand."""

from __future__ import annotations

import numpy as np
import pytest

from helpers import rivals
from helpers.fusion import fuse
from helpers.pipeline_formulas import plugin_order
from helpers.rivals import Found

NONE = float("nan")
FOUND = Found(
    rows=np.array([4, 2, 0, 3, 1]),
    clusters=np.array(["a", "b", "a", "d", "c"]),
    search=np.array([0.9, 0.8, 0.7, 0.6, 0.5]),
    taste=np.array([0.01, 0.09, 0.01, NONE, 0.89]),
    popular=np.array([0.1, 0.1, 0.1, 0.1, 0.6]),
    other=np.array([0.9, 0.01, 0.07, 0.01, 0.01]),
    noise=np.full(5, 0.2),
    recent=np.array([False, False, False, True, False]),
    similarity=np.array([0.7, 0.5, 0.8, 0.6, 0.9]),
    liking=np.array([0.0, 0.9, 0.1, 0.1, 0.0]),
)


def test_generic_and_anonymous_keep_the_search_order():
    assert rivals.generic(FOUND).tolist() == rivals.anonymous(FOUND).tolist() == [4, 2, 0, 3, 1]


def test_ours_is_fuse_and_a_missing_score_counts_as_the_lowest():
    expected = fuse(FOUND.search.tolist(), [0.01, 0.09, 0.01, None, 0.89], 0.6)
    assert rivals.ours(FOUND).tolist() == FOUND.rows[[c.index for c in expected]].tolist()
    assert rivals.ours(FOUND, 1.0).tolist() == [1, 2, 4, 0, 3]


def test_raw_mean_hardly_moves_until_taste_is_large():
    # .5 * .9 + .5 * .01 = .455; .445; .355; .3 without a score; .695
    assert rivals.raw_mean(FOUND, 0.5).tolist() == [1, 4, 2, 0, 3]


def test_minmax_stretches_both():
    # search 1, .75, .5, .25, 0; taste .0112, .101, .0112, 0, 1
    assert rivals.minmax(FOUND, 0.5).tolist() == [4, 1, 2, 0, 3]


def test_the_plug_in_uses_places_and_sends_what_has_no_score_to_the_end():
    # Places by taste: c 1, b 2, a 3 (both of its pictures), d none.
    here, there = np.arange(1, 6), np.array([3, 2, 3, np.inf, 1])
    scores = 0.5 / np.log2(here + 1) + 0.5 / np.log2(there + 1)
    assert rivals.plugin(FOUND).tolist() == FOUND.rows[np.argsort(-scores)].tolist()
    assert rivals.plugin(FOUND, 1.0).tolist()[-1] == 3


def test_the_plug_in_is_the_one_formula_of_the_house():
    for weight in rivals.WEIGHTS:
        expected = plugin_order(FOUND.clusters.tolist(), ["c", "b", "a"], weight)
        assert rivals.plugin(FOUND, weight).tolist() == FOUND.rows[[c.index for c in expected]].tolist()


def test_plain_means_are_weighed_evenly():
    for name in ("raw_mean", "minmax", "plugin"):
        assert rivals.FIXED[name](FOUND).tolist() == rivals.TUNED[f"{name}_tuned"](FOUND, 0.5).tolist()


def test_reciprocal_rank_fusion_by_hand():
    scores = 1 / (60 + np.arange(1, 6)) + np.array([1 / 63, 1 / 62, 1 / 63, 0, 1 / 61])
    assert rivals.rrf(FOUND).tolist() == FOUND.rows[np.argsort(-scores)].tolist()


def test_vector_mix_is_a_search_for_the_mixed_vector():
    rng = np.random.default_rng(0)
    vectors, query, liked = rng.normal(size=(30, 6)), rng.normal(size=6), rng.normal(size=6)
    found = Found(**{**vars(FOUND), "similarity": vectors @ query, "liking": vectors @ liked})
    expected = np.argsort(-(vectors @ (0.7 * query + 0.3 * liked)))
    assert rivals.vector_mix(found, 0.3).tolist() == expected.tolist()


def test_the_guardrail_lifts_recent_clusters_only():
    assert rivals.guardrail(FOUND, 0.2).tolist() == [4, 2, 3, 0, 1]


def test_controls_use_the_scores_they_are_named_after():
    assert rivals.shuffled(FOUND)[0] == 4 and rivals.popularity(FOUND)[0] == 1
    assert rivals.random(FOUND).tolist() == [4, 2, 0, 3, 1]  # all tastes equal: the search order


@pytest.mark.parametrize("method", rivals.TUNED)
def test_every_weight_gives_every_picture_once(method):
    for weight in rivals.WEIGHTS:
        assert sorted(rivals.TUNED[method](FOUND, weight).tolist()) == [0, 1, 2, 3, 4]


def test_every_method_of_the_table_has_a_function():
    assert set(rivals.METHODS) == rivals.TUNED.keys() | rivals.FIXED.keys() and len(rivals.METHODS) == 15
