"""The Lambda function behind the search API: `POST /search` and `POST /events`.

It searches with the notebooks' own `personalized_search` and `fuse`: the files travel as they are. Every answer is JSON;
an error is {"error": {"code", "message", "request_id"}}. What went wrong inside stands in the log, by the same request id,
and nowhere else; what was searched for, and by whom, stands in neither.
"""

import json
import time
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from opensearchpy import TransportError

from ..embedder import Embedder
from ..ranking_client import record_event
from ..search import Result, SearchEngine, personalized_search
from ..titan import EmbedError
from ..vector_index import SearchError
from .container import NoTaste, OnceEmbedder, container
from .questions import BadRequest, SearchQuestion, read_event, read_search

RETRY_SECONDS = 5
_PASSING = {  # codes of AWS errors that may be gone at the next try
    "InternalServerException", "ModelErrorException", "ModelNotReadyException", "ModelTimeoutException",
    "ServiceUnavailableException", "ThrottlingException", "TooManyRequestsException",
}  # fmt: skip
_GENERIC = "Personal ranking is not available just now, so this is the order that everybody gets."


class TryAgain(RuntimeError):
    """Something that we need does not answer just now."""


def handle(event: Any, context: Any = None) -> dict[str, Any]:
    """The response to an API Gateway event (payload format 2.0): whatever comes in, a well-formed one."""
    started, note = time.perf_counter(), dict[str, Any]()
    request_id, headers = _request_id(event, context), dict[str, str]()
    try:
        status, answer = _answer(event, note)
    except BadRequest as error:
        status, answer = error.status, _error(error.code, str(error), request_id)
    except TryAgain as error:
        cause = error.__cause__ or error
        note |= {"error": type(cause).__name__, "at": _place_of(cause)}
        headers["retry-after"] = str(RETRY_SECONDS)
        status, answer = 503, _error("try_again", "We can't answer this just now. Try again soon.", request_id)
    except Exception as error:
        note |= {"error": type(error).__name__, "at": _place_of(error)}
        message = "Something went wrong on our side. Tell us this request_id if it happens again."
        status, answer = 500, _error("internal", message, request_id)
    seconds = time.perf_counter() - started
    line = {"request_id": request_id, "status": status, "milliseconds": round(1000 * seconds, 1)} | note
    print(json.dumps({"level": "ERROR" if status >= 500 else "INFO"} | line), flush=True)
    headers |= {"content-type": "application/json", "cache-control": "no-store", "x-request-id": request_id}
    body = json.dumps({"request_id": request_id} | answer if status < 400 else answer)
    return {"statusCode": status, "headers": headers, "body": body, "isBase64Encoded": False}


def _answer(event: Any, note: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if not isinstance(event, Mapping) or event.get("version") != "2.0":
        raise BadRequest("This function answers events of an HTTP API, payload format 2.0.", "unsupported_event")
    route = event.get("routeKey")
    if route == "POST /search":
        note["route"] = route
        return 200, _search(read_search(event), note)
    if route == "POST /events":
        note["route"] = route
        return 202, _record(event, note)
    raise BadRequest("There are POST /search and POST /events, and nothing else.", "not_found", 404)


def _search(question: SearchQuestion, note: dict[str, Any]) -> dict[str, Any]:
    """What `POST /search` answers: the pictures, best first, and whether their order is personal."""
    note |= {"words": question.text is not None, "picture": question.image is not None, "user": question.user_id is not None}
    note["size"] = question.size
    engine = container().engine
    once: Embedder = OnceEmbedder(engine.embedder)
    engine = replace(engine, embedder=once)
    answer: dict[str, Any] = {"personalized": question.user_id is not None}
    try:
        if question.user_id is not None and engine.campaign_arn is None:
            raise NoTaste
        found = _ask(engine, question, question.user_id)
    except NoTaste as error:
        found, cause = _ask(engine, question, None), error.__cause__
        answer = {"personalized": False, "degraded": True, "notice": _GENERIC}
        note |= {"degraded": True, "cause": _code_of(cause) if cause else "no campaign"}
    note["found"] = len(found)
    results = [{key: value for key, value in asdict(result).items() if value is not None} for result in found]
    return answer | {"results": results}


def _ask(engine: SearchEngine, question: SearchQuestion, user_id: str | None) -> list[Result]:
    text, image = question.text, question.image
    try:
        return personalized_search(
            engine, text=text, image=image, user_id=user_id, weight=question.weight, size=question.size
        )
    except EmbedError as error:
        if error.__cause__ is not None and _code_of(error.__cause__) != "ValidationException":
            raise
        message = "No vector comes of this query. Send a shorter text in English, or a whole JPEG or PNG picture."
        raise BadRequest(message, "query_refused") from error
    except (BotoCoreError, SearchError) as error:
        raise TryAgain from error
    except ClientError as error:
        if _code_of(error) not in _PASSING:
            raise
        raise TryAgain from error
    except TransportError as error:  # opensearch-py says N/A where no answer came at all
        if isinstance(error.status_code, int) and error.status_code < 500 and error.status_code != 429:
            raise
        raise TryAgain from error


def _record(event: Mapping[str, Any], note: dict[str, Any]) -> dict[str, Any]:
    """What `POST /events` answers once Personalize has the event."""
    report, here = read_event(event), container()
    note["type"] = report.event_type
    if here.tracking_id is None:
        raise TryAgain
    try:
        record_event(
            here.personalize_events, here.tracking_id, report.user_id, report.session_id, report.cluster, report.event_type
        )
    except (BotoCoreError, ClientError) as error:
        raise TryAgain from error
    return {"recorded": True}


def _error(code: str, message: str, request_id: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, "request_id": request_id}}


def _request_id(event: Any, context: Any) -> str:
    """API Gateway's own id of the request, which its client sees too; else Lambda's, else a new one."""
    asked = event.get("requestContext") if isinstance(event, Mapping) else None
    found = asked.get("requestId") if isinstance(asked, Mapping) else None
    if not isinstance(found, str) or not 0 < len(found) <= 100 or not found.isascii() or not found.isprintable():
        found = getattr(context, "aws_request_id", None)
    return found if isinstance(found, str) else str(uuid.uuid4())


def _code_of(error: BaseException) -> str:
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__


def _place_of(error: BaseException) -> str:
    """Where an error came up, "vector_index.py:148": its text might repeat the query, so it is not logged."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "nowhere"
