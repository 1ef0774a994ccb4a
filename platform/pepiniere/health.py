"""Whether this process lives and whether it can work: answered on any host, before a tenant is looked up."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

LIVE_PATH = "/health/live"
READY_PATH = "/health/ready"


class HealthMiddleware:
    """Answers the two probes; everything else goes on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """`/health/live` asks nothing; `/health/ready` asks the database, its migrations and Redis."""
        if request.path == LIVE_PATH:
            return _plain({"status": "alive"})
        if request.path == READY_PATH:
            checks = {name: _holds(check) for name, check in READINESS.items()}
            ready = all(checks.values())
            return _plain(
                {"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503
            )
        return self.get_response(request)


def database_answers() -> bool:
    """Whether PostgreSQL answers a statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone() == (1,))


def public_schema_is_migrated() -> bool:
    """Whether every migration of this code has been applied to the public schema."""
    from tenants.provisioning.differences import missing_in_public

    return not missing_in_public()


def redis_answers() -> bool:
    """Whether Redis answers; asked past the cache, which forgives a silent Redis."""
    return bool(cache.client.get_client().ping())


READINESS: dict[str, Callable[[], bool]] = {
    "database": database_answers,
    "migrations": public_schema_is_migrated,
    "redis": redis_answers,
}


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except Exception:
        return False


def _plain(content: dict[str, object], status: int = 200) -> HttpResponse:
    response = JsonResponse(content, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
