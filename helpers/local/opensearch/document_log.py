"""The documents of an index on disk: one JSON line an operation, appended, never changed.

A line names the document, its source without vectors, and the row of each vector in that field's file. Vectors are
appended first and lines after them, so whatever a killed process leaves behind is a whole bulk, the beginning of one
that nobody was told about, or half a line, which readers skip and the next writer cuts off.
"""

import json
import os
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from pydantic_core import from_json

from helpers.local.store import file_name


@dataclass(frozen=True, slots=True)
class Document:
    """One version of a document. `sequence` counts the operations of the index; `rows` are its vectors."""

    id: str
    sequence: int
    version: int
    source: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    deleted: bool = False

    def line(self) -> str:
        """The document as it stands in the log; the place of the line says the sequence."""
        body: dict[str, Any] = {"id": self.id, "version": self.version}
        if self.deleted:
            body["deleted"] = True
        else:
            body["source"] = self.source
            body["rows"] = self.rows
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n"


class DocumentLog:
    """The log in `folder`, read as far as it was needed. Appending is for whoever holds the index's lock."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._file = folder / "documents.jsonl"
        self._reading = threading.Lock()
        self._offset = 0
        self._documents: list[Document] = []
        self._n_rows: dict[str, int] = {}
        self.newest: dict[str, Document] = {}

    def __len__(self) -> int:
        """How many operations have been read."""
        return len(self._documents)

    def catch_up(self) -> None:
        """Read what was appended since, by this process or another one."""
        with self._reading:
            try:
                if os.stat(self._file).st_size <= self._offset:
                    return
                with open(self._file, "rb") as file:
                    file.seek(self._offset)
                    for line in file:  # one at a time: a million of them do not fit twice
                        if line.endswith(b"\n"):
                            self._take(line)
            except FileNotFoundError:
                return

    def _take(self, line: bytes) -> None:
        # Not json: this one keeps short strings that come again and again, such as names of fields, once for all lines.
        document = Document(sequence=len(self._documents), **from_json(line))
        self._documents.append(document)
        self.newest[document.id] = document
        for path, row in document.rows.items():
            self._n_rows[path] = max(self._n_rows.get(path, 0), row + 1)
        self._offset += len(line)

    def n_rows(self, path: str) -> int:
        """How many vectors of a field lines speak of; rows after these belong to a bulk that was never finished."""
        return self._n_rows.get(path, 0)

    def first(self, n_operations: int) -> list[Document]:
        """The documents alive after so many operations, in the order in which they were last written."""
        alive: dict[str, Document] = {}
        for document in self._documents[:n_operations]:
            alive.pop(document.id, None)
            if not document.deleted:
                alive[document.id] = document
        return list(alive.values())

    def append(self, documents: Iterable[Document]) -> None:
        """Write documents whose `sequence` follows what is there. Returns when they are in the file."""
        lines = "".join(document.line() for document in documents).encode()
        append_bytes(self._file, lines, keep=self._offset)
        self.catch_up()

    def vector_file(self, path: str, dimension: int) -> "VectorFile":
        """The vectors of a field."""
        return VectorFile(self._folder / f"{file_name(path)}.float32", dimension)


@dataclass(frozen=True)
class VectorFile:
    """Rows of little-endian float32, one after the other, and nothing else."""

    file: Path
    dimension: int

    def append(self, vectors: list[np.ndarray], after: int) -> None:
        """Add rows after the first `after` ones, in place of any others."""
        rows = np.stack(vectors).astype("<f4", copy=False)
        append_bytes(self.file, rows.tobytes(), keep=after * 4 * self.dimension)

    def mapped(self, n_rows: int) -> np.ndarray:
        """The first rows, left in the file: what is looked at is read, and no memory of ours holds it."""
        if not n_rows:
            return np.empty((0, self.dimension), dtype=np.float32)
        return np.asarray(np.memmap(self.file, dtype="<f4", mode="r", shape=(n_rows, self.dimension)))

    def fetch(self, rows: np.ndarray) -> None:
        """Let the system read these rows, all at once, before `mapped` waits for one after the other."""
        if not hasattr(os, "posix_fadvise"):  # macOS
            return
        size, descriptor = 4 * self.dimension, os.open(self.file, os.O_RDONLY)
        try:
            for row in rows.tolist():
                os.posix_fadvise(descriptor, row * size, size, os.POSIX_FADV_WILLNEED)
        finally:
            os.close(descriptor)

    def read(self, start: int, stop: int) -> np.ndarray:
        """Rows start … stop-1, (stop - start, dimension) float32."""
        count = (stop - start) * self.dimension
        if not count:
            return np.empty((0, self.dimension), dtype=np.float32)
        flat = np.fromfile(self.file, dtype="<f4", count=count, offset=4 * start * self.dimension)
        return flat.reshape(-1, self.dimension)


def append_bytes(file: Path, data: bytes, keep: int) -> None:
    """Cut the file to its first `keep` bytes and add `data`; if there is no room for it, leave it cut."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
    try:
        if os.fstat(descriptor).st_size > keep:
            os.ftruncate(descriptor, keep)
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[os.write(descriptor, rest) :]
        except OSError:
            os.ftruncate(descriptor, keep)
            raise
    finally:
        os.close(descriptor)
