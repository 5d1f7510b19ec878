"""Ask the same queries for the same users by every method, and compare what they would have seen.

Everything runs on arrays here, without clients, so that a thousand users take seconds; the orders are those of
`personalized_search` (a test compares them).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import metrics, rivals
from .progress import progress
from .rivals import Found
from .search import DEFAULT_CANDIDATES

RECENT = 5  # newest events whose clusters the guardrail boosts
FEEDBACK = {"view": 1.0, "favorite": 2.0, "download": 3.0}  # how much an event says in the mean of liked vectors
History = Sequence[tuple[str, str]]  # (cluster, event type), oldest first
Scores = Callable[[History, Sequence[str]], Mapping[str, float | None]]


@dataclass(frozen=True)
class Question:
    """One user, one query, and what would be a good answer; only measurement knows the last three.

    images, event_types : what the user did, oldest first, rows of the catalogue. relevance, subject, liked :
    (n_pictures,) how relevant each picture is, whether it shows what was asked for, and whether its style counts as liked.
    taste : users with the same word share one taste; "another user" is never one of them.
    """

    user_id: str
    text: str
    images: NDArray[np.int64]
    event_types: tuple[str, ...]
    relevance: NDArray[np.float64]
    subject: NDArray[np.bool_]
    liked: NDArray[np.bool_]
    taste: str = ""


@dataclass(frozen=True)
class World:
    """What is searched: vectors (n_pictures, n_features) of unit length, the cluster of each, the vector of each query
    text, and a ranker's scores for a history and a list of clusters, as Personalize gives them."""

    vectors: NDArray[np.float32]
    clusters: Sequence[str]
    queries: Mapping[str, NDArray[np.float32]]
    scores: Scores
    candidates: int = DEFAULT_CANDIDATES


def look_up(world: World, questions: Sequence[Question], *, seed: int = 0) -> Iterable[Found]:
    """For each question all that a method may look at. "Another user" is the next in a shuffled list who has another taste."""
    clusters, rng = np.asarray(world.clusters), np.random.default_rng(seed)
    similarities = {text: world.vectors @ vector for text, vector in world.queries.items()}
    pools = {
        text: np.argsort(-cosines, kind="stable")[: world.candidates] for text, cosines in similarities.items()
    }
    another = _another(questions, rng)
    for number, question in enumerate(questions):
        similarity, rows = similarities[question.text], pools[question.text]
        found = clusters[rows]
        asked = list(dict.fromkeys(found.tolist()))
        stranger = questions[another[number]]
        drawn = rng.normal(size=len(asked))
        noise = np.exp(drawn) / np.exp(drawn).sum()
        own = clusters[question.images]
        weights = np.array([FEEDBACK.get(kind, 1.0) for kind in question.event_types])
        mean = weights @ world.vectors[question.images]
        mean = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        yield Found(
            rows=rows,
            clusters=found,
            search=1 / (3 - 2 * similarity[rows].astype(np.float64)),  # OpenSearch's l2 score of unit vectors
            taste=_of(found, world.scores(history_of(world, question), asked)),
            popular=_of(found, world.scores([], asked)),
            other=_of(found, world.scores(history_of(world, stranger), asked)),
            noise=_of(found, dict(zip(asked, noise.tolist(), strict=True))),
            recent=np.isin(found, own[-RECENT:]),
            similarity=similarity,
            liking=world.vectors @ mean,
        )


def history_of(world: World, question: Question) -> list[tuple[str, str]]:
    """(cluster, event type) of everything the user did, oldest first."""
    return [(world.clusters[row], kind) for row, kind in zip(question.images, question.event_types, strict=True)]


def tune(world: World, questions: Sequence[Question], *, seed: int = 0) -> dict[str, float]:
    """The weight, of `rivals.WEIGHTS`, with which each rival that has one reaches its best mean nDCG@12."""
    sums = {name: np.zeros(len(rivals.WEIGHTS)) for name in rivals.TUNED}
    for question, found in zip(questions, look_up(world, questions, seed=seed), strict=True):
        for name, method in rivals.TUNED.items():
            sums[name] += [metrics.ndcg(question.relevance, method(found, weight)) for weight in rivals.WEIGHTS]
    return {name: rivals.WEIGHTS[int(np.argmax(total))] for name, total in sums.items()}


def answer(found: Found, weights: Mapping[str, float]) -> dict[str, NDArray[np.int64]]:
    """The order of pictures by each method, in the order of `rivals.METHODS`."""
    orders = {name: method(found) for name, method in rivals.FIXED.items()}
    orders |= {name: method(found, weights[name]) for name, method in rivals.TUNED.items()}
    return {name: orders[name] for name in rivals.METHODS}


def measure(
    world: World, questions: Sequence[Question], weights: Mapping[str, float], *, seed: int = 0, what: str = "users"
) -> pd.DataFrame:
    """A row for each user and method: user_id, method, ndcg12, subject, style, mrr, diversity and the 12 rows shown."""
    rows = []
    founds = progress(look_up(world, questions, seed=seed), what, total=len(questions))
    for question, found in zip(questions, founds, strict=True):
        for method, order in answer(found, weights).items():
            shown = order[: metrics.TOP]
            rows.append({
                "user_id": question.user_id,
                "method": method,
                "ndcg12": metrics.ndcg(question.relevance, shown),
                "subject": metrics.share_of(question.subject, shown),
                "style": metrics.share_of(question.liked, shown),
                "mrr": metrics.reciprocal_rank(question.subject & question.liked, shown),
                "diversity": metrics.diversity(world.vectors, shown),
                "shown": tuple(shown.tolist()),
            })  # fmt: skip
    return pd.DataFrame(rows)


def summarize(table: pd.DataFrame, n_pictures: int) -> pd.DataFrame:
    """A row for each method: means of all figures with the 95 % interval of ndcg12 (low, high), coverage, and the paired
    difference ours - method in ndcg12 with its interval (ahead, ahead_low, ahead_high)."""
    by_method = {str(method): rows.reset_index(drop=True) for method, rows in table.groupby("method", sort=False)}
    ours = by_method["ours"]["ndcg12"].to_numpy()
    summary = {}
    for method, rows in by_method.items():
        low, high = metrics.bootstrap_interval(rows["ndcg12"].to_numpy())
        ahead, ahead_low, ahead_high = metrics.paired_difference(ours, rows["ndcg12"].to_numpy())
        summary[method] = {
            "ndcg12": rows["ndcg12"].mean(), "low": low, "high": high,
            "subject": rows["subject"].mean(), "style": rows["style"].mean(), "mrr": rows["mrr"].mean(),
            "diversity": rows["diversity"].mean(), "coverage": metrics.coverage(rows["shown"].tolist(), n_pictures),
            "ahead": ahead, "ahead_low": ahead_low, "ahead_high": ahead_high,
        }  # fmt: skip
    return pd.DataFrame(summary).T


def _another(questions: Sequence[Question], rng: np.random.Generator) -> dict[int, int]:
    order = rng.permutation(len(questions)).tolist()
    circle = order + order
    tastes = [question.taste or question.user_id for question in questions]
    return {
        number: next((o for o in circle[place + 1 : place + len(order)] if tastes[o] != tastes[number]), number)
        for place, number in enumerate(order)
    }


def _of(clusters: NDArray[np.str_], scores: Mapping[str, float | None]) -> NDArray[np.float64]:
    known = {cluster: np.nan if score is None else score for cluster, score in scores.items()}
    return np.array([known.get(cluster, np.nan) for cluster in clusters.tolist()])
