"""Who chose what: the events of many users in order, and how they weigh."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

EVENT_WEIGHTS = {"view": 1.0, "favorite": 2.0, "download": 3.0}  # any other type counts 1


@dataclass(frozen=True)
class Histories:
    """Events of many users, grouped by user, oldest first.

    users : (n_users,) sorted user ids. starts : (n_users + 1,) where each user's events begin.
    items : (n_events,) item numbers. weights : (n_events,) of the event types.
    """

    users: np.ndarray
    starts: np.ndarray
    items: np.ndarray
    weights: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.starts)

    def keep(self, events: np.ndarray) -> "Histories":
        """The same users with only the events where the mask (n_events,) is true."""
        starts = np.concatenate([[0], np.cumsum(events)])[self.starts]
        return Histories(self.users, starts, self.items[events], self.weights[events])

    def of_users(self, chosen: np.ndarray) -> "Histories":
        """Only the users where the mask (n_users,) is true."""
        kept = self.keep(np.repeat(chosen, self.lengths))
        starts = np.append(0, np.cumsum(kept.lengths[chosen]))
        return Histories(self.users[chosen], starts, kept.items, kept.weights)

    def ages(self) -> np.ndarray:
        """(n_events,) how many newer events the same user has; the newest has age 0."""
        return np.repeat(self.starts[1:], self.lengths) - 1 - np.arange(len(self.items))

    def counts(self, n_items: int, half_life: float = np.inf) -> np.ndarray:
        """(n_users, n_items) log(1 + weighted, aged number of choices)."""
        numbers = np.repeat(np.arange(len(self.users)), self.lengths) * n_items + self.items
        weights = self.weights * 0.5 ** (self.ages() / half_life)
        sums = np.bincount(numbers, weights, minlength=len(self.users) * n_items)
        return np.log1p(sums).reshape(len(self.users), n_items)

    def hold_out_newest(self, share: float) -> tuple["Histories", "Histories"]:
        """(earlier, newest) events of every user: this share of them is held out, at least one event."""
        n_newest = np.maximum(1, np.floor(self.lengths * share)).astype(int)
        is_newest = self.ages() < np.repeat(n_newest, self.lengths)
        return self.keep(~is_newest), self.keep(is_newest)

    def shuffled(self, rng: np.random.Generator) -> "Histories":
        """The same people choosing as often, but each time what somebody else chose: a world without taste."""
        order = rng.permutation(len(self.items))
        return Histories(self.users, self.starts, self.items[order], self.weights[order])


def group_by_user(
    users: Sequence[str], items: Sequence[str], event_types: Sequence[str], order: Sequence[int],
    event_weights: Mapping[str, float] = EVENT_WEIGHTS,
) -> tuple[np.ndarray, Histories]:  # fmt: skip
    """(sorted item ids, histories) of events in any row order; `order` says which came first."""
    user_ids, user_numbers = np.unique(np.asarray(users, dtype=str), return_inverse=True)
    item_ids, item_numbers = np.unique(np.asarray(items, dtype=str), return_inverse=True)
    types, type_numbers = np.unique(np.asarray(event_types, dtype=str), return_inverse=True)
    weights = np.array([event_weights.get(kind, 1.0) for kind in types.tolist()])[type_numbers]
    rows = np.lexsort((np.asarray(order), user_numbers))
    starts = np.append(0, np.cumsum(np.bincount(user_numbers, minlength=len(user_ids))))
    return item_ids, Histories(user_ids, starts, item_numbers[rows], weights[rows])
