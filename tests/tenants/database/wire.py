"""What really goes over the wire to PostgreSQL, as libpq itself traces it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import Trace

_STATEMENT = re.compile(r'^F\t\d+\t(?:Query\t "|Parse\t "[^"]*" ")(?P<sql>.*)"(?: \d+)*$', re.MULTILINE)


@contextmanager
def statements_sent() -> Iterator[list[str]]:
    """The statements of the block, BEGIN and COMMIT included; the list is filled when it ends."""
    connection.ensure_connection()
    sent: list[str] = []
    server = connection.connection.pgconn
    with tempfile.TemporaryFile("w+") as trace:
        server.trace(trace.fileno())
        server.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield sent
        finally:
            server.untrace()
        trace.seek(0)
        sent += [" ".join(found["sql"].split()) for found in _STATEMENT.finditer(trace.read())]
