"""How good is an order of pictures, and how sure can we be? Plain NumPy, one short function a metric.

Everything takes what was shown: the first pictures of an order, as row numbers of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOP = 12  # pictures in a grid
RESAMPLES = 1000


def ndcg(relevance: NDArray[np.floating], order: Sequence[int] | NDArray[np.integer], top: int = TOP) -> float:
    """Normalised discounted cumulative gain of the first `top`: 1 if no order could be better, 0 if nothing is relevant.

    relevance : (n_pictures,) of every picture of the catalogue, 0 or more; a picture's gain is 2^relevance - 1.
    order : rows of the catalogue, best first.

    Sources: Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques"; the gain is that of
    Burges et al. 2005, "Learning to rank using gradient descent".
    """
    gains = 2.0 ** np.asarray(relevance) - 1
    discounts = 1 / np.log2(np.arange(2, top + 2))
    shown = gains[np.asarray(order[:top], dtype=np.int64)]
    best = np.sort(gains)[::-1][:top]
    ideal = best @ discounts[: len(best)]
    return float(shown @ discounts[: len(shown)] / ideal) if ideal else 0.0


def share_of(wanted: NDArray[np.bool_], order: Sequence[int] | NDArray[np.integer], top: int = TOP) -> float:
    """The share of wanted pictures among the first `top`: precision at `top`, for a subject, a style or both.

    wanted : (n_pictures,) mask over the catalogue.
    """
    return float(wanted[np.asarray(order[:top], dtype=np.int64)].mean()) if len(order) else 0.0


def reciprocal_rank(wanted: NDArray[np.bool_], order: Sequence[int] | NDArray[np.integer], top: int = TOP) -> float:
    """1 / place of the first wanted picture among the first `top`, 0 if there is none; its mean over queries is the MRR.

    Source: Voorhees 1999, "The TREC-8 question answering track report".
    """
    places = np.flatnonzero(wanted[np.asarray(order[:top], dtype=np.int64)])
    return 1 / (1 + int(places[0])) if len(places) else 0.0


def diversity(vectors: NDArray[np.floating], order: Sequence[int] | NDArray[np.integer], top: int = TOP) -> float:
    """How unlike each other the first `top` are: 1 - mean cosine over all pairs of them, from unit vectors.

    Source: Ziegler et al. 2005, "Improving recommendation lists through topic diversification".
    """
    shown = vectors[np.asarray(order[:top], dtype=np.int64)]
    n = len(shown)
    if n < 2:
        return 0.0
    total = float((shown.sum(axis=0, dtype=np.float64) ** 2).sum())  # of all pairs, n of which are a picture with itself
    return 1 - (total - n) / (n * (n - 1))


def coverage(orders: Sequence[Sequence[int] | NDArray[np.integer]], n_pictures: int, top: int = TOP) -> float:
    """The share of the catalogue that was shown to anybody at all, of all first `top`.

    Source: Ge, Delgado-Battenfeld and Jannach 2010, "Beyond accuracy: evaluating recommender systems by coverage and
    serendipity".
    """
    return len({int(row) for order in orders for row in order[:top]}) / n_pictures


def bootstrap_interval(
    values: Sequence[float] | NDArray[np.floating], *, level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """(low, high) of the mean: what the middle `level` of means would be, had we asked other users of the same kind.

    values : one a user. Percentiles of means of users drawn again, with replacement.

    Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", chapter 13.
    """
    values = np.asarray(values, dtype=float)
    rng = np.random.default_rng(seed)
    means = [values[rng.integers(len(values), size=len(values))].mean() for _ in range(resamples)]
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def paired_difference(
    ours: Sequence[float] | NDArray[np.floating], theirs: Sequence[float] | NDArray[np.floating], *,
    level: float = 0.95, resamples: int = RESAMPLES, seed: int = 0,
) -> tuple[float, float, float]:  # fmt: skip
    """(mean difference, low, high): ours - theirs for the same users and queries, with its bootstrap interval.

    Both methods meet the same easy and hard queries, so the interval is far narrower than that of either mean: it is
    the one that says whether a method is better. Raises ValueError if the two do not pair.

    Source: Sakai 2006, "Evaluating evaluation metrics based on the bootstrap".
    """
    if len(ours) != len(theirs):
        raise ValueError(f"{len(ours)} and {len(theirs)} values do not pair; measure both methods on the same users")
    differences = np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)
    low, high = bootstrap_interval(differences, level=level, resamples=resamples, seed=seed)
    return float(differences.mean()), low, high
