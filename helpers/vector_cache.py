"""Vectors on disk, by the content they were made of: an SQLite file that survives interruptions."""

import errno
import sqlite3
from pathlib import Path

import numpy as np

from .disk import DiskError, trouble_with, writing_to
from .embedder import space_of
from .titan import EmbedError

_COMMIT_EVERY = 100


class VectorCache:
    """A dictionary from content digest to vector, for one model and dimension. Use it in a `with` block, in one thread.

    What was committed outlives the process, however it ends; at most the last 99 vectors are lost.

    path : the SQLite file; it and its folder are made when missing.
    """

    def __init__(self, path: Path, *, model: str, dimension: int):
        self.path = Path(path)
        self.space = space_of(model, dimension)
        self.dimension = dimension
        self._uncommitted = 0

    def __enter__(self) -> "VectorCache":
        with writing_to(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(self.path, timeout=60)
        try:
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS vectors (space TEXT, digest TEXT, vector BLOB, PRIMARY KEY (space, digest))"
            )
        except sqlite3.DatabaseError as error:
            self._database.close()
            if isinstance(error, sqlite3.OperationalError) and (trouble := self._disk_trouble(error)):
                raise trouble from error
            raise EmbedError(
                f"The cache {self.path} cannot be used ({error}). Next step: delete it; it is filled again."
            ) from error
        return self

    def __exit__(self, *_: object) -> None:
        self._commit()
        self._database.close()

    def __contains__(self, digest: str) -> bool:
        return self._find(digest) is not None

    def __getitem__(self, digest: str) -> np.ndarray:
        found = self._find(digest)
        if found is None:
            raise KeyError(digest)
        return np.frombuffer(found, dtype="<f4")

    def __setitem__(self, digest: str, vector: np.ndarray) -> None:
        content = np.asarray(vector, dtype="<f4").tobytes()
        try:
            self._database.execute("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", (self.space, digest, content))
        except sqlite3.OperationalError as error:
            raise self._disk_trouble(error) or error from error
        self._uncommitted += 1
        if self._uncommitted >= _COMMIT_EVERY:
            self._commit()

    def check_model(self, vector: np.ndarray) -> None:
        """Forget this space's vectors if `vector`, made of a constant text just now, differs from the one kept.

        A model that changed behind the same name would otherwise mix two spaces.
        """
        kept = self._find("check")
        if kept is not None and np.allclose(np.frombuffer(kept, "<f4"), vector, atol=1e-3):
            return
        self._database.execute("DELETE FROM vectors WHERE space = ?", (self.space,))
        self["check"] = vector
        self._commit()

    def _commit(self) -> None:
        try:
            self._database.commit()
        except sqlite3.OperationalError as error:
            raise self._disk_trouble(error) or error from error
        self._uncommitted = 0

    def _disk_trouble(self, error: sqlite3.OperationalError) -> DiskError | None:
        """What to tell a reader if it is the disk that SQLite complains of."""
        codes = {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_CANTOPEN: errno.EACCES, sqlite3.SQLITE_READONLY: errno.EROFS}
        primary = error.sqlite_errorcode & 0xFF  # the rest of it says where
        return trouble_with(self.path.parent, codes.get(primary), str(error))

    def _find(self, digest: str) -> bytes | None:
        row = self._database.execute(
            "SELECT vector FROM vectors WHERE space = ? AND digest = ?", (self.space, digest)
        ).fetchone()
        return row[0] if row and len(row[0]) == 4 * self.dimension else None
