"""The resource types of the search API: a function, its log, and the HTTP API before it."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from ...arns import arn
from ..serving import Apis, Functions
from .resolution import Kind
from .resources import NameTaken, Thing


class Function(Thing):
    """A Lambda function."""

    def __init__(self, functions: Functions, region: str):
        known = ("Code", "Description", "Environment", "Handler", "MemorySize", "ReservedConcurrentExecutions", "Role")
        super().__init__("FunctionName", (*known, "Runtime", "Timeout"))
        self._functions, self._region = functions, region

    def attributes(self, name: str) -> Mapping[str, str]:
        return {"Arn": arn("lambda", f"function:{name}", self._region)}

    def refuse_if_taken(self, name: str) -> None:
        if self._functions.get(name):
            raise NameTaken(name)

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._functions.put(name, properties)

    def remove(self, name: str) -> None:
        self._functions.remove(name)


class LogGroup(Thing):
    """The log of a function: a file."""

    def __init__(self, functions: Functions):
        super().__init__("LogGroupName", ("RetentionInDays",))
        self._functions = functions

    def remove(self, name: str) -> None:
        self._functions.log_of(name.rpartition("/")[2]).unlink(missing_ok=True)


class Permission(Thing):
    """A statement in a function's own policy: who may invoke it."""

    def __init__(self, functions: Functions):
        super().__init__("FunctionName", ("Action", "Principal", "SourceArn"))
        self._functions = functions

    def name(self, properties: Mapping[str, Any]) -> str:
        return f"{super().name(properties)}-{_digest(properties['Principal'], properties['SourceArn'])}"

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._functions.permit(name.rpartition("-")[0], name, properties)

    def remove(self, name: str) -> None:
        self._functions.permit(name.rpartition("-")[0], name, None)


class Api(Thing):
    """An HTTP API. AWS draws its id; here the id follows from the name."""

    def __init__(self, apis: Apis, region: str):
        super().__init__("Name", ("Description", "ProtocolType"))
        self._apis, self._region = apis, region

    def name(self, properties: Mapping[str, Any]) -> str:
        return _digest(super().name(properties))

    def attributes(self, name: str) -> Mapping[str, str]:
        return {"ApiId": name, "ApiEndpoint": f"https://{name}.execute-api.{self._region}.amazonaws.com"}

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._apis.put(name, properties)

    def remove(self, name: str) -> None:
        self._apis.remove(name)


class Part(Thing):
    """A route, an integration or a stage of an HTTP API: the first half of its id is the API's.

    named_by : the property that tells it from others of its group.
    """

    def __init__(self, apis: Apis, group: str, named_by: str, known: Collection[str]):
        super().__init__(named_by, ("ApiId", *known))
        self._apis, self._group = apis, group

    def name(self, properties: Mapping[str, Any]) -> str:
        return properties["ApiId"] + _digest(self._group, super().name(properties))

    def put(self, name: str, properties: Mapping[str, Any], tags: Mapping[str, str]) -> None:
        self._apis.put_part(properties["ApiId"], self._group, name, properties)

    def remove(self, name: str) -> None:
        self._apis.put_part(name[: len(name) // 2], self._group, name, None)


def api_kinds(apis: Apis, functions: Functions, region: str) -> dict[str, Kind]:
    """What the offline CloudFormation can make for an API, by resource type."""
    gateway, integration = "AWS::ApiGatewayV2", ("IntegrationType", "PayloadFormatVersion", "TimeoutInMillis")
    return {
        "AWS::Lambda::Function": Function(functions, region),
        "AWS::Lambda::Permission": Permission(functions),
        "AWS::Logs::LogGroup": LogGroup(functions),
        f"{gateway}::Api": Api(apis, region),
        f"{gateway}::Integration": Part(apis, "integrations", "IntegrationUri", integration),
        f"{gateway}::Route": Part(apis, "routes", "RouteKey", ("AuthorizationType", "Target")),
        f"{gateway}::Stage": Part(apis, "stages", "StageName", ("AutoDeploy", "DefaultRouteSettings")),
    }


def _digest(*words: str) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:10]
