"""Objects, called as a reader calls them: through boto3."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from botocore.exceptions import ClientError

BUCKET = "pictures"


@pytest.mark.parametrize("content", [b"bytes \0", "täxt", io.BytesIO(b"a file"), b""])
def test_an_object_comes_back(s3, content, body):
    s3.put_object(Bucket=BUCKET, Key="k", Body=content)
    expected = {str: lambda c: c.encode(), bytes: lambda c: c}.get(type(content), lambda c: c.getvalue())(
        content
    )
    assert body("k") == expected


def test_an_object_is_a_plain_file_one_can_open(s3, files, put):
    put("clusters/train.csv")
    assert (files.root / BUCKET / "clusters" / "train.csv").read_bytes() == b"clusters/train.csv"


def test_a_file_put_there_by_hand_is_an_object(s3, files, body):
    (files.root / BUCKET / "by").mkdir()
    (files.root / BUCKET / "by" / "hand.txt").write_bytes(b"hello")
    assert body("by/hand.txt") == b"hello"
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
def test_a_range_outside_the_object_is_refused(s3, asked, code):
    s3.put_object(Bucket=BUCKET, Key="k", Body=b"0123456789")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="k", Range=asked)
    assert code(caught) == ("InvalidRange", 416)


def test_what_is_missing_has_a_modelled_exception(s3, code):
    with pytest.raises(s3.exceptions.NoSuchKey) as caught:
        s3.get_object(Bucket=BUCKET, Key="nothing")
    assert code(caught) == ("NoSuchKey", 404)
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.get_object(Bucket="nobucket", Key="k")
    with pytest.raises(s3.exceptions.NoSuchBucket):
        s3.put_object(Bucket="nobucket", Key="k", Body=b"")


def test_a_head_request_has_no_error_body_so_its_code_is_the_status(s3, code):
    for call in (
        lambda: s3.head_object(Bucket=BUCKET, Key="nothing"),
        lambda: s3.head_object(Bucket="nobucket", Key="k"),
        lambda: s3.head_bucket(Bucket="nobucket"),
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert code(caught) == ("404", 404)


def test_deleting_is_quiet_about_what_is_not_there(s3, files, put):
    put("a/b/c")
    for _ in range(2):
        assert s3.delete_object(Bucket=BUCKET, Key="a/b/c")["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert list((files.root / BUCKET).iterdir()) == []  # no empty folders stay behind


def test_many_keys_are_deleted_in_one_call(s3, put):
    put("a", "b", "c")
    keys = [{"Key": key} for key in ("a", "b", "never there")]
    assert s3.delete_objects(Bucket=BUCKET, Delete={"Objects": keys})["Deleted"] == keys
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["c"]
    quiet = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "c"}], "Quiet": True})
    assert "Deleted" not in quiet and "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_a_key_may_be_the_folder_of_another_in_any_order(s3, put, body):
    for order in (["a", "a/b", "a/b/c", "a/"], ["a/b/c", "a/", "a/b", "a"]):
        put(*order)
        assert all(body(key) == key.encode() for key in order)
        assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == sorted(order)
        put(*order)
        for key in order:
            s3.delete_object(Bucket=BUCKET, Key=key)
            with pytest.raises(s3.exceptions.NoSuchKey):
                body(key)
        assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_random_awkward_keys_live_side_by_side(s3, files, put, body):
    random = Random(5)
    pieces = ["a", "..", "/", "//", ".", "%", "\\", "é", "?", "x" * 120]
    keys = sorted({"".join(random.choices(pieces, k=random.randint(1, 6))) for _ in range(150)})
    put(*keys)
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": 40})
    assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
    assert all(body(key) == key.encode() for key in keys)
    outside = [path for path in files.store.root.parent.iterdir() if path != files.store.root]
    assert outside == []


def test_a_key_of_more_than_1024_bytes_is_too_long(s3, put, code):
    put("é" * 512)
    with pytest.raises(ClientError) as caught:
        put("é" * 513)
    assert code(caught) == ("KeyTooLongError", 400)
