"""What else one could do: each way to order the same candidates, as a function short enough to read.

Means of two scores are weighed evenly, as one would without measuring; `…_tuned`, vector mixing and the guardrail get the
best weight for them, which the experiment finds on other users (`WEIGHTS`). Ours keeps its default everywhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .fusion import DEFAULT_WEIGHT, fuse, normalize
from .pipeline_formulas import plugin_order

EVEN = 0.5
WEIGHTS = tuple(np.round(np.arange(0.1, 0.91, 0.1), 1).tolist())


@dataclass(frozen=True)
class Found:
    """All that any method may look at for one query of one user.

    rows : (n,) the nearest pictures, best first, as rows of the catalogue. clusters, search : (n,) the cluster of each and
    OpenSearch's score.
    taste, popular, other, noise : (n,) score of each picture's cluster, NaN where none is known: for this user, for
    somebody unknown, for another user, and drawn at random. recent : (n,) is the cluster among this user's newest?
    similarity, liking : (n_pictures,) cosine of every picture with the query and with the mean of what the user chose.
    """

    rows: NDArray[np.int64]
    clusters: NDArray[np.str_]
    search: NDArray[np.float64]
    taste: NDArray[np.float64]
    popular: NDArray[np.float64]
    other: NDArray[np.float64]
    noise: NDArray[np.float64]
    recent: NDArray[np.bool_]
    similarity: NDArray[np.floating]
    liking: NDArray[np.floating]


def generic(found: Found) -> NDArray[np.int64]:
    """OpenSearch's order."""
    return found.rows


def popularity(found: Found) -> NDArray[np.int64]:
    """Our fusion, but every user is nobody: what most people choose."""
    return _fused(found, found.popular)


def raw_mean(found: Found, weight: float = EVEN) -> NDArray[np.int64]:
    """The weighted mean of both scores as they come, as the article that this workshop follows suggests."""
    return _by(found, (1 - weight) * found.search + weight * np.nan_to_num(found.taste))


def minmax(found: Found, weight: float = EVEN) -> NDArray[np.int64]:
    """The weighted mean after both scores were stretched to 0…1, without the logarithm.

    Source: Fox and Shaw 1994, "Combination of multiple searches" (CombSUM).
    """
    search, taste = normalize(found.search.tolist()), normalize(np.nan_to_num(found.taste).tolist())
    return _by(found, (1 - weight) * np.array(search) + weight * np.array(taste))


def plugin(found: Found, weight: float = EVEN) -> NDArray[np.int64]:
    """The formula of OpenSearch's Personalize plug-in (`plugin_order`), which looks at places only; no score comes last."""
    known = ~np.isnan(found.taste)
    ranking = dict.fromkeys(found.clusters[known][np.argsort(-found.taste[known], kind="stable")].tolist())
    return found.rows[[candidate.index for candidate in plugin_order(found.clusters.tolist(), list(ranking), weight)]]


def rrf(found: Found) -> NDArray[np.int64]:
    """Reciprocal rank fusion, the default of hybrid search; 60 is the paper's constant.

    Source: Cormack, Clarke and Büttcher 2009, "Reciprocal rank fusion outperforms Condorcet".
    """
    here, there = _places(found)
    return _by(found, 1 / (60 + here) + np.where(there > 0, 1 / (60 + there), 0))


def vector_mix(found: Found, weight: float) -> NDArray[np.int64]:
    """k-NN with another query: the query's vector mixed with the mean vector of the pictures that this user chose.

    It looks at the whole catalogue and needs no ranker at all: the rival to respect.
    """
    return np.argsort(-((1 - weight) * found.similarity + weight * found.liking), kind="stable")


def guardrail(found: Found, weight: float) -> NDArray[np.int64]:
    """OpenSearch's order with a boost for pictures from the clusters that the user chose last, and nothing else.

    Source: Grainger, Turnbull and Irwin 2025, "AI-Powered Search", chapter 9 (personalization with category guardrails).
    """
    return _by(found, found.search * (1 + weight * found.recent))


def ours(found: Found, weight: float = DEFAULT_WEIGHT) -> NDArray[np.int64]:
    """`fuse`: min-max of the search score and of the logarithm of Personalize's score."""
    return _fused(found, found.taste, weight)


def shuffled(found: Found) -> NDArray[np.int64]:
    """Control: ours with another user's taste."""
    return _fused(found, found.other)


def random(found: Found) -> NDArray[np.int64]:
    """Control: ours with a taste drawn at random."""
    return _fused(found, found.noise)


def anonymous(found: Found) -> NDArray[np.int64]:
    """Control: nobody is signed in, so there is no taste to ask for; must be the generic order."""
    return _fused(found, np.full(len(found.rows), np.nan), weight=0.0)


TUNED: dict[str, Callable[[Found, float], NDArray[np.int64]]] = {
    "raw_mean_tuned": raw_mean, "minmax_tuned": minmax, "plugin_tuned": plugin, "vector_mix": vector_mix,
    "guardrail": guardrail,
}  # fmt: skip
FIXED: dict[str, Callable[[Found], NDArray[np.int64]]] = {
    "generic": generic, "popularity": popularity, "raw_mean": raw_mean, "minmax": minmax, "plugin": plugin, "rrf": rrf,
    "ours": ours, "shuffled": shuffled, "random": random, "anonymous": anonymous,
}  # fmt: skip
CONTROLS = ("shuffled", "random", "anonymous")
METHODS = (
    "generic", "popularity", "raw_mean", "raw_mean_tuned", "minmax", "minmax_tuned", "plugin", "plugin_tuned", "rrf",
    "vector_mix", "guardrail", "ours", *CONTROLS,
)  # fmt: skip


def _fused(found: Found, taste: NDArray[np.float64], weight: float = DEFAULT_WEIGHT) -> NDArray[np.int64]:
    known = [None if np.isnan(score) else score for score in taste.tolist()]
    return found.rows[[candidate.index for candidate in fuse(found.search.tolist(), known, weight)]]


def _by(found: Found, scores: NDArray[np.float64]) -> NDArray[np.int64]:
    return found.rows[np.argsort(-scores, kind="stable")]


def _places(found: Found) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(place by search, place of the cluster by taste), both from 1; clusters of equal score share one, 0 = unknown."""
    taste = np.where(np.isnan(found.taste), -1.0, found.taste)
    there = np.unique(-taste, return_inverse=True)[1] + 1
    return np.arange(1, len(found.rows) + 1), np.where(taste < 0, 0, there)
