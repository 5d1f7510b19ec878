"""Buckets and objects, from the first byte to the last."""

import base64
import hashlib

MEBIBYTE = 1 << 20


def _bucket(account, name):
    account.client("s3").create_bucket(Bucket=name)
    return {"Bucket": name}


def a_bucket_lives_and_goes(account):
    s3, here = account.client("s3"), _bucket(account, "contract-bucket")
    s3.get_waiter("bucket_exists").wait(**here)
    assert s3.head_bucket(**here)["BucketRegion"] == "us-east-1"
    assert s3.get_bucket_location(**here)["LocationConstraint"] is None
    assert "contract-bucket" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    account.refuses("NoSuchBucketPolicy", s3.get_bucket_policy, **here)
    policy = '{"Statement": [{"Effect": "Allow"}]}'
    s3.put_bucket_policy(**here, Policy=policy)
    assert s3.get_bucket_policy(**here)["Policy"] == policy
    account.refuses("MalformedPolicy", s3.put_bucket_policy, **here, Policy="{}")
    s3.delete_bucket_policy(**here)
    account.refuses("NoSuchTagSet", s3.get_bucket_tagging, **here)
    s3.put_bucket_tagging(**here, Tagging={"TagSet": [{"Key": "project", "Value": "search"}]})
    assert s3.get_bucket_tagging(**here)["TagSet"] == [{"Key": "project", "Value": "search"}]
    closed = s3.get_public_access_block(**here)["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(**here, PublicAccessBlockConfiguration=closed)
    encrypted = s3.get_bucket_encryption(**here)["ServerSideEncryptionConfiguration"]
    assert encrypted["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    s3.put_bucket_encryption(**here, ServerSideEncryptionConfiguration=encrypted)
    s3.put_object(**here, Key="k")
    account.refuses("BucketNotEmpty", s3.delete_bucket, **here)
    s3.delete_object(**here, Key="k")
    s3.delete_bucket(**here)
    account.refuses("404", s3.head_bucket, **here)
    account.refuses("NoSuchBucket", s3.list_objects_v2, **here)
    s3.get_waiter("bucket_not_exists").wait(**here)


def buckets_are_refused(account):
    s3 = account.client("s3")
    account.refuses("InvalidBucketName", s3.create_bucket, Bucket="Capitals")
    abroad = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    account.refuses("IllegalLocationConstraintException", s3.create_bucket, Bucket="abroad", **abroad)
    account.refuses("InvalidArgument", s3.create_bucket, Bucket="nowhere",
                    CreateBucketConfiguration={"LocationConstraint": "atlantis-1"})  # fmt: skip
    account.refuses("403", s3.head_bucket, Bucket=account.cloud.bucket, ExpectedBucketOwner="111111111111")
    account.refuses("AccessDenied", s3.list_objects_v2, Bucket=account.cloud.bucket, ExpectedBucketOwner="111111111111")
    europe = account.in_region("eu-west-1").client("s3")
    europe.create_bucket(Bucket="abroad", **abroad)
    assert europe.get_bucket_location(Bucket="abroad")["LocationConstraint"] == "eu-west-1"
    account.refuses("BucketAlreadyOwnedByYou", europe.create_bucket, Bucket="abroad", **abroad)


def an_object_is_put_read_copied_and_deleted(account):
    s3, here = account.client("s3"), _bucket(account, "contract-objects")
    body = b"0123456789"
    md5 = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    put = s3.put_object(**here, Key="a/k", Body=body, ContentType="text/plain", Metadata={"By": "me"}, ContentMD5=md5)
    s3.get_waiter("object_exists").wait(**here, Key="a/k")
    whole = s3.get_object(**here, Key="a/k")
    assert whole["Body"].read() == body and whole["Metadata"] == {"by": "me"}
    headers = whole["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["etag"], headers["content-length"], headers["content-type"]) == (put["ETag"], "10", "text/plain")
    assert whole["ResponseMetadata"]["HTTPStatusCode"] == 200
    part = s3.get_object(**here, Key="a/k", Range="bytes=2-4")
    assert part["Body"].read() == b"234" and part["ContentRange"] == "bytes 2-4/10"
    assert part["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert s3.head_object(**here, Key="a/k", IfMatch=put["ETag"])["ContentLength"] == 10
    copied = s3.copy_object(**here, Key="b", CopySource={**here, "Key": "a/k"})
    assert copied["CopyObjectResult"]["ETag"] == put["ETag"]
    gone = s3.delete_object(**here, Key="a/k")
    assert gone["ResponseMetadata"]["HTTPStatusCode"] == 204
    s3.get_waiter("object_not_exists").wait(**here, Key="a/k")
    deleted = s3.delete_objects(**here, Delete={"Objects": [{"Key": "b"}, {"Key": "never"}]})["Deleted"]
    assert deleted == [{"Key": "b"}, {"Key": "never"}]


def objects_are_refused(account):
    s3, here = account.client("s3"), _bucket(account, "contract-refusals")
    s3.put_object(**here, Key="k", Body=b"abc")
    account.refuses("NoSuchKey", s3.get_object, **here, Key="nothing")
    account.refuses("404", s3.head_object, **here, Key="nothing")
    account.refuses("403", s3.head_object, **here, Key="k", ExpectedBucketOwner="111111111111")
    account.refuses("412", s3.head_object, **here, Key="k", IfMatch='"other"')
    account.refuses("PreconditionFailed", s3.get_object, **here, Key="k", IfMatch='"other"')
    account.refuses("PreconditionFailed", s3.put_object, **here, Key="k", IfNoneMatch="*")
    account.refuses("InvalidRange", s3.get_object, **here, Key="k", Range="bytes=9-")
    account.refuses("BadDigest", s3.put_object, **here, Key="k", Body=b"abc", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==")
    account.refuses("KeyTooLongError", s3.put_object, **here, Key="k" * 1025)
    account.refuses("InvalidRequest", s3.copy_object, **here, Key="k", CopySource={**here, "Key": "k"})
    account.refuses("InvalidArgument", s3.copy_object, **here, Key="k", CopySource="nokey")
    account.refuses("InvalidArgument", s3.put_object, **here, Key="k", ServerSideEncryption="rot13")
    account.refuses("InvalidArgument", s3.list_objects_v2, **here, ContinuationToken="%")
    account.refuses("MalformedXML", s3.delete_objects, **here, Delete={"Objects": []})
    account.refuses("NoSuchBucket", s3.put_object, Bucket="contract-nothing", Key="k")


def keys_are_listed_page_by_page(account):
    s3, here = account.client("s3"), _bucket(account, "contract-listing")
    keys = ["a", "b/1", "b/2", "c d", "é"]
    for key in keys:
        s3.put_object(**here, Key=key)
    for operation in ("list_objects_v2", "list_objects"):
        pages = list(s3.get_paginator(operation).paginate(**here, PaginationConfig={"PageSize": 2}))
        assert [item["Key"] for page in pages for item in page["Contents"]] == keys
        assert [page["IsTruncated"] for page in pages] == [True, True, False]
    folders = s3.list_objects_v2(**here, Delimiter="/", StartAfter="a")
    assert folders["CommonPrefixes"] == [{"Prefix": "b/"}] and folders["KeyCount"] == 3
    assert "Contents" not in s3.list_objects_v2(**here, Prefix="nothing")


def a_large_file_goes_up_in_parts(account):
    s3, here = account.client("s3"), _bucket(account, "contract-parts")
    upload = {**here, "Key": "large"}
    s3.put_object(**here, Key="source", Body=bytes(5 * MEBIBYTE))
    upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
    first = s3.upload_part_copy(**upload, PartNumber=1, CopySource={**here, "Key": "source"})["CopyPartResult"]["ETag"]
    second = s3.upload_part(**upload, PartNumber=2, Body=b"end")["ETag"]
    parts = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
    complete = s3.complete_multipart_upload
    account.refuses("InvalidArgument", s3.upload_part, **upload, PartNumber=10_001)
    account.refuses("MalformedXML", complete, **upload)
    account.refuses("InvalidPartOrder", complete, **upload, MultipartUpload={"Parts": parts[::-1]})
    account.refuses("InvalidPart", complete, **upload, MultipartUpload={"Parts": [{**parts[0], "ETag": '"other"'}]})
    third = {"PartNumber": 3, "ETag": s3.upload_part(**upload, PartNumber=3, Body=b"end")["ETag"]}
    account.refuses("EntityTooSmall", complete, **upload, MultipartUpload={"Parts": [*parts, third]})
    assert complete(**upload, MultipartUpload={"Parts": parts})["ETag"].endswith('-2"')
    assert s3.head_object(**here, Key="large")["ContentLength"] == 5 * MEBIBYTE + 3
    account.refuses("NoSuchUpload", s3.abort_multipart_upload, **upload)
    upload["UploadId"] = s3.create_multipart_upload(**here, Key="large")["UploadId"]
    assert s3.abort_multipart_upload(**upload)["ResponseMetadata"]["HTTPStatusCode"] == 204
