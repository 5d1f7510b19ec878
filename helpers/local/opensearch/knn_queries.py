"""Queries on vectors: `knn` (the k nearest, or all within a radius) and the exact `knn_score` script.

Unconfirmed: the texts of its refusals (see errors.py), except those of a query of another length, of a field that is no
vector and of a radius where only codes are in memory (source code of the k-NN plug-in); the status of the last one. That k
goes from 1 to 10,000 is documented.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from helpers.local.engines import knn

from .errors import OpenSearchError, QueryError, illegal_argument, not_offline, parsing, refuse_members, x_content
from .rescoring import first_pass
from .snapshot import Snapshot

MOST_NEIGHBOURS = 10_000
_OPTIONS = {"vector", "k", "filter", "method_parameters", "min_score", "max_distance", "boost", "rescore"}
_OPTIONS_NOT_HERE = {"ignore_unmapped", "expand_nested_docs", "_name"}

_NO_RADIUS = "Radial search is not supported for indices which have quantization enabled"


Found = tuple[np.ndarray, np.ndarray]  # positions of documents, and the scores of these


def nearest(clause: dict[str, Any], snapshot: Snapshot, inner: Callable[[Any], np.ndarray]) -> Found:
    """The k documents whose vectors are nearest, among those that pass `filter`; or all within a radius."""
    if len(clause) != 1 or not isinstance(next(iter(clause.values())), dict):
        raise parsing("[knn] query requires one field with an object")
    [(path, options)] = clause.items()
    _refuse_options(options)
    query = _numbers(options.get("vector"))
    ef_search = _ef_search(options)
    _refuse_misfit(snapshot, path, query)
    column = snapshot.column(path)
    mask = ~np.isnan(inner(options["filter"])) if options.get("filter") else None
    if "k" in options:
        first = first_pass(options.get("rescore"), options["k"], column.field)
        positions, scores = column.nearest(query, options["k"], ef_search, mask, first)
    else:
        if column.field.on_disk:
            raise OpenSearchError(400, "unsupported_operation_exception", _NO_RADIUS)
        positions, distances = column.distances(query, column.field.space, mask)
        scores = knn.scores(distances, column.field.space).astype(np.float32)
        near = scores >= options["min_score"] if "min_score" in options else distances <= options["max_distance"]
        positions, scores = positions[near], scores[near]
    return positions, (scores * np.float32(options.get("boost", 1))).astype(np.float32)


def script_score(clause: dict[str, Any], snapshot: Snapshot, inner: Callable[[Any], np.ndarray]) -> Found:
    """Every document that `query` matches, scored exactly: the script `knn_score` of lang `knn` only."""
    snapshot.flavour.refuse_script()
    script = clause.get("script") or {}
    if (script.get("lang"), script.get("source")) != ("knn", "knn_score"):
        raise not_offline("script other than knn_score")
    refuse_members("a script", script, built={"lang", "source", "params"}, real={"id", "options"}, refusal=x_content("script"))
    parameters = script.get("params") or {}
    unknown = set(parameters) - {"field", "query_value", "space_type"}
    if unknown:
        raise illegal_argument(f"unknown parameter {sorted(unknown)[0]} of the script knn_score")
    path, query = str(parameters.get("field")), _numbers(parameters.get("query_value"))
    space = parameters.get("space_type")
    if space not in knn.SPACES:
        raise not_offline(f"script space type {space}")
    _refuse_misfit(snapshot, path, query)
    mask = ~np.isnan(inner(clause.get("query") or {"match_all": {}}))
    positions, distances = snapshot.column(path).distances(query, space, mask)
    scores = knn.scores(distances, space)  # since 2.19 those of the query, for every space
    return positions, scores


def _refuse_options(options: dict[str, Any]) -> None:
    refuse_members("a knn query", options, built=_OPTIONS, real=_OPTIONS_NOT_HERE, refusal=x_content("knn"))
    if sum(name in options for name in ("k", "min_score", "max_distance")) != 1:
        raise illegal_argument("[knn] requires exactly one of k, distance or score to be set")
    k = options.get("k", 1)
    if isinstance(k, bool) or not isinstance(k, int) or not 0 < k <= MOST_NEIGHBOURS:
        raise illegal_argument(f"[knn] requires k to be in the range (0, {MOST_NEIGHBOURS}]")
    if options.get("min_score", 1) <= 0:
        raise illegal_argument("[knn] requires minScore to be greater than 0")


def _ef_search(options: dict[str, Any]) -> int | None:
    given = options.get("method_parameters")
    if given is None:
        return None
    if not given:
        raise parsing("method_parameters cannot be empty")
    refuse_members(
        "method_parameters",
        given,
        built={"ef_search"},
        real={"nprobes"},
        refusal=lambda name: parsing(f"[knn] unknown method parameter found [{name}]"),
    )
    ef_search = given["ef_search"]
    if isinstance(ef_search, bool) or not isinstance(ef_search, int) or ef_search < 1:
        raise illegal_argument("[knn] errors in method parameter [ef_search should be greater than 0]")
    return ef_search


def _numbers(value: Any) -> np.ndarray:
    if not isinstance(value, list) or not value:
        raise illegal_argument("[knn] field 'vector' requires to be non-null and non-empty")
    if not set(map(type, value)) <= {int, float}:
        raise illegal_argument("[knn] field 'vector' requires to be an array of numbers")
    return np.array(value, dtype=np.float32)


def _refuse_misfit(snapshot: Snapshot, path: str, query: np.ndarray) -> None:
    field = snapshot.mapping.vector_fields.get(path)
    if field is None or field.vector is None:
        raise QueryError(f"Field '{path}' is not knn_vector type.")
    if len(query) != field.vector.dimension:
        raise QueryError(f"Query vector has invalid dimension: {len(query)}. Dimension should be: {field.vector.dimension}")
    if field.vector.space == knn.COSINE and not query.any():
        raise QueryError(f"zero vector is not supported when space type is [{field.vector.space}]")
