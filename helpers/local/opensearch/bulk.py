"""The _bulk request: lines of actions and documents, one answer for each, and HTTP 200 whatever became of them."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from .errors import OpenSearchError, illegal_argument, not_offline
from .routes import Request, parse_json
from .writer import Writer

_ACTIONS = ("create", "delete", "index", "update")
_NOT_HERE = {"if_seq_no", "if_primary_term", "version", "version_type", "pipeline"}


def bulk(request: Request) -> tuple[int, dict[str, Any]]:
    """Do every action of the body in order. An action that fails is an item of the answer and stops nothing."""
    start = time.perf_counter()
    actions = list(_actions(request))
    items: list[dict[str, Any]] = []
    with ExitStack() as locks:
        writers, refused = _writers(request, {meta["_index"] for _, meta, _ in actions}, locks)
        for action, meta, document in actions:
            name = meta["_index"]
            items.append({action: refused.get(name) or _do(writers[name], action, meta, document)})
        for writer in {id(writer): writer for writer in writers.values()}.values():
            writer.commit(refresh=request.flag("refresh"))
    took = int(1000 * (time.perf_counter() - start))
    failed = any("error" in item for answer in items for item in answer.values())
    return 200, {"took": took, "errors": failed, "items": items}


def _writers(request: Request, names: set[str], locks: ExitStack) -> tuple[dict[str, Writer], dict[str, dict[str, Any]]]:
    """A writer for each index that the actions name, locked until `locks` closes; an item for each refused."""
    writers: dict[str, Writer] = {}
    refused: dict[str, dict[str, Any]] = {}
    by_index: dict[str, Writer] = {}  # a name and an alias may mean the same index
    for name in sorted(names):  # sorted: two bulks cannot wait for each other
        try:
            index = request.catalog.open_or_create(name)
        except OpenSearchError as error:
            refused[name] = {"_index": name, "_id": None, "status": error.status, "error": error.item()}
            continue
        if index.name not in by_index:
            locks.enter_context(index.writing())
            by_index[index.name] = Writer(index)
        writers[name] = by_index[index.name]
    return writers, refused


def _actions(request: Request) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    """(action, its metadata, the line of its document) for each action of the body."""
    if not request.body.endswith(b"\n"):
        raise illegal_argument("The bulk request must be terminated by a newline [\\n]")
    lines = request.body.split(b"\n")[:-1]
    numbered = iter(enumerate(lines, start=1))
    for number, line in numbered:
        if not line.strip():
            continue
        header = parse_json(line)
        if not isinstance(header, dict) or len(header) != 1 or next(iter(header)) not in _ACTIONS:
            found = next(iter(header), "") if isinstance(header, dict) else header
            raise illegal_argument(
                f"Malformed action/metadata line [{number}], expected one of [create, delete, index, update] but found [{found}]"
            )
        [(action, given)] = header.items()
        meta = {"_index": request.names.get("index"), **(given or {})}
        if unsupported := _NOT_HERE & set(meta):
            raise not_offline(f"{sorted(unsupported)[0]} in a bulk action")
        if not meta["_index"]:
            raise OpenSearchError(400, "action_request_validation_exception", "Validation Failed: 1: index is missing;")
        document = b"" if action == "delete" else next(numbered, (0, b""))[1]
        yield action, meta, document


def _do(writer: Writer, action: str, meta: dict[str, Any], document: bytes) -> dict[str, Any]:
    doc_id = None if meta.get("_id") is None else str(meta["_id"])
    try:
        if action == "delete":
            return writer.delete(doc_id or "")
        source = _parse(document, doc_id)
        if action == "update":
            return writer.update(doc_id or "", source)
        return writer.put(doc_id, source, create=action == "create")
    except OpenSearchError as error:
        return {"_index": meta["_index"], "_id": doc_id, "status": error.status, "error": error.item()}


def _parse(document: bytes, doc_id: str | None) -> Any:
    try:
        return parse_json(document)
    except OpenSearchError as error:
        cause = error.item()
        raise OpenSearchError(400, "mapper_parsing_exception", "failed to parse", caused_by=cause) from None
