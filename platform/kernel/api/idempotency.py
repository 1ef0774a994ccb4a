"""`Idempotency-Key`: the name a program gives to one wish, so that asking again does nothing twice."""

from __future__ import annotations

from uuid import UUID, uuid5

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from kernel.errors import DomainError

LONGEST = 200
# Any constant will do; another one would make of each old key a new wish.
_SPACE = UUID("5d7a1c1e-6f0f-4b53-9c7c-0c8d3a0e9b11")

HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="A name of your own for this wish, 1 to 200 visible ASCII characters, for example a UUID. "
    "The same key again gives the first answer again.",
)


class KeyMissing(DomainError):
    """The header is missing, too long, or holds more than visible ASCII."""

    code = "idempotency_key_missing"
    message = _("Envoyez un en-tête Idempotency-Key de 1 à 200 caractères.")
    status = 400


class KeyReused(DomainError):
    """The same key came with another wish."""

    code = "idempotency_key_reused"
    message = _("Cette clé Idempotency-Key a déjà servi pour une autre demande.")
    status = 422


def token_of(request: Request) -> UUID:
    """The key of a request as a token for operations that take one. Raises KeyMissing."""
    key = str(request.headers.get("Idempotency-Key", "")).strip()
    if not 1 <= len(key) <= LONGEST or not (key.isascii() and key.isprintable()):
        raise KeyMissing
    return uuid5(_SPACE, key)
