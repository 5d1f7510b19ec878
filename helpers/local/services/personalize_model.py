"""Trained rankers as files: one .npz a solution version, plain arrays of numbers and text, no pickle."""

import io
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from ..engines.ranking import Histories, Ranker
from ..store import Store
from .personalize_records import SOLUTION_VERSION

_MODEL = ("items", "popularity", "affinity", "company", "choice", "fit")
_HISTORIES = ("users", "starts", "items", "weights")


class RankerFiles:
    """The rankers of all solution versions; a file is read once per version of it."""

    def __init__(self, store: Store):
        self._store = store
        self._loaded: dict[str, tuple[tuple[int, int], Ranker]] = {}

    def save(self, key: str, ranker: Ranker) -> None:
        """Write the ranker of the solution version with this key."""
        arrays = {name: getattr(ranker, name) for name in _MODEL}
        arrays |= {f"history_{name}": getattr(ranker.histories, name) for name in _HISTORIES}
        arrays["half_life"] = np.array(ranker.half_life)
        arrays["event_types"] = np.array(list(ranker.event_weights), dtype=str)
        arrays["event_weights"] = np.array(list(ranker.event_weights.values()), dtype=float)
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, **arrays)
        self._store.write_bytes(self._path(key), file.getvalue())

    def load(self, key: str) -> Ranker:
        """The ranker of the solution version with this key. Raises FileNotFoundError."""
        status = os.stat(self._path(key))
        version = (status.st_mtime_ns, status.st_size)
        known = self._loaded.get(key)
        if known is None or known[0] != version:
            with np.load(self._path(key), allow_pickle=False) as arrays:
                known = version, _ranker(arrays)
            self._loaded[key] = known
        return known[1]

    def delete(self, key: str) -> None:
        """Remove the file, if there is one."""
        self._path(key).unlink(missing_ok=True)
        self._loaded.pop(key, None)

    def _path(self, key: str) -> Path:
        return self._store.path(SOLUTION_VERSION.folder, key, ".npz")


def _ranker(arrays: Mapping[str, np.ndarray]) -> Ranker:
    types = zip(arrays["event_types"].tolist(), arrays["event_weights"].tolist(), strict=True)
    return Ranker(
        **{name: arrays[name] for name in _MODEL},
        half_life=float(arrays["half_life"]),
        histories=Histories(**{name: arrays[f"history_{name}"] for name in _HISTORIES}),
        event_weights=dict(types),
    )
