"""The stand-in behind real HTTP: a server on this machine that hands method, path and body on to a node."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from helpers.local.opensearch.node import Node


class HttpNode:
    """`with HttpNode(node) as server:` listens at `server.port`; `answered` are the routes that it answered with success.

    certificate : a PEM file with a key, for https. password : "name:password" that every request has to bring
    """

    def __init__(self, node: Node, *, certificate: Path | None = None, password: str | None = None):
        self.answered: set[str] = set()
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(node, self.answered, password))
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._httpd.socket = context.wrap_socket(self._httpd.socket, server_side=True)
        self.port = self._httpd.server_port

    def __enter__(self) -> HttpNode:
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()


def _handler_of(node: Node, answered: set[str], password: str | None) -> type[BaseHTTPRequestHandler]:
    wanted = f"Basic {base64.b64encode(password.encode()).decode()}" if password else None

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else headers and body wait for each other

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            url = urlsplit(self.path)
            if wanted and self.headers.get("Authorization") != wanted:
                return self._send(401, "Unauthorized")
            status, found = node.handle(self.command, url.path, dict(parse_qsl(url.query, keep_blank_values=True)), body)
            if status < 300:
                answered.add(str(node.routes.find(self.command, url.path)[0]))
            return self._send(status, found)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer

        def _send(self, status: int, answer: object) -> None:
            text = answer if isinstance(answer, str) else json.dumps(answer)
            data = b"" if self.command == "HEAD" else text.encode()
            kind = "text/plain" if isinstance(answer, str) else "application/json"
            self.send_response(status)
            self.send_header("Content-Type", f"{kind}; charset=UTF-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_) -> None:
            pass

    return Handler
