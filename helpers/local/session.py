"""A boto3 session whose clients are answered by Python objects instead of AWS.

Only the wire is replaced. botocore lets any session listen to its events, and two of them are enough: one
shows the arguments of a call, the next one may answer it before a request is sent. All the rest is genuine:
validation, paginators, waiters, resources, transfers, modelled exceptions. Only this file knows those events.
"""

import inspect
import os
import uuid
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ParamValidationError
from botocore.loaders import Loader
from botocore.model import OperationModel
from botocore.utils import parse_timestamp
from botocore.validate import validate_parameters

from .errors import ServiceError

Faults = Callable[[str, str], ServiceError | None]
_TRANSIENT_STATUS = {429, 500, 502, 503, 504}
_ATTEMPTS = {"legacy": 5, "standard": 3, "adaptive": 3}  # botocore's own defaults


class LocalSession(boto3.Session):
    """A `boto3.Session` that answers or raises, and never reaches the network.

    services : for each boto3 service name ("personalize-runtime") an object with one method per operation,
        named as the client's method. Its keyword-only parameters are what is supported of the operation.
    faults : asked before every call, with service and operation name; a `ServiceError` that it returns is
        what the call meets. Throttles and server errors are retried as the client's configuration says.

    The reader's profile, `~/.aws` and `AWS_…` variables do not matter.
    """

    def __init__(
        self,
        services: Mapping[str, object],
        region_name: str = "us-east-1",
        faults: Faults | None = None,
    ):
        super().__init__("local", "local", region_name=region_name, botocore_session=_isolated_session())
        self._services = services
        self._faults = faults
        # Last, so that botocore's own handlers have finished with the arguments, and a Stubber answers first.
        self.events.register_last("before-parameter-build", _keep_arguments, unique_id="local-arguments")
        self.events.register_last("before-call", self._answer, unique_id="local-answer")

    def _answer(self, model: OperationModel, context: dict, **_) -> tuple[AWSResponse, dict]:
        """What botocore takes for the response. It is never None: None would send the request."""
        service, operation = model.service_model.service_name, xform_name(str(model.name))
        method = self._supporting_method(service, operation, context["local_arguments"])
        retries = 0
        try:
            retries = self._meet_faults(model, service, operation, context)
            answer = method(**context["local_arguments"]) or {}
        except _StillFailing as fault:
            return _error_response(fault.error, model, fault.retries)
        except ServiceError as error:
            return _error_response(error, model, retries)
        status = model.http.get("responseCode", 200)
        return _response(status, _checked(answer, model, f"{service}.{operation}()"), retries)

    def _supporting_method(self, service: str, operation: str, arguments: Mapping[str, Any]) -> Callable:
        name = f"{service}.{operation}()"
        if service not in self._services:
            raise NotImplementedError(
                f"{name}: the offline cloud has no {service}; it has {', '.join(self._services)}"
            )
        method = getattr(self._services[service], operation, None)
        if method is None:
            raise NotImplementedError(f"{name} does not exist offline; run with WORKSHOP_MODE=aws to call it")
        parameters = inspect.signature(method).parameters
        unknown = sorted(arguments.keys() - parameters.keys())
        if unknown:
            raise NotImplementedError(
                f"{name} does not support {', '.join(unknown)} offline; it supports {', '.join(parameters)}"
            )
        needed = (key for key, parameter in parameters.items() if parameter.default is parameter.empty)
        missing = sorted(set(needed) - arguments.keys())
        if missing:
            raise NotImplementedError(f"{name} also needs {', '.join(missing)} offline")
        return method

    def _meet_faults(self, model: OperationModel, service: str, operation: str, context: dict) -> int:
        """How many retries it took to get past the injected faults.

        botocore retries below the event that we answer, so what it would have retried is retried here.
        """
        settings = context["client_config"].retries or {}
        attempts = settings.get("total_max_attempts", _ATTEMPTS[settings.get("mode", "standard")])
        retries = 0
        while self._faults and (error := self._faults(service, operation)):
            transient = "Throttl" in error.code or _status_of(error, model) in _TRANSIENT_STATUS
            if not transient or retries + 1 >= attempts:
                raise _StillFailing(error, retries)
            retries += 1
        return retries


class _StillFailing(Exception):
    def __init__(self, error: ServiceError, retries: int):
        self.error, self.retries = error, retries


def _isolated_session() -> botocore.session.Session:
    """A botocore session that reads no environment variable and no file of the reader."""
    without_environment = {
        name: (None, None, default, convert)
        for name, (_, _, default, convert) in botocore.session.Session.SESSION_VARIABLES.items()
    }
    for name in ("config_file", "credentials_file"):
        without_environment[name] = (None, None, os.devnull, None)
    without_environment["ignore_configured_endpoint_urls"] = (None, None, True, None)
    session = botocore.session.Session(session_vars=without_environment)
    models = Loader([Loader.BUILTIN_DATA_PATH], include_default_search_paths=False)  # not ~/.aws/models
    session.register_component("data_loader", models)
    return session


def _keep_arguments(params: dict, context: dict, **_) -> None:
    context["local_arguments"] = params


def _checked(answer: dict, model: OperationModel, name: str) -> dict:
    """The answer, its dates as datetimes, once botocore's model of the operation agrees with it."""
    if model.output_shape is None:
        return answer
    try:
        answer = _with_dates(answer, model.output_shape)
        validate_parameters(answer, model.output_shape)
    except (ParamValidationError, ValueError) as error:
        raise RuntimeError(f"the offline {name} gave an answer that AWS would not give: {error}") from error
    return answer


def _with_dates(value: Any, shape: Any) -> Any:
    """`value` with the timestamps that a JSON file keeps as text turned into datetimes."""
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {
            key: _with_dates(item, members[key]) if key in members else item for key, item in value.items()
        }
    if shape.type_name == "list" and shape.member.type_name in ("structure", "list", "timestamp"):
        return [_with_dates(item, shape.member) for item in value]
    if shape.type_name == "timestamp" and isinstance(value, (str, int, float)):
        return parse_timestamp(value)
    return value


def _status_of(error: ServiceError, model: OperationModel) -> int:
    shape = model.service_model.shape_for_error_code(error.code)
    modelled = shape.metadata.get("error", {}).get("httpStatusCode", 400) if shape else 400
    return error.status or modelled


def _error_response(error: ServiceError, model: OperationModel, retries: int) -> tuple[AWSResponse, dict]:
    body = {"Error": {"Code": error.code, "Message": error.message}}
    return _response(_status_of(error, model), body, retries)


def _response(status: int, body: dict, retries: int) -> tuple[AWSResponse, dict]:
    metadata = {
        "RequestId": str(uuid.uuid4()),
        "HTTPStatusCode": status,
        "HTTPHeaders": {},
        "RetryAttempts": retries,
    }
    return AWSResponse(None, status, {}, None), {**body, "ResponseMetadata": metadata}
