"""What to tell a person when something fails: one line, and in it the next step."""

from __future__ import annotations

from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy.exceptions import ConnectionError as NoConnection
from opensearchpy.exceptions import NotFoundError, OpenSearchException, TransportError

from ..search import EmptyQuery
from ..state import NotReady
from ..titan import EmbedError
from ..vector_index import SearchError

THROTTLED = {"ThrottlingException", "TooManyRequestsException", "ServiceQuotaExceededException", "ModelNotReadyException"}
BUSY = "{service} is busy ({code}). Wait ten seconds, then search again."


def advice(error: Exception) -> str:
    """One line for a person: what happened, and what to do next."""
    if isinstance(error, ClientError):
        return _of_aws(error)
    if isinstance(error, BotoCoreError):
        return f"AWS can't be reached ({type(error).__name__}). Check the network and your credentials, then search again."
    if isinstance(error, OpenSearchException):
        return _of_opensearch(error)
    if isinstance(error, EmptyQuery | EmbedError | NotReady | SearchError | PermissionError | FileNotFoundError | ValueError):
        return str(error)  # these name their next step
    return f"That did not work ({type(error).__name__}: {error}). Restart the kernel and run this notebook from the top."


def _of_aws(error: ClientError) -> str:
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    operation = error.operation_name
    if code in THROTTLED:
        return BUSY.format(service="Titan" if operation == "InvokeModel" else "Personalize", code=code)
    if operation == "GetPersonalizedRanking" and code == "ResourceNotFoundException":
        return "The campaign is gone, or not ready. Run notebook 05 (train and deploy the ranker) again, then search again."
    if operation == "PutEvents":
        return f"The click was not taken ({message}). Run notebook 05 again: it makes the event tracker."
    if code == "AccessDeniedException":
        return f"AWS does not allow {operation} for your role. Add the permission, or choose another role, then search again."
    return f"AWS refused ({code}): {message} Wait and search again; if it stays, run notebook 05 again."


def _of_opensearch(error: OpenSearchException) -> str:
    if isinstance(error, NotFoundError):
        return "The index is missing. Run notebook 03 (find similar images) again, then search again."
    if isinstance(error, TransportError) and error.status_code == 429:
        return BUSY.format(service="OpenSearch", code=429)
    if isinstance(error, NoConnection):
        return "OpenSearch does not answer. See that it runs and that OPENSEARCH_URL is right, then search again."
    return f"OpenSearch refused ({type(error).__name__}). Run notebook 03 again, then search again."
