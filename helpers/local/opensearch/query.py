"""The query language: each clause answers with a score for every document of a snapshot, NaN for "no match".

Scores are those of OpenSearch, so that clauses may be added up in a `bool` as they are there.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from . import field_queries, knn_queries
from .errors import OpenSearchError, illegal_argument, not_offline, parsing, refuse_members
from .snapshot import Snapshot

_REAL_QUERIES_NOT_HERE = {
    "boosting", "dis_max", "distance_feature", "function_score", "fuzzy", "geo_bounding_box", "geo_distance",
    "hybrid", "intervals", "match_bool_prefix", "match_phrase", "match_phrase_prefix", "more_like_this",
    "multi_match", "nested", "neural", "neural_sparse", "percolate", "prefix", "query_string", "rank_feature",
    "regexp", "script", "simple_query_string", "template", "wildcard", "wrapper",
}  # fmt: skip


def evaluate(query: Any, snapshot: Snapshot) -> np.ndarray:
    """A score for each document, (n_documents,) float32, NaN where the query does not match.

    Raises the 400 error of a query that OpenSearch does not know, the 501 error of one that is not built here.
    """
    if not isinstance(query, dict):
        raise parsing(f"[_na] query malformed, must start with start_object, but was [{query}]")
    if not query:
        raise illegal_argument("query malformed, empty clause found")
    if len(query) > 1:
        first, second, *_ = query
        raise parsing(f"[{first}] malformed query, expected [END_OBJECT] but found [FIELD_NAME] [{second}]")
    [(name, clause)] = query.items()
    if name in _REAL_QUERIES_NOT_HERE:
        raise not_offline(f"{name} query")
    if name not in _CLAUSES:
        raise parsing(f"unknown query [{name}]")
    if not isinstance(clause, dict):
        raise parsing(f"[{name}] query malformed, no start_object after query name")
    if name in _MEMBERS:
        refuse_members(f"a {name} query", clause, built=_MEMBERS[name], real=_REAL_MEMBERS, refusal=_unknown_in(name))
    found = _CLAUSES[name](clause, snapshot, lambda inner: evaluate(inner, snapshot))
    boost = float(clause.get("boost", 1)) if name in _BOOSTED else 1.0
    return (found * np.float32(boost)).astype(np.float32)


def matches(query: Any, snapshot: Snapshot) -> tuple[np.ndarray, np.ndarray]:
    """(positions, scores) of the documents that match; those of equal score in the documents' order.

    A lone `knn` query says which few documents they are; of any other every document's score is looked at.
    """
    if isinstance(query, dict) and list(query) == ["knn"] and isinstance(query["knn"], dict):
        return knn_queries.nearest(query["knn"], snapshot, lambda inner: evaluate(inner, snapshot))
    scores = evaluate(query, snapshot)
    positions = np.flatnonzero(~np.isnan(scores))
    return positions, scores[positions]


def _match_all(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    return np.ones(len(snapshot), dtype=np.float32)


def _match_none(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    return np.full(len(snapshot), np.nan, dtype=np.float32)


def _ids(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    wanted = [snapshot.positions.get(str(doc_id)) for doc_id in clause.get("values", [])]
    scores = _match_none(clause, snapshot, inner)
    scores[[position for position in wanted if position is not None]] = 1
    return scores


def _constant_score(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    if "filter" not in clause:
        raise parsing("[constant_score] requires a 'filter' element")
    return np.where(np.isnan(inner(clause["filter"])), np.nan, 1)


def _bool(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    """`must` and `should` add their scores up; `filter` and `must_not` only say who may stay."""
    must, required, should, excluded = (
        [inner(query) for query in _as_list(clause.get(part))] for part in ("must", "filter", "should", "must_not")
    )
    scores = np.zeros(len(snapshot), dtype=np.float32)
    for found in must:
        scores = scores + found
    for found in required:
        scores = np.where(np.isnan(found), np.nan, scores)
    for found in excluded:
        scores = np.where(np.isnan(found), scores, np.nan)
    matched = np.sum([~np.isnan(found) for found in should], axis=0, initial=0) if should else 0
    for found in should:
        scores = scores + np.nan_to_num(found)
    least = clause.get("minimum_should_match", 0 if must or required or not should else 1)
    if not str(least).lstrip("-").isdigit():
        raise not_offline(f"minimum_should_match {least}")
    least = int(least) if int(least) >= 0 else len(should) + int(least)
    return np.where(matched >= least, scores, np.nan)


def _knn(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    return _scattered(snapshot, *knn_queries.nearest(clause, snapshot, inner))


def _script_score(clause: dict[str, Any], snapshot: Snapshot, inner: "Inner") -> np.ndarray:
    return _scattered(snapshot, *knn_queries.script_score(clause, snapshot, inner))


def _scattered(snapshot: Snapshot, positions: np.ndarray, scores: np.ndarray) -> np.ndarray:
    everywhere = np.full(len(snapshot), np.nan, dtype=np.float32)
    everywhere[positions] = scores
    return everywhere


def _as_list(clauses: Any) -> list[Any]:
    return clauses if isinstance(clauses, list) else [] if clauses is None else [clauses]


Inner = Callable[[Any], np.ndarray]
_CLAUSES: dict[str, Callable[[dict[str, Any], Snapshot, Inner], np.ndarray]] = {
    "match_all": _match_all,
    "match_none": _match_none,
    "ids": _ids,
    "bool": _bool,
    "constant_score": _constant_score,
    "term": field_queries.term,
    "terms": field_queries.terms,
    "range": field_queries.in_range,
    "exists": field_queries.exists,
    "match": field_queries.match,
    "knn": _knn,
    "script_score": _script_score,
}
_MEMBERS = {  # of the clauses that are not about one field; the others look at their own
    "match_all": {"boost"},
    "match_none": set(),
    "ids": {"values", "boost"},
    "bool": {"must", "filter", "should", "must_not", "minimum_should_match", "boost"},
    "constant_score": {"filter", "boost"},
    "exists": {"field", "boost"},
    "script_score": {"query", "script", "boost"},
}
_REAL_MEMBERS = {"_name", "adjust_pure_negative", "min_score", "explain", "function"}
_BOOSTED = {"match_all", "ids", "constant_score", "bool", "terms", "exists", "script_score"}  # others' stands deeper


def _unknown_in(name: str) -> Callable[[str], OpenSearchError]:
    return lambda member: parsing(f"[{name}] query does not support [{member}]")
