"""The moments at which a process can be killed: every step that changes a file."""

from __future__ import annotations

import os
import signal
import sys
from itertools import count
from pathlib import Path

from helpers.vector_cache import VectorCache

_CHANGES = ("os.rename", "os.remove", "os.truncate", "os.mkdir", "os.rmdir", "os.utime", "sqlite3.connect")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Moments:
    """Counts every step that changes a file below `root`; before step number `die_at` the process dies.

    torn : a step that writes bytes writes half of them first, one that opens a file to replace its content empties it.
    """

    def __init__(self, root: Path, die_at: int | None, torn: bool):
        self._root, self._die_at, self._torn = str(root), die_at, torn
        self._numbers = count(1)
        self.passed = 0
        sys.addaudithook(self._audit)
        self._write, os.write = os.write, self._write_bytes
        self._keep, VectorCache.keep = VectorCache.keep, lambda cache, vectors: self._keep_vectors(cache, vectors)
        self._vectors = 0

    def step(self, last_words=lambda: None) -> None:
        self.passed = next(self._numbers)
        if self.passed == self._die_at:
            last_words()
            os.killpg(0, signal.SIGKILL)

    def _audit(self, event: str, arguments: tuple) -> None:
        if event == "open":
            path, _, flags = arguments
            if flags & _WRITING and self._is_ours(path):
                emptied = self._torn and flags & os.O_TRUNC and os.path.exists(path)
                self.step(lambda: os.truncate(path, 0) if emptied else None)
        elif event == "os.mkdir" and os.path.exists(arguments[0]):
            return  # and nothing changes
        elif event in _CHANGES and any(self._is_ours(argument) for argument in arguments):
            self.step()

    def _keep_vectors(self, cache: VectorCache, vectors: dict) -> None:
        """Counts each hundredth vector only: how many come at once hangs on the machine's haste, and plans on the count."""
        before, self._vectors = self._vectors, self._vectors + len(vectors)
        counts = before // 100 < self._vectors // 100
        if counts:
            self.step()
        self._keep(cache, vectors)
        if counts:
            self.step()

    def _is_ours(self, path: object) -> bool:
        """Locks hold nothing, and a draft that was just begun is no other than one that was finished."""
        name = os.fspath(path) if isinstance(path, str | os.PathLike) else ""
        return name.startswith(self._root) and not name.endswith(".lock") and not {".locks", ".drafts"} & {*Path(name).parts}

    def _write_bytes(self, descriptor: int, data: bytes) -> int:
        if os.readlink(f"/proc/self/fd/{descriptor}").startswith(self._root):
            half = bytes(data)[: len(data) // 2] if self._torn else b""
            self.step(lambda: self._write(descriptor, half))
        return self._write(descriptor, data)
