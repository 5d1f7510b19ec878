"""Operations on single objects: put, get, head, copy, delete."""

import io
from typing import BinaryIO

from botocore.response import StreamingBody

from ...arns import ACCOUNT
from ...errors import ServiceError
from .bodies import byte_range, chunks_of, copy_source, described, headers_from
from .buckets import BucketAccess

BINARY = "binary/octet-stream"


class Objects(BucketAccess):
    """Objects are files below `s3/<bucket>`."""

    def put_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Body: bytes | BinaryIO = b"",
        ContentType: str = BINARY,
        ContentEncoding: str | None = None,
        ContentDisposition: str | None = None,
        CacheControl: str | None = None,
        Metadata: dict | None = None,
        ContentLength: int | None = None,
        ContentMD5: str | None = None,
        ChecksumAlgorithm: str | None = None,
        ChecksumCRC32: str | None = None,
        ChecksumSHA256: str | None = None,
        IfNoneMatch: str | None = None,
        ServerSideEncryption: str = "AES256",
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The ETag of the new object, the MD5 of its bytes. Raises PreconditionFailed, BadDigest."""
        self._owned(Bucket, ExpectedBucketOwner)
        headers = headers_from(
            ContentType=ContentType,
            ContentEncoding=ContentEncoding,
            ContentDisposition=ContentDisposition,
            CacheControl=CacheControl,
            Metadata=Metadata,
        )
        chunks = chunks_of(Body, md5=ContentMD5, crc32=ChecksumCRC32, sha256=ChecksumSHA256)
        etag = self.files.write(Bucket, Key, chunks, headers, only_new=IfNoneMatch == "*")
        return {"ETag": etag, "ServerSideEncryption": ServerSideEncryption}

    def get_object(
        self,
        *,
        Bucket: str,
        Key: str,
        Range: str | None = None,
        IfMatch: str | None = None,
        ChecksumMode: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The object's bytes as a stream, or one range of them ("bytes=0-99", with status 206), and its headers."""
        self._owned(Bucket, ExpectedBucketOwner)
        found, data = self.files.read(Bucket, Key)
        answer = described(found, IfMatch)
        if Range is not None:
            first, last = byte_range(Range, found.size)
            data = data[first : last + 1]
            answer |= {"ContentRange": f"bytes {first}-{last}/{found.size}", "ResponseMetadata": {"HTTPStatusCode": 206}}
        return {**answer, "ContentLength": len(data), "Body": StreamingBody(io.BytesIO(data), len(data))}

    def head_object(
        self,
        *,
        Bucket: str,
        Key: str,
        IfMatch: str | None = None,
        ChecksumMode: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """What `get_object` tells, without the bytes. An error has no body here, so its code is "404"."""
        try:
            self._owned(Bucket, ExpectedBucketOwner)
            return described(self.files.head(Bucket, Key), IfMatch)
        except ServiceError as error:
            status = {"NoSuchBucket": 404, "NoSuchKey": 404, "AccessDenied": 403, "PreconditionFailed": 412}[
                error.code
            ]
            text = {404: "Not Found", 403: "Forbidden", 412: "Precondition Failed"}[status]
            raise ServiceError(str(status), text, status) from None

    def delete_object(self, *, Bucket: str, Key: str, ExpectedBucketOwner: str = ACCOUNT) -> dict:
        """Nothing, whether the object was there or not."""
        self._owned(Bucket, ExpectedBucketOwner)
        self.files.delete(Bucket, Key)
        return {}

    def delete_objects(
        self,
        *,
        Bucket: str,
        Delete: dict,
        ChecksumAlgorithm: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """The keys deleted, up to 1,000 a call; none of them in quiet mode. Raises MalformedXML."""
        self._owned(Bucket, ExpectedBucketOwner)
        keys = [entry["Key"] for entry in Delete["Objects"]]
        if not 0 < len(keys) <= 1000:
            raise ServiceError("MalformedXML", "One call deletes between 1 and 1,000 keys")
        for key in keys:
            self.files.delete(Bucket, key)
        return {} if Delete.get("Quiet") else {"Deleted": [{"Key": key} for key in keys]}

    def copy_object(
        self,
        *,
        Bucket: str,
        Key: str,
        CopySource: str,
        MetadataDirective: str = "COPY",
        ContentType: str = BINARY,
        ContentEncoding: str | None = None,
        ContentDisposition: str | None = None,
        CacheControl: str | None = None,
        Metadata: dict | None = None,
        ChecksumAlgorithm: str | None = None,
        ExpectedBucketOwner: str = ACCOUNT,
    ) -> dict:
        """ETag and time of the copy, which keeps the source's headers unless MetadataDirective is REPLACE."""
        self._owned(Bucket, ExpectedBucketOwner)
        source_bucket, source_key = copy_source(CopySource)
        replacing = MetadataDirective == "REPLACE"
        if (source_bucket, source_key) == (Bucket, Key) and not replacing:
            raise ServiceError(
                "InvalidRequest", "This copy would change nothing: set MetadataDirective to REPLACE"
            )
        source, data = self.files.read(source_bucket, source_key)
        given = headers_from(
            ContentType=ContentType,
            ContentEncoding=ContentEncoding,
            ContentDisposition=ContentDisposition,
            CacheControl=CacheControl,
            Metadata=Metadata,
        )
        self.files.write(Bucket, Key, [data], given if replacing else source.headers)
        copy = self.files.head(Bucket, Key)
        return {"CopyObjectResult": {"ETag": copy.etag, "LastModified": copy.modified}}
