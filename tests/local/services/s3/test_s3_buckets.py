"""Buckets and the documents attached to them."""

import json

import pytest
from botocore.exceptions import ClientError

from helpers.local.services.s3 import S3
from helpers.local.session import LocalSession

BUCKET = "pictures"


def test_buckets_are_made_found_and_deleted_when_empty(s3, put, code):
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == [BUCKET]
    assert s3.head_bucket(Bucket=BUCKET)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] is None
    put("k")
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
def test_a_bucket_name_that_aws_refuses_is_refused(s3, name, code):
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(Bucket=name)
    assert code(caught) == ("InvalidBucketName", 400)


def test_outside_us_east_1_a_bucket_names_its_region(files, code):
    s3 = LocalSession({"s3": S3(files, "eu-west-1")}, "eu-west-1").client("s3")
    with pytest.raises(ClientError) as caught:
        s3.create_bucket(Bucket=BUCKET)
    assert code(caught)[0] == "IllegalLocationConstraintException"
    here = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=here)
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == "eu-west-1"
    with pytest.raises(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=here)


def test_a_policy_and_tags_are_kept_with_the_bucket(s3, code):
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


def test_another_owner_is_refused(s3, put, body, code):
    put("k")
    assert body("k", ExpectedBucketOwner="000000000000") == b"k"
    with pytest.raises(ClientError) as caught:
        body("k", ExpectedBucketOwner="111111111111")
    assert code(caught) == ("AccessDenied", 403)
