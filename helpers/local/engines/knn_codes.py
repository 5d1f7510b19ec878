"""One bit a number: codes that say which vectors may be near, in a thirty-second of the vectors' memory.

A bit says whether a number is above its dimension's mean. How many bits of two codes differ (their Hamming distance) puts
vectors roughly into the order of their distances; who wants the nearest looks at more rows than that and compares their
vectors in full. The means are those of the first half, at least, of the rows; so the codes are a function of the rows alone,
never of when they came, and most new rows cost no more than their own codes.

Source: the k-NN plug-in's class OneBitScalarQuantizer, which samples 25,000 rows for the means; docs.opensearch.org, "Binary
quantization". The plug-in draws its sample at random and for each segment, here it is spread evenly over all rows.
"""

from collections.abc import Callable

import numpy as np

SAMPLE = 25_000  # rows whose mean is the threshold
_CHUNK = 4096  # rows read at once: 16 MB of 1,024 numbers


class OneBitCodes:
    """The codes of a table's first rows; none until they are `grown`. Nothing changes one that is there.

    read : read(start, stop) gives rows start … stop-1, (stop - start, dimension) float32; only a chunk is asked for at once
    """

    def __init__(self, read: Callable[[int, int], np.ndarray], dimension: int):
        self._read = read
        self._thresholds = np.zeros(dimension, dtype=np.float32)
        self._sampled = 0
        self._codes = np.empty((0, -(-dimension // 8)), dtype=np.uint8)

    def __len__(self) -> int:
        return len(self._codes)

    def grown(self, n_rows: int) -> "OneBitCodes":
        """The codes of at least the first `n_rows`. When the rows have doubled, all are taken anew by the new means."""
        known, more = len(self), OneBitCodes(self._read, len(self._thresholds))
        if n_rows <= known:
            return self
        more._thresholds, more._sampled = self._thresholds, 1 << (n_rows.bit_length() - 1)
        if more._sampled != self._sampled:
            more._thresholds, known = self._means(more._sampled), 0
        more._codes = np.empty((n_rows, self._codes.shape[1]), dtype=np.uint8)
        more._codes[:known] = self._codes[:known]
        for start in range(known, n_rows, _CHUNK):
            stop = min(n_rows, start + _CHUNK)
            more._codes[start:stop] = more._code(self._read(start, stop))
        return more

    def distances(self, query: np.ndarray, n_rows: int) -> np.ndarray:
        """How many bits of each of the first rows differ from the query's: (n_rows,) int32."""
        import faiss

        code, found = self._code(query[None]), np.empty(n_rows, dtype=np.int32)
        pointers = [faiss.swig_ptr(array) for array in (code, self._codes, found)]
        faiss.hammings(pointers[0], pointers[1], 1, n_rows, code.shape[1], pointers[2])
        return found

    def _code(self, vectors: np.ndarray) -> np.ndarray:
        return np.packbits(vectors > self._thresholds, axis=1)

    def _means(self, n_rows: int) -> np.ndarray:
        total, step = np.zeros(len(self._thresholds)), -(-n_rows // SAMPLE)
        for start in range(0, n_rows, _CHUNK):
            chosen = slice(-start % step, None, step)
            total += self._read(start, min(n_rows, start + _CHUNK))[chosen].sum(axis=0, dtype=np.float64)
        return (total / len(range(0, n_rows, step))).astype(np.float32)


def candidates(distances: np.ndarray, n: int, allowed: np.ndarray | None = None) -> np.ndarray:
    """The `n` allowed rows of the smallest distances, of equals the first ones: in the order of the rows.

    distances : (n_rows,) int32, none negative; allowed : (n_rows,) bool
    """
    rows = None if allowed is None else np.flatnonzero(allowed)
    of_rows = distances if rows is None else distances[rows]
    if len(of_rows) <= n:
        return np.arange(len(distances)) if rows is None else rows
    furthest = np.partition(of_rows, n - 1)[n - 1]
    nearer, equals = of_rows < furthest, np.flatnonzero(of_rows == furthest)
    nearer[equals[: n - int(np.count_nonzero(nearer))]] = True
    chosen = np.flatnonzero(nearer)
    return chosen if rows is None else rows[chosen]
