"""Requests about single documents: put, get, update and delete one by its id.

Unconfirmed: the texts of its refusals (errors.py says what that means).
"""

from typing import Any

from .document_rules import refuse_long_id, refuse_update
from .errors import OpenSearchError, illegal_argument, invalid_request, parsing, refuse_members
from .index import Index
from .routes import Request
from .search import shown_vectors
from .source_filter import SourceFilter
from .writer import Writer

_REAL_IN_MGET = {"routing", "stored_fields", "version", "version_type"}


def put(request: Request) -> tuple[int, dict[str, Any]]:
    """Index a document; under `_create`, or with op_type=create, only if its id is free."""
    operation = request.parameters.get("op_type", "index")
    if operation not in ("create", "index"):
        raise illegal_argument(f"opType must be 'create' or 'index', found: [{operation}]")
    create = operation == "create" or "create" in request.names
    doc_id = request.names.get("id") or request.names.get("create")
    request.catalog.flavour.refuse_id(doc_id)
    refuse_long_id(doc_id)
    return _write(request, lambda writer: writer.put(doc_id, request.json(), create=create))


def update(request: Request) -> tuple[int, dict[str, Any]]:
    """Merge `doc` into a document."""
    refuse_update(request.json())
    request.catalog.flavour.refuse_upsert(request.json())
    return _write(request, lambda writer: writer.update(request.names["id"], request.json()))


def delete(request: Request) -> tuple[int, dict[str, Any]]:
    """Delete a document; 404 with result "not_found" if there is none."""
    request.catalog.open(request.names["index"])  # deleting makes no index
    return _write(request, lambda writer: writer.delete(request.names["id"]))


def get(request: Request) -> tuple[int, dict[str, Any]]:
    """A document as it was last written, refreshed or not; 404 with found: false if there is none."""
    index = request.catalog.open(request.names["index"])
    answer = _found(index, request.names["id"], SourceFilter.of({}, request.parameters))
    return 200 if answer["found"] else 404, answer


def source(request: Request) -> tuple[int, dict[str, Any]]:
    """Only the source of a document."""
    status, answer = get(request)
    if status == 404:
        name = f"[{request.names['index']}]/[{request.names['id']}]"
        raise OpenSearchError(404, "resource_not_found_exception", f"Document not found {name}")
    return status, answer["_source"]


def get_many(request: Request) -> tuple[int, dict[str, Any]]:
    """Several documents: `ids` of one index, or `docs` that name theirs."""
    body = request.json()
    refuse_members("_mget", body, built={"docs", "ids"}, refusal=lambda name: parsing(f"unknown key [{name}]"))
    wanted = body.get("docs") or [{"_id": doc_id} for doc_id in body.get("ids") or []]
    if not wanted:
        raise invalid_request("no documents to get")
    for one in wanted:
        refuse_members("_mget", one, built={"_index", "_id", "_source"}, real=_REAL_IN_MGET, refusal=_unknown_in_mget)
    own = request.names.get("index")
    lacking = [number for number, one in enumerate(wanted) if not (one.get("_index") or own)]
    if lacking:
        raise invalid_request(*(f"index is missing for doc {number}" for number in lacking))
    return 200, {"docs": [_found_or_error(request, one, str(one.get("_index") or own)) for one in wanted]}


def _unknown_in_mget(name: str) -> OpenSearchError:
    return OpenSearchError(400, "parse_exception", f"failed to parse multi get request. unknown field [{name}]")


def _found_or_error(request: Request, one: dict[str, Any], name: str) -> dict[str, Any]:
    try:
        index = request.catalog.open(name)
    except OpenSearchError as error:
        return {"_index": name, "_id": str(one["_id"]), "error": error.body()["error"]}
    return _found(index, str(one["_id"]), SourceFilter.of(one, request.parameters))


def _found(index: Index, doc_id: str, keep: SourceFilter) -> dict[str, Any]:
    document = index.get(doc_id)
    if document is None:
        return {"_index": index.name, "_id": doc_id, "found": False}
    answer: dict[str, Any] = {
        "_index": index.name,
        "_id": doc_id,
        "_version": document.version,
        "_seq_no": document.sequence,
        "_primary_term": 1,
        "found": True,
    }
    if keep.wanted:
        answer["_source"] = keep(index.full_source(document, shown_vectors(document, keep, index.flavour)))
    return answer


def _write(request: Request, operation: Any) -> tuple[int, dict[str, Any]]:
    index = request.catalog.open_or_create(request.names["index"])
    refresh = request.refresh()
    with index.writing():
        writer = Writer(index)
        answer = operation(writer)
        writer.commit(refresh=refresh != "false")
    status = answer.pop("status")
    return status, {**answer, "forced_refresh": True} if refresh == "true" else answer
