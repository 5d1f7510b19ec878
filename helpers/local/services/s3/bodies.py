"""What S3 requests carry besides names: bodies and their checksums, byte ranges, headers, copy sources."""

import base64
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, BinaryIO
from urllib.parse import unquote

from ...errors import ServiceError
from .files import StoredObject

CHUNK = 1 << 20  # bytes


class _Crc32:
    """CRC-32 with the methods of hashlib's digests."""

    def __init__(self) -> None:
        self._sum = 0

    def update(self, chunk: bytes) -> None:
        self._sum = zlib.crc32(chunk, self._sum)

    def digest(self) -> bytes:
        return self._sum.to_bytes(4, "big")


_SUMS: dict[str, Callable[[], Any]] = {
    "md5": partial(hashlib.md5, usedforsecurity=False),
    "sha256": hashlib.sha256,
    "crc32": _Crc32,
}


def chunks_of(
    body: bytes | str | BinaryIO, md5: str | None = None, crc32: str | None = None, sha256: str | None = None
) -> Iterator[bytes]:
    """The body in pieces. Raises BadDigest at its end if a base64 checksum that came with it does not fit."""
    sent = {name: text for name, text in (("md5", md5), ("sha256", sha256), ("crc32", crc32)) if text is not None}
    sums = {name: _SUMS[name]() for name in sent}  # only what was sent: three sums of every body take longer than to write it
    for chunk in _pieces(body):
        for received in sums.values():
            received.update(chunk)
        yield chunk
    for name, received in sums.items():
        if sent[name] != base64.b64encode(received.digest()).decode():
            raise ServiceError("BadDigest", f"The {name} you specified did not match what we received")


def byte_range(text: str, size: int) -> tuple[int, int]:
    """First and last byte of a range like "bytes=0-99", "bytes=100-" or "bytes=-10". Raises InvalidRange."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", text)
    first, last = match.groups() if match else ("", "")
    if first:
        start, end = int(first), min(int(last) if last else size - 1, size - 1)
    elif last:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = 0, -1
    if start > end:
        raise ServiceError(
            "InvalidRange", f"The range {text} is not within the {size} bytes of the object", 416
        )
    return start, end


def copy_source(text: str) -> tuple[str, str]:
    """(bucket, key) of a CopySource, which botocore writes as "bucket/key", percent-encoded."""
    bucket, _, key = unquote(text.partition("?")[0]).lstrip("/").partition("/")
    if not key:
        raise ServiceError("InvalidArgument", f"Invalid copy source object key: {text}")
    return bucket, key


def headers_from(**headers: Any) -> dict:
    """The headers that were given. Names of user metadata come back in lower case, as on the wire."""
    given = {name: value for name, value in headers.items() if value is not None}
    if "Metadata" in given:
        given["Metadata"] = {name.lower(): value for name, value in given["Metadata"].items()}
    return given


def described(found: StoredObject, if_match: str | None = None) -> dict:
    """What GetObject and HeadObject both tell. Raises PreconditionFailed for another ETag than asked for."""
    if if_match is not None and if_match.strip('"') != found.etag.strip('"'):
        raise ServiceError(
            "PreconditionFailed", "At least one of the preconditions you specified did not hold", 412
        )
    return {
        "AcceptRanges": "bytes",
        "LastModified": found.modified,
        "ContentLength": found.size,
        "ETag": found.etag,
        "ServerSideEncryption": "AES256",
        "Metadata": {},
        **found.headers,
    }


def _pieces(body: Any) -> Iterator[bytes]:
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, (bytes, bytearray)):
        yield bytes(body)
        return
    if hasattr(
        body, "signal_transferring"
    ):  # a progress callback of s3transfer waits for this before it counts
        body.signal_transferring()
    while chunk := body.read(CHUNK):
        yield chunk
