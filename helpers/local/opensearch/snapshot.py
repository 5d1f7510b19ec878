"""What a search sees of an index: the documents as of the last refresh, and their vectors."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from helpers.local.engines import knn, knn_codes

from .document_log import Document
from .flavours import FLAVOURS, Flavour
from .mapping import Mapping
from .vector_table import VectorTable

_CHUNK = 4096  # vectors compared at once


@dataclass(frozen=True)
class Snapshot:
    """Documents in the order in which they were written, which is also how ties are broken.

    A query answers with one score for each of them: (n_documents,) float32, NaN where it does not match.
    """

    name: str
    uuid: str
    mapping: Mapping
    settings: dict[str, str]
    documents: list[Document]
    tables: dict[str, VectorTable] = field(repr=False)
    flavour: Flavour = FLAVOURS["domain"]

    def __len__(self) -> int:
        return len(self.documents)

    @cached_property
    def positions(self) -> dict[str, int]:
        """{id: position in `documents`}."""
        return {document.id: position for position, document in enumerate(self.documents)}

    @cached_property
    def _columns(self) -> dict[str, "Column"]:
        return {}

    def column(self, path: str) -> "Column":
        """The vectors of a field, by document."""
        if path not in self._columns:
            rows = np.array([document.rows.get(path, -1) for document in self.documents], dtype=np.int64)
            self._columns[path] = Column(self.tables[path], rows, self.settings)
        return self._columns[path]

    def full_source(self, document: Document, paths: set[str]) -> dict[str, Any]:
        """The source with these of its vectors, in the digits that a float32 has."""
        return with_vectors(document, self.tables, paths)


class Column:
    """Where the documents' vectors stand in the table of their field."""

    def __init__(self, table: VectorTable, rows: np.ndarray, settings: dict[str, str]):
        self.field = table.field
        self._table = table
        self._rows = rows  # (n_documents,), -1 where a document has no vector
        self._n_rows = int(rows.max(initial=-1)) + 1
        self._position = np.full(self._n_rows, -1, dtype=np.int64)
        has_vector = rows >= 0
        self._position[rows[has_vector]] = np.flatnonzero(has_vector)
        self._alive = self._position >= 0
        self._all_alive = bool(self._alive.all())
        self._ef_search = int(settings.get("index.knn.algo_param.ef_search", 100))
        threshold = int(settings.get("index.knn.advanced.approximate_threshold", 0))
        self._graph_wanted = settings.get("index.knn") == "true" and 0 <= threshold <= self._n_rows

    def nearest(
        self,
        query: np.ndarray,
        k: int,
        ef_search: int | None = None,
        mask: np.ndarray | None = None,
        first_pass: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """(positions, scores) of the k nearest documents, best first; equal scores in the documents' order.

        mask : (n_documents,) bool, the documents that count
        first_pass : how many are compared in full once they are found; of a field `on_disk` none if None
        """
        vectors = self._table.vectors(self._n_rows)
        allowed = None if self._all_alive else self._alive
        if mask is not None:
            allowed = self._alive & mask[self._position]
        if self.field.on_disk:
            return self._nearest_on_disk(query, k, mask, allowed, first_pass)
        graph = self._table.graph(self._n_rows) if self._graph_wanted else None
        ef_search = ef_search or self._ef_search
        rows, distances = knn.nearest(vectors, query, first_pass or k, self.field.space, graph, ef_search, allowed)
        return self._best(rows, knn.scores(distances, self.field.space), k)

    def distances(self, query: np.ndarray, space: str, mask: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(positions, distances) of every document that has a vector and counts, all compared in full."""
        positions = np.flatnonzero((self._rows >= 0) & (True if mask is None else mask))
        return positions, self._compared(self._rows[positions], query, space)

    def _nearest_on_disk(
        self, query: np.ndarray, k: int, mask: np.ndarray | None, allowed: np.ndarray | None, first_pass: int | None
    ) -> tuple[np.ndarray, np.ndarray]:
        among = self._alive if allowed is None else allowed
        few = mask is not None and int(np.count_nonzero(among)) * len(query) <= knn.FLOATS_WORTH_COMPARING
        if not self._graph_wanted or few:
            rows = np.flatnonzero(among)
        else:
            differing = self._table.codes(self._n_rows).distances(query, self._n_rows)
            rows = knn_codes.candidates(differing, first_pass or k, allowed)
            if first_pass is None:  # unconfirmed: that a node gives the Hamming space's score then, as its KNNWeight says
                return self._best(rows, 1 / (1 + differing[rows]), k)
            self._table.fetch(rows)
        return self._best(rows, knn.scores(self._compared(rows, query, self.field.space), self.field.space), k)

    def _compared(self, rows: np.ndarray, query: np.ndarray, space: str) -> np.ndarray:
        vectors, found = self._table.vectors(self._n_rows), np.empty(len(rows), dtype=np.float32)
        for start in range(0, len(rows), _CHUNK):  # not all at once: vectors on disk would fill the memory
            found[start : start + _CHUNK] = knn.distances(vectors[rows[start : start + _CHUNK]], query, space)
        return found

    def _best(self, rows: np.ndarray, scores: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        positions, scores = self._position[rows], scores.astype(np.float32)
        best = np.lexsort((positions, -scores))[:k]
        return positions[best], scores[best]


def with_vectors(document: Document, tables: dict[str, VectorTable], paths: set[str]) -> dict[str, Any]:
    """A document's source with the vectors of these fields put back."""
    source = dict(document.source)
    for path in sorted(paths & set(document.rows)):
        row = document.rows[path]
        source[path] = shortest(tables[path].vectors(row + 1)[row])
    return source


def shortest(numbers: np.ndarray) -> list[float]:
    """float32 numbers in as few digits as tell them apart: 0.1, not 0.10000000149011612."""
    return [float(digits) for digits in numbers.astype(str)]
