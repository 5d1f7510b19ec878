"""S3's operations, called as a reader calls them: through boto3."""

import base64
import hashlib
import io
import json
import zlib
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from botocore.exceptions import ClientError

from helpers.local.services.s3 import S3, ObjectFiles
from helpers.local.session import LocalSession
from helpers.local.store import Store

BUCKET = "pictures"


@pytest.fixture
def files(tmp_path) -> ObjectFiles:
    return ObjectFiles(Store(tmp_path / "cloud"))


@pytest.fixture(scope="module")
def services() -> dict:
    return {}


@pytest.fixture(scope="module")
def session(services) -> LocalSession:
    return LocalSession(services)


@pytest.fixture(scope="module")
def client(session):
    return session.client("s3")  # reading S3's model takes a while: once is enough


@pytest.fixture
def s3(client, services, files):
    services["s3"] = S3(files)
    client.create_bucket(Bucket=BUCKET)
    return client


def put(s3, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())


def body(s3, key: str, **more) -> bytes:
    return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()


def code(caught) -> tuple[str, int]:
    response = caught.value.response
    return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize("content", [b"bytes \0", "täxt", io.BytesIO(b"a file"), b""])
def test_an_object_comes_back(s3, content):
    s3.put_object(Bucket=BUCKET, Key="k", Body=content)
    expected = {str: lambda c: c.encode(), bytes: lambda c: c}.get(type(content), lambda c: c.getvalue())(
        content
    )
    assert body(s3, "k") == expected


def test_an_object_is_a_plain_file_one_can_open(s3, files):
    put(s3, "clusters/train.csv")
    assert (files.root / BUCKET / "clusters" / "train.csv").read_bytes() == b"clusters/train.csv"


def test_a_file_put_there_by_hand_is_an_object(s3, files):
    (files.root / BUCKET / "by").mkdir()
    (files.root / BUCKET / "by" / "hand.txt").write_bytes(b"hello")
    assert body(s3, "by/hand.txt") == b"hello"
    (entry,) = s3.list_objects_v2(Bucket=BUCKET)["Contents"]
    assert (entry["Key"], entry["ETag"]) == ("by/hand.txt", f'"{hashlib.md5(b"hello").hexdigest()}"')


def test_what_was_told_of_an_object_comes_back_with_it(s3):
    before = datetime.now(UTC) - timedelta(seconds=1)
    headers = {"ContentType": "image/webp", "CacheControl": "no-cache", "ContentEncoding": "gzip"}
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"abc", Metadata={"Style": "clay"}, **headers)
    for answer in (s3.get_object(Bucket=BUCKET, Key="k"), s3.head_object(Bucket=BUCKET, Key="k")):
        assert {name: answer[name] for name in headers} == headers
        assert answer["Metadata"] == {"style": "clay"}  # names travel as HTTP headers, which have no case
        assert answer["ContentLength"] == 3
        assert answer["ETag"] == f'"{hashlib.md5(b"abc").hexdigest()}"'
        assert before <= answer["LastModified"] <= datetime.now(UTC)


def test_overwriting_replaces_bytes_and_headers(s3):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"old", ContentType="text/csv", Metadata={"a": "b"})
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"new")
    answer = s3.get_object(Bucket=BUCKET, Key="k")
    assert (answer["Body"].read(), answer["ContentType"], answer["Metadata"]) == (
        b"new",
        "binary/octet-stream",
        {},
    )


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-0", 0, 1), ("3-5", 3, 6), ("7-", 7, 10), ("-4", 6, 10), ("5-99", 5, 10), ("-99", 0, 10)],
)
def test_a_range_is_a_slice(s3, asked, start, end):
    content = b"0123456789"
    s3.put_object(Bucket=BUCKET, Key="k", Body=content)
    answer = s3.get_object(Bucket=BUCKET, Key="k", Range=f"bytes={asked}")
    assert answer["Body"].read() == content[start:end]
    assert answer["ContentLength"] == end - start
    assert answer["ContentRange"] == f"bytes {start}-{end - 1}/10"


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=5-4", "bytes=-", "lines=1-2"])
def test_a_range_outside_the_object_is_refused(s3, asked):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"0123456789")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="k", Range=asked)
    assert code(caught) == ("InvalidRange", 416)


def test_what_is_missing_has_a_modelled_exception(s3):
    with pytest.raises(s3.exceptions.NoSuchKey) as caught:
        s3.get_object(Bucket=BUCKET, Key="nothing")
    assert code(caught) == ("NoSuchKey", 404)
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.get_object(Bucket="nobucket", Key="k")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.put_object(Bucket="nobucket", Key="k", Body=b"")


def test_a_head_request_has_no_error_body_so_its_code_is_the_status(s3):
    for call in (
        lambda: s3.head_object(Bucket=BUCKET, Key="nothing"),
        lambda: s3.head_object(Bucket="nobucket", Key="k"),
        lambda: s3.head_bucket(Bucket="nobucket"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert code(caught) == ("404", 404)


def test_deleting_is_quiet_about_what_is_not_there(s3, files):
    put(s3, "a/b/c")
    for _ in range(2):
        assert s3.delete_object(Bucket=BUCKET, Key="a/b/c")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert list((files.root / BUCKET).iterdir()) == []  # no empty folders stay behind


def test_many_keys_are_deleted_in_one_call(s3):
    put(s3, "a", "b", "c")
    keys = [{"Key": key} for key in ("a", "b", "never there")]
    assert s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})["Deleted"] == keys
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["c"]
    quiet = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "c"}], "Quiet": True})
    assert "Deleted" not in quiet and "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_key_may_be_the_folder_of_another_in_any_order(s3):
    for order in (["a", "a/b", "a/b/c", "a/"], ["a/b/c", "a/", "a/b", "a"]):
        put(s3, *order)
        assert all(body(s3, key) == key.encode() for key in order)
        assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == sorted(order)
        put(s3, *order)
        for key in order:
            s3.delete_object(Bucket=BUCKET, Key=key)
            with pytest.raises(s3.exceptions.NoSuchKey):
                body(s3, key)
        assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_random_awkward_keys_live_side_by_side(s3, files):
    random = Random(5)
    pieces = ["a", "..", "/", "//", ".", "%", "\\", "é", "?", "x" * 120]
    keys = sorted({"".join(random.choices(pieces, k=random.randint(1, 6))) for _ in range(150)})
    put(s3, *keys)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 40})
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
    assert all(body(s3, key) == key.encode() for key in keys)
    outside = [path for path in files.store.root.parent.iterdir() if path != files.store.root]
    assert outside == []


def test_a_key_of_more_than_1024_bytes_is_too_long(s3):
    put(s3, "é" * 512)
    with pytest.raises(ClientError) as caught:
        put(s3, "é" * 513)
    assert code(caught) == ("KeyTooLongError", 400)


def test_pages_together_are_the_whole_listing(s3):
    keys = sorted(f"{folder}/{n}" for folder in ("a", "b") for n in range(7))
    put(s3, *keys)
    for size in (1, 3, 14, 15):
        pages = list(
            s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": size})
        )
        assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
        assert len(pages) == -(-len(keys) // size)
        assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_prefix_and_a_delimiter_show_one_level(s3):
    put(s3, "top", "a/1", "a/2", "a/b/3", "ab/4", "z/5")
    answer = s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")
    assert [entry["Key"] for entry in answer["Contents"]] == ["top"]
    assert [entry["Prefix"] for entry in answer["CommonPrefixes"]] == ["a/", "ab/", "z/"]
    assert answer["KeyCount"] == 4
    answer = s3.list_objects_v2(Bucket=BUCKET, Prefix="a/", Delimiter="/")
    assert [entry["Key"] for entry in answer["Contents"]] == ["a/1", "a/2"]
    assert [entry["Prefix"] for entry in answer["CommonPrefixes"]] == ["a/b/"]
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="a")["KeyCount"] == 4
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="nothing")["KeyCount"] == 0


def test_pages_with_a_delimiter_repeat_no_prefix(s3):
    put(s3, "a", "b/1", "b/2", "c", "d/1", "d/2", "e")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    seen = [
        entry.get("Key") or entry["Prefix"]
        for page in pages
        for entry in page.get("Contents", []) + page.get("CommonPrefixes", [])
    ]
    assert seen == ["a", "b/", "c", "d/", "e"]


def test_a_listing_starts_after_a_key_and_refuses_an_invented_token(s3):
    put(s3, "a", "b", "c")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET, StartAfter="a")["Contents"]] == [
        "b",
        "c",
    ]
    with pytest.raises(ClientError) as caught:
        s3.list_objects_v2(Bucket=BUCKET, ContinuationToken="é")
    assert code(caught) == ("InvalidArgument", 400)


def test_checksums_are_verified(s3):
    crc = base64.b64encode(zlib.crc32(b"abc").to_bytes(4, "big")).decode()
    md5 = base64.b64encode(hashlib.md5(b"abc").digest()).decode()
    s3.put_object(
        Bucket=BUCKET, Key="k", Body=b"abc", ChecksumCRC32=crc, ContentMD5=md5, ChecksumAlgorithm="CRC32"
    )
    with pytest.raises(ClientError) as caught:
        s3.put_object(Bucket=BUCKET, Key="k", Body=b"abd", ChecksumCRC32=crc)
    assert code(caught) == ("BadDigest", 400)
    assert body(s3, "k", ChecksumMode="ENABLED") == b"abc"


def test_conditions_hold_or_the_call_fails(s3):
    put(s3, "k")
    etag = s3.head_object(Bucket=BUCKET, Key="k")["ETag"]
    assert body(s3, "k", IfMatch=etag) == b"k"
    for call in (
        lambda: s3.get_object(Bucket=BUCKET, Key="k", IfMatch='"other"'),
        lambda: s3.put_object(Bucket=BUCKET, Key="k", Body=b"2", IfNoneMatch="*"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert code(caught) == ("PreconditionFailed", 412)
    assert body(s3, "k") == b"k"


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


def test_buckets_are_made_found_and_deleted_when_empty(s3):
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == ""
    put(s3, "k")
    s3.create_bucket(Bucket=BUCKET)  # again: fine in us-east-1, and nothing is lost
    with pytest.raises(ClientError) as caught:
        s3.delete_bucket(Bucket=BUCKET)
    assert code(caught) == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket=BUCKET, Key="k")
    s3.delete_bucket(Bucket=BUCKET)
    assert s3.list_buckets()["Buckets"] == []
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.delete_bucket(Bucket=BUCKET)


@pytest.mark.parametrize("name", ["ab", "Upper", "a..b", "..", ".a-b", "a_b", "-ab"])
def test_a_bucket_name_that_aws_refuses_is_refused(s3, name):
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(Bucket=name)
    assert code(caught) == ("InvalidBucketName", 400)


def test_outside_us_east_1_a_bucket_names_its_region(files):
    s3 = LocalSession({"s3": S3(files, "eu-west-1")}, "eu-west-1").client("s3")
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(Bucket=BUCKET)
    assert code(caught)[0] == "IllegalLocationConstraintException"
    here = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=here)
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == "eu-west-1"
    with pytest.raises(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=here)


def test_a_policy_and_tags_are_kept_with_the_bucket(s3):
    with pytest.raises(ClientError) as caught:
        s3.get_bucket_policy(Bucket=BUCKET)
    assert code(caught) == ("NoSuchBucketPolicy", 404)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy)
    tags = [{"Key": "workshop", "Value": "yes"}]
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})
    assert s3.get_bucket_policy(Bucket=BUCKET)["Policy"] == policy
    assert s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"] == tags
    with pytest.raises(ClientError) as caught:
        s3.put_bucket_policy(Bucket=BUCKET, Policy="{")
    assert code(caught) == ("MalformedPolicy", 400)
    s3.delete_bucket_policy(Bucket=BUCKET)
    with pytest.raises(ClientError):
        s3.get_bucket_policy(Bucket=BUCKET)


def test_nothing_is_public_until_somebody_opens_it(s3):
    settings = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert len(settings) == 4 and all(settings.values())
    s3.put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration={**settings, "BlockPublicAcls": False}
    )
    settings = s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"]
    assert not settings["BlockPublicAcls"] and settings["BlockPublicPolicy"]


def test_another_owner_is_refused(s3):
    put(s3, "k")
    assert body(s3, "k", ExpectedBucketOwner="000000000000") == b"k"
    with pytest.raises(ClientError) as caught:
        body(s3, "k", ExpectedBucketOwner="111111111111")
    assert code(caught) == ("AccessDenied", 403)


def test_resources_work(session, s3):
    bucket = session.resource("s3").Bucket(BUCKET)
    bucket.put_object(Key="a/1", Body=b"one")
    bucket.Object("a/2").put(Body=b"two")
    assert [entry.key for entry in bucket.objects.filter(Prefix="a/")] == ["a/1", "a/2"]
    assert bucket.Object("a/2").get()["Body"].read() == b"two"
    assert bucket.Object("a/1").content_length == 3
    assert [entry.key for entry in bucket.objects.page_size(1)] == ["a/1", "a/2"]
    bucket.objects.all().delete()
    bucket.delete()
    assert list(session.resource("s3").buckets.all()) == []


def test_waiters_see_what_is_there(s3):
    put(s3, "k")
    s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)
    s3.get_waiter("object_exists").wait(Bucket=BUCKET, Key="k")
    s3.get_waiter("object_not_exists").wait(Bucket=BUCKET, Key="nothing")
