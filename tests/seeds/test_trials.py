"""The trials ask unseen people for what they never touched, and know what a good answer is."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from helpers.catalog import load_catalog
from helpers.settings import SHIPPED_DATA
from seeds.people.simulate import read_population
from seeds.people.trials import draw_missing, draw_trial

CATALOG = load_catalog(SHIPPED_DATA).reset_index()
PARTNER = {a: b for pair in read_population()["taste"]["correlated_pairs"] for a, b in (pair, pair[::-1])}


def trial(population, test, seed=3):
    return draw_trial(CATALOG, population, test, seed, askers=40, tuning=20, users=30)


@pytest.mark.parametrize("test", ["plain", "co_taste"])
@pytest.mark.parametrize("population", ["gentle", "harsh"])
def test_nobody_asked_was_trained_on_or_touched_the_subject(population, test):
    drawn = trial(population, test)
    assert set(drawn.events["user_id"]).isdisjoint(drawn.unseen["user_id"])
    assert len(drawn.askers) == 40 and len(drawn.tuning) == 20
    assert {a.person.user_id for a in drawn.askers}.isdisjoint(a.person.user_id for a in drawn.tuning)
    subject_of = CATALOG.set_index("image_id")["subject"]
    for asker in drawn.askers:
        own = drawn.unseen.loc[drawn.unseen["user_id"] == asker.person.user_id, "image_id"]
        assert len(own) and asker.subject not in set(subject_of[own])


def test_liked_styles_are_the_most_relevant_ones():
    drawn = trial("gentle", "plain")
    for asker in drawn.askers:
        best = {drawn.styles[i] for i in np.flatnonzero(asker.relevance == asker.relevance.max())}
        assert best == set(asker.liked) and asker.relevance.max() == 3


def test_co_taste_seeks_the_other_half_of_a_pair_whose_half_the_subject_lacks():
    drawn = trial("gentle", "co_taste")
    shown = set(zip(drawn.catalog["subject"], drawn.catalog["style"], strict=True))
    for asker in drawn.askers:
        [own], [sought] = asker.person.liked, asker.liked
        assert PARTNER[own] == sought
        assert (asker.subject, own) not in shown and (asker.subject, sought) in shown
        assert asker.relevance[drawn.styles.index(sought)] == 3 and sorted(asker.relevance)[-2] == 1
        assert asker.person.taste[drawn.styles.index(own)] > 0.8
    assert set(drawn.events["image_id"]) <= set(drawn.catalog["image_id"])


@pytest.mark.parametrize("seed", range(5))
def test_every_style_is_missing_equally_often(seed):
    missing = draw_missing(CATALOG, seed)
    assert set(Counter(style for _, style in missing).values()) == {4}
    assert set(Counter(subject for subject, _ in missing).values()) == {2}
    assert draw_missing(CATALOG, seed) == missing != draw_missing(CATALOG, seed + 1)


def test_the_same_seed_gives_the_same_trial():
    pd.testing.assert_frame_equal(trial("harsh", "plain").unseen, trial("harsh", "plain").unseen)
