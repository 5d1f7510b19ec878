"""The whole online flow: a query becomes a vector, the nearest pictures, their clusters' scores for this user, one order."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from .embedder import Embedder
from .fusion import DEFAULT_WEIGHT, fuse
from .model_match import check_model_once
from .ranking_client import rank_clusters
from .vector_index import MOST_HITS, knn_search

DEFAULT_CANDIDATES = 200  # nearest pictures that re-ranking may choose from


class BadQuestion(ValueError):
    """Something in the question can't be used; the message names it and says what it may be."""


class EmptyQuery(BadQuestion):
    """Neither words nor a picture were given."""


@dataclass(frozen=True)
class SearchEngine:
    """The model, clients and names that a search needs; `Workshop.search_engine()` makes one from what the notebooks left."""

    embedder: Embedder
    opensearch: Any
    personalize_runtime: Any
    index_name: str
    campaign_arn: str | None = None


@dataclass(frozen=True)
class Result:
    """One picture of an answer.

    search_score: OpenSearch's, 0–1. taste_score: Personalize's for the picture's cluster, or None without one.
    final_score: the weighted mean of both after normalisation. rank and generic_rank count from 1.
    """

    image_id: str
    cluster: str
    search_score: float
    taste_score: float | None
    final_score: float
    rank: int
    generic_rank: int


def personalized_search(
    engine: SearchEngine,
    *,
    text: str | None = None,
    image: str | None = None,
    user_id: str | None = None,
    weight: float = DEFAULT_WEIGHT,
    size: int = 12,
    candidates: int = DEFAULT_CANDIDATES,
) -> list[Result]:
    """The `size` best pictures for this query and this user, best first.

    text, image: the query, words or a base64-encoded picture or both. user_id: None gives the generic order and makes no
    Personalize call. weight: 0 = relevance only, 1 = taste only.
    Raises EmptyQuery without a query; BadQuestion for a weight outside 0–1, a number of pictures outside 1–10,000, or a text or
    user that is none; ModelMismatch when the index holds the vectors of another model.
    """
    _check(text, image, user_id, weight)
    size, candidates = _count("size", size), _count("candidates", candidates)
    check_model_once(engine.opensearch, engine.index_name, engine.embedder)
    query = engine.embedder.embed(text=text, image=image, purpose="query")
    hits = knn_search(engine.opensearch, engine.index_name, query, size=max(candidates, size))

    taste: list[float | None] = [None] * len(hits)
    if user_id is None:
        weight = 0.0
    elif hits:
        by_cluster = rank_clusters(
            engine.personalize_runtime, engine.campaign_arn, user_id, [hit.cluster for hit in hits]
        )
        taste = [by_cluster.get(hit.cluster) for hit in hits]

    ranked = fuse([hit.score for hit in hits], taste, weight)
    return [
        Result(
            hits[r.index].image_id,
            hits[r.index].cluster,
            hits[r.index].score,
            taste[r.index],
            r.score,
            place,
            r.index + 1,
        )
        for place, r in enumerate(ranked[:size], start=1)
    ]


def _check(text: object, image: object, user_id: object, weight: object) -> None:
    for name, value in (("text", text), ("image", image), ("user_id", user_id)):
        if value is not None and not isinstance(value, str):
            raise BadQuestion(f"{name} is {value!r:.40}; give a string, or None")
    if not (isinstance(text, str) and text.strip()) and not image:
        raise EmptyQuery("Type a word or choose a picture to search for.")
    if user_id == "":
        raise BadQuestion("user_id is empty; give the id of a user, or None for the order that everybody gets")
    if not isinstance(weight, Real) or not 0 <= float(weight) <= 1:  # also true for NaN
        raise BadQuestion(f"weight is {weight!r}; choose a number from 0 (search only) to 1 (taste only)")


def _count(name: str, value: object) -> int:
    if not isinstance(value, Integral) or not 1 <= int(value) <= MOST_HITS:
        raise BadQuestion(f"{name} is {value!r}; ask for one picture or more, up to {MOST_HITS:,}")
    return int(value)
