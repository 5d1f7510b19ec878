"""The place where opensearch-py would open a socket: here it hands the request to a node in this process.

    OpenSearch([{"host": "local"}], connection_class=LocalConnection, node=Node(folder))

Everything above it is the genuine client. Source of the contract: opensearchpy/connection/base.py, whose
`perform_request` returns (status, headers, text) or raises a TransportError.
"""

import time
from collections.abc import Collection, Mapping
from typing import Any

from opensearchpy import ConnectionTimeout
from opensearchpy.connection import Connection
from pydantic_core import to_json

from .node import Node

_HEADERS = {"content-type": "application/json; charset=UTF-8"}


class LocalConnection(Connection):
    """A connection to `node`."""

    def __init__(self, *, node: Node, **options: Any):
        options.pop("metrics", None)
        super().__init__(**options)
        self.node = node

    def perform_request(
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        body: bytes | None = None,
        timeout: float | None = None,
        ignore: Collection[int] = (),
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, dict[str, str], str]:
        """(status, headers, text) of the node's answer. Raises what opensearch-py raises for its errors."""
        start = time.perf_counter()
        try:
            status, answer = self.node.handle(method, url, dict(params or {}), body or b"")
        except TimeoutError as error:
            raise ConnectionTimeout("TIMEOUT", str(error), error) from error
        text = "" if method == "HEAD" else to_json(answer).decode()
        seconds = time.perf_counter() - start
        full_url = self.host + url
        if not 200 <= status < 300 and status not in ignore:
            self.log_request_fail(method, full_url, url, body, seconds, status, text)
            self._raise_error(status, text, _HEADERS["content-type"])
        self.log_request_success(method, full_url, url, body, status, text, seconds)
        return status, dict(_HEADERS), text

    def close(self) -> None:
        """Nothing is open."""
