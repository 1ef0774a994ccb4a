"""Log lines as JSON, each with the tenant, the request or task and the user it belongs to."""

from __future__ import annotations

import logging.config
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.contextvars import bind_contextvars, clear_contextvars

REQUEST_ID_HEADER = "X-Request-ID"
# What comes from outside ends up in logs and error pages: only the plain form is taken over.
_ACCEPTED_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}\Z")

_SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]

logger = structlog.stdlib.get_logger("pepiniere.request")


def configure_logging(level: str) -> None:
    """Send the lines of the product and of its libraries to standard error as JSON.

    ``level`` is a name of the logging module; libraries are kept at WARNING or above it.
    """
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED_PROCESSORS,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": _SHARED_PROCESSORS,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(ensure_ascii=False, default=str),
                    ],
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                **{name: {"level": level} for name in OWN_LOGGERS},
                # Our own line tells every failed request, with its context.
                "django.request": {"level": "ERROR"},
                "celery": {"level": level},
            },
        }
    )


OWN_LOGGERS = ("pepiniere", "kernel", "tenants", "billing", "services")


def request_id_of(request: HttpRequest) -> str:
    """The id that ties a response, its log lines and its error page together."""
    return str(getattr(request, "request_id", ""))


def bind_log_context(**values: Any) -> None:
    """Add ``values`` (tenant, user_id, task…) to every later line of this request or task."""
    bind_contextvars(**{name: value for name, value in values.items() if value is not None})


def start_log_context(**values: Any) -> None:
    """Forget the context of what this thread did before, and begin a new one."""
    clear_contextvars()
    bind_log_context(**values)


class RequestLogMiddleware:
    """Gives each request an id, returns it in a header, and writes one line when the request is done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request inside a log context of its own."""
        given = request.headers.get(REQUEST_ID_HEADER, "")
        request_id = given if _ACCEPTED_REQUEST_ID.match(given) else uuid.uuid4().hex
        request.request_id = request_id
        start_log_context(request_id=request_id)
        started = time.perf_counter()
        response = self.get_response(request)
        # Asking `request.user` here would cost pages that never asked for it two statements.
        user = getattr(request, "_cached_user", None)
        bind_log_context(user_id=getattr(user, "pk", None))
        log = logger.error if response.status_code >= 500 else logger.info
        log(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
        )
        response.headers[REQUEST_ID_HEADER] = request_id
        return response
