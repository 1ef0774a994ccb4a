"""Secret keys: made once, shown once, stored as a digest."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

from django.conf import settings

from billing.sandbox.errors import ApiError
from billing.sandbox.models import Account

if TYPE_CHECKING:
    from django.http import HttpRequest

ADMIN = "admin"


def new_secret_key() -> str:
    """A key in the gateway's style, plainly no live one."""
    return f"sk_sandbox_{secrets.token_urlsafe(32)}"


def digest(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def authenticate(request: HttpRequest) -> Account | None:
    """The platform account of the bearer key; None for the installation's admin key; 401 otherwise."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and key:
        if settings.SANDBOX_ADMIN_KEY and hmac.compare_digest(
            key.encode(), settings.SANDBOX_ADMIN_KEY.encode()
        ):
            return None
        account = Account.objects.filter(key_digest=digest(key)).first()
        if account is not None:
            return account
    raise ApiError("Invalid API key provided.", status=401, code="api_key_invalid")
