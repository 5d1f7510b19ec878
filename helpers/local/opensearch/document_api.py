"""Requests about single documents: put, get, update and delete one by its id."""

from typing import Any

from .errors import OpenSearchError
from .index import Index
from .routes import Request
from .source_filter import SourceFilter
from .writer import Writer


def put(request: Request) -> tuple[int, dict[str, Any]]:
    """Index a document; under `_create`, or with op_type=create, only if its id is free."""
    create = request.parameters.get("op_type") == "create" or "create" in request.names
    doc_id = request.names.get("id") or request.names.get("create")
    return _write(request, lambda writer: writer.put(doc_id, request.json(), create=create))


def update(request: Request) -> tuple[int, dict[str, Any]]:
    """Merge `doc` into a document."""
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
        name = f"{request.names['index']}/_doc/{request.names['id']}"
        raise OpenSearchError(404, "resource_not_found_exception", f"Document not found [{name}]")
    return status, answer["_source"]


def get_many(request: Request) -> tuple[int, dict[str, Any]]:
    """Several documents: `ids` of one index, or `docs` that name theirs."""
    body = request.json()
    wanted = body.get("docs") or [{"_id": doc_id} for doc_id in body.get("ids", [])]
    answers = []
    for one in wanted:
        name = one.get("_index") or request.names.get("index") or ""
        try:
            index = request.catalog.open(name)
        except OpenSearchError as error:
            answers.append({"_index": name, "_id": one["_id"], "error": error.item()})
            continue
        answers.append(_found(index, str(one["_id"]), SourceFilter.of(one, request.parameters)))
    return 200, {"docs": answers}


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
        paths = {path for path in document.rows if keep.keeps(path)}
        answer["_source"] = keep(index.full_source(document, paths))
    return answer


def _write(request: Request, operation: Any) -> tuple[int, dict[str, Any]]:
    index = request.catalog.open_or_create(request.names["index"])
    refresh = request.flag("refresh")
    with index.writing():
        writer = Writer(index)
        answer = operation(writer)
        writer.commit(refresh=refresh)
    status = answer.pop("status")
    return status, {**answer, "forced_refresh": True} if refresh else answer
