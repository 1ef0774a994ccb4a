"""What every page of the demonstration says above itself: who one is here, and where to change."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from pepiniere.demonstration.roles import ROLES

SESSION_KEY = "demonstration_role"


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """Context processor of the embedded mode: `demonstration`, the role entered as and where to change.

    Visitors without a session cost no statement.
    """
    role = ""
    session = getattr(request, "session", None)
    if session is not None and session.session_key:
        role = session.get(SESSION_KEY, "")
    origin = settings.ENVIRONMENT.origin(settings.PLATFORM_HOST)
    return {"demonstration": {"role": ROLES.get(role, ""), "switch_url": f"{origin}/"}}
