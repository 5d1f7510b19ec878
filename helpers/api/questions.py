"""From an API Gateway event to a question that can be answered, or to a BadRequest that says what is wrong with it.

Whatever comes in ends in one of the two: nobody has looked at the body before, and anybody may have written it.
Source of the event: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html,
payload format version 2.0.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..fusion import DEFAULT_WEIGHT
from .pictures import size_of

MOST_CHARACTERS = 256  # of a query: Titan takes 256 tokens, and none is shorter than a character of English
MOST_PICTURE_BYTES = 4_500_000  # in base64 a third more: Lambda takes events of 6 MB
MOST_BODY_BYTES = 6_100_000
MOST_PIXELS = 2048  # on either side: Titan refuses a longer picture
MOST_RESULTS = 100
EVENT_TYPES = ("view", "favorite", "download")  # those of the click log that the ranker learned from
_ID = re.compile(r"[\w.:@+-]{1,256}", re.ASCII)  # Personalize takes any 256 characters; nobody's ids need more than these


class BadRequest(ValueError):
    """What the client sent can't be answered; the message tells the client why.

    status: of HTTP. code: a short word for the client's code to look at.
    """

    def __init__(self, message: str, code: str = "invalid_request", status: int = 400):
        super().__init__(message)
        self.code, self.status = code, status


@dataclass(frozen=True)
class SearchQuestion:
    """What `POST /search` asks for: the arguments of `personalized_search`."""

    text: str | None
    image: str | None
    user_id: str | None
    weight: float
    size: int


@dataclass(frozen=True)
class EventReport:
    """What `POST /events` tells: somebody did something with a picture of this cluster."""

    user_id: str
    session_id: str
    cluster: str
    event_type: str


def read_search(event: Mapping[str, Any]) -> SearchQuestion:
    """The question in an event of `POST /search`. Raises BadRequest."""
    body = _body(event, {"query", "image", "user", "weight", "size"})
    text, image = _text(body.get("query")), _picture(body.get("image"))
    if text is None and image is None:
        raise BadRequest("Give query (words), image (a picture in base64), or both.")
    user = None if body.get("user") is None else _id(body, "user")
    return SearchQuestion(text, image, user, _weight(body.get("weight")), _size(body.get("size")))


def read_event(event: Mapping[str, Any]) -> EventReport:
    """The report in an event of `POST /events`. Raises BadRequest."""
    body = _body(event, {"user", "session", "cluster", "type"})
    kind = body.get("type")
    if not isinstance(kind, str) or kind not in EVENT_TYPES:
        raise BadRequest(f"type must be one of {', '.join(EVENT_TYPES)}.")
    return EventReport(_id(body, "user"), _id(body, "session"), _id(body, "cluster"), kind)


def _body(event: Mapping[str, Any], known: set[str]) -> Mapping[str, Any]:
    """The JSON object in the event's body."""
    headers = event.get("headers")
    kind = headers.get("content-type", "application/json") if isinstance(headers, Mapping) else "application/json"
    if str(kind).partition(";")[0].strip().lower() != "application/json":
        raise BadRequest("Send the body as content-type: application/json.", "unsupported_media_type", 415)
    content = _content(event)
    if len(content) > MOST_BODY_BYTES:
        raise BadRequest(f"The body has {len(content):,} bytes; at most {MOST_BODY_BYTES:,} are taken.", "too_large", 413)
    try:
        body = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):  # also what is no UTF-8, and numbers of thousands of digits
        raise BadRequest("The body is not valid JSON.", "invalid_json") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be a JSON object.")
    if unknown := sorted(body.keys() - known):
        named = ", ".join(ascii(name[:40]) for name in unknown[:5])
        raise BadRequest(f"The body has {named}, which means nothing here; it may have {', '.join(sorted(known))}.")
    return body


def _content(event: Mapping[str, Any]) -> bytes:
    content = event.get("body") or ""
    if not isinstance(content, str):
        raise BadRequest("The body must be text.")
    try:
        if event.get("isBase64Encoded"):
            return base64.b64decode(content, validate=True)
        return content.encode("utf-8")
    except ValueError:  # also binascii.Error and UnicodeEncodeError
        raise BadRequest("The body is not valid JSON.", "invalid_json") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")  # Python's parser would take NaN and Infinity


def _text(query: Any) -> str | None:
    if query is None:
        return None
    if not isinstance(query, str):
        raise BadRequest("query must be text.")
    try:
        query.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can write it, but it is no character
        raise BadRequest("query holds something that is no character.") from None
    if len(query) > MOST_CHARACTERS:
        raise BadRequest(f"query has {len(query):,} characters; at most {MOST_CHARACTERS} are taken.")
    return query.strip() or None


def _picture(image: Any) -> str | None:
    if image is None:
        return None
    if not isinstance(image, str):
        raise BadRequest("image must be a picture in base64, as text.")
    try:
        content = base64.b64decode(image, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("image is not valid base64. Leave out line breaks and a prefix such as data:image/png;base64.") from None
    if len(content) > MOST_PICTURE_BYTES:
        limit = f"at most {MOST_PICTURE_BYTES:,} are taken"
        raise BadRequest(f"The picture has {len(content):,} bytes; {limit}. Shrink it first.", "too_large", 413)
    size = size_of(content)
    if size is None:
        raise BadRequest("image must be a JPEG or a PNG.")
    if not 0 < min(size) <= max(size) <= MOST_PIXELS:
        raise BadRequest(f"The picture has {size[0]} × {size[1]} pixels; at most {MOST_PIXELS} × {MOST_PIXELS} are taken.")
    return image


def _id(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadRequest(f"{name} must be an id: 1 to 256 letters, digits and . : @ + - _ as text.")
    return value


def _weight(value: Any) -> float:
    if value is None:
        return DEFAULT_WEIGHT
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise BadRequest("weight must be a number from 0 (relevance alone) to 1 (taste alone).")
    return float(value)


def _size(value: Any) -> int:
    if value is None:
        return 12
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MOST_RESULTS:
        raise BadRequest(f"size must be a whole number from 1 to {MOST_RESULTS}.")
    return value
