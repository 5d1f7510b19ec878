"""Nearest neighbours: exact distances, their scores, and a graph (HNSW) that finds most of them sooner.

The graph covers the first rows of a table in whole steps of `GRAPH_STEP`; the few rows after it are compared one by
one, as a search engine does with what was added last. So the graph is a function of the rows alone, never of when
they came, and adding a row does not rebuild it.

Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs" (2016);
the distances and scores are those of the k-NN plugin's space types.
"""

import numpy as np

L2, COSINE, INNER_PRODUCT = "l2", "cosinesimil", "innerproduct"
SPACES = (L2, COSINE, INNER_PRODUCT)
GRAPH_STEP = 256  # rows
FLOATS_WORTH_COMPARING = 2_048_000  # up to here an exact search of the rows allowed beats walking the graph


def distances(vectors: np.ndarray, query: np.ndarray, space: str) -> np.ndarray:
    """The distance of each row to the query, smaller is nearer: shape (n_rows,), float32.

    vectors : (n_rows, dimension), query : (dimension,), both float32
    space : "l2" is the squared Euclidean distance, "cosinesimil" 1 - cosine, "innerproduct" minus the product
    """
    if space == L2:
        difference = vectors - query
        return np.einsum("ij,ij->i", difference, difference)
    product = np.einsum("ij,j->i", vectors, query)
    if space == INNER_PRODUCT:
        return -product
    lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors)) * np.sqrt(np.dot(query, query))
    return 1 - product / lengths


def scores(distance: np.ndarray, space: str) -> np.ndarray:
    """The score of each distance, larger is nearer; never negative.

    A vector compared with itself scores 1 under "l2" and "cosinesimil". Of two unit vectors at right angles
    "l2" says 1/3 and "cosinesimil" 1/2; of two opposite ones 1/5 and 0.
    """
    if space == L2:
        return 1 / (1 + distance)
    if space == COSINE:
        return (2 - distance) / 2
    return np.where(distance >= 0, 1 / (1 + np.maximum(distance, 0)), 1 - distance)


class NeighbourGraph:
    """An HNSW graph over vectors: each row linked to `m` others that are near, on layers that thin out.

    vectors : (n_rows, dimension), float32
    m : links a row; ef_construction : how many candidates are looked at to choose them
    """

    def __init__(self, vectors: np.ndarray, space: str, m: int, ef_construction: int):
        import faiss

        metric = faiss.METRIC_L2 if space == L2 else faiss.METRIC_INNER_PRODUCT
        self._space = space
        self._index = faiss.IndexHNSWFlat(vectors.shape[1], m, metric)
        self._index.hnsw.efConstruction = ef_construction
        threads = faiss.omp_get_max_threads()
        faiss.omp_set_num_threads(1)  # several threads would link the rows in another order each time
        try:
            self._index.add(_unit(vectors) if space == COSINE else np.ascontiguousarray(vectors))
        finally:
            faiss.omp_set_num_threads(threads)

    def __len__(self) -> int:
        return self._index.ntotal

    def search(self, query: np.ndarray, k: int, ef_search: int, allowed: np.ndarray | None = None) -> np.ndarray:
        """Up to k rows near the query, nearly always the nearest: int64, no particular order.

        ef_search : candidates kept while walking, at least k; more is slower and finds more
        allowed : (n_rows,) bool, rows that may be returned
        """
        import faiss

        options = faiss.SearchParametersHNSW()
        options.efSearch = max(ef_search, k)
        if allowed is not None:
            options.sel = faiss.IDSelectorBitmap(np.packbits(allowed[: len(self)], bitorder="little"))
        _, found = self._index.search(query[None], min(k, len(self)), params=options)
        return found[0][found[0] >= 0]

    def to_bytes(self) -> bytes:
        """The graph and its vectors, for `from_bytes`."""
        import faiss

        return faiss.serialize_index(self._index).tobytes()

    @classmethod
    def from_bytes(cls, data: bytes, space: str) -> "NeighbourGraph":
        """The graph that `to_bytes` wrote. Raises RuntimeError if these are no such bytes."""
        import faiss

        graph = cls.__new__(cls)
        graph._space = space
        graph._index = faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8))
        return graph


def graph_rows(n_rows: int) -> int:
    """How many of the first rows belong into the graph."""
    return n_rows - n_rows % GRAPH_STEP


def nearest(
    vectors: np.ndarray,
    query: np.ndarray,
    k: int,
    space: str,
    graph: NeighbourGraph | None = None,
    ef_search: int = 100,
    allowed: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """(rows, distances) that hold the k nearest, and some more: the caller breaks ties and cuts.

    vectors : (n_rows, dimension) float32; graph : covers the first `len(graph)` of them, None compares all
    allowed : (n_rows,) bool. Few rows are compared exactly; so are all if the graph finds fewer than k of them.
    """
    n_allowed = len(vectors) if allowed is None else int(np.count_nonzero(allowed))
    rows = None
    if graph is not None and (allowed is None or n_allowed * vectors.shape[1] > FLOATS_WORTH_COMPARING):
        rows = np.concatenate((graph.search(query, k, ef_search, allowed), _rows(len(graph), len(vectors), allowed)))
    if rows is None or len(rows) < min(k, n_allowed):
        rows = _rows(0, len(vectors), allowed)
    return rows, distances(vectors[rows], query, space)


def _rows(start: int, stop: int, allowed: np.ndarray | None) -> np.ndarray:
    """The rows from `start` up to `stop`, or those of them that are allowed."""
    return np.arange(start, stop) if allowed is None else start + np.flatnonzero(allowed[start:stop])


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
