"""Objects as files, `<root>/s3/<bucket>/<key>`; what S3 knows about them stands beside, in `<root>/s3-state`.

An object and its metadata have to change together. A metadata record therefore names the version of the file
that it speaks of (time and size); it is written first, for the old version and the new one, and then one
rename makes the object new. A file that was put into the folder by hand has no record and is an object too.
"""

import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG

from ...arns import s3_uri, split_s3_uri
from ...errors import ServiceError
from ...store import Store
from .names import OBJECT_BESIDE_FOLDER, key_of, parts_of

BUCKETS = "s3-state/buckets"
_NOT_THERE = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


@dataclass(frozen=True)
class StoredObject:
    """What S3 tells of an object; `headers` are what its owner set, such as ContentType and Metadata."""

    key: str
    size: int  # bytes
    modified: datetime
    etag: str  # with its double quotes, as S3 sends it
    headers: dict


class ObjectFiles:
    """Objects of all buckets below `store.root`."""

    def __init__(self, store: Store):
        self.store = store
        self.root = store.root / "s3"

    def has_bucket(self, name: str) -> bool:
        """Whether there is such a bucket."""
        return self.store.has(BUCKETS, name)

    def bucket(self, name: str) -> dict:
        """The record of a bucket. Raises NoSuchBucket."""
        record = self.store.read(BUCKETS, name)
        if record is None:
            raise _no_such_bucket(name)
        return record

    def write(
        self,
        bucket: str,
        key: str,
        chunks: Iterable[bytes],
        headers: dict,
        etag: str = "",
        only_new: bool = False,
    ) -> str:
        """The ETag of the object just written: the MD5 of its bytes unless `etag` is given.

        Raises NoSuchBucket, KeyTooLongError, and PreconditionFailed for an object that exists if `only_new`.
        """
        if len(key.encode()) > 1024:
            raise ServiceError("KeyTooLongError", "Your key is too long: 1024 bytes are allowed")
        with self.store.writing():
            descriptor, staged = self.store.draft()
            try:
                digest = hashlib.md5(usedforsecurity=False)
                with os.fdopen(descriptor, "wb") as file:
                    for chunk in chunks:
                        digest.update(chunk)
                        file.write(chunk)
                now = time.time_ns()
                os.utime(staged, ns=(now, now))  # finer than the clock of many file systems: every version differs
                etag = etag or f'"{digest.hexdigest()}"'
                self._commit(bucket, key, staged, {"etag": etag, "headers": headers}, only_new)
            except BaseException:
                Path(staged).unlink(missing_ok=True)
                raise
        return etag

    def read(self, bucket: str, key: str) -> tuple[StoredObject, bytes]:
        """An object and its bytes, both of one version. Raises NoSuchBucket, NoSuchKey."""
        self._require(bucket)
        for path in self._candidates(bucket, key):
            with suppress(*_NOT_THERE), open(path, "rb") as file:
                status, data = os.fstat(file.fileno()), file.read()
                return self._described(bucket, key, status, path), data
        raise _no_such_key(bucket, key)

    def head(self, bucket: str, key: str) -> StoredObject:
        """An object without its bytes. Raises NoSuchBucket, NoSuchKey."""
        self._require(bucket)
        for path in self._candidates(bucket, key):
            with suppress(*_NOT_THERE):
                if S_ISREG((status := path.stat()).st_mode):
                    return self._described(bucket, key, status, path)
        raise _no_such_key(bucket, key)

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object, if it is there, and the folders that are empty without it."""
        self._require(bucket)
        with self._changing(bucket):
            path = next((path for path in self._candidates(bucket, key) if path.is_file()), None)
            if path is None:
                return
            path.unlink()
            self.store.delete(f"s3-state/metadata/{bucket}", key)
            with suppress(OSError):
                for folder in path.parents:
                    if folder == self.root / bucket:
                        break
                    folder.rmdir()

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """All keys that start with `prefix`, in S3's order, which is that of their UTF-8 bytes."""
        self._require(bucket)
        base = self.root / bucket
        whole_segments = prefix.rpartition("/")[0]
        start = base.joinpath(*parts_of(whole_segments)) if whole_segments else base
        found = (key_of(path.relative_to(base).parts) for path in _files_below(start))
        return sorted(key for key in found if key is not None and key.startswith(prefix))

    def read_uri(self, uri: str) -> bytes:
        """The bytes of "s3://bucket/key". Raises NoSuchBucket, NoSuchKey."""
        return self.read(*split_s3_uri(uri))[1]

    def write_uri(self, uri: str, data: bytes) -> None:
        """Write "s3://bucket/key". Raises NoSuchBucket."""
        self.write(*split_s3_uri(uri), [data], {"ContentType": "binary/octet-stream"})

    def list_uris(self, prefix: str) -> list[str]:
        """The URIs of all objects that start with "s3://bucket/prefix", sorted. Raises NoSuchBucket."""
        bucket, key_prefix = split_s3_uri(prefix)
        return [s3_uri(bucket, key) for key in self.keys(bucket, key_prefix)]

    def _require(self, bucket: str) -> None:
        if not self.has_bucket(bucket):
            raise _no_such_bucket(bucket)

    def _changing(self, bucket: str) -> AbstractContextManager:
        return self.store.lock(f"s3/{bucket}")

    def _candidates(self, bucket: str, key: str) -> tuple[Path, Path]:
        path = self.root.joinpath(bucket, *parts_of(key))
        return path, path.with_name(path.name + OBJECT_BESIDE_FOLDER)

    def _described(self, bucket: str, key: str, status: os.stat_result, path: Path) -> StoredObject:
        record = self.store.read(f"s3-state/metadata/{bucket}", key) or {}
        known = record.get(_version(status))
        if known is None:
            etag = f'"{hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()}"'
            known = {"etag": etag, "headers": {"ContentType": "binary/octet-stream"}}
        modified = datetime.fromtimestamp(status.st_mtime_ns // 10**9, UTC)
        return StoredObject(key, status.st_size, modified, known["etag"], known["headers"])

    def _commit(self, bucket: str, key: str, staged: str, description: dict, only_new: bool) -> None:
        with self._changing(bucket):
            self._require(bucket)
            path = self._place(bucket, key)
            kind, descriptions = f"s3-state/metadata/{bucket}", {_version(os.stat(staged)): description}
            if path.exists():
                if only_new:
                    raise ServiceError("PreconditionFailed", f"The object exists: {s3_uri(bucket, key)}", 412)
                version = _version(path.stat())
                descriptions |= {v: d for v, d in (self.store.read(kind, key) or {}).items() if v == version}
            self.store.write(kind, key, descriptions)
            os.replace(staged, path)

    def _place(self, bucket: str, key: str) -> Path:
        """Where the object goes; a file that stands where a folder is needed steps aside first."""
        path, beside = self._candidates(bucket, key)
        for folder in reversed(path.relative_to(self.root).parents):
            in_the_way = self.root / folder
            if in_the_way.is_file():
                os.replace(in_the_way, in_the_way.with_name(in_the_way.name + OBJECT_BESIDE_FOLDER))
        path.parent.mkdir(parents=True, exist_ok=True)
        return beside if path.is_dir() or beside.exists() else path


def _no_such_bucket(name: str) -> ServiceError:
    return ServiceError("NoSuchBucket", f"The specified bucket does not exist: {name}")


def _no_such_key(bucket: str, key: str) -> ServiceError:
    return ServiceError("NoSuchKey", f"The specified key does not exist: {s3_uri(bucket, key)}")


def _version(status: os.stat_result) -> str:
    return f"{status.st_mtime_ns}-{status.st_size}"


def _files_below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield Path(parent, name)
