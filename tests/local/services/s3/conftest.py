"""S3 in a temporary folder, behind the genuine client, and what its tests keep doing with it."""

from collections.abc import Callable

import pytest

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


@pytest.fixture
def put(s3) -> Callable:
    """A function that puts objects which hold their own keys."""

    def put(*keys: str) -> None:
        for key in keys:
            s3.put_object(Bucket=BUCKET, Key=key, Body=key.encode())

    return put


@pytest.fixture
def body(s3) -> Callable:
    """A function that reads an object."""

    def body(key: str, **more) -> bytes:
        return s3.get_object(Bucket=BUCKET, Key=key, **more)["Body"].read()

    return body


@pytest.fixture
def code() -> Callable:
    """A function from a caught error to its code and HTTP status."""

    def code(caught) -> tuple[str, int]:
        response = caught.value.response
        return response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]

    return code
