"""What goes wrong with a call while AWS goes on working: sign-ins expire, networks drop, clocks sleep, services are busy."""

from __future__ import annotations

from botocore import exceptions as botocore_errors
from botocore.exceptions import BotoCoreError, ClientError

# unconfirmed: which service sends which of these; the first two are in botocore's models, the others in AWS's list of
# common errors as remembered.
_EXPIRED_CODES = {
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired", "InvalidClientTokenId",
    "UnrecognizedClientException",
}  # fmt: skip
_NOT_SIGNED_IN = (
    botocore_errors.SSOError,  # UnauthorizedSSOTokenError, SSOTokenLoadError
    botocore_errors.LoginError,
    botocore_errors.TokenRetrievalError,
    botocore_errors.CredentialRetrievalError,
    botocore_errors.NoCredentialsError,
    botocore_errors.PartialCredentialsError,
    botocore_errors.RefreshWithMFAUnsupportedError,
)
_CLOCK_CODES = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_BUSY_CODES = {
    "TooManyRequestsException", "RequestLimitExceeded", "SlowDown", "RequestTimeout", "RequestTimeoutException",
    "InternalFailure", "InternalError", "ServiceUnavailable",
}  # fmt: skip


class OneLine(Exception):
    """An exception whose message says all: a notebook shows it as one line, without the calls that led to it."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for it
        return [f"{type(self).__name__}: {self}"]


class SignInAgain(OneLine, RuntimeError):
    """The sign-in to AWS has expired; the message says how to renew it. What runs on AWS goes on."""


def sign_in_again(error: Exception) -> SignInAgain:
    """What to tell a reader whose sign-in has expired, as `error` has shown."""
    code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
    return SignInAgain(
        f"Your sign-in to AWS has expired, or is no longer valid ({code}). Nothing is lost, and what was started on AWS goes on. "
        "Sign in as you did before (`aws sso login`, `aws login`, or new keys by `aws configure`), then run this cell again: it "
        "goes on where it stopped. The kernel can stay as it is."
    )


def is_expired(error: Exception) -> bool:
    """Whether it takes a new sign-in to get past this error of botocore."""
    if isinstance(error, ClientError):
        return error.response["Error"].get("Code") in _EXPIRED_CODES
    return isinstance(error, _NOT_SIGNED_IN)


def passing_trouble(error: Exception) -> str:
    """In a few words what is wrong if time alone may mend it, such as "no network"; "" for every other error."""
    if isinstance(error, ClientError):
        problem, answer = error.response["Error"], error.response.get("ResponseMetadata", {})
        code, status = problem.get("Code", ""), answer.get("HTTPStatusCode", 0)
        # unconfirmed: the words that services put into an InvalidSignatureException when a laptop has slept
        late = code == "InvalidSignatureException" and "Signature" in problem.get("Message", "")
        if code in _CLOCK_CODES or late:
            return "the clock of this computer is wrong"
        busy = "Throttl" in code or code in _BUSY_CODES or status == 429 or status >= 500
        return "AWS is too busy to answer" if busy else ""
    lost = (botocore_errors.ConnectionError, botocore_errors.HTTPClientError)
    return "no network" if isinstance(error, BotoCoreError) and isinstance(error, lost) else ""
