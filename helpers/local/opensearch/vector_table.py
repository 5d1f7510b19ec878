"""The vectors of one field in memory, and their graph: read once, grown as the file grows.

Of a field that is `on_disk` only the codes of the vectors are in memory, and there is no graph: a search looks at every code.
"""

import threading
from pathlib import Path

import numpy as np

from helpers.local.engines import knn
from helpers.local.engines.knn_codes import OneBitCodes
from helpers.local.store import Store

from .document_log import VectorFile
from .knn_field import VectorField


class VectorTable:
    """Vectors and graph of a field. Rows never change, so what is in memory stays right. edition: the index's id."""

    def __init__(self, store: Store, file: VectorFile, field: VectorField, edition: str):
        self.field = field
        self._store = store
        self._file = file
        self._edition = edition
        self._vectors = np.empty((0, field.dimension), dtype=np.float32)
        self._codes = OneBitCodes(file.read, field.dimension)
        self._graph: knn.NeighbourGraph | None = None
        self._growing = threading.RLock()

    def vectors(self, n_rows: int) -> np.ndarray:
        """The first rows, (n_rows, dimension) float32. Treat them as read-only."""
        with self._growing:
            known = len(self._vectors)
            if known < n_rows and self.field.on_disk:
                self._vectors = self._file.mapped(n_rows)
            elif known < n_rows:
                self._vectors = np.concatenate((self._vectors, self._file.read(known, n_rows)))
            return self._vectors[:n_rows]

    def fetch(self, rows: np.ndarray) -> None:
        """Say which rows are to be looked at next: where they are on disk, they are read together."""
        if self._file.file.exists():  # else the index was deleted meanwhile, and what is mapped is all that there is
            self._file.fetch(rows)

    def codes(self, n_rows: int) -> OneBitCodes:
        """The codes of the first rows, and maybe of more."""
        with self._growing:
            self._codes = self._codes.grown(n_rows)
            return self._codes

    def graph(self, n_rows: int) -> knn.NeighbourGraph | None:
        """The graph over the first rows, from memory, else from its file, else built and written to its file.

        None while there are too few rows for one.
        """
        size = knn.graph_rows(n_rows)
        if size == 0:
            return None
        with self._growing:
            if self._graph is None or len(self._graph) != size:
                self._graph = self._read_graph(size) or self._build_graph(size)
            return self._graph

    def _graph_file(self, size: object) -> Path:
        # The index's own id keeps the graph of a deleted index from being taken for that of its successor.
        return self._file.file.with_suffix(f".{self._edition}.{size}.hnsw")

    def _read_graph(self, size: int) -> knn.NeighbourGraph | None:
        try:
            graph = knn.NeighbourGraph.from_bytes(self._graph_file(size).read_bytes(), self.field.space)
        except (FileNotFoundError, RuntimeError):
            return None
        return graph if len(graph) == size else None

    def _build_graph(self, size: int) -> knn.NeighbourGraph:
        field = self.field
        vectors = self.vectors(size)
        graph = knn.NeighbourGraph(vectors, field.space, field.m, field.ef_construction)
        file = self._graph_file(size)
        if file.parent.exists():  # else the index was deleted meanwhile
            self._store.write_bytes(file, graph.to_bytes())
            for old in file.parent.glob(self._graph_file("*").name):
                if old != file:
                    old.unlink(missing_ok=True)
        return graph
