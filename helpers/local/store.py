"""Records in a folder one can open: JSON files, JSON lines, and locks that hold across processes.

A record is `<root>/<kind>/<key>.json`, a growing list is `<root>/<kind>/<key>.jsonl`. A record is replaced in
one step, a line is added in one step: a killed process leaves the old state or the new one, never half of it.
"""

import errno
import hashlib
import json
import os
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from filelock import FileLock

from helpers.disk import writing_to

LONGEST_NAME = 150
_LOCK_POLL = 0.002  # seconds
_LIFE = uuid.uuid4().hex[:8]  # tells this process from an earlier one that had its number


class Store:
    """Records below `root`; `kind` is a folder such as "personalize/campaigns", `key` any string.

    before_write : called before every write; what it raises happens to the write.

    What writes raises DiskError when the disk is full or may not be written to.
    """

    def __init__(self, root: Path, before_write: Callable[[], None] = lambda: None):
        self.root = Path(root)
        self._before_write = before_write
        self._locks: dict[str, FileLock] = {}
        self._folders: dict[str, Path] = {}
        self._read: dict[Path, _Lines] = {}
        self._reading = threading.Lock()
        self._swept = False

    def read(self, kind: str, key: str) -> dict | None:
        """The record, or None if there is none."""
        try:
            return json.loads(self.path(kind, key, ".json").read_bytes())
        except FileNotFoundError:
            return None

    def has(self, kind: str, key: str) -> bool:
        """Whether there is a record, without reading it."""
        return os.path.exists(self.path(kind, key, ".json"))

    def write(self, kind: str, key: str, record: dict) -> None:
        """Create or replace a record. Datetimes become ISO strings (`LocalSession` turns them back)."""
        text = json.dumps(record, indent=2, ensure_ascii=False, default=_json_value) + "\n"
        self.write_bytes(self.path(kind, key, ".json"), text.encode())

    def delete(self, kind: str, key: str) -> None:
        """Remove the record and the lines of this key, if there are any."""
        for suffix in (".json", ".jsonl"):
            self.path(kind, key, suffix).unlink(missing_ok=True)

    def all(self, kind: str) -> list[dict]:
        """Every record of a kind, sorted by key."""
        files = {unquote(file.stem): file for file in self._folder(kind).glob("*.json")}
        records = (_read_json(files[key]) for key in sorted(files))
        return [record for record in records if record is not None]

    def append(self, kind: str, key: str, record: dict) -> None:
        """Add one JSON line: when this returns, the line is in the file, whole and once."""
        line = (json.dumps(record, ensure_ascii=False, default=_json_value) + "\n").encode()
        file = self.path(kind, key, ".jsonl")
        with self.writing(), self.lock(f"{kind}/{key}.jsonl"):
            file.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                _append_whole(descriptor, line)
            finally:
                os.close(descriptor)

    def lines(self, kind: str, key: str) -> list[dict]:
        """What was appended, in order. Only new lines are parsed; treat the dicts as read-only."""
        file = self.path(kind, key, ".jsonl")
        with self._reading:
            known = self._read.setdefault(file, _Lines())
            try:
                known.catch_up(file)
            except FileNotFoundError:
                self._read.pop(file)
                return []
            return list(known.records)

    def path(self, kind: str, key: str, suffix: str) -> Path:
        """Where a file of this key lives, for binary files too: `path("indexes", "pictures", ".npz")`."""
        return self._folder(kind) / (file_name(key) + suffix)

    def write_bytes(self, path: Path, data: bytes) -> None:
        """Create or replace a file in one step; its folder is made if it is missing."""
        self.write_pieces(path, [data])

    def write_pieces(self, path: Path, pieces: Iterable[bytes]) -> None:
        """The same with what comes piece by piece; what the pieces raise leaves the file as it was."""
        with self.writing():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, temporary = self.draft()
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.writelines(pieces)
                os.replace(temporary, path)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Around every write below `root`, of whatever file: DiskError says what to do about the disk."""
        with writing_to(self.root):
            self._before_write()
            yield

    def draft(self) -> tuple[int, str]:
        """(descriptor, path) of an empty file to fill, close, and put in its place with `os.replace`.

        The drafts that killed processes left behind are removed.
        """
        folder = self.root / ".drafts"
        folder.mkdir(parents=True, exist_ok=True)
        if not self._swept:
            for left in folder.iterdir():
                if _is_abandoned(left.name):
                    left.unlink(missing_ok=True)
            self._swept = True
        return tempfile.mkstemp(dir=folder, prefix=f"{os.getpid()}-{_LIFE}-")

    def lock(self, name: str) -> AbstractContextManager:
        """`with store.lock(name):` keeps other threads and processes out; the same thread may nest it."""
        lock = self._locks.get(name)
        if lock is None:
            folder = self.root / ".locks"
            with writing_to(self.root):
                folder.mkdir(parents=True, exist_ok=True)
            lock = self._locks.setdefault(name, FileLock(folder / file_name(name), poll_interval=_LOCK_POLL))
        return lock

    def _folder(self, kind: str) -> Path:
        folder = self._folders.get(kind)
        if folder is None:
            folder = self._folders[kind] = self.root.joinpath(*(file_name(part) for part in kind.split("/")))
        return folder


@lru_cache(maxsize=4096)  # every call of a service looks up the same few names
def file_name(key: str) -> str:
    """A file name for any string: letters, digits and ._- stay, everything else is percent-encoded.

    No two keys share a name and none is hidden, empty or a way out of the folder. What would be longer than
    `LONGEST_NAME` is cut and ends in a SHA-256 instead.
    """
    name = quote(key, safe="", errors="surrogatepass").replace("~", "%7E") or "%"
    if name.startswith("."):
        name = "%2E" + name[1:]
    if len(name) > LONGEST_NAME:
        digest = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
        name = f"{name[: LONGEST_NAME - 65]}~{digest}"
    return name


@dataclass
class _Lines:
    """What is known of one .jsonl file: its records, and how far and after which bytes they were read."""

    records: list[dict] = field(default_factory=list)
    offset: int = 0
    tail: bytes = b""
    version: tuple[int, int, int] | None = None

    def catch_up(self, path: Path) -> None:
        with open(path, "rb") as file:
            status = os.fstat(file.fileno())
            version = (status.st_ino, status.st_size, status.st_mtime_ns)
            if version == self.version:
                return
            if not self._only_grew(file, status):
                self.records, self.offset, self.tail = [], 0, b""
            file.seek(self.offset)
            new = file.read()
        whole = new[: new.rfind(b"\n") + 1]  # a line still being written has no end yet
        self.records.extend([json.loads(line) for line in whole.splitlines()])
        self.offset += len(whole)
        self.tail = (self.tail + whole)[-64:]
        self.version = version

    def _only_grew(self, file: BinaryIO, status: os.stat_result) -> bool:
        if self.version is None or status.st_ino != self.version[0] or status.st_size <= self.offset:
            return False
        file.seek(self.offset - len(self.tail))
        return file.read(len(self.tail)) == self.tail


def _append_whole(descriptor: int, line: bytes) -> None:
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":  # a killed writer left part of a line
        kept = os.pread(descriptor, size, 0).rfind(b"\n") + 1
        os.ftruncate(descriptor, kept)
        size = kept
    if os.write(descriptor, line) != len(line):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, f"no room for another {len(line)} bytes")


def _read_json(file: Path) -> dict | None:
    try:
        return json.loads(file.read_bytes())
    except FileNotFoundError:  # deleted since the folder was listed
        return None


def _is_abandoned(draft: str) -> bool:
    """Whether nobody is left who could finish this draft."""
    process, life, _ = draft.split("-", 2)
    if int(process) == os.getpid():
        return life != _LIFE
    try:
        os.kill(int(process), 0)  # asks, and does nothing
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


def _json_value(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot stand in a record: {value!r}")
