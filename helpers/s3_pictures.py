"""Pictures from an S3 prefix in a folder of this machine, so that all else reads a folder."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any

from filelock import FileLock

from .library import MOST_FILE_BYTES, LibraryError
from .progress import progress


def local_folder(source: str | Path, s3: Any, *, below: Path, workers: int = 8) -> Path:
    """The folder itself; of "s3://bucket/prefix" a folder below `below` with every object of the prefix.

    Objects that are there already, with the size and the time that S3 tells, are not fetched again; a fetch that was
    interrupted is finished by another call. Objects that no folder can hold under their key, or that are larger than any
    picture we read, are left out. s3: a client that may read the bucket: the workshop's own policy covers its bucket only.

    Raises LibraryError where there is no object under the prefix.
    """
    if not str(source).startswith("s3://"):
        return Path(source)
    bucket, _, prefix = str(source).removeprefix("s3://").partition("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    objects = [item for page in pages for item in page.get("Contents", []) if not item["Key"].endswith("/")]
    if not objects:
        raise LibraryError(f"There is no object under {source}. Check the bucket and the prefix (aws s3 ls {source}).")
    folder = below / bucket
    wanted = [(item, path) for item in objects if (path := _path_of(item["Key"], folder)) and item["Size"] <= MOST_FILE_BYTES]

    def fetch(pair: tuple[dict[str, Any], Path]) -> None:
        item, path = pair
        when = item["LastModified"].timestamp()
        if path.is_file() and path.stat().st_size == item["Size"] and path.stat().st_mtime == when:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name[:100]}.part")
        s3.download_file(bucket, item["Key"], str(draft))
        os.utime(draft, (when, when))
        os.replace(draft, path)

    below.mkdir(parents=True, exist_ok=True)
    # Two kernels may fetch the same prefix; the second one then finds what the first has fetched.
    with FileLock(below / ".lock"), ThreadPoolExecutor(workers) as pool:
        for _ in progress(pool.map(fetch, wanted), "pictures fetched", total=len(wanted)):
            pass
    return folder


def _path_of(key: str, folder: Path) -> Path | None:
    """Where an object goes; None for a key that would lead out of the folder, or that names no file."""
    parts = PurePosixPath(key).parts
    if not parts or key.startswith("/") or ".." in parts or any(len(part.encode()) > 255 or "\0" in part for part in parts):
        return None
    return folder.joinpath(*parts)
