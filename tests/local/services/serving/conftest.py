"""A function of a few lines behind the search API's own template, and clients that sign or do not."""

from __future__ import annotations

import http.client
import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from helpers.local.cloud import LocalCloud
from helpers.settings import REPOSITORY

TEMPLATE = (REPOSITORY / "helpers" / "api" / "search_api.yaml").read_text(encoding="utf-8")
ECHO = """
import json, os, sys, time
def handle(event, context):
    asked = json.loads(event.get("body") or "{}") if not event["isBase64Encoded"] else {}
    print("asked for", sorted(asked))
    if "raise" in asked: raise RuntimeError(asked["raise"])
    if "exit" in asked: os._exit(3)
    if "sleep" in asked: time.sleep(asked["sleep"])
    if "answer" in asked: return asked["answer"]
    told = {"event": event, "pid": os.getpid(), "id": context.aws_request_id, "path": sys.path[0]}
    told["environment"] = dict(os.environ)
    return {"statusCode": 200, "headers": {"Content-Type": "application/json", "X-Own": "yes"}, "body": json.dumps(told)}
"""


@dataclass
class Reply:
    status: int
    headers: dict[str, str]
    body: Any


class Client:
    """Calls one URL over one kept connection."""

    def __init__(self, url: str, credentials: Any, region: str = "us-east-1"):
        self.url, self.credentials, self.region = url, credentials, region
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

    def signed(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> dict[str, str]:
        """The headers of this request with its signature."""
        request = AWSRequest(method, self.url + path, {"content-type": "application/json", **(headers or {})}, body)
        SigV4Auth(self.credentials, "execute-api", self.region).add_auth(request)
        return dict(request.headers) | {"Host": urlsplit(self.url).netloc}

    def send(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Reply:
        self._connection.request(method, path, body, headers or {})
        response = self._connection.getresponse()
        content = response.read()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, json.loads(content) if "json" in found["content-type"] else content)

    def call(self, body: Any = None, path: str = "/search") -> Reply:
        content = json.dumps({} if body is None else body).encode()
        return self.send("POST", path, content, self.signed("POST", path, content))

    def close(self) -> None:
        self._connection.close()


class Account:
    """An offline account in which functions are deployed as stacks."""

    def __init__(self, folder):
        self.cloud = LocalCloud(folder, weights=REPOSITORY / "seeds" / "titan_offline")
        self.outputs = self.cloud.stack()
        self.cloudformation, self.s3 = self.cloud.session.client("cloudformation"), self.cloud.session.client("s3")
        self.credentials = self.cloud.session.get_credentials()

    def upload(self, key: str, code: str) -> None:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, text in {"__init__": "", "api/__init__": "", "api/handler": code}.items():
                archive.writestr(f"search_api/{name}.py", text)
        self.s3.put_object(Bucket=self.outputs["BucketName"], Key=key, Body=buffer.getvalue())

    def asked(self, prefix: str, template: str = TEMPLATE, **parameters: Any) -> dict[str, Any]:
        given = {
            "Prefix": prefix, "CodeBucket": self.outputs["BucketName"], "CodeKey": "echo.zip",
            "RoleArn": self.outputs["SearchRoleArn"], "OpenSearchService": "es", "IndexName": "images",
            "OpenSearchEndpoint": "https://search.us-east-1.es.amazonaws.com", "Embedder": "titan", "Dimension": 1024,
        } | parameters  # fmt: skip
        listed = [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in given.items()]
        return {"StackName": f"{prefix}-search-api", "TemplateBody": template, "Parameters": listed}

    def settled(self, prefix: str) -> dict[str, Any]:
        while True:
            [stack] = self.cloudformation.describe_stacks(StackName=f"{prefix}-search-api")["Stacks"]
            if not stack["StackStatus"].endswith("_IN_PROGRESS"):
                return stack

    def deploy(self, prefix: str, **parameters: Any) -> Client:
        self.cloudformation.create_stack(**self.asked(prefix, **parameters))
        return self.client(prefix)

    def update(self, prefix: str, **parameters: Any) -> Client:
        self.cloudformation.update_stack(**self.asked(prefix, **parameters))
        return self.client(prefix)

    def client(self, prefix: str) -> Client:
        [output] = self.settled(prefix)["Outputs"]
        return Client(output["OutputValue"], self.credentials)

    def delete(self, prefix: str) -> None:
        stack = f"{prefix}-search-api"
        self.cloudformation.delete_stack(StackName=stack)
        while any(one["StackName"] == stack for one in self.cloudformation.describe_stacks()["Stacks"]):
            self.cloudformation.describe_stacks(StackName=stack)


@pytest.fixture(scope="module")
def account(tmp_path_factory) -> Account:
    made = Account(tmp_path_factory.mktemp("serving"))
    made.upload("echo.zip", ECHO)
    return made


@pytest.fixture(scope="module")
def api(account):
    """The echo behind an API."""
    client = account.deploy("echo")
    yield client
    client.close()
    account.delete("echo")
