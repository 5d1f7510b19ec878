"""A boto3 session whose clients are answered by Python objects instead of AWS.

Only the wire is replaced. botocore lets any session listen to its events, and two of them are enough: one
shows the arguments of a call, the next one may answer it before a request is sent. All the rest is genuine:
validation, paginators, waiters, resources, transfers, modelled exceptions. Only this file knows those events.
"""

import inspect
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.exceptions import BotoCoreError
from botocore.hooks import first_non_none_response
from botocore.loaders import Loader
from botocore.model import OperationModel
from botocore.signers import RequestSigner

from .answers import Response, answered, refused
from .constraints import refusal
from .errors import ServiceError

Faults = Callable[[str, str], ServiceError | BotoCoreError | None]


class LocalSession(boto3.Session):
    """A `boto3.Session` that answers or raises, and never reaches the network.

    services : for each boto3 service name ("personalize-runtime") an object with one method per operation,
        named as the client's method. Its keyword-only parameters are what is supported of the operation.
        INVALID_REQUEST is the code of its refusal of arguments that break its model (if not ValidationException).
    faults : asked before every attempt, with service and operation name; a `ServiceError`, or botocore's exception
        for a connection that breaks, is what the attempt meets. The client's own retry handler decides what follows.

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
        self._parameters: dict[str, tuple[Callable, Mapping[str, inspect.Parameter]]] = {}  # read once
        # Last, so that botocore's own handlers have finished with the arguments, and a Stubber answers first.
        self.events.register_last("before-parameter-build", _keep_arguments, unique_id="local-arguments")
        self.events.register_last("before-call", self._answer, unique_id="local-answer")

    def _answer(
        self, model: OperationModel, params: dict, request_signer: RequestSigner, context: dict, **_: object
    ) -> Response:
        """What botocore takes for the response. It is never None: None would send the request."""
        service, operation = model.service_model.service_name, xform_name(str(model.name))
        method = self._supporting_method(service, operation, context["local_arguments"])
        retries = 0
        try:
            retries = self._meet_faults(model, params, request_signer)
            if text := refusal(context["local_arguments"], model.input_shape):
                raise ServiceError(getattr(self._services[service], "INVALID_REQUEST", "ValidationException"), text)
            answer = method(**context["local_arguments"]) or {}
        except _StillFailing as fault:
            return fault.response
        except ServiceError as error:
            return refused(error, model, retries)
        return answered(answer, model, retries)

    def _supporting_method(self, service: str, operation: str, arguments: Mapping[str, Any]) -> Callable:
        name = f"{service}.{operation}()"
        if service not in self._services:
            raise NotImplementedError(
                f"{name}: the offline cloud has no {service}; it has {', '.join(self._services)}"
            )
        method = getattr(self._services[service], operation, None)
        if method is None:
            raise NotImplementedError(f"{name} does not exist offline; run with WORKSHOP_MODE=aws to call it")
        known, parameters = self._parameters.get(name, (None, {}))
        if known != method:
            parameters = inspect.signature(method).parameters
            self._parameters[name] = method, parameters
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

    def _meet_faults(self, model: OperationModel, request: dict, signer: RequestSigner) -> int:
        """How many retries it took to get past the injected faults. Raises the last one when the client gives up.

        botocore retries below the event that we answer, so nobody else asks the retry handler that it gave this client.
        What the handler wants is done at once: the pause that it asks for would teach nothing here.
        """
        service, operation = model.service_model, xform_name(str(model.name))
        emitter = signer._event_emitter  # the client's own; listeners are not told the client itself
        retries = 0
        while self._faults and (fault := self._faults(service.service_name, operation)):
            response = refused(fault, model, retries) if isinstance(fault, ServiceError) else None
            pauses = emitter.emit(
                f"needs-retry.{service.service_id.hyphenize()}.{model.name}",
                response=response,
                endpoint=None,
                operation=model,
                attempts=retries + 1,
                caught_exception=None if response else fault,
                request_dict=request,
            )
            pause = first_non_none_response(pauses)
            if pause is None or pause is False:
                raise _StillFailing(response) if response else fault
            retries += 1
        return retries


class _StillFailing(Exception):
    def __init__(self, response: Response):
        self.response = response


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


def _keep_arguments(params: dict, context: dict, **_: object) -> None:
    context["local_arguments"] = params
