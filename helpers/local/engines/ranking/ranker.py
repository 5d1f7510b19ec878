"""The trained ranker and its training; the package's docstring says what it computes and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from .affinity import cosine, taste_affinity
from .choice import fit_coefficients
from .drift import NEWEST, doubt
from .histories import EVENT_WEIGHTS, Histories

HALF_LIFE = 12.0  # events, for the order of a list: what somebody came for today
LONG_HALF_LIFE = 30.0  # events, for the next choice of all items, where a steady taste tells more than a mood
PRIOR_STRENGTH = 3.0  # popularity weighs as much as this many log-counts of a user's own
LEAST_POPULARITY = 0.1  # keeps the ranking for an unknown user a ranking by popularity
MOST_PEOPLE = 2000  # enough to learn a handful of coefficients from


@dataclass(frozen=True)
class Ranker:
    """A trained model, as `train` makes it.

    items : (n_items,) sorted item ids. popularity : (n_items,) shares, sum 1.
    affinity : (n_items, n_items) symmetric log-lifts. company : (n_items, n_items) row i = what people choose who
    chose i, rows sum to 1. choice : (5,) coefficients of taste, company, habit, return and popularity, for the next
    choice of all items. fit : (2,) coefficients of taste and popularity, for the order of a list. half_life : in events.
    """

    items: np.ndarray
    popularity: np.ndarray
    affinity: np.ndarray
    company: np.ndarray
    choice: np.ndarray
    fit: np.ndarray
    half_life: float
    histories: Histories
    event_weights: Mapping[str, float]

    def utilities(self, user: str | None, newer: Sequence[tuple[str, str]] = ()) -> np.ndarray:
        """(n_items,) how well items fit the user; soft-max of any selection gives the scores of that selection.

        This orders the lists that are served: by taste, and so by far the worse guess at the very next click (nDCG@10 on
        held-out clicks .17 for gentle people, .07 for harsh ones; `choice_utilities` .38 and .13).
        newer : (item, event type) pairs since training, oldest first; items that are not known do not count.
        A user without any event gets the popularity ranking; every event makes popularity count less. Where the newest
        events contradict the older ones, these count less (`drift.py`).
        """
        people = self._history(user, newer)
        past = people.ages() >= NEWEST
        kept = 1 - doubt(self.affinity, people.items, people.weights)
        people = replace(people, weights=np.where(past, kept, 1.0) * people.weights)
        recent = people.counts(len(self.items), self.half_life)
        popularity = np.log(self.popularity) / (1 + recent.sum()) ** 2
        return self.fit[0] * self._taste(recent)[0] + self.fit[1] * popularity

    def choice_utilities(self, user: str | None, newer: Sequence[tuple[str, str]] = ()) -> np.ndarray:
        """(n_items,) utilities whose soft-max is the chance that the user's next choice, of all items, is this one.

        The trial ranks by these, so the metrics of a solution version tell how well next choices are foretold, habits
        and returns to known items included. They are *not* metrics of the lists that `utilities` orders.
        """
        return self.signals(self._history(user, newer))[0] @ self.choice

    def signals(self, people: Histories) -> np.ndarray:
        """(n_people, n_items, 5) taste, company, habit, return and popularity for people with these histories."""
        recent = people.counts(len(self.items), LONG_HALF_LIFE)
        known = recent.sum(axis=1, keepdims=True)
        expected = self.popularity @ self.company
        reached = (recent @ self.company + PRIOR_STRENGTH * expected) / (known + PRIOR_STRENGTH)
        habit = people.counts(len(self.items))
        popularity = np.broadcast_to(np.log(self.popularity), recent.shape)
        return np.stack([self._taste(recent), np.log(reached / expected), habit, habit > 0, popularity], axis=2)

    def _taste(self, counts: np.ndarray) -> np.ndarray:
        """(n_people, n_items) affinity with what people chose; more events make it surer, by their square root."""
        return counts @ self.affinity / np.sqrt(counts.sum(axis=1, keepdims=True) + PRIOR_STRENGTH)

    @cached_property
    def position(self) -> dict[str, int]:
        """The number of each item id."""
        return {item: number for number, item in enumerate(self.items.tolist())}

    @cached_property
    def _user_number(self) -> dict[str, int]:
        return {user: number for number, user in enumerate(self.histories.users.tolist())}

    def _history(self, user: str | None, newer: Sequence[tuple[str, str]]) -> Histories:
        """One person's events: those of training, then the newer ones."""
        number = self._user_number.get(user) if user is not None else None
        events = slice(0, 0) if number is None else slice(*self.histories.starts[number : number + 2])
        known = [(self.position[item], kind) for item, kind in newer if item in self.position]
        items = np.append(self.histories.items[events], np.array([item for item, _ in known], dtype=np.int64))
        said = [self.event_weights.get(kind, 1.0) for _, kind in known]
        weights = np.append(self.histories.weights[events], said)
        return Histories(np.array([user or ""]), np.array([0, len(items)]), items, weights)


def train(
    items: np.ndarray, histories: Histories, *,
    event_weights: Mapping[str, float] = EVENT_WEIGHTS, half_life: float = HALF_LIFE, seed: int = 0,
) -> tuple[Ranker, list[tuple[np.ndarray, np.ndarray]]]:  # fmt: skip
    """(ranker, trial): a pair (all items, likeliest next choice first; items chosen then) for each user held out.

    A tenth of the users is kept for the trial and a fifth for the coefficients, both drawn with `seed`; the
    others teach what goes with what, and popularity. The final ranker keeps those coefficients and learns the rest
    from everybody. One thread: the same events give the same bits.
    """
    from threadpoolctl import threadpool_limits

    several = np.random.default_rng(seed).permutation(np.flatnonzero(histories.lengths >= 2))
    n_test, n_calibration = (len(several) + 9) // 10, min((len(several) + 4) // 5, MOST_PEOPLE)
    is_test, is_calibration = np.zeros((2, len(histories.users)), dtype=bool)
    is_test[several[:n_test]] = True
    is_calibration[several[n_test : n_test + n_calibration]] = True

    def learn(users: np.ndarray, choice: np.ndarray, fit: np.ndarray) -> Ranker:
        known = histories.of_users(users)
        popularity = np.bincount(known.items, minlength=len(items)) + 1.0
        affinity = taste_affinity(known, len(items), np.random.default_rng(seed))
        company = cosine(known.counts(len(items)))
        shares = popularity / popularity.sum()
        return Ranker(items, shares, affinity, company, choice, fit, half_life, known, dict(event_weights))

    with threadpool_limits(limits=1):
        start = learn(~is_test & ~is_calibration, np.ones(5), np.ones(2))
        choice, fit = _calibrate(start, histories.of_users(is_calibration))
        trial = _trial(learn(~is_test, choice, fit), histories.of_users(is_test))
        return learn(np.ones_like(is_test), choice, fit), trial


def _calibrate(ranker: Ranker, people: Histories) -> tuple[np.ndarray, np.ndarray]:
    """(choice, fit) coefficients that explain best what these people, unknown to the ranker, chose last."""
    earlier, newest = people.hold_out_newest(share=0.2)
    signals = ranker.signals(earlier)
    chosen = np.zeros(signals.shape[:2])
    np.add.at(chosen, (np.repeat(np.arange(len(people.users)), newest.lengths), newest.items), 1)
    recent = ranker._taste(earlier.counts(len(ranker.items), ranker.half_life))
    fit = fit_coefficients(np.stack([recent, signals[:, :, 4]], axis=2), chosen)
    return fit_coefficients(signals, chosen), np.maximum(fit, [0, LEAST_POPULARITY])


def _trial(ranker: Ranker, people: Histories) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each of these people, whom the ranker does not know: what it expects next, and what they chose."""
    earlier, newest = people.hold_out_newest(share=0.1)
    ranker = replace(ranker, histories=earlier)
    rankings = (np.argsort(-ranker.choice_utilities(user), kind="stable") for user in people.users.tolist())
    chosen = (newest.items[start:end] for start, end in pairwise(newest.starts))
    return list(zip(rankings, chosen, strict=True))
