"""Everything around the wire is genuine botocore; the wire itself is a Python object."""

import io
import socket

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError, ParamValidationError
from botocore.response import StreamingBody
from botocore.stub import Stubber

from helpers.local.errors import ServiceError
from helpers.local.session import LocalSession

CAMPAIGN = "arn:aws:personalize:us-east-1:000000000000:campaign/c"


class Runtime:
    """A few operations of personalize-runtime and its kin, each with one behaviour to look at."""

    def __init__(self):
        self.calls = []

    def get_personalized_ranking(self, *, campaignArn: str, userId: str, inputList: list) -> dict:
        self.calls.append((campaignArn, userId, inputList))
        if userId == "nobody":
            raise ServiceError("ResourceNotFoundException", "no campaign of that name")
        if userId == "odd":
            raise ServiceError("SomethingNew", "the model does not know this one")
        if userId == "wrong":
            return {"personalizedRanking": [{"itemId": 7}], "invented": True}
        return {"personalizedRanking": [{"itemId": item, "score": 0.5} for item in inputList]}

    def helper(self) -> dict:
        return {}


class Bedrock:
    def invoke_model(self, *, modelId: str, body: bytes) -> dict:
        assert isinstance(body, bytes)
        return {"body": StreamingBody(io.BytesIO(body), len(body)), "contentType": "application/json"}


@pytest.fixture(scope="module")
def services() -> dict:
    return {"bedrock-runtime": Bedrock()}


@pytest.fixture(scope="module")
def session(services) -> LocalSession:
    return LocalSession(services)  # one for all tests: botocore reads long files for a session's first client


@pytest.fixture(autouse=True)
def runtime(services) -> Runtime:
    services["personalize-runtime"] = Runtime()
    return services["personalize-runtime"]


def rank(client, user: str = "u", items: tuple = ("1", "2"), **more) -> dict:
    return client.get_personalized_ranking(campaignArn=CAMPAIGN, userId=user, inputList=list(items), **more)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    def refuse(*arguments, **_):
        raise AssertionError(f"something reached for the network: {arguments}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def test_a_service_answers_a_genuine_client(session, runtime):
    answer = rank(session.client("personalize-runtime"))
    assert [entry["itemId"] for entry in answer["personalizedRanking"]] == ["1", "2"]
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert answer["ResponseMetadata"]["RetryAttempts"] == 0
    assert runtime.calls == [(CAMPAIGN, "u", ["1", "2"])]


def test_botocore_validates_arguments_before_the_service_sees_them(session, runtime):
    with pytest.raises(ParamValidationError, match="campaignArn"):
        session.client("personalize-runtime").get_personalized_ranking(userId="u", inputList=[])
    assert runtime.calls == []


def test_a_service_error_becomes_the_modelled_exception_with_its_status(session):
    client = session.client("personalize-runtime")
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="no campaign") as caught:
        rank(client, "nobody")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
    assert caught.value.operation_name == "GetPersonalizedRanking"


def test_a_code_outside_the_model_is_a_plain_client_error(session):
    with pytest.raises(ClientError) as caught:
        rank(session.client("personalize-runtime"), "odd")
    assert type(caught.value) is ClientError
    assert caught.value.response["Error"]["Code"] == "SomethingNew"
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_unsupported_parameter_is_named_with_those_that_are_supported(session):
    with pytest.raises(NotImplementedError, match=r"get_personalized_ranking.*filterArn.*campaignArn"):
        rank(session.client("personalize-runtime"), filterArn="arn")


def test_a_parameter_that_only_we_need_is_named(session):
    with pytest.raises(NotImplementedError, match=r"bedrock-runtime.invoke_model.*needs body"):
        session.client("bedrock-runtime").invoke_model(modelId="m")


def test_an_unsupported_operation_is_named(session):
    with pytest.raises(NotImplementedError, match=r"personalize-runtime.get_recommendations\(\)"):
        session.client("personalize-runtime").get_recommendations(userId="u")


def test_an_unsupported_service_is_named(session):
    with pytest.raises(NotImplementedError, match=r"sqs.list_queues\(\).*no sqs.*personalize"):
        session.client("sqs").list_queues()


def test_a_method_that_is_no_operation_cannot_be_called(session):
    assert not hasattr(session.client("personalize-runtime"), "helper")


def test_an_answer_that_aws_would_not_give_is_an_error_of_ours(session):
    with pytest.raises(RuntimeError, match=r"(?s)personalize-runtime.get_personalized_ranking.*itemId"):
        rank(session.client("personalize-runtime"), "wrong")


def test_a_streamed_body_is_read_as_on_aws(session):
    answer = session.client("bedrock-runtime").invoke_model(modelId="m", body=b"{}")
    assert answer["body"].read() == b"{}" and answer["body"].read() == b""


def test_a_stubber_on_a_client_wins(session, runtime):
    client = session.client("personalize-runtime")
    with Stubber(client) as stubber:
        stubber.add_response("get_personalized_ranking", {"recommendationId": "stubbed"})
        assert rank(client)["recommendationId"] == "stubbed"
    assert runtime.calls == []
    assert "recommendationId" not in rank(client)


@pytest.mark.parametrize(("given", "told"), [("u" * 257, "less than or equal to 256"), (CAMPAIGN[4:], "at 'campaignArn'")])
def test_a_request_that_breaks_the_model_is_refused_before_the_service_sees_it(session, runtime, given, told):
    client = session.client("personalize-runtime")
    changed = {"campaignArn": given} if "campaign" in given else {"userId": given}
    with pytest.raises(ClientError, match=told) as caught:
        client.get_personalized_ranking(**{"campaignArn": CAMPAIGN, "userId": "u", "inputList": []} | changed)
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    assert runtime.calls == []


def test_a_service_names_its_own_refusal(session, runtime):
    runtime.INVALID_REQUEST = "InvalidInputException"
    client = session.client("personalize-runtime")
    with pytest.raises(client.exceptions.InvalidInputException):
        rank(client, "u" * 257)


def test_clients_of_other_sessions_are_untouched(session):
    once = Config(retries={"total_max_attempts": 1})
    client = boto3.Session("key", "secret", region_name="us-east-1").client(
        "personalize-runtime", config=once
    )
    with pytest.raises(HTTPClientError, match="network"):
        rank(client)


def test_two_sessions_do_not_share_services(session):
    other = LocalSession({"personalize-runtime": Runtime()}, "eu-west-1")
    assert "ResponseMetadata" in rank(other.client("personalize-runtime"))
    assert other.client("personalize-runtime").meta.region_name == "eu-west-1"
    assert session.client("personalize-runtime").meta.region_name == "us-east-1"


def test_the_readers_profile_files_and_variables_do_not_matter(tmp_path, monkeypatch):
    config = tmp_path / "config"
    config.write_text(
        "[default]\nregion = ap-south-1\nendpoint_url = https://example.invalid\nmax_attempts = 9\n"
    )
    for name, value in {
        "AWS_PROFILE": "no-such-profile",
        "AWS_DEFAULT_PROFILE": "no-such-profile",
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(config),
        "AWS_ACCESS_KEY_ID": "somebody",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_REGION": "ap-south-1",
        "AWS_DEFAULT_REGION": "ap-south-1",
        "AWS_ENDPOINT_URL": "https://example.invalid",
        "AWS_ENDPOINT_URL_PERSONALIZE_RUNTIME": "https://example.invalid",
        "AWS_MAX_ATTEMPTS": "9",
        "AWS_RETRY_MODE": "adaptive",
        "AWS_USE_FIPS_ENDPOINT": "true",
        "AWS_CA_BUNDLE": "/no/such/file",
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    models = tmp_path / ".aws" / "models" / "personalize-runtime" / "2018-05-22"
    models.mkdir(parents=True)
    (models / "service-2.json").write_text("{}")
    session = LocalSession({"personalize-runtime": Runtime()})
    client = session.client("personalize-runtime")
    assert rank(client)["personalizedRanking"]
    assert session.region_name == client.meta.region_name == "us-east-1"
    assert client.meta.endpoint_url == "https://personalize-runtime.us-east-1.amazonaws.com"
    assert client.meta.config.retries["mode"] != "adaptive"
    credentials = session.get_credentials()
    assert (credentials.access_key, credentials.token) == ("local", None)
