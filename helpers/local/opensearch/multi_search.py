"""The _msearch request: several searches, each with its answer or its error.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

import time
from typing import Any

from .errors import OpenSearchError, illegal_argument, invalid_request, refuse_members
from .routes import Request, parse_json
from .search import refuse_unknown_search, search_in

_REAL = {
    "allow_no_indices", "allow_partial_search_results", "ccs_minimize_roundtrips", "expand_wildcards",
    "ignore_throttled", "ignore_unavailable", "preference", "request_cache", "routing", "search_pipeline",
    "search_type",
}  # fmt: skip
_WHOLE = {"parsing_exception", "x_content_parse_exception", "illegal_argument_exception", "not_available_offline"}


def search_many(request: Request) -> tuple[int, dict[str, Any]]:
    """Several searches in one request. What cannot be read spoils the request; what fails, its own answer."""
    start = time.perf_counter()
    lines = [parse_json(line) for line in request.body.splitlines() if line.strip()]
    if not lines:
        raise invalid_request("no requests added")
    if len(lines) % 2:
        raise illegal_argument("a multi search needs a line with a body after each line with a header")
    pairs = list(zip(lines[::2], lines[1::2], strict=True))
    for header, body in pairs:
        refuse_members("the header of a multi search", header, built={"index"}, real=_REAL, refusal=_unknown)
        refuse_unknown_search(body)
    answers = [_answer(request, header, body) for header, body in pairs]
    return 200, {"took": int(1000 * (time.perf_counter() - start)), "responses": answers}


def _answer(request: Request, header: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    name = header.get("index") or request.names.get("index", "_all")
    name = ",".join(name) if isinstance(name, list) else name
    try:
        return {**search_in(request.catalog.matching(name), body, {}), "status": 200}
    except OpenSearchError as error:
        if error.item()["type"] in _WHOLE:
            raise
        return error.body()


def _unknown(name: str) -> OpenSearchError:
    return illegal_argument(f"key [{name}] is not supported in the metadata section")
