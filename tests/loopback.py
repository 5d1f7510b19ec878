"""A server on this machine that speaks enough of AWS's wire protocols to fail on request, and then to succeed."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Fault:
    """What an attempt meets: an HTTP status and the error code in the body."""

    status: int
    code: str


RESET = Fault(0, "connection reset")
STALL = Fault(0, "no answer in time")

_SUCCESS = {
    "bedrock-runtime": b'{"embedding": [1.0]}',
    "personalize": b'{"campaigns": []}',
    "s3": b"",
    "sagemaker": b'{"TrainingJobSummaries": []}',
    "opensearch": b'{"count": 7}',
}


class Loopback:
    """`with Loopback() as server:` listens at `server.url`; `expect` says what comes next, `bodies` is what was sent."""

    def __init__(self):
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(self))
        self.url = f"http://127.0.0.1:{self._httpd.server_port}"
        self.service, self.faults = "s3", iter(())
        self.bodies: list[bytes] = []
        self.closing = threading.Event()

    def expect(self, service: str, faults: Iterable[Fault]) -> None:
        """Meet the next requests with these faults, one each, and those after them with success."""
        self.service, self.bodies = service, []
        self.faults: Iterator[Fault] = iter(faults)

    def __enter__(self) -> Loopback:
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.closing.set()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()


def _handler_of(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def handle_one_request(self) -> None:
            try:
                super().handle_one_request()
            except ConnectionError:  # a client that gave up
                self.close_connection = True

        def answer(self) -> None:
            server.bodies.append(self._body())
            fault = next(server.faults, None)
            if fault is RESET:
                # No linger: the close is a reset, as when a load balancer drops a connection.
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.close_connection = True
                self.connection.close()
                return
            if fault is STALL:
                server.closing.wait(30)
                return
            body = _error(server.service, fault) if fault else _SUCCESS[server.service]
            self.send_response(fault.status if fault else 200)
            self.send_header("Content-Type", "application/xml" if server.service == "s3" else "application/json")
            self.send_header("Content-Length", str(len(body)))
            if fault and server.service == "bedrock-runtime":
                self.send_header("x-amzn-ErrorType", fault.code)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = answer

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") == "chunked":
                data = b""
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    data += self.rfile.read(size)
                    self.rfile.readline()
                while self.rfile.readline().strip():  # the checksum that S3 sends after the last chunk
                    pass
                return data
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def log_message(self, *_) -> None:
            pass

    return Handler


def _error(service: str, fault: Fault) -> bytes:
    if service == "s3":
        return f"<Error><Code>{fault.code}</Code><Message>told so</Message></Error>".encode()
    if service == "bedrock-runtime":
        return b'{"message": "told so"}'
    return json.dumps({"__type": fault.code, "message": "told so"}).encode()
