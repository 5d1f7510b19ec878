"""Checksums, conditions and copies."""

import base64
import hashlib
import zlib

import pytest
from botocore.exceptions import ClientError

BUCKET = "pictures"


def test_checksums_are_verified(s3, body, code):
    crc = base64.b64encode(zlib.crc32(b"abc").to_bytes(4, "big")).decode()
    md5 = base64.b64encode(hashlib.md5(b"abc").digest()).decode()
    s3.put_object(
        Bucket=BUCKET, Key="k", Body=b"abc", ChecksumCRC32=crc, ContentMD5=md5, ChecksumAlgorithm="CRC32"
    )
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"abd", ChecksumCRC32=crc)
    assert code(caught) == ("BadDigest", 400)
    assert body("k", ChecksumMode="ENABLED") == b"abc"


def test_conditions_hold_or_the_call_fails(s3, put, body, code):
    put("k")
    etag = s3.head_object(Bucket=BUCKET, Key="k")["ETag"]
    assert body("k", IfMatch=etag) == b"k"
    for call in (
        lambda: s3.get_object(Bucket=BUCKET, Key="k", IfMatch='"other"'),
        lambda: s3.put_object(Bucket=BUCKET, Key="k", Body=b"2", IfNoneMatch="*"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert code(caught) == ("PreconditionFailed", 412)
    assert body("k") == b"k"


def test_a_copy_keeps_headers_unless_told_otherwise(s3):
    s3.put_object(Bucket=BUCKET, Key="a b/é", Body=b"x", ContentType="text/csv", Metadata={"m": "1"})
    source = {"Bucket": BUCKET, "Key": "a b/é"}
    etag = s3.copy_object(Bucket=BUCKET, Key="copy", CopySource=source)["CopyObjectResult"]["ETag"]
    copy = s3.get_object(Bucket=BUCKET, Key="copy")
    assert (copy["Body"].read(), copy["ContentType"], copy["Metadata"]) == (b"x", "text/csv", {"m": "1"})
    assert copy["ETag"] == etag
    s3.copy_object(
        Bucket=BUCKET, Key="copy", CopySource=source, MetadataDirective="REPLACE", ContentType="a/b"
    )
    assert s3.head_object(Bucket=BUCKET, Key="copy")["ContentType"] == "a/b"
    with pytest.raises(ClientError, match="REPLACE"):
        s3.copy_object(Bucket=BUCKET, Key="a b/é", CopySource=source)
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "nothing"})
