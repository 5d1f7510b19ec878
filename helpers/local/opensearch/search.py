"""The search requests: _search, _msearch and _count."""

import time
from typing import Any

import numpy as np

from .document_log import Document
from .errors import (
    OpenSearchError,
    QueryError,
    illegal_argument,
    not_offline,
    parsing,
)
from .index import Index
from .mapping import values_at
from .query import evaluate
from .routes import Request, parse_json
from .snapshot import Snapshot, shortest
from .source_filter import SourceFilter

NODE_NAME = "offline"
MOST_RESULTS = 10_000
_KEYS = {"query", "size", "from", "min_score", "_source", "fields", "sort", "track_total_hits", "track_scores"}
_KEYS |= {"timeout", "version", "seq_no_primary_term"}
_KEYS_NOT_HERE = {
    "aggs", "aggregations", "collapse", "derived", "docvalue_fields", "explain", "ext", "highlight", "indices_boost",
    "pit", "post_filter", "profile", "rescore", "script_fields", "search_after", "search_pipeline", "slice", "stats",
    "stored_fields", "suggest", "terminate_after",
}  # fmt: skip
_PARAMETERS_NOT_HERE = {"q", "scroll", "sort", "search_pipeline", "stored_fields", "docvalue_fields"}


def search(request: Request) -> tuple[int, dict[str, Any]]:
    """The best documents of the indices that the path names (all of them if it names none)."""
    indices = request.catalog.matching(request.names.get("index", "_all"))
    return 200, _search(indices, request.json(), request.parameters)


def search_many(request: Request) -> tuple[int, dict[str, Any]]:
    """Several searches in one request; each has its answer or its error."""
    start = time.perf_counter()
    lines = [parse_json(line) for line in request.body.splitlines() if line.strip()]
    if len(lines) % 2:
        raise illegal_argument("a multi search needs a line with a body after each line with a header")
    answers = []
    for header, body in zip(lines[::2], lines[1::2], strict=True):
        name = header.get("index") or request.names.get("index", "_all")
        name = ",".join(name) if isinstance(name, list) else name
        try:
            answer = _search(request.catalog.matching(name), body, {})
            answers.append({**answer, "status": 200})
        except OpenSearchError as error:
            answers.append(error.body())
    return 200, {"took": int(1000 * (time.perf_counter() - start)), "responses": answers}


def count(request: Request) -> tuple[int, dict[str, Any]]:
    """How many documents match."""
    indices = request.catalog.matching(request.names.get("index", "_all"))
    query = request.json().get("query") or {"match_all": {}}
    n_matching = sum(int((~np.isnan(_scores(index.snapshot(), query))).sum()) for index in indices)
    return 200, {"count": n_matching, "_shards": _shards(len(indices))}


def _search(indices: list[Index], body: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    start = time.perf_counter()
    _refuse_unknown(body, parameters)
    size = _whole(parameters.get("size", body.get("size", 10)), "size")
    first = _whole(parameters.get("from", body.get("from", 0)), "from")
    n_matching = 0
    best: list[tuple[float, Snapshot, int]] = []  # score, snapshot and the document's position in it
    for index in indices:
        snapshot = index.snapshot()
        _refuse_window(first + size, snapshot)
        scores = _scores(snapshot, body.get("query") or {"match_all": {}})
        positions = np.flatnonzero(scores >= np.float32(body.get("min_score", -np.inf)))
        n_matching += len(positions)
        # A stable sort leaves equal scores in the order in which the documents were indexed.
        positions = positions[np.argsort(-scores[positions], kind="stable")[: first + size]]
        shown_scores = shortest(scores[positions])
        best += [(score, snapshot, at) for score, at in zip(shown_scores, positions.tolist(), strict=True)]
    best = sorted(best, key=lambda hit: -hit[0])[: first + size]
    limit = parameters.get("track_total_hits", body.get("track_total_hits", True))
    answer: dict[str, Any] = {"took": 0, "timed_out": False, "_shards": _shards(len(indices)), "hits": {}}
    if str(limit).lower() != "false":
        answer["hits"]["total"] = {"value": n_matching, "relation": "eq"}
    answer["hits"]["max_score"] = best[0][0] if best else None
    keep = SourceFilter.of(body, parameters)
    answer["hits"]["hits"] = [_hit(snapshot, at, score, keep, body) for score, snapshot, at in best[first:]]
    answer["took"] = int(1000 * (time.perf_counter() - start))
    return answer


def _scores(snapshot: Snapshot, query: Any) -> np.ndarray:
    try:
        return evaluate(query, snapshot)
    except QueryError as error:
        raise error.on(snapshot.name, snapshot.uuid, NODE_NAME) from None


def _hit(snapshot: Snapshot, position: int, score: float, keep: SourceFilter, body: dict[str, Any]) -> dict[str, Any]:
    document = snapshot.documents[position]
    hit: dict[str, Any] = {"_index": snapshot.name, "_id": document.id}
    if "version" in body or "seq_no_primary_term" in body:
        hit |= {"_version": document.version, "_seq_no": document.sequence, "_primary_term": 1}
    hit["_score"] = score
    if keep.wanted:
        with_vectors = any(map(keep.keeps, document.rows))
        hit["_source"] = keep(_full(snapshot, document, keep) if with_vectors else document.source)
    if "fields" in body:
        shown = {path: values_at(document.source, path) for path in body["fields"]}
        hit["fields"] = {path: values for path, values in shown.items() if values}
    return hit


def _full(snapshot: Snapshot, document: Document, keep: SourceFilter) -> dict[str, Any]:
    return snapshot.full_source(document, {path for path in document.rows if keep.keeps(path)})


def _shards(n: int) -> dict[str, int]:
    return {"total": n, "successful": n, "skipped": 0, "failed": 0}


def _whole(value: Any, name: str) -> int:
    try:
        number = int(value)
    except (TypeError, ValueError):
        raise illegal_argument(f"Failed to parse int parameter [{name}] with value [{value}]") from None
    if number < 0:
        raise illegal_argument(f"[{name}] parameter cannot be negative, found [{number}]")
    return number


def _refuse_window(window: int, snapshot: Snapshot) -> None:
    limit = int(snapshot.settings.get("index.max_result_window", MOST_RESULTS))
    if window > limit:
        raise illegal_argument(
            f"Result window is too large, from + size must be less than or equal to: [{limit}] but was [{window}]. "
            "See the scroll api for a more efficient way to request large data sets. This limit can be set by "
            "changing the [index.max_result_window] index level setting."
        )


def _refuse_unknown(body: dict[str, Any], parameters: dict[str, str]) -> None:
    for name in parameters:
        if name in _PARAMETERS_NOT_HERE:
            raise not_offline(f"search parameter {name}")
    for key in body:
        if key in _KEYS_NOT_HERE:
            raise not_offline(f"{key} in a search")
        if key not in _KEYS:
            raise parsing(f"Unknown key for a {_token(body[key])} in [{key}].")
    for sort in [body["sort"]] if isinstance(body.get("sort"), (str, dict)) else body.get("sort") or []:
        if sort not in ("_score", {"_score": "desc"}, {"_score": {"order": "desc"}}):
            raise not_offline(f"sort by {sort}")


def _token(value: Any) -> str:
    names = {dict: "START_OBJECT", list: "START_ARRAY", str: "VALUE_STRING", bool: "VALUE_BOOLEAN"}
    return names.get(type(value), "VALUE_NUMBER")
