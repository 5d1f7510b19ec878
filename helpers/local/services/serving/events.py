"""What stands between HTTP and a function: an event of payload format 2.0, and the response that its answer means.

Source: docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from ...arns import ACCOUNT, arn

# unconfirmed: which types count as text; a body of any other comes in base64.
_TEXT = re.compile(r"(text/.*|application/(json|javascript|xml|.*\+json|.*\+xml))", re.I)


@dataclass(frozen=True)
class Reply:
    """What goes back to the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def own_reply(status: int, message: str) -> Reply:
    """A reply that API Gateway makes itself. unconfirmed: the wording of its bodies."""
    return Reply(status, {"content-type": "application/json"}, json.dumps({"message": message}).encode())


def event_of(
    api_id: str, host: str, route: str, method: str, target: str, headers: Mapping[str, str], body: bytes, access_key: str | None
) -> dict[str, Any]:
    """The event; what is empty is left out, as API Gateway does. access_key : of who signed, None where nobody had to."""
    url, moment = urlsplit(target), time.gmtime()
    http = {"method": method, "path": unquote(url.path), "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1"}
    caller = {
        "accessKey": access_key, "accountId": ACCOUNT, "callerId": "AIDALOCALWORKSHOP000", "cognitoIdentity": None,
        "principalOrgId": None, "userArn": arn("iam", "user/workshop"), "userId": "AIDALOCALWORKSHOP000",
    }  # fmt: skip
    event: dict[str, Any] = {
        "version": "2.0", "routeKey": route, "rawPath": unquote(url.path), "rawQueryString": url.query,
        "headers": {name: value for name, value in headers.items() if name != "cookie"},
        "requestContext": {
            "accountId": ACCOUNT, "apiId": api_id, "domainName": host, "domainPrefix": host.partition(".")[0],
            "http": http | {"userAgent": headers.get("user-agent", "")}, "requestId": uuid.uuid4().hex[:16], "routeKey": route,
            "stage": "$default", "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", moment), "timeEpoch": int(1000 * time.time()),
        },
        "isBase64Encoded": False,
    }  # fmt: skip
    if access_key is not None:
        event["requestContext"]["authorizer"] = {"iam": caller}
    if "cookie" in headers:
        event["cookies"] = [cookie.strip() for cookie in headers["cookie"].split(";")]
    if url.query:
        parameters: dict[str, list[str]] = {}
        for name, value in parse_qsl(url.query, keep_blank_values=True):
            parameters.setdefault(name, []).append(value)
        event["queryStringParameters"] = {name: ",".join(values) for name, values in parameters.items()}
    if body:
        event |= _body(headers.get("content-type", ""), body)
    return event


def reply_to(answer: Any, request_id: str) -> Reply | None:
    """The response that a function's answer means; None for an answer that API Gateway takes for an error."""
    own = {"apigw-requestid": request_id}
    if not isinstance(answer, Mapping) or "statusCode" not in answer:
        return Reply(200, {"content-type": "application/json"} | own, json.dumps(answer).encode())
    status, body, headers = answer["statusCode"], answer.get("body", ""), answer.get("headers") or {}
    if not isinstance(body, str) or not isinstance(headers, Mapping) or not re.fullmatch(r"[1-5]\d\d", str(status)):
        return None
    try:
        content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
    except ValueError:
        return None
    given = {str(name).lower(): str(value) for name, value in headers.items()}
    # unconfirmed: the type that it names where the function names none
    return Reply(int(status), {"content-type": "text/plain;charset=UTF-8"} | given | own, content)


def _body(kind: str, body: bytes) -> dict[str, Any]:
    if not kind or _TEXT.fullmatch(kind.partition(";")[0].strip()):
        try:
            return {"body": body.decode(), "isBase64Encoded": False}
        except UnicodeDecodeError:
            pass
    return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
