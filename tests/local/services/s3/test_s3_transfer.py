"""Uploads and downloads through boto3's transfer manager, in parts and in parallel."""

import hashlib
import io
from random import Random

import pytest
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

from helpers.local.services.s3 import S3, ObjectFiles
from helpers.local.session import LocalSession
from helpers.local.store import Store

MB = 1 << 20
BIG = Random(3).randbytes(12 * MB + 345)  # above boto3's 8 MB, so it goes in two parts


@pytest.fixture(scope="module")
def services() -> dict:
    return {}


@pytest.fixture(scope="module")
def client(services):
    return LocalSession(services).client("s3")  # reading S3's model takes a while: once is enough


@pytest.fixture
def s3(client, services, tmp_path):
    services["s3"] = S3(ObjectFiles(Store(tmp_path / "cloud")))
    client.create_bucket(Bucket="big")
    return client


@pytest.mark.parametrize("content", [b"", b"small", BIG], ids=["empty", "small", "big"])
def test_a_file_goes_up_and_comes_down(s3, tmp_path, content):
    (tmp_path / "up").write_bytes(content)
    sent, received = [], []
    s3.upload_file(str(tmp_path / "up"), "big", "k", Callback=sent.append, ExtraArgs={"ContentType": "a/b"})
    s3.download_file("big", "k", str(tmp_path / "down"), Callback=received.append)
    assert (tmp_path / "down").read_bytes() == content
    assert sum(sent) == sum(received) == len(content)
    assert s3.head_object(Bucket="big", Key="k")["ContentType"] == "a/b"


def test_a_stream_goes_up_in_parts_at_once_and_comes_down_in_ranges(s3):
    config = TransferConfig(multipart_threshold=5 * MB, multipart_chunksize=5 * MB, max_concurrency=4)
    s3.upload_fileobj(io.BytesIO(BIG), "big", "k", Config=config)
    down = io.BytesIO()
    s3.download_fileobj("big", "k", down, Config=config)
    assert down.getvalue() == BIG
    digests = b"".join(
        hashlib.md5(BIG[start : start + 5 * MB]).digest() for start in range(0, len(BIG), 5 * MB)
    )
    assert s3.head_object(Bucket="big", Key="k")["ETag"] == f'"{hashlib.md5(digests).hexdigest()}-3"'


def test_a_big_object_is_copied_in_parts(s3):
    s3.put_object(Bucket="big", Key="k", Body=BIG)
    s3.copy({"Bucket": "big", "Key": "k"}, "big", "copy")
    assert s3.get_object(Bucket="big", Key="copy")["Body"].read() == BIG


def test_a_missing_object_is_a_404(s3, tmp_path):
    with pytest.raises(ClientError) as caught:
        s3.download_file("big", "nothing", str(tmp_path / "down"))
    assert caught.value.response["Error"]["Code"] == "404"
    assert not (tmp_path / "down").exists()


def start(s3, **more) -> str:
    return s3.create_multipart_upload(Bucket="big", Key="k", **more)["UploadId"]


def part(s3, upload: str, number: int, content: bytes) -> dict:
    named = {"Bucket": "big", "Key": "k", "UploadId": upload, "PartNumber": number}
    return {"PartNumber": number, "ETag": s3.upload_part(**named, Body=content)["ETag"]}


def complete(s3, upload: str, *parts: dict) -> None:
    s3.complete_multipart_upload(
        Bucket="big", Key="k", UploadId=upload, MultipartUpload={"Parts": list(parts)}
    )


def test_parts_may_come_in_any_order_and_the_object_is_there_only_at_the_end(s3, tmp_path):
    upload = start(s3, Metadata={"a": "b"})
    last, first = part(s3, upload, 7, b"end"), part(s3, upload, 2, b"x" * 5 * MB)
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="big", Key="k")
    complete(s3, upload, first, last)
    answer = s3.get_object(Bucket="big", Key="k")
    assert answer["Body"].read() == b"x" * 5 * MB + b"end"
    assert answer["Metadata"] == {"a": "b"}
    assert not list((tmp_path / "cloud").rglob("*.part"))
    with pytest.raises(s3.exceptions.NoSuchUpload):
        complete(s3, upload, first, last)


def test_an_upload_that_aws_refuses_is_refused(s3):
    upload = start(s3)
    one, two = part(s3, upload, 1, b"small"), part(s3, upload, 2, b"end")
    for expected, parts in {
        "EntityTooSmall": [one, two],
        "InvalidPartOrder": [two, one],
        "InvalidPart": [{**one, "ETag": '"other"'}],
        "MalformedXML": [],
    }.items():
        with pytest.raises(ClientError) as caught:
            complete(s3, upload, *parts)
        assert caught.value.response["Error"]["Code"] == expected
    complete(s3, upload, two)
    assert s3.get_object(Bucket="big", Key="k")["Body"].read() == b"end"


def test_an_aborted_upload_is_gone(s3):
    upload = start(s3)
    part(s3, upload, 1, b"x")
    s3.abort_multipart_upload(Bucket="big", Key="k", UploadId=upload)
    for call in (
        lambda: part(s3, upload, 2, b"x"),
        lambda: part(s3, "../../x", 1, b"x"),
        lambda: s3.abort_multipart_upload(Bucket="big", Key="k", UploadId=upload),
    ):
        with pytest.raises(s3.exceptions.NoSuchUpload):
            call()
