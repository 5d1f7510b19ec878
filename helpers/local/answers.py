"""From what a service answers to what botocore would have read from AWS's response: body, status, headers, error."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from botocore import xform_name
from botocore.awsrequest import AWSResponse, HeadersDict
from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel
from botocore.utils import parse_timestamp
from botocore.validate import validate_parameters

from .constraints import violations
from .errors import ServiceError

Response = tuple[AWSResponse, dict]
STATUS = "HTTPStatusCode"


def answered(answer: Mapping[str, Any], model: OperationModel, retries: int) -> Response:
    """The response with this answer, its dates as datetimes, once botocore's model of the operation agrees with it.

    answer : members of the operation's output. A "ResponseMetadata" among them may carry another "HTTPStatusCode" than
        the operation's usual one.

    Raises RuntimeError for an answer that AWS would not give.
    """
    members = dict(answer)
    status = members.pop("ResponseMetadata", {}).get(STATUS) or model.http.get("responseCode", 200)
    shape = model.output_shape
    if shape is not None:
        try:
            members = _with_dates(members, shape)
            given = {name: value for name, value in members.items() if value is not None}  # None: an element without text
            validate_parameters(given, shape)
            problem = "; ".join(violations(given, shape))
        except (ParamValidationError, ValueError) as error:
            problem = str(error)
        if problem:
            name = f"{model.service_model.service_name}.{xform_name(str(model.name))}()"
            raise RuntimeError(f"the offline {name} gave an answer that AWS would not give: {problem}")
    return _response(status, members, model, retries)


def refused(error: ServiceError, model: OperationModel, retries: int) -> Response:
    """The response with this error, which botocore turns into the modelled exception; its text stands in both places."""
    shape = model.service_model.shape_for_error_code(error.code)
    body: dict[str, Any] = {"Error": {"Code": error.code, "Message": error.message}}
    if shape is not None:
        body |= {name: error.message for name in ("message", "Message") if name in shape.members}
    modelled = shape.metadata.get("error", {}).get("httpStatusCode", 400) if shape else 400
    return _response(error.status or modelled, body, model, retries)


def _response(status: int, body: dict, model: OperationModel, retries: int) -> Response:
    request_id = str(uuid.uuid4())
    metadata: dict[str, Any] = {"RequestId": request_id, STATUS: status}
    headers = {"date": format_datetime(datetime.now(UTC), usegmt=True), **dict(_headers(body, model))}
    if model.service_model.service_name == "s3":
        host = uuid.uuid4().hex
        metadata["HostId"] = host
        headers |= {"x-amz-request-id": request_id, "x-amz-id-2": host, "server": "AmazonS3"}
    else:
        headers["x-amzn-requestid"] = request_id
    metadata |= {"HTTPHeaders": headers, "RetryAttempts": retries}
    return AWSResponse("", status, HeadersDict(headers), None), {**body, "ResponseMetadata": metadata}


def _headers(body: Mapping[str, Any], model: OperationModel) -> Iterator[tuple[str, str]]:
    """The headers in which members of this answer travel, in the services that use headers."""
    members = model.output_shape.members if model.output_shape else {}
    for name, value in body.items():
        place = members[name].serialization if name in members else {}
        if place.get("location") == "header":
            text = format_datetime(value.astimezone(UTC), usegmt=True) if isinstance(value, datetime) else str(value)
            yield place["name"].lower(), text


def _with_dates(value: Any, shape: Any) -> Any:
    """`value` with the timestamps that a JSON file keeps as text turned into datetimes."""
    if shape.type_name == "structure" and isinstance(value, dict):
        members = shape.members
        return {key: _with_dates(item, members[key]) if key in members else item for key, item in value.items()}
    if shape.type_name == "list" and shape.member.type_name in ("structure", "list", "timestamp"):
        return [_with_dates(item, shape.member) for item in value]
    if shape.type_name == "timestamp" and isinstance(value, (str, int, float)):
        return parse_timestamp(value)
    return value
