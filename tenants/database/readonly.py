"""Reading cannot write: GET and HEAD run in one READ ONLY transaction of PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse

READING_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@contextmanager
def read_only() -> Iterator[None]:
    """One transaction in which every write fails with `django.db.InternalError`.

    It costs no statement of its own: the driver says READ ONLY with BEGIN, and says nothing at all
    when the block asks the database nothing. Inside another transaction it is a savepoint.
    """
    if connection.in_atomic_block:
        with transaction.atomic(), connection.cursor() as cursor:
            # Ends with the savepoint.
            cursor.execute("SET TRANSACTION READ ONLY")
            yield
        return
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    session = connection.connection
    session.read_only = True
    try:
        with transaction.atomic():
            yield
    finally:
        if not session.closed:
            session.read_only = None


class ReadOnlyMiddleware:
    """Runs the view and its template read-only; must be the last middleware.

    Sessions and messages are saved by middleware outside of it. Pages of libraries that write when
    they are read are named by path in `settings.READ_ONLY_EXEMPT_PATHS`.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.exempt = tuple(settings.READ_ONLY_EXEMPT_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a reading request in a READ ONLY transaction, any other as it is."""
        if request.method not in READING_METHODS or request.path_info.startswith(self.exempt):
            return self.get_response(request)
        with read_only():
            return self.get_response(request)
