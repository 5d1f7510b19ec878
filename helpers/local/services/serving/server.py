"""HTTP APIs on this machine's loopback: a server of its own for each, in the process that asked where the API is.

It listens as long as this process lives and the API exists; the operating system chooses the port. The function runs in
processes of its own, which end with this one.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from .apis import Apis
from .containers import Containers
from .events import Reply, own_reply
from .functions import Functions
from .gateway import MOST_BYTES, Gateway

_LOOK_SECONDS = 0.25  # between two looks at whether the API still exists


class Servers:
    """The addresses at which this process serves the account's HTTP APIs.

    command : what starts a container, given the function's record. credentials : the ones that requests are signed with.
    """

    def __init__(
        self,
        apis: Apis,
        functions: Functions,
        command: Callable[[Mapping[str, Any]], Sequence[str]],
        credentials: Callable[[], Any],
        region: str,
    ):
        self._apis, self._functions, self._command = apis, functions, command
        self._credentials, self._region = credentials, region
        self._running: dict[str, _Server] = {}
        self._starting = threading.Lock()

    def address_of(self, url: str) -> str:
        """Where an API's URL is served, "http://127.0.0.1:…", from now on; what is no URL of an API here comes back as it is."""
        host = urlsplit(url).hostname or ""
        api_id = host.removesuffix(f".execute-api.{self._region}.amazonaws.com")
        if api_id == host or self._apis.get(api_id) is None:
            return url
        with self._starting:
            server = self._running.get(api_id)
            if server is None or not server.is_open:
                server = self._running[api_id] = _Server(self._gateway(api_id), self._containers)
        return server.url

    def _gateway(self, api_id: str) -> Callable[[Callable[[str], Containers]], Gateway]:
        def make(containers: Callable[[str], Containers]) -> Gateway:
            return Gateway(api_id, self._apis, self._functions, containers, self._credentials(), self._region)

        return make

    def _containers(self, function: str) -> Containers:
        return Containers(self._command, self._functions.log_of(function))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, gateway: Callable[[Callable[[str], Containers]], Gateway], containers: Callable[[str], Containers]):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url, self.is_open, self.timeout = f"http://127.0.0.1:{self.server_port}", True, _LOOK_SECONDS
        self._make_containers, self._by_function, self._making = containers, dict[str, Containers](), threading.Lock()
        self.gateway = gateway(self._containers)
        threading.Thread(target=self._serve, name=self.url, daemon=True).start()

    def _containers(self, function: str) -> Containers:
        with self._making:
            if function not in self._by_function:
                self._by_function[function] = self._make_containers(function)
            return self._by_function[function]

    def _serve(self) -> None:
        while self.gateway.is_there():
            self.handle_request()
        self.is_open = False
        self.server_close()
        with self._making:
            for containers in self._by_function.values():
                containers.close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # or every answer on a kept connection waits 40 ms for an acknowledgement
    wbufsize = -1  # head and body leave together
    timeout = 60

    def _respond(self) -> None:
        body = self._body()
        if isinstance(body, Reply):
            self.close_connection = True
            self._send(body)
            return
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            headers[name.lower()] = f"{headers[name.lower()]},{value}" if name.lower() in headers else value
        if not self.server.is_open:
            self.close_connection = True
        self._send(self.server.gateway.answer(self.command, self.path, headers, body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _respond

    def _body(self) -> bytes | Reply:
        """The request's body, or the refusal to read it. unconfirmed: the texts of the refusals."""
        if "transfer-encoding" in self.headers:
            return own_reply(411, "Length Required")
        length = self.headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()):
            return own_reply(400, "Bad Request")
        if len(length) > 10 or int(length) > MOST_BYTES:
            return own_reply(413, "Request Entity Too Large")
        return self.rfile.read(int(length))

    def _send(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        self.send_header("date", self.date_time_string())
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def log_message(self, *_: Any) -> None:
        """Nothing: the function has its log."""
