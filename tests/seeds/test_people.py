"""The simulated population has the tastes that its settings promise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.catalog import load_catalog, load_interactions, load_personas, query_subjects
from helpers.settings import SHIPPED_DATA
from seeds.people.__main__ import write_interactions
from seeds.people.simulate import draw_people, personas, read_population, simulate_events

CATALOG = load_catalog(SHIPPED_DATA)
STYLES = CATALOG["style"].unique().tolist()
SETTINGS = read_population("gentle")


@pytest.fixture(scope="module")
def shipped():
    return load_interactions(SHIPPED_DATA).join(CATALOG, on="image_id")


def test_the_log_is_as_large_as_promised(shipped):
    assert shipped["user_id"].nunique() >= 2000 and len(shipped) >= 60_000
    assert set(shipped["event_type"]) == {"view", "favorite", "download"}
    assert shipped["timestamp"].is_monotonic_increasing
    assert np.ptp(shipped["timestamp"]) > 21 * 86_400


def test_no_persona_ever_touched_a_queried_subject(shipped):
    mine = shipped[shipped["user_id"].isin([persona.user_id for persona in load_personas()])]
    assert len(mine) > 100 and not mine["subject"].isin(query_subjects()).any()


def test_personas_click_mostly_what_they_like(shipped):
    for persona in load_personas():
        styles = shipped.loc[shipped["user_id"] == persona.user_id, "style"]
        assert styles.isin(persona.liked_styles).mean() > 0.8


def test_tastes_sum_to_one_with_the_promised_share_on_liked_styles():
    people = draw_people(SETTINGS, STYLES, np.random.default_rng(0))
    assert len(people) == SETTINGS["users"]
    for person in people[:200]:
        assert person.taste.sum() == pytest.approx(1)
        liked = sum(person.taste[STYLES.index(style)] for style in person.liked)
        share = SETTINGS["share_on_liked"]
        assert liked == pytest.approx(share + (1 - share) * len(person.liked) / len(STYLES))


def test_most_people_with_several_styles_like_a_correlated_pair():
    people = draw_people(SETTINGS | {"users": 4000}, STYLES, np.random.default_rng(1))
    several = [set(person.liked) for person in people if len(person.liked) > 1]
    pairs = [set(pair) for pair in SETTINGS["taste"]["correlated_pairs"]]
    assert np.mean([any(pair <= liked for pair in pairs) for liked in several]) == pytest.approx(
        0.72, abs=0.06
    )


def test_popularity_is_zipf_like(shipped):
    counts = shipped.loc[shipped["style"] == "photographic", "image_id"].value_counts()
    assert counts.iloc[0] > 5 * counts.median()


def test_the_same_seed_gives_the_same_log():
    people = personas(STYLES, query_subjects())
    first, second = (
        simulate_events(people, CATALOG.reset_index(), SETTINGS, np.random.default_rng(5)) for _ in range(2)
    )
    pd.testing.assert_frame_equal(first, second)


def test_the_committed_log_is_what_the_gentle_population_gives(tmp_path):
    (tmp_path / "catalog.csv").write_bytes((SHIPPED_DATA / "catalog.csv").read_bytes())
    write_interactions(tmp_path)
    assert (tmp_path / "interactions.csv").read_bytes() == (SHIPPED_DATA / "interactions.csv").read_bytes()


def test_harsh_people_leave_5_to_20_events_and_three_in_ten_say_nothing():
    settings = read_population("harsh") | {"users": 800}
    rng = np.random.default_rng(3)
    people = draw_people(settings, STYLES, rng)
    events = simulate_events(people, CATALOG.reset_index(), settings, rng).join(CATALOG, on="image_id")
    lengths = events.groupby("user_id").size()
    assert (lengths.min(), lengths.max()) == (5, 20)
    liked = {person.user_id: set(person.liked) for person in people}
    hits = np.mean([style in liked[user] for user, style in zip(events["user_id"], events["style"], strict=True)])
    share_of_pictures = CATALOG["style"].value_counts(normalize=True)
    by_taste = np.mean([0.6 + 0.4 * len(p.liked) / 10 for p in people for _ in range(p.events)])
    at_random = np.mean([share_of_pictures[list(p.liked)].sum() for p in people for _ in range(p.events)])
    assert hits == pytest.approx(0.7 * by_taste + 0.3 * at_random, abs=0.02)
