"""Start the sandbox: ``python -m billing.sandbox.serve --port 8090 --store FILE``."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line; everything else is read from SANDBOX_… variables."""
    parser = argparse.ArgumentParser(prog="python -m billing.sandbox.serve", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--store", type=Path, required=True, help="SQLite file, made when missing")
    parser.add_argument("--public-url", default="", help="address of the hosted page as browsers see it")
    return parser.parse_args(argv)


def serve(options: argparse.Namespace) -> None:
    """Bind, prepare the store, start the clock and answer until the process is ended."""
    from socketserver import TCPServer, ThreadingMixIn
    from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

    class Server(ThreadingMixIn, WSGIServer):
        """One thread a connection, none outliving the process."""

        daemon_threads = True
        allow_reuse_address = True
        request_queue_size = 128

        def server_bind(self) -> None:
            # HTTPServer.server_bind would ask the resolver for the machine's name, which can take seconds.
            TCPServer.server_bind(self)
            self.server_name, self.server_port = "127.0.0.1", self.server_address[1]
            self.setup_environ()

        def handle_error(self, request: Any, client_address: Any) -> None:
            if not isinstance(sys.exc_info()[1], ConnectionError):
                super().handle_error(request, client_address)

    class Handler(WSGIRequestHandler):
        """Asks no resolver and logs no line per request: addresses hold session identifiers."""

        timeout = 60

        def address_string(self) -> str:
            return str(self.client_address[0])

        def log_message(self, *args: Any) -> None:
            return

    server = Server(("127.0.0.1", options.port), Handler)
    options.store.parent.mkdir(parents=True, exist_ok=True)
    os.environ["SANDBOX_STORE"] = str(options.store.resolve())
    os.environ["SANDBOX_PUBLIC_URL"] = (
        options.public_url
        or os.environ.get("SANDBOX_PUBLIC_URL")
        or f"http://paiement.localhost:{server.server_port}"
    ).rstrip("/")
    os.environ["DJANGO_SETTINGS_MODULE"] = "billing.sandbox.settings"

    from billing.sandbox.wsgi import application  # isort: skip
    from billing.sandbox.clock import start_clock
    from billing.sandbox.schema import prepare_store

    prepare_store()
    start_clock()
    server.set_app(application)
    print(f"sandbox gateway on http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


def main() -> None:
    """Run until SIGTERM or Ctrl-C."""
    import signal

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        serve(arguments())
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
