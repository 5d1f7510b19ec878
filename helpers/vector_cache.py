"""Vectors on disk, by the content they were made of: an SQLite file that survives interruptions."""

import errno
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .disk import DiskError, trouble_with, writing_to
from .embedder import space_of
from .titan import EmbedError


class VectorCache:
    """A dictionary from content digest to vector, for one model and dimension. Use it in a `with` block, in one thread.

    When `keep` has returned, its vectors are on the disk: they outlive the process, however it ends.

    path : the SQLite file; it and its folder are made when missing.
    """

    def __init__(self, path: Path, *, model: str, dimension: int):
        self.path = Path(path)
        self.space = space_of(model, dimension)
        self.dimension = dimension

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
        self._database.close()

    def __contains__(self, digest: str) -> bool:
        return self._find(digest) is not None

    def __getitem__(self, digest: str) -> np.ndarray:
        found = self._find(digest)
        if found is None:
            raise KeyError(digest)
        return np.frombuffer(found, dtype="<f4")

    def keep(self, vectors: Mapping[str, np.ndarray]) -> None:
        """Nothing, once all these vectors are on the disk; a process killed meanwhile leaves all of them or none."""
        rows = [(self.space, digest, np.asarray(vector, dtype="<f4").tobytes()) for digest, vector in vectors.items()]
        with self._transaction():  # one commit, which takes as long for a hundred as for one
            self._database.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

    def rows(self, digests: Sequence[str]) -> np.ndarray:
        """The vectors `(n_digests, dimension)`, float32, in this order. Raises KeyError for one that is not here."""
        found = np.empty((len(digests), self.dimension), np.float32)
        for row, digest in enumerate(digests):
            found[row] = self[digest]
        return found

    def check_model(self, vector: np.ndarray) -> None:
        """Forget this space's vectors if `vector`, made of a constant text just now, differs from the one kept.

        A model that changed behind the same name would otherwise mix two spaces.
        """
        kept = self._find("check")
        if kept is not None and np.allclose(np.frombuffer(kept, "<f4"), vector, atol=1e-3):
            return
        with self._transaction():
            self._database.execute("DELETE FROM vectors WHERE space = ?", (self.space,))
        self.keep({"check": vector})

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All that is written inside, or none of it. Raises DiskError when it is the disk that refuses."""
        try:
            with self._database:
                yield
        except sqlite3.OperationalError as error:
            raise self._disk_trouble(error) or error from error

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
