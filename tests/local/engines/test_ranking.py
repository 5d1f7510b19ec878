"""The ranker in a synthetic world of 20 subjects × 10 styles whose tastes are known.

Every user likes one to three styles (85 % of the taste); most who like several like a correlated pair. Item
"s-t" is the cluster of subject s in style t.
"""

import numpy as np
import pytest

from helpers.local.engines.ranking import EVENT_WEIGHTS, group_by_user, train
from helpers.local.engines.ranking.affinity import taste_affinity
from helpers.local.engines.ranking.drift import doubt
from helpers.local.engines.ranking_metrics import ranking_metrics

N_SUBJECTS, N_STYLES = 20, 10
PAIRS = [(0, 1), (2, 3), (4, 5), (6, 7), (8, 9)]
LARGE_STYLE = 0  # has 3.5 times as many pictures as any other


def liked_styles(rng):
    n = rng.choice([1, 2, 3], p=[0.5, 0.35, 0.15])
    if n == 1 or rng.random() >= 0.7:
        return rng.choice(N_STYLES, n, replace=False).tolist()
    pair = list(PAIRS[rng.integers(len(PAIRS))])
    return pair + rng.choice([t for t in range(N_STYLES) if t not in pair], n - 2, replace=False).tolist()


def choices(rng, liked, n):
    """(n, 2) subjects and styles that a user with these tastes chooses."""
    size = np.where(np.arange(N_STYLES) == LARGE_STYLE, 3.5, 1)
    taste = 0.15 * size / size.sum()
    taste[liked] += 0.85 / len(liked)
    chances = np.outer(rng.dirichlet(np.full(N_SUBJECTS, 0.5)), taste).ravel()
    return np.stack(np.unravel_index(rng.choice(chances.size, n, p=chances), (N_SUBJECTS, N_STYLES)), axis=1)


def item(subject, style):
    return f"{subject}-{style}"


def click_log(n_users, seed=0):
    rng = np.random.default_rng(seed)
    users, items, kinds = [], [], []
    for user in range(n_users):
        chosen = choices(rng, liked_styles(rng), rng.integers(20, 60))
        users += [f"u{user}"] * len(chosen)
        items += [item(*pair) for pair in chosen]
        kinds += rng.choice(list(EVENT_WEIGHTS), len(chosen), p=[0.8, 0.14, 0.06]).tolist()
    return users, items, kinds


@pytest.fixture(scope="module")
def log():
    return click_log(2000)


@pytest.fixture(scope="module")
def trained(log):
    """(ranker, trial) of 2,000 users with about 80,000 events."""
    return train(*group_by_user(*log, range(len(log[0]))))


def styles_best_first(ranker, events, subject):
    """The styles of one subject, best first, for somebody with these (subject, style) views."""
    utilities = ranker.utilities(None, [(item(*pair), "view") for pair in events])
    return np.argsort(
        [-utilities[ranker.position[item(subject, t)]] for t in range(N_STYLES)], kind="stable"
    ).tolist()


def test_a_subject_never_touched_is_ranked_by_the_users_taste(trained):
    rng, hits = np.random.default_rng(5), []
    for _ in range(80):
        liked = liked_styles(rng)
        events = choices(rng, liked, rng.integers(15, 30))
        for subject in rng.choice(N_SUBJECTS, 2, replace=False):
            order = styles_best_first(trained[0], events[events[:, 0] != subject], subject)
            hits.append(np.mean([style in liked for style in order[: len(liked)]]))
    assert np.mean(hits) >= 0.95


def test_somebody_who_saw_one_style_only_is_offered_what_others_like_with_it(trained):
    rng, discounts = np.random.default_rng(7), []
    for style, partner in [*PAIRS, *[pair[::-1] for pair in PAIRS]]:
        for subject in range(N_SUBJECTS):
            seen = [(s, style) for s in rng.choice(N_SUBJECTS, 12) if s != subject]
            order = [t for t in styles_best_first(trained[0], seen, subject) if t != style]
            discounts.append(1 / np.log2(2 + order.index(partner)))
    assert np.mean(discounts) >= 0.96  # NDCG with one relevant style


def test_five_events_of_a_new_taste_bring_it_from_the_middle_to_the_front(trained):
    rng, places = np.random.default_rng(9), []
    for _ in range(60):
        old, new = rng.choice(N_STYLES, 2, replace=False)
        subject = rng.integers(N_SUBJECTS)
        others = [s for s in range(N_SUBJECTS) if s != subject]
        events = [(s, old) for s in rng.choice(others, 40)] + [(s, new) for s in rng.choice(others, 5)]
        places.append([styles_best_first(trained[0], events[:n], subject).index(new) for n in (40, 43, 45)])
    at_first, after_three, after_five = np.mean(places, axis=0)
    assert at_first > 3 and after_three < 2.2 and after_five < 1.6  # place 0 is the best of ten


def test_somebody_without_a_history_gets_what_is_chosen_most(trained, log):
    ranker, counts = trained[0], dict(zip(*np.unique(log[1], return_counts=True), strict=True))
    utilities = ranker.utilities(None)
    by_count = [counts[ranker.items[number]] for number in np.argsort(-utilities, kind="stable")]
    assert by_count == sorted(counts.values(), reverse=True)
    np.testing.assert_array_equal(ranker.utilities("nobody"), utilities)


def test_a_short_history_stays_nearer_to_popularity_than_a_long_one(trained):
    ranker = trained[0]
    popular, once, often = (ranker.utilities(None, [("3-4", "view")] * n) for n in (0, 1, 10))
    assert 0 < np.abs(once - popular).mean() < np.abs(often - popular).mean()


def test_utilities_are_the_formulas_of_the_docstrings(trained):
    """Computed the slow way, event by event, for a user with a history and two newer events."""
    ranker, number = trained[0], 17
    start, end = ranker.histories.starts[number : number + 2]
    events = list(zip(ranker.histories.items[start:end], ranker.histories.weights[start:end], strict=True))
    events += [(ranker.position["3-4"], 3.0), (ranker.position["5-6"], 1.0)]
    doubted = doubt(ranker.affinity, np.array([i for i, _ in events]), np.array([w for _, w in events]))

    def counts(half_life, doubted=0.0):
        found = np.zeros(len(ranker.items))
        for age, (item_number, weight) in enumerate(reversed(events)):
            found[item_number] += weight * 0.5 ** (age / half_life) * (1 - doubted if age >= 5 else 1)
        return np.log(1 + found)

    def taste(counts):
        return counts @ ranker.affinity / np.sqrt(counts.sum() + 3)

    recent, long, log_popularity = counts(12, doubted), counts(30), np.log(ranker.popularity)
    fits = ranker.fit[0] * taste(recent) + ranker.fit[1] * log_popularity / (1 + recent.sum()) ** 2
    reached = (long + 3 * ranker.popularity) / (long.sum() + 3) @ ranker.company
    company = np.log(reached) - np.log(ranker.popularity @ ranker.company)
    habit = counts(np.inf)
    next_choice = np.stack([taste(long), company, habit, habit > 0, log_popularity], axis=1) @ ranker.choice
    user, newer = str(ranker.histories.users[number]), [("3-4", "download"), ("no such", "view"), ("5-6", "view")]
    np.testing.assert_allclose(ranker.utilities(user, newer), fits, atol=1e-10)
    np.testing.assert_allclose(ranker.choice_utilities(user, newer), next_choice, atol=1e-10)


def test_affinity_finds_planted_tastes_and_nothing_in_shuffled_clicks(trained):
    ranker = trained[0]
    found = taste_affinity(ranker.histories, len(ranker.items), np.random.default_rng(0))
    style = np.array([int(name.split("-")[1]) for name in ranker.items])
    blocks = np.array([[found[np.ix_(style == a, style == b)].mean() for b in range(N_STYLES)] for a in range(N_STYLES)])
    partner = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}
    for a in range(N_STYLES):
        others = [b for b in range(N_STYLES) if b not in (a, partner[a])]
        assert blocks[a, a] > blocks[a, partner[a]] > max(blocks[a, others]) + 0.2
    by_chance = ranker.histories.shuffled(np.random.default_rng(5))
    assert np.abs(taste_affinity(by_chance, len(ranker.items), np.random.default_rng(0))).max() < 0.02


def test_co_occurrence_is_scikit_learns_cosine_similarity_but_for_the_item_itself(trained):
    from sklearn.metrics.pairwise import cosine_similarity

    ranker = trained[0]
    counts = ranker.histories.counts(len(ranker.items))
    cosines = cosine_similarity(counts.T)
    np.fill_diagonal(cosines, 0)
    np.fill_diagonal(cosines, cosines.max(axis=1))  # an item is its own closest companion, and no more
    np.testing.assert_allclose(ranker.company, cosines / cosines.sum(axis=1, keepdims=True), atol=1e-10)


def test_soft_max_of_choice_utilities_says_how_often_things_are_chosen(trained):
    """Calibration on new people: choices that are given a chance of p happen in a share of about p."""
    rng, ranker = np.random.default_rng(21), trained[0]
    chances, happened = [], []
    for _ in range(300):
        events = choices(rng, liked_styles(rng), 40)
        utilities = ranker.choice_utilities(None, [(item(*pair), "view") for pair in events[:30]])
        soft_max = np.exp(utilities - utilities.max())
        chances.append(np.tile(soft_max / soft_max.sum(), (10, 1)))
        happened.append(ranker.items == np.array([item(*pair) for pair in events[30:]])[:, None])
    chances, happened = np.concatenate(chances).ravel(), np.concatenate(happened).ravel()
    for low, high in ((0.005, 0.02), (0.02, 0.05), (0.05, 0.2)):  # rarer ones are overestimated
        chosen = (chances >= low) & (chances < high)
        assert happened[chosen].mean() == pytest.approx(chances[chosen].mean(), rel=0.35)


def test_held_out_metrics_are_well_above_those_of_popularity(trained, log):
    ranker, trial = trained
    by_popularity = np.argsort(-ranker.popularity, kind="stable")
    ours = ranking_metrics(trial, len(ranker.items))
    popular = ranking_metrics([(by_popularity, relevant) for _, relevant in trial], len(ranker.items))
    for name in (
        "mean_reciprocal_rank_at_25",
        "normalized_discounted_cumulative_gain_at_10",
        "precision_at_5",
    ):
        assert ours[name] > 3 * popular[name]
    assert ours["coverage"] == 1


def test_training_is_bit_stable_and_takes_rows_in_any_order(trained, log):
    rows = np.random.default_rng(3).permutation(len(log[0]))
    shuffled = [np.array(column)[rows] for column in log]
    again, _ = train(*group_by_user(*shuffled, rows))
    for name in ("items", "popularity", "affinity", "company", "choice", "fit"):
        np.testing.assert_array_equal(getattr(again, name), getattr(trained[0], name))
    np.testing.assert_array_equal(again.utilities("u7"), trained[0].utilities("u7"))


def test_ages_count_events_of_the_same_user_only():
    _, histories = group_by_user(list("babba"), list("vwxyz"), ["view"] * 5, [10, 5, 11, 2, 3])
    assert histories.users.tolist() == ["a", "b"]
    assert histories.items.tolist() == [4, 1, 3, 0, 2]
    assert histories.ages().tolist() == [1, 0, 2, 1, 0]
    only_b = histories.of_users(np.array([False, True]))
    assert (only_b.users.tolist(), only_b.items.tolist(), only_b.starts.tolist()) == (
        ["b"],
        [3, 0, 2],
        [0, 3],
    )


@pytest.mark.parametrize("n_users", [1, 2, 3, 25])
def test_few_users_train_too(n_users):
    users, items, kinds = click_log(n_users)
    ranker, trial = train(*group_by_user(users, items, kinds, range(len(users))))
    assert np.isfinite(ranker.utilities("u0")).all()
    assert len(trial) == (n_users + 9) // 10


def test_users_with_one_event_each_leave_the_usual_coefficients():
    ranker, trial = train(*group_by_user(["a", "b", "c"], ["x", "y", "x"], ["view"] * 3, range(3)))
    assert trial == [] and ranker.choice.tolist() == [1] * 5 and ranker.fit.tolist() == [1, 1]
    assert ranker.utilities(None)[0] > ranker.utilities(None)[1]
