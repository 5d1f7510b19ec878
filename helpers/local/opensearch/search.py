"""The search requests: _search and _count.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

import time
from typing import Any

import numpy as np

from .document_log import Document
from .errors import QueryError, WindowError, illegal_argument, not_offline, parsing, refuse_members
from .flavours import Flavour
from .index import Index
from .index_api import indices_of
from .mapping import values_at
from .query import matches
from .routes import Request
from .snapshot import Snapshot, shortest
from .source_filter import SourceFilter

NODE_NAME = "offline"
MOST_RESULTS = 10_000
MOST_COUNTED = 10_000
_KEYS = {"query", "size", "from", "min_score", "_source", "fields", "sort", "track_total_hits"}
_KEYS |= {"track_scores", "version", "seq_no_primary_term"}  # scores are always tracked: nothing is sorted by else
_KEYS_NOT_HERE = {
    "aggs", "aggregations", "collapse", "derived", "docvalue_fields", "explain", "ext", "highlight", "indices_boost",
    "include_named_queries_score", "phase_took", "pit", "post_filter", "profile", "rescore", "script_fields",
    "search_after", "search_pipeline", "slice", "stats", "stored_fields", "suggest", "terminate_after", "timeout",
    "verbose_pipeline",
}  # fmt: skip


def search(request: Request) -> tuple[int, dict[str, Any]]:
    """The best documents of the indices that the path names (all of them if it names none)."""
    body = request.json()
    refuse_unknown_search(body)
    return 200, search_in(indices_of(request), body, request.parameters)


def count(request: Request) -> tuple[int, dict[str, Any]]:
    """How many documents match."""
    body = request.json()
    refuse_members("a count", body, built={"query"}, refusal=lambda name: parsing(f"request does not support [{name}]"))
    indices = indices_of(request)
    query = body.get("query", {"match_all": {}})
    n_matching = sum(len(_matches(index.snapshot(), query)[0]) for index in indices)
    return 200, {"count": n_matching, "_shards": _shards(len(indices))}


def search_in(indices: list[Index], body: dict[str, Any], parameters: dict[str, str]) -> dict[str, Any]:
    """The answer of a search whose body `refuse_unknown_search` let pass. Raises the errors of the indices' shards."""
    start = time.perf_counter()
    size = _whole(parameters.get("size", body.get("size", 10)), "size")
    first = _whole(parameters.get("from", body.get("from", 0)), "from")
    n_matching = 0
    best: list[tuple[float, Snapshot, int]] = []  # score, snapshot and the document's position in it
    for index in indices:
        snapshot = index.snapshot()
        _refuse_window(first + size, snapshot)
        positions, scores = _matches(snapshot, body.get("query", {"match_all": {}}))
        if "min_score" in body:
            enough = scores >= np.float32(body["min_score"])
            positions, scores = positions[enough], scores[enough]
        n_matching += len(positions)
        # A stable sort leaves equal scores in the order in which the documents were indexed.
        shown = np.argsort(-scores, kind="stable")[: first + size]
        pairs = zip(shortest(scores[shown]), positions[shown].tolist(), strict=True)
        best += [(score, snapshot, at) for score, at in pairs]
    best = sorted(best, key=lambda hit: -hit[0])[: first + size]
    total = _total(n_matching, parameters.get("track_total_hits", body.get("track_total_hits", MOST_COUNTED)))
    answer: dict[str, Any] = {"took": 0, "timed_out": False, "_shards": _shards(len(indices)), "hits": {}}
    if total is not None:
        answer["hits"]["total"] = total
    answer["hits"]["max_score"] = best[0][0] if best else None
    keep = SourceFilter.of(body, parameters)
    answer["hits"]["hits"] = [_hit(snapshot, at, score, keep, body) for score, snapshot, at in best[first:]]
    answer["took"] = int(1000 * (time.perf_counter() - start))
    return answer


def _matches(snapshot: Snapshot, query: Any) -> tuple[np.ndarray, np.ndarray]:
    try:
        return matches(query, snapshot)
    except QueryError as error:
        raise error.on(snapshot.name, snapshot.uuid, NODE_NAME) from None


def _hit(snapshot: Snapshot, position: int, score: float, keep: SourceFilter, body: dict[str, Any]) -> dict[str, Any]:
    document = snapshot.documents[position]
    hit: dict[str, Any] = {"_index": snapshot.name, "_id": document.id}
    if body.get("version"):
        hit["_version"] = document.version
    if body.get("seq_no_primary_term"):
        hit |= {"_seq_no": document.sequence, "_primary_term": 1}
    hit["_score"] = score
    if keep.wanted:
        vectors = shown_vectors(document, keep, snapshot.flavour)
        hit["_source"] = keep(snapshot.full_source(document, vectors) if vectors else document.source)
    if "fields" in body:
        shown = {path: values_at(document.source, path) for path in body["fields"]}
        hit["fields"] = {path: values for path, values in shown.items() if values}
    return hit


def shown_vectors(document: Document, keep: SourceFilter, flavour: Flavour) -> set[str]:
    """The vector fields that an answer shows of a document."""
    if flavour.hides_vectors and not keep.explicit:
        return set()
    return {path for path in document.rows if keep.keeps(path)}


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


def _total(n_matching: int, limit: Any) -> dict[str, Any] | None:
    """How many documents match: exactly, or "at least" the limit up to which they were to be counted."""
    if str(limit).lower() in ("true", "false"):
        return {"value": n_matching, "relation": "eq"} if str(limit).lower() == "true" else None
    most = _whole(limit, "track_total_hits")
    return {"value": min(n_matching, most), "relation": "eq" if n_matching <= most else "gte"}


def _refuse_window(window: int, snapshot: Snapshot) -> None:
    limit = int(snapshot.settings.get("index.max_result_window", MOST_RESULTS))
    if window > limit:
        error = WindowError(
            f"Result window is too large, from + size must be less than or equal to: [{limit}] but was [{window}]. "
            "See the scroll api for a more efficient way to request large data sets. This limit can be set by "
            "changing the [index.max_result_window] index level setting."
        )
        raise error.on(snapshot.name, snapshot.uuid, NODE_NAME)


def refuse_unknown_search(body: dict[str, Any]) -> None:
    """Raise the 400 error of a member that no search has, the 501 error of one that is not built here."""
    refuse_members(
        "a search",
        body,
        built=_KEYS,
        real=_KEYS_NOT_HERE,
        refusal=lambda name: parsing(f"Unknown key for a {_token(body[name])} in [{name}]."),
    )
    for path in body.get("fields", []):
        if not isinstance(path, str) or "*" in path:
            raise not_offline(f"field {path} in a search")
    for sort in [body["sort"]] if isinstance(body.get("sort"), (str, dict)) else body.get("sort") or []:
        if sort not in ("_score", {"_score": "desc"}, {"_score": {"order": "desc"}}):
            raise not_offline(f"sort by {sort}")


def _token(value: Any) -> str:
    names = {dict: "START_OBJECT", list: "START_ARRAY", str: "VALUE_STRING", bool: "VALUE_BOOLEAN"}
    return names.get(type(value), "VALUE_NUMBER")
