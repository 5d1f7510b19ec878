"""What API Gateway does with a request before and after the function: route, authorize, throttle, invoke."""

import math
import threading
import time
from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import unquote, urlsplit

from ...arns import arn, name_of
from .apis import Apis
from .containers import LAMBDA_BYTES, Containers, FunctionError
from .events import Reply, event_of, own_reply, reply_to
from .functions import Functions
from .signatures import is_signed

MOST_BYTES = 10 * 1024 * 1024  # of a request (API Gateway quotas, HTTP API)


class Gateway:
    """One HTTP API as one process serves it. credentials : of the one user that the account has."""

    def __init__(
        self,
        api_id: str,
        apis: Apis,
        functions: Functions,
        containers: Callable[[str], Containers],
        credentials: Any,
        region: str,
    ):
        self._id, self._apis, self._functions, self._containers = api_id, apis, functions, containers
        self._credentials, self._region = credentials, region
        self._tokens, self._looked_at, self._counting = math.inf, 0.0, threading.Lock()

    def is_there(self) -> bool:
        """Whether the API still exists."""
        return self._apis.get(self._id) is not None

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """The reply to a request. headers : by lower-case names, repeated ones joined by commas."""
        api = self._apis.get(self._id)
        path = unquote(urlsplit(target).path)
        route = _route(api, method, path) if api else None
        stage = next((stage for stage in api["stages"].values() if stage["StageName"] == "$default"), None) if api else None
        if api is None or route is None or stage is None:
            return own_reply(404, "Not Found")
        signs = route.get("AuthorizationType", "NONE") == "AWS_IAM"
        if signs and not is_signed(method, target, headers, body, self._credentials, self._region):
            return own_reply(403, "Forbidden")
        if not self._has_room(stage.get("DefaultRouteSettings", {})):
            return own_reply(429, "Too Many Requests")
        integration = api["integrations"].get(route.get("Target", "").removeprefix("integrations/"), {})
        function = self._functions.get(name_of(integration.get("IntegrationUri", "")))
        if function is None or not self._is_permitted(function, method, path):
            return own_reply(500, "Internal Server Error")
        host = f"{self._id}.execute-api.{self._region}.amazonaws.com"
        key = self._credentials.access_key if signs else None
        event = event_of(self._id, host, route["RouteKey"], method, target, headers, body, key)
        if len(event.get("body", "")) > LAMBDA_BYTES - 10_000:  # unconfirmed: what API Gateway says where Lambda refuses
            return own_reply(413, "Request Too Long")
        try:
            answer = self._containers(function["FunctionName"]).invoke(function, event)
        except FunctionError:
            return own_reply(500, "Internal Server Error")
        return reply_to(answer, event["requestContext"]["requestId"]) or own_reply(500, "Internal Server Error")

    def _is_permitted(self, function: Mapping[str, Any], method: str, path: str) -> bool:
        asked = arn("execute-api", f"{self._id}/$default/{method}{path}", self._region)
        return any(
            permission["Principal"] == "apigateway.amazonaws.com"
            and permission["Action"] == "lambda:InvokeFunction"
            and fnmatchcase(asked, permission.get("SourceArn", "*"))
            for permission in function["permissions"].values()
        )

    def _has_room(self, limits: Mapping[str, Any]) -> bool:
        """Whether the stage's limits let one more through: a bucket of tokens, filled at the rate, as large as the burst."""
        rate, burst = limits.get("ThrottlingRateLimit"), limits.get("ThrottlingBurstLimit")
        if rate is None or burst is None:
            return True
        with self._counting:
            now = time.monotonic()
            self._tokens = min(float(burst), self._tokens + float(rate) * (now - self._looked_at))
            self._looked_at = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


def _route(api: Mapping[str, Any], method: str, path: str) -> Mapping[str, Any] | None:
    """The route of exactly this method and path; offline there are none with variables."""
    return next((route for route in api["routes"].values() if route["RouteKey"] == f"{method} {path}"), None)
