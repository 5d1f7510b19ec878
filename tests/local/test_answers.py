"""What a service answers, as botocore would have read it from AWS."""

import io
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import pytest
from botocore.response import StreamingBody
from botocore.session import get_session

from helpers.local.answers import answered, refused
from helpers.local.errors import ServiceError


@pytest.fixture(scope="module")
def model():
    """A function from service and operation to botocore's model of it."""
    session = get_session()
    return lambda service, operation: session.get_service_model(service).operation_model(operation)


@pytest.fixture
def describe_campaign(model):
    return model("personalize", "DescribeCampaign")


def metadata_of(response) -> dict:
    return response[1]["ResponseMetadata"]


def test_an_answer_carries_what_aws_always_sends(describe_campaign):
    metadata = metadata_of(answered({}, describe_campaign, 2))
    assert (metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (200, 2)
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert parsedate_to_datetime(metadata["HTTPHeaders"]["date"]).tzinfo is not None
    assert metadata_of(answered({}, describe_campaign, 0))["RequestId"] != metadata["RequestId"]


def test_s3_names_the_host_that_answered(model):
    metadata = metadata_of(answered({}, model("s3", "PutObject"), 0))
    assert metadata["HostId"] == metadata["HTTPHeaders"]["x-amz-id-2"]
    assert metadata["RequestId"] == metadata["HTTPHeaders"]["x-amz-request-id"]


def test_members_that_travel_as_headers_are_among_the_headers(model):
    changed = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    answer = {"ContentLength": 3, "LastModified": changed, "ETag": '"abc"', "Body": StreamingBody(io.BytesIO(b"abc"), 3)}
    http, body = answered(answer, model("s3", "GetObject"), 0)
    headers = body["ResponseMetadata"]["HTTPHeaders"]
    assert (headers["content-length"], headers["etag"]) == ("3", '"abc"') and "body" not in headers
    assert headers["last-modified"] == "Fri, 02 Jan 2026 03:04:05 GMT"
    assert http.headers["ETag"] == '"abc"'


def test_the_status_is_the_operations_own_unless_the_answer_brings_one(model):
    assert metadata_of(answered({}, model("s3", "DeleteObject"), 0))["HTTPStatusCode"] == 204
    partly = {"ResponseMetadata": {"HTTPStatusCode": 206}}
    http, body = answered(partly, model("s3", "GetObject"), 0)
    assert http.status_code == body["ResponseMetadata"]["HTTPStatusCode"] == 206
    assert {"RequestId", "HTTPHeaders", "RetryAttempts"} <= body["ResponseMetadata"].keys()


def test_dates_kept_as_text_become_datetimes(describe_campaign):
    campaign = answered({"campaign": {"creationDateTime": "2026-01-02T03:04:05+00:00"}}, describe_campaign, 0)[1]["campaign"]
    assert campaign["creationDateTime"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("campaign", "problem"),
    [
        ({"name": 7}, "Invalid type"),
        ({"invented": "x"}, "Unknown parameter"),
        ({"name": "c" * 64}, "less than or equal to 63"),
        ({"campaignArn": "campaign/c"}, "regular expression pattern"),
        ({"creationDateTime": "yesterday"}, "yesterday"),
    ],
)
def test_an_answer_that_aws_would_not_give_is_an_error_of_ours(describe_campaign, campaign, problem):
    with pytest.raises(RuntimeError, match=rf"(?s)personalize\.describe_campaign\(\).*{problem}"):
        answered({"campaign": campaign}, describe_campaign, 0)


def test_an_element_without_text_is_none(model):
    assert answered({"LocationConstraint": None}, model("s3", "GetBucketLocation"), 0)[1]["LocationConstraint"] is None


def test_a_modelled_error_has_its_status_and_its_text_in_its_member_too(model):
    operation = model("personalize-runtime", "GetPersonalizedRanking")
    http, body = refused(ServiceError("ResourceNotFoundException", "none"), operation, 1)
    assert http.status_code == body["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert body["Error"] == {"Code": "ResourceNotFoundException", "Message": "none"} and body["message"] == "none"
    assert body["ResponseMetadata"]["RetryAttempts"] == 1


def test_another_error_has_the_status_that_it_brings_or_400(model):
    operation = model("s3", "GetObject")
    assert metadata_of(refused(ServiceError("InvalidRange", "no", 416), operation, 0))["HTTPStatusCode"] == 416
    assert metadata_of(refused(ServiceError("MalformedXML", "no"), operation, 0))["HTTPStatusCode"] == 400
