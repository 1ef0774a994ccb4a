"""TCP ports of this machine's loopback address."""

from __future__ import annotations

import errno
import socket

from pepiniere.embedded.errors import PRECONDITION, Refusal

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return False
            raise
    return True


def free_port(preferred: int | None = None) -> int:
    """``preferred`` if it is free, else a free port that the kernel picks."""
    if preferred is not None and is_free(preferred):
        return preferred
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def require_free(port: int, command: str) -> None:
    """Refuse when ``port`` is taken, naming the remedy."""
    if not 1 <= port <= 65535:
        raise Refusal(f"Port {port} does not exist: choose one between 1024 and 65535.", 2)
    if not is_free(port):
        raise Refusal(
            f"Port {port} is taken by another program: stop it, or run {command} --port {port + 1}.",
            PRECONDITION,
        )
