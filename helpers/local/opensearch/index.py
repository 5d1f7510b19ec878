"""One index: its record, its documents on disk, and what of them a search may see.

A written document is found by its id at once, and by a search after the next refresh. As on a node, a refresh comes
when asked for, or by itself once `index.refresh_interval` (1 s) has passed since the write. Serverless flavours refresh by
themselves only, and here after so many looks instead of seconds: see flavours.py.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from helpers.local.store import Store

from . import settings as index_settings
from .document_log import Document, DocumentLog
from .errors import index_not_found
from .flavours import FLAVOURS, Flavour
from .mapping import Mapping
from .snapshot import Snapshot, with_vectors
from .vector_table import VectorTable


class Index:
    """An index that exists. `clock` says the seconds by which refreshes come by themselves."""

    def __init__(
        self, store: Store, name: str, clock: Callable[[], float], flavour: Flavour = FLAVOURS["domain"]
    ):
        self.name = name
        self.flavour = flavour
        self.folder = store.path(name, "index", ".json").parent
        self.log = DocumentLog(self.folder)
        self._store = store
        self._clock = clock
        self._version: tuple[int, int, int] | None = None
        self._tables: dict[str, VectorTable] = {}
        self._snapshot: tuple[object, Snapshot] | None = None
        self.load()

    def load(self) -> None:
        """Read the record if it changed. Raises the 404 error if the index is gone."""
        version = _version(self.folder / "index.json")
        if version == self._version and version is not None:
            return
        record = self._store.read(self.name, "index")
        if record is None:
            raise index_not_found(self.name)
        self.uuid: str = record["uuid"]
        self.record: dict[str, Any] = record
        self.settings: dict[str, str] = record["settings"]
        self.mapping = Mapping(record["mappings"], knn_index=self.settings.get("index.knn") == "true")
        for path, field in self.mapping.vector_fields.items():
            if path not in self._tables and field.vector:
                file = self.log.vector_file(path, field.vector.dimension)
                self._tables[path] = VectorTable(self._store, file, field.vector, self.uuid)
        self._version = version

    def change(self, **members: Any) -> None:
        """Write changed members of the record; the caller holds `lock()`."""
        self._store.write(self.name, "index", {**self.record, **members})
        self.load()

    def lock(self) -> AbstractContextManager:
        """Keeps other writers out, across processes."""
        return self._store.lock(self.name)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around a write: nobody else writes, and what came before has been read."""
        with self._store.writing(), self.lock():
            uuid = self.uuid
            self.load()
            if self.uuid != uuid:  # deleted and made again by somebody else since this object was
                raise index_not_found(self.name)
            self.log.catch_up()
            yield

    def append(self, documents: list[Document]) -> None:
        """Add operations, inside `writing()`. From now on they wait for a refresh."""
        self._refresh_if_due()
        if self._refreshed()["pending_since"] is None:
            self._set_refreshed(self._refreshed()["operations"], self._clock())
        self.log.append(documents)

    def refresh(self) -> None:
        """Let searches see everything written so far; where looks are counted, they go on counting."""
        if self.flavour.looks:
            return
        with self.writing():
            if self._refreshed()["operations"] != len(self.log):
                self._set_refreshed(len(self.log), None)

    def get(self, doc_id: str) -> Document | None:
        """The newest version of a document, refreshed or not; None if there is none."""
        self.log.catch_up()
        document = self.log.newest.get(doc_id)
        return None if document is None or document.deleted else document

    def full_source(self, document: Document, paths: set[str] | None = None) -> dict[str, Any]:
        """A document's source with its vectors (of these fields)."""
        return with_vectors(document, self._tables, set(self._tables) if paths is None else paths)

    def snapshot(self) -> Snapshot:
        """What a search sees now. Each call is a look."""
        if self.flavour.looks:
            self._count_look()
        record = self._refreshed()
        if self._due(record):
            with self.writing():
                self._refresh_if_due()
            record = self._refreshed()
        operations = record["operations"]
        key = (operations, self._version)
        if self._snapshot is None or self._snapshot[0] != key:
            if len(self.log) < operations:
                self.log.catch_up()
            documents = self.log.first(operations)
            tables = dict(self._tables)
            snapshot = Snapshot(self.name, self.uuid, self.mapping, self.settings, documents, tables, self.flavour)
            self._snapshot = (key, snapshot)
        return self._snapshot[1]

    def size_on_disk(self) -> int:
        """Bytes of its files."""
        return sum(file.stat().st_size for file in Path(self.folder).iterdir() if file.is_file())

    def _refreshed(self) -> dict[str, Any]:
        record = self._store.read(self.name, "refresh")
        return record or {"operations": 0, "pending_since": None}

    def _set_refreshed(self, operations: int, pending_since: float | None) -> None:
        record = {"operations": operations, "pending_since": pending_since}
        self._store.write(self.name, "refresh", record)

    def _count_look(self) -> None:
        if self._refreshed()["pending_since"] is None:
            return
        with self.writing():
            record = self._refreshed()
            looks = record.get("looks", 0) + 1
            if record["pending_since"] is None:  # somebody else's look was the last one
                return
            if looks >= self.flavour.looks:
                self._set_refreshed(len(self.log), None)
            else:
                self._store.write(self.name, "refresh", {**record, "looks": looks})

    def _due(self, record: dict[str, Any]) -> bool:
        if self.flavour.looks:
            return False
        since = record["pending_since"]
        interval = index_settings.seconds(self.settings.get("index.refresh_interval", "1s"))
        return since is not None and not 0 <= self._clock() - since < interval

    def _refresh_if_due(self) -> None:
        if self._due(self._refreshed()):
            self._set_refreshed(len(self.log), None)


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        status = os.stat(file)
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns
