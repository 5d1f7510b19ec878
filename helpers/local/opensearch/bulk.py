"""The _bulk request: lines of actions and documents, one answer for each, and HTTP 200 whatever became of them.

Unconfirmed: the texts of its refusals (see errors.py). Failed items under HTTP 200 are documented.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from .document_rules import refuse_long_id, refuse_update
from .errors import OpenSearchError, illegal_argument, invalid_request, refuse_members, too_busy
from .flavours import Flavour
from .routes import Request, parse_json
from .writer import Writer

_ACTIONS = ("create", "delete", "index", "update")
_NOT_HERE = {
    "if_seq_no", "if_primary_term", "version", "version_type", "pipeline", "routing", "require_alias",
    "retry_on_conflict", "_source", "_source_includes", "_source_excludes",
}  # fmt: skip


def bulk(request: Request) -> tuple[int, dict[str, Any]]:
    """Do every action of the body in order. An action that fails is an item of the answer and stops nothing."""
    start = time.perf_counter()
    actions = list(_actions(request))
    refresh = request.refresh()
    items: list[dict[str, Any]] = []
    with ExitStack() as locks:
        deleted_only = {meta["_index"] for _, meta, _ in actions} - {
            meta["_index"] for action, meta, _ in actions if action != "delete"
        }
        writers, refused = _writers(request, {meta["_index"] for _, meta, _ in actions}, deleted_only, locks)
        for action, meta, document in actions:
            name = meta["_index"]
            error = refused.get(name) or (too_busy() if request.refuses_document() else None)
            item = _refused(meta, error) if error else _do(writers[name], action, meta, document, request.catalog.flavour)
            if refresh == "true" and "error" not in item:
                item["forced_refresh"] = True
            items.append({action: item})
        for writer in {id(writer): writer for writer in writers.values()}.values():
            writer.commit(refresh=refresh != "false")
    took = int(1000 * (time.perf_counter() - start))
    failed = any("error" in item for answer in items for item in answer.values())
    return 200, {"took": took, "errors": failed, "items": items}


def _writers(
    request: Request, names: set[str], deleted_only: set[str], locks: ExitStack
) -> tuple[dict[str, Writer], dict[str, OpenSearchError]]:
    """A writer for each index that the actions name, locked until `locks` closes; an error for each refused."""
    writers: dict[str, Writer] = {}
    refused: dict[str, OpenSearchError] = {}
    by_index: dict[str, Writer] = {}  # a name and an alias may mean the same index
    catalog = request.catalog
    for name in sorted(names):  # sorted: two bulks cannot wait for each other
        try:
            index = catalog.open(name) if name in deleted_only else catalog.open_or_create(name)
        except OpenSearchError as error:
            refused[name] = error
            continue
        if index.name not in by_index:
            locks.enter_context(index.writing())
            by_index[index.name] = Writer(index)
        writers[name] = by_index[index.name]
    return writers, refused


def _actions(request: Request) -> Iterator[tuple[str, dict[str, Any], bytes]]:
    """(action, its metadata, the line of its document) for each action of the body."""
    if not request.body:
        raise OpenSearchError(400, "parse_exception", "request body is required")
    if not request.body.endswith(b"\n"):
        raise illegal_argument("The bulk request must be terminated by a newline [\\n]")
    lines = request.body.split(b"\n")[:-1]
    numbered = iter(enumerate(lines, start=1))
    n_actions = 0
    for number, line in numbered:
        if not line.strip():
            continue
        n_actions += 1
        action, meta = _action(number, parse_json(line), request.names.get("index"))
        document = b"" if action == "delete" else next(numbered, (0, b""))[1]
        if action == "update":  # unlike a document, an update that cannot be read spoils the whole request
            refuse_update(parse_json(document))
        yield action, meta, document
    if not n_actions:
        raise invalid_request("no requests added")


def _action(number: int, header: Any, index: str | None) -> tuple[str, dict[str, Any]]:
    """(action, its metadata). Raises the 400 error of a line that is no action."""
    if not isinstance(header, dict) or len(header) != 1 or next(iter(header)) not in _ACTIONS:
        found = next(iter(header), "") if isinstance(header, dict) else header
        raise illegal_argument(
            f"Malformed action/metadata line [{number}], expected one of [create, delete, index, update] but found [{found}]"
        )
    [(action, given)] = header.items()
    meta = {"_index": index, **(given or {})}
    refuse_members(
        "a bulk action",
        meta,
        built={"_index", "_id"},
        real=_NOT_HERE,
        refusal=lambda name: illegal_argument(f"Action/metadata line [{number}] contains an unknown parameter [{name}]"),
    )
    if not meta["_index"]:
        raise invalid_request("index is missing")
    if action in ("delete", "update") and meta.get("_id") is None:
        raise invalid_request("id is missing")
    refuse_long_id(meta.get("_id"))
    return action, meta


def _do(writer: Writer, action: str, meta: dict[str, Any], document: bytes, flavour: Flavour) -> dict[str, Any]:
    doc_id = None if meta.get("_id") is None else str(meta["_id"])
    try:
        if action in ("create", "index"):
            flavour.refuse_id(doc_id)
        if action == "delete":
            return writer.delete(doc_id or "")
        source = _parse(document)
        if action == "update":
            flavour.refuse_upsert(source)
            return writer.update(doc_id or "", source)
        return writer.put(doc_id, source, create=action == "create")
    except OpenSearchError as error:
        return _refused(meta, error)


def _refused(meta: dict[str, Any], error: OpenSearchError) -> dict[str, Any]:
    doc_id = None if meta.get("_id") is None else str(meta["_id"])
    return {"_index": meta["_index"], "_id": doc_id, "status": error.status, "error": error.item()}


def _parse(document: bytes) -> Any:
    try:
        return parse_json(document)
    except OpenSearchError as error:
        cause = error.item()
        raise OpenSearchError(400, "mapper_parsing_exception", "failed to parse", caused_by=cause) from None
