"""Which errors a new sign-in mends, which time mends, and which nothing mends."""

from __future__ import annotations

import pytest
from botocore import exceptions as errors
from botocore.exceptions import ClientError

from helpers.outages import is_expired, passing_trouble, sign_in_again


def refusal(code, status=400, message=""):
    return ClientError({"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}, "Describe")


EXPIRED = [
    refusal("ExpiredToken"),
    refusal("ExpiredTokenException", 403),
    errors.UnauthorizedSSOTokenError(),
    errors.SSOTokenLoadError(error_msg="no file"),
    errors.TokenRetrievalError(provider="sso", error_msg="expired"),
    errors.CredentialRetrievalError(provider="sso", error_msg="refresh failed"),
    errors.LoginRefreshRequired(),
    errors.NoCredentialsError(),
]
PASSING = [
    (errors.EndpointConnectionError(endpoint_url="https://x"), "no network"),
    (errors.ConnectTimeoutError(endpoint_url="https://x"), "no network"),
    (errors.ReadTimeoutError(endpoint_url="https://x"), "no network"),
    (errors.ConnectionClosedError(endpoint_url="https://x"), "no network"),
    (refusal("ThrottlingException"), "busy"),
    (refusal("SomethingElse", 503), "busy"),
    (refusal("TooManyRequestsException", 429), "busy"),
    (refusal("RequestTimeTooSkewed", 403), "clock"),
    (refusal("InvalidSignatureException", 403, "Signature expired: 1 is now earlier than 2"), "clock"),
]
LASTING = [refusal("AccessDeniedException", 403), refusal("ValidationException"), errors.NoRegionError(), ValueError("no")]


@pytest.mark.parametrize("error", EXPIRED, ids=str)
def test_an_expired_sign_in_is_told_from_everything_else(error):
    assert is_expired(error) and not passing_trouble(error)
    assert "run this cell again: it goes on where it stopped" in str(sign_in_again(error))


@pytest.mark.parametrize(("error", "words"), PASSING, ids=str)
def test_what_passes_is_named(error, words):
    assert words in passing_trouble(error) and not is_expired(error)


@pytest.mark.parametrize("error", LASTING, ids=str)
def test_what_stays_wrong_is_neither(error):
    assert not is_expired(error) and passing_trouble(error) == ""


def test_a_notebook_shows_one_line_only():
    assert sign_in_again(errors.UnauthorizedSSOTokenError())._render_traceback_()[0].count("\n") == 0
