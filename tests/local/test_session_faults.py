"""Calls that fail on purpose are tried again as the client's own configuration says."""

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from helpers.local.errors import ServiceError
from helpers.local.session import LocalSession


class Runtime:
    """Ranks for everybody but nobody."""

    def get_personalized_ranking(self, *, campaignArn: str, userId: str, inputList: list) -> dict:
        if userId == "nobody":
            raise ServiceError("ResourceNotFoundException", "no campaign of that name")
        return {"personalizedRanking": [{"itemId": item} for item in inputList]}


def rank(client, user: str = "u") -> dict:
    campaign = "arn:aws:personalize:us-east-1:000000000000:campaign/c"
    return client.get_personalized_ranking(campaignArn=campaign, userId=user, inputList=["1", "2"])


class Throttled:
    """Faults for the first `times` calls."""

    def __init__(self, times: int, code: str = "ThrottlingException", status: int | None = None):
        self.left, self.error, self.asked = times, ServiceError(code, "slow down", status), []

    def __call__(self, service: str, operation: str) -> ServiceError | None:
        self.asked.append((service, operation))
        self.left -= 1
        return self.error if self.left >= 0 else None


@pytest.fixture(scope="module")
def client_with():
    """A function from faults and retry settings to a client that meets them."""
    current = {}
    session = LocalSession({"personalize-runtime": Runtime()}, faults=lambda *call: current["faults"](*call))

    def client_with(faults: Throttled, **retries):
        current["faults"] = faults
        return session.client("personalize-runtime", config=Config(retries=retries) if retries else None)

    return client_with


def test_a_throttled_call_is_tried_again_and_says_so(client_with):
    faults = Throttled(2)
    answer = rank(client_with(faults, mode="standard", max_attempts=4))
    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert faults.asked == [("personalize-runtime", "get_personalized_ranking")] * 3


@pytest.mark.parametrize(
    ("retries", "attempts"),
    [
        ({"mode": "legacy"}, 5),
        ({"mode": "standard"}, 3),
        ({"mode": "adaptive", "max_attempts": 10}, 11),
        ({"mode": "standard", "total_max_attempts": 1}, 1),
    ],
)
def test_attempts_end_where_the_clients_own_configuration_says(client_with, retries, attempts):
    faults = Throttled(100)
    with pytest.raises(ClientError) as caught:
        rank(client_with(faults, **retries))
    assert len(faults.asked) == attempts
    assert caught.value.response["Error"]["Code"] == "ThrottlingException"
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == attempts - 1


def test_a_server_error_is_tried_again_and_a_refusal_is_not(client_with):
    assert (
        rank(client_with(Throttled(1, "InternalServerError", 500)))["ResponseMetadata"]["RetryAttempts"] == 1
    )
    refused = Throttled(1, "AccessDeniedException", 403)
    with pytest.raises(ClientError, match="AccessDenied"):
        rank(client_with(refused))
    assert len(refused.asked) == 1


def test_a_genuine_error_after_retries_still_tells_how_many(client_with):
    with pytest.raises(ClientError) as caught:
        rank(client_with(Throttled(2)), "nobody")
    assert caught.value.response["ResponseMetadata"]["RetryAttempts"] == 2
