"""A webhook endpoint of the tests: remembers what is posted, and may refuse it first."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Receiver:
    """An HTTP server on a free port."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.refuse_first = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            """Takes one posting."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append(({key.lower(): value for key, value in self.headers.items()}, body))
                refused = len(receiver.posts) <= receiver.refuse_first
                self.send_response(500 if refused else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """An address that no resolver need know."""
        return f"http://espace-d-essai.localhost:{self.port}/webhooks/passerelle/abc/"

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.posts]

    def wait_for(self, condition: Callable[[], bool], seconds: float = 10) -> None:
        """Until the condition holds; fails with what was received."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"received only {self.kinds()}"
            time.sleep(0.02)

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def signature_of(secret: str, at: str, body: bytes) -> str:
    """What the gateway's documentation says `v1` is."""
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
