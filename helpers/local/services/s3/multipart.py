"""Multi-part uploads, which boto3 chooses for files of 8 MB and more."""

import hashlib
import re
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ...arns import ACCOUNT
from ...errors import ServiceError
from .bodies import CHUNK, byte_range, chunks_of, copy_source, headers_from
from .buckets import BucketAccess

UPLOADS = "s3-state/uploads"
SMALLEST_PART = 5 << 20  # bytes, for all parts but the last


class MultipartUploads(BucketAccess):
    """An upload is a record below `s3-state/uploads`, its parts are files in a folder beside it."""

    def create_multipart_upload(
        self,
        *,
        Bucket: str,
        Key: str,
        ContentType: str = "binary/octet-stream",
        ContentEncoding: str | None = None,
        ContentDisposition: str | None = None,
        CacheControl: str | None = None,
        Metadata: dict | None = None,
        ChecksumAlgorithm: str | None = None,
        ChecksumType: str | None = None,
        ServerSideEncryption: str = "AES256",
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The id of an upload that has no parts yet."""
        self._owned(Bucket, ExpectedBucketOwner)
        headers = headers_from(
            ContentType=ContentType,
            ContentEncoding=ContentEncoding,
            ContentDisposition=ContentDisposition,
            CacheControl=CacheControl,
            Metadata=Metadata,
        )
        upload_id = uuid.uuid4().hex
        self.files.store.write(UPLOADS, upload_id, {"Bucket": Bucket, "Key": Key, "headers": headers})
        answer = {
            "Bucket": Bucket,
            "Key": Key,
            "UploadId": upload_id,
            "ServerSideEncryption": ServerSideEncryption,
        }
        return answer | ({"ChecksumAlgorithm": ChecksumAlgorithm} if ChecksumAlgorithm else {})

    def upload_part(
        self,
        *,
        Bucket: str,
        Key: str,
        UploadId: str,
        PartNumber: int,
        Body: bytes | BinaryIO = b"",
        ContentLength: int | None = None,
        ContentMD5: str | None = None,
        ChecksumAlgorithm: str | None = None,
        ChecksumCRC32: str | None = None,
        ChecksumSHA256: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The part's ETag, the MD5 of its bytes. Parts may come in any order and at the same time."""
        self._upload(Bucket, Key, UploadId, ExpectedBucketOwner)
        data = b"".join(chunks_of(Body, md5=ContentMD5, crc32=ChecksumCRC32, sha256=ChecksumSHA256))
        return {"ETag": self._keep_part(UploadId, PartNumber, data), "ServerSideEncryption": "AES256"}

    def upload_part_copy(
        self,
        *,
        Bucket: str,
        Key: str,
        UploadId: str,
        PartNumber: int,
        CopySource: str,
        CopySourceRange: str | None = None,
        CopySourceIfMatch: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The ETag of a part that is an object, or a range of one."""
        self._upload(Bucket, Key, UploadId, ExpectedBucketOwner)
        source, data = self.files.read(*copy_source(CopySource))
        if CopySourceIfMatch is not None and CopySourceIfMatch.strip('"') != source.etag.strip('"'):
            raise ServiceError("PreconditionFailed", "The source is not the object that it was", 412)
        if CopySourceRange is not None:
            first, last = byte_range(CopySourceRange, source.size)
            data = data[first : last + 1]
        etag = self._keep_part(UploadId, PartNumber, data)
        return {"CopyPartResult": {"ETag": etag, "LastModified": source.modified}}

    def complete_multipart_upload(
        self,
        *,
        Bucket: str,
        Key: str,
        UploadId: str,
        MultipartUpload: dict | None = None,
        ChecksumType: str | None = None,
        MpuObjectSize: int | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The object made of the parts named; its ETag is the MD5 of their MD5s, a dash, and their number.

        Raises NoSuchUpload, MalformedXML, InvalidPartOrder, InvalidPart, EntityTooSmall.
        """
        record = self._upload(Bucket, Key, UploadId, ExpectedBucketOwner)
        parts = (MultipartUpload or {}).get("Parts", [])
        numbers = [part["PartNumber"] for part in parts]
        if not numbers:
            raise ServiceError("MalformedXML", "An upload needs at least one part")
        if numbers != sorted(set(numbers)):
            raise ServiceError("InvalidPartOrder", "The parts must be listed in ascending order")
        paths = [self._part(UploadId, number) for number in numbers]
        digests = [_checked_digest(path, part["ETag"]) for path, part in zip(paths, parts, strict=True)]
        if any(path.stat().st_size < SMALLEST_PART for path in paths[:-1]):
            raise ServiceError("EntityTooSmall", "Every part but the last must have at least 5 MiB")
        whole = hashlib.md5(b"".join(digests), usedforsecurity=False).hexdigest()
        etag = f'"{whole}-{len(parts)}"'
        self.files.write(Bucket, Key, _joined(paths), record["headers"], etag)
        self._forget(UploadId)
        return {
            "Location": f"https://{Bucket}.s3.amazonaws.com/{Key}",
            "Bucket": Bucket,
            "Key": Key,
            "ETag": etag,
        }

    def abort_multipart_upload(
        self, *, Bucket: str, Key: str, UploadId: str, ExpectedBucketOwner: str = ACCOUNT
    ) -> dict:
        """Nothing; the parts are gone. Raises NoSuchUpload."""
        self._upload(Bucket, Key, UploadId, ExpectedBucketOwner)
        self._forget(UploadId)
        return {}

    def _upload(self, bucket: str, key: str, upload_id: str, owner: str) -> dict:
        self._owned(bucket, owner)
        record = (
            self.files.store.read(UPLOADS, upload_id) if re.fullmatch("[0-9a-f]{32}", upload_id) else None
        )
        if record is None or (record["Bucket"], record["Key"]) != (bucket, key):
            raise ServiceError(
                "NoSuchUpload", "The specified upload does not exist: it was completed or aborted"
            )
        return record

    def _part(self, upload_id: str, number: int) -> Path:
        return self.files.store.path(f"{UPLOADS}/{upload_id}", f"{number:05d}", ".part")

    def _keep_part(self, upload_id: str, number: int, data: bytes) -> str:
        if not 1 <= number <= 10_000:
            raise ServiceError(
                "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive"
            )
        self.files.store.write_bytes(self._part(upload_id, number), data)
        return f'"{hashlib.md5(data, usedforsecurity=False).hexdigest()}"'

    def _forget(self, upload_id: str) -> None:
        self.files.store.delete(UPLOADS, upload_id)
        shutil.rmtree(self._part(upload_id, 1).parent, ignore_errors=True)


def _checked_digest(path: Path, etag: str) -> bytes:
    try:
        digest = hashlib.md5(path.read_bytes(), usedforsecurity=False)
    except FileNotFoundError:
        digest = None
    if digest is None or digest.hexdigest() != etag.strip('"'):
        raise ServiceError("InvalidPart", f"Part {int(path.stem)} was not uploaded, or not with this ETag")
    return digest.digest()


def _joined(paths: list[Path]) -> Iterator[bytes]:
    for path in paths:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
