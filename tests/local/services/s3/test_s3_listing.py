"""Listings page by page, and what boto3's resources and waiters make of them."""

import pytest
from botocore.exceptions import ClientError

BUCKET = "pictures"


def test_pages_together_are_the_whole_listing(s3, put):
    keys = sorted(f"{folder}/{n}" for folder in ("a", "b") for n in range(7))
    put(*keys)
    for size in (1, 3, 14, 15):
        pages = list(
            s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, PaginationConfig={"PageSize": size})
        )
        assert [entry["Key"] for page in pages for entry in page["Contents"]] == keys
        assert len(pages) == -(-len(keys) // size)
        assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_prefix_and_a_delimiter_show_one_level(s3, put):
    put("top", "a/1", "a/2", "a/b/3", "ab/4", "z/5")
    answer = s3.list_objects_v2(Bucket=BUCKET, Delimiter="/")
    assert [entry["Key"] for entry in answer["Contents"]] == ["top"]
    assert [entry["Prefix"] for entry in answer["CommonPrefixes"]] == ["a/", "ab/", "z/"]
    assert answer["KeyCount"] == 4
    answer = s3.list_objects_v2(Bucket=BUCKET, Prefix="a/", Delimiter="/")
    assert [entry["Key"] for entry in answer["Contents"]] == ["a/1", "a/2"]
    assert [entry["Prefix"] for entry in answer["CommonPrefixes"]] == ["a/b/"]
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="a")["KeyCount"] == 4
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="nothing")["KeyCount"] == 0


def test_pages_with_a_delimiter_repeat_no_prefix(s3, put):
    put("a", "b/1", "b/2", "c", "d/1", "d/2", "e")
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=BUCKET, Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    seen = [
        entry.get("Key") or entry["Prefix"]
        for page in pages
        for entry in page.get("Contents", []) + page.get("CommonPrefixes", [])
    ]
    assert seen == ["a", "b/", "c", "d/", "e"]


def test_a_listing_starts_after_a_key_and_refuses_an_invented_token(s3, put, code):
    put("a", "b", "c")
    assert [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET, StartAfter="a")["Contents"]] == [
        "b",
        "c",
    ]
    with pytest.raises(ClientError) as caught:
        s3.list_objects_v2(Bucket=BUCKET, ContinuationToken="é")
    assert code(caught) == ("InvalidArgument", 400)


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


def test_waiters_see_what_is_there(s3, put):
    put("k")
    s3.get_waiter("bucket_exists").wait(Bucket=BUCKET)
    s3.get_waiter("object_exists").wait(Bucket=BUCKET, Key="k")
    s3.get_waiter("object_not_exists").wait(Bucket=BUCKET, Key="nothing")
