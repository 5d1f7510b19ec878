"""Writes to one index: any number of operations that become lines of its log together.

Unconfirmed: the texts of its refusals (see errors.py).
"""

from typing import Any

import numpy as np

from . import settings as index_settings
from .catalog import random_id
from .document_log import Document, VectorFile
from .errors import OpenSearchError, illegal_argument
from .index import Index


class Writer:
    """Collects operations inside `with index.writing():`; `commit()` puts them on disk.

    Each operation returns its item of a bulk answer or raises the error that stands there instead.
    """

    def __init__(self, index: Index):
        self._index = index
        self._mapping = index.mapping
        self._pending: list[Document] = []
        self._newest: dict[str, Document] = {}
        self._vectors: dict[str, list[np.ndarray]] = {}
        self._first_row: dict[str, int] = {}

    def put(self, doc_id: str | None, source: Any, *, create: bool = False) -> dict[str, Any]:
        """Index a document: a new one, or in place of the one that has this id unless `create`."""
        if not isinstance(source, dict):
            raise OpenSearchError(400, "mapper_parsing_exception", "failed to parse, document is no object")
        if doc_id == "":
            raise illegal_argument("if _id is specified it must not be empty")
        doc_id = random_id() if doc_id is None else doc_id
        before = self._find(doc_id)
        if create and before is not None and not before.deleted:
            raise self._conflict(doc_id, before)
        mapping = self._mapping.with_fields_of(source)
        kept, vectors = mapping.read_document(doc_id, source)
        self._mapping = mapping
        rows = {path: self._row(path, vector, before) for path, vector in vectors.items()}
        is_new = before is None or before.deleted
        document = self._add(doc_id, before, source=kept, rows=rows)
        return self._item(document, "created" if is_new else "updated", 201 if is_new else 200)

    def delete(self, doc_id: str) -> dict[str, Any]:
        """Delete a document; a missing one is no error but has status 404."""
        before = self._find(doc_id)
        missing = before is None or before.deleted
        document = self._add(doc_id, before, deleted=True)
        return self._item(document, "not_found" if missing else "deleted", 404 if missing else 200)

    def update(self, doc_id: str, body: dict[str, Any]) -> dict[str, Any]:
        """Merge `doc` into a document, or put `upsert` where there is none."""
        before = self._find(doc_id)
        if before is None or before.deleted:
            start = body.get("doc") if body.get("doc_as_upsert") else body.get("upsert")
            if start is None:
                raise OpenSearchError(
                    404,
                    "document_missing_exception",
                    f"[{doc_id}]: document missing",
                    index=self._index.name,
                    shard="0",
                    index_uuid=self._index.uuid,
                )
            return self.put(doc_id, start)
        source = self._source(before)
        merged = _merge(source, body.get("doc") or {})
        if self._same(merged, source):
            return {**self._item(before, "noop", 200), "_shards": {"total": 0, "successful": 0, "failed": 0}}
        return self.put(doc_id, merged)

    def commit(self, *, refresh: bool = False) -> None:
        """Put everything on disk: when this returns, a killed process loses none of it."""
        if self._mapping is not self._index.mapping:
            self._index.change(mappings=self._mapping.body)
        for path, vectors in self._vectors.items():
            self._file(path).append(vectors, after=self._first_row[path])
        if self._pending:
            self._index.append(self._pending)
        if refresh:
            self._index.refresh()

    def _find(self, doc_id: str) -> Document | None:
        return self._newest.get(doc_id) or self._index.log.newest.get(doc_id)

    def _add(self, doc_id: str, before: Document | None, **members: Any) -> Document:
        sequence = len(self._index.log) + len(self._pending)
        version = before.version + 1 if before else 1
        document = Document(doc_id, sequence, version, **members)
        self._pending.append(document)
        self._newest[doc_id] = document
        return document

    def _row(self, path: str, vector: np.ndarray, before: Document | None) -> int:
        """The row for a vector: the old one if it did not change, so that indexing again costs no space."""
        row = before.rows.get(path) if before else None
        if row is not None and np.array_equal(self._vector(path, row), vector):
            return row
        if path not in self._vectors:
            self._vectors[path] = []
            self._first_row[path] = self._index.log.n_rows(path)
        self._vectors[path].append(vector)
        return self._first_row[path] + len(self._vectors[path]) - 1

    def _vector(self, path: str, row: int) -> np.ndarray:
        if path in self._first_row and row >= self._first_row[path]:
            return self._vectors[path][row - self._first_row[path]]
        return self._file(path).read(row, row + 1)[0]

    def _same(self, one: dict[str, Any], other: dict[str, Any]) -> bool:
        """Whether two sources are equal, their vectors as float32: a node keeps the digits that it was sent, this one not."""
        vectors = self._mapping.vector_fields.keys() & one.keys() & other.keys()
        if {**one, **dict.fromkeys(vectors)} != {**other, **dict.fromkeys(vectors)}:
            return False
        return all(_as_float32(one[path]) == _as_float32(other[path]) for path in vectors)

    def _source(self, document: Document) -> dict[str, Any]:
        vectors = {path: self._vector(path, row) for path, row in document.rows.items()}
        return {**document.source, **{path: vector.tolist() for path, vector in vectors.items()}}

    def _file(self, path: str) -> VectorFile:
        field = self._mapping.vector_fields[path].vector
        assert field is not None
        return self._index.log.vector_file(path, field.dimension)

    def _item(self, document: Document, result: str, status: int) -> dict[str, Any]:
        return {
            "_index": self._index.name,
            "_id": document.id,
            "_version": document.version,
            "result": result,
            "_shards": {"total": index_settings.copies(self._index.settings), "successful": 1, "failed": 0},
            "_seq_no": document.sequence,
            "_primary_term": 1,
            "status": status,
        }

    def _conflict(self, doc_id: str, before: Document) -> OpenSearchError:
        return OpenSearchError(
            409,
            "version_conflict_engine_exception",
            f"[{doc_id}]: version conflict, document already exists (current version [{before.version}])",
            index=self._index.name,
            shard="0",
            index_uuid=self._index.uuid,
        )


def _as_float32(vector: Any) -> Any:
    numbers = isinstance(vector, list) and {type(number) for number in vector} <= {int, float}
    if not numbers:
        return vector
    with np.errstate(over="ignore"):
        return np.array(vector, dtype=np.float32).tolist()


def _merge(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    merged = dict(old)
    for name, value in new.items():
        both = isinstance(value, dict) and isinstance(old.get(name), dict)
        merged[name] = _merge(old[name], value) if both else value
    return merged
