"""The search API: deploy it, find it, call it with a signature, take it down.

It is a stack of its own, `<prefix>-search-api`: the first stack is there before there is a zip or a campaign.
"""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session
from botocore.utils import get_environ_proxies

from .api.package import build_package
from .index_flavours import flavour_of
from .settings import SettingsError
from .stack_status import FAILED, STARTS, find_stack, first_failure, told
from .waiting import GONE, WaitError, wait_until
from .workshop import Workshop

TEMPLATE = Path(__file__).with_name("api") / "search_api.yaml"
READY = "ready"
GOOD = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
START_AGAIN = "Run `delete_search_api(aws)`, mend the cause, then run this cell again."


@dataclass(frozen=True)
class Answer:
    """What the API answered: HTTP's status and headers (lower-case names), and the JSON of the body."""

    status: int
    headers: Mapping[str, str]
    body: Any


def deploy_search_api(aws: Workshop, **parameters: object) -> str:
    """The URL of the search API, once it is ready: made now, found, or brought up to date. Prints one line, always the same.

    parameters: of helpers/api/search_api.yaml, where its defaults don't suit, such as `Concurrency=0`.
    Safe to run twice and after an interruption. Raises NotReady naming the notebook whose work is missing, SettingsError
    where the API can't be what the settings ask for, WaitError with the first failure's reason.
    """
    launch = _Launch(aws, _parameters(aws) | {key: str(value) for key, value in parameters.items()})
    pause = min(aws.poll_seconds, 10)
    wait_until(launch.look, {READY}, FAILED, what=f"stack {stack_name(aws)}", seconds=pause, next_step=START_AGAIN)
    url = find_search_api(aws)
    assert url
    return url


def find_search_api(aws: Workshop) -> str | None:
    """The URL at which the search API answers, or None where none is ready.

    Offline it is an address of this machine that a server in this process listens to, as long as the process lives.
    """
    stack = find_stack(aws, stack_name(aws))
    outputs = stack.get("Outputs", []) if stack else []
    return next((output["OutputValue"] for output in outputs if output["OutputKey"] == "Url"), None)


def call_search_api(aws: Workshop, url: str, path: str, body: Mapping[str, Any] | bytes, *, signed: bool = True) -> Answer:
    """What the API answers to a POST of this body, signed with the session's credentials (Signature Version 4).

    path: "/search" or "/events". body: a JSON object, or bytes to send as they are.
    Raises botocore's HTTPClientError where nothing answers.
    """
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = AWSRequest("POST", url.rstrip("/") + path, {"content-type": "application/json"}, content)
    if signed:
        SigV4Auth(aws.session.get_credentials().get_frozen_credentials(), "execute-api", aws.region).add_auth(request)
    response = _connections(url).send(request.prepare())
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, json.loads(response.content or b"null"))


def delete_search_api(aws: Workshop) -> None:
    """Nothing, once the search API is gone: its function, its routes, its stack and the zips. Prints one line.

    Safe to run again, and when there is none.
    """
    what, stack = f"stack {stack_name(aws)}", find_stack(aws, stack_name(aws))
    _delete_zips(aws)
    if stack is None:
        print(f"{what}: {GONE}")
        return
    aws.client("cloudformation").delete_stack(StackName=stack["StackId"])

    def look() -> Mapping[str, Any]:
        now = find_stack(aws, stack["StackId"])
        return {"status": GONE} if now is None or now["StackStatus"] == "DELETE_COMPLETE" else told(aws, now)

    pause = min(aws.poll_seconds, 10)
    wait_until(look, {GONE}, {"DELETE_FAILED"}, what=what, seconds=pause, next_step="Remove the cause, then run this cell again.")


def stack_name(aws: Workshop) -> str:
    """The name of the search API's stack."""
    return aws.name("search-api")


class _Launch:
    """One look takes the stack towards being ready, whatever state it is in."""

    def __init__(self, aws: Workshop, parameters: Mapping[str, str]):
        self.aws, self.has_updated = aws, False
        self.asked = {
            "StackName": stack_name(aws),
            "TemplateBody": TEMPLATE.read_text(encoding="utf-8"),
            "Parameters": [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            "Tags": [{"Key": "workshop", "Value": aws.prefix}],
        }

    def look(self) -> Mapping[str, Any]:
        cloudformation, stack = self.aws.client("cloudformation"), find_stack(self.aws, stack_name(self.aws))
        if stack is None:
            try:
                cloudformation.create_stack(**self.asked)
            except ClientError as error:
                if error.response["Error"]["Code"] != "AlreadyExistsException":  # another kernel was quicker
                    raise
            self.has_updated = True
            return {"status": STARTS[0]}
        if stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE" and self.has_updated:
            raise WaitError(
                f"The update of stack {stack_name(self.aws)} failed and was undone; the API is as it was, and works. "
                f"{first_failure(self.aws, stack)}. Mend the cause, then run this cell again."
            )
        if stack["StackStatus"] in (*GOOD, "UPDATE_ROLLBACK_COMPLETE"):
            if not self.has_updated and self._update(cloudformation):
                self.has_updated = True
                return {"status": STARTS[1]}
            return {"status": READY}
        return told(self.aws, stack)

    def _update(self, cloudformation: Any) -> bool:
        """Whether an update has begun; not where nothing is to be done."""
        try:
            cloudformation.update_stack(**self.asked)
        except ClientError as error:
            if "No updates are to be performed" not in error.response["Error"]["Message"]:
                raise
            return False
        return True


def _parameters(aws: Workshop) -> dict[str, str]:
    """What the template asks for, from what the notebooks left; the function's zip is uploaded on the way."""
    if aws.settings.shared:
        raise SettingsError(
            f"You share the index and the campaign of '{aws.settings.shared}', and the role of a function of yours may use your "
            "own ones only. Let the owner of the room run notebook 09, or unset WORKSHOP_SHARED and run notebooks 01 to 05."
        )
    index, campaign = (aws.state.require(key, made_in=made_in) for key, made_in in (("index_name", "03"), ("campaign_arn", "05")))
    if not aws.embedder.on_bedrock:
        raise SettingsError(
            "CLIP computes on this machine and is too large for the function. Set WORKSHOP_EMBEDDER=titan, run notebooks 01 to "
            "05 again (vectors come from the cache), then this one."
        )
    stack = find_stack(aws, aws.prefix) or {}
    outputs = {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}
    role = aws.settings.role_arn or outputs.get("SearchRoleArn")
    endpoint = aws.settings.opensearch_url or outputs.get("OpenSearchEndpoint")
    if not role or not endpoint:
        raise SettingsError(
            f"The stack {aws.prefix} has no {'OpenSearch' if role else 'role for the search function'} yet. Run the cell of "
            "notebook 00 that launches it: it brings the stack up to date."
        )
    return {
        "Prefix": aws.prefix,
        "CodeBucket": aws.bucket,
        "CodeKey": _upload(aws),
        "RoleArn": role,
        "OpenSearchEndpoint": endpoint,
        "OpenSearchService": _service(aws, endpoint),
        "IndexName": index,
        "Embedder": aws.settings.embedder,
        "Dimension": str(aws.embedder.dimension),
        "CampaignArn": campaign,
        "TrackingId": aws.state.get("tracking_id", ""),
    }


def _upload(aws: Workshop) -> str:
    """The key of the function's zip in the bucket: named by its content, so a change of the code is a change of the stack."""
    content = build_package()
    key = f"{aws.prefix}/search-api/{hashlib.sha256(content).hexdigest()[:16]}.zip"
    aws.client("s3").put_object(Bucket=aws.bucket, Key=key, Body=content)
    return key


def _delete_zips(aws: Workshop) -> None:
    """Deletes what was uploaded; a function that runs has its own copy. Without a stack there is no bucket, and nothing in it."""
    if not aws.is_set_up:
        return
    s3 = aws.client("s3")
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=aws.bucket, Prefix=f"{aws.prefix}/search-api/"):
        if keys := [{"Key": item["Key"]} for item in page.get("Contents", [])]:
            s3.delete_objects(Bucket=aws.bucket, Delete={"Objects": keys, "Quiet": True})


def _service(aws: Workshop, endpoint: str) -> str:
    host = urlsplit(endpoint if "://" in endpoint else f"https://{endpoint}").hostname or ""
    return flavour_of(aws.opensearch).signing_name if host.endswith((".amazonaws.com", ".on.aws")) else "none"


_CONNECTIONS: dict[str, URLLib3Session] = {}


def _connections(url: str) -> URLLib3Session:
    """Connections that are kept for the next call. A proxy is not asked for what is on this machine."""
    if url not in _CONNECTIONS:
        proxies = {} if urlsplit(url).hostname == "127.0.0.1" else get_environ_proxies(url)
        # botocore's session takes away urllib3's own no-delay: head and body leave apart, and the body waited 40 ms here.
        at_once = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)]
        _CONNECTIONS[url] = URLLib3Session(proxies=proxies, timeout=35, max_pool_connections=16, socket_options=at_once)
    return _CONNECTIONS[url]
