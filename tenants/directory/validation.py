"""What a tenant's name, colours, zone and host may look like."""

from __future__ import annotations

import re
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_COLOUR = re.compile(r"#[0-9a-f]{6}\Z")
_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*\Z"
)
_SCHEMA_NAME = re.compile(r"[a-z][a-z0-9_]{1,47}\Z")
RESERVED_SCHEMA_PREFIXES = ("pg_", "template_", "information_schema", "public")
BRAND_COLOURS = ("primary", "accent")


def validate_schema_name(value: str) -> None:
    """A name PostgreSQL needs no quotes for and that is nobody else's. Raises ValidationError."""
    if not _SCHEMA_NAME.match(value) or value.startswith(RESERVED_SCHEMA_PREFIXES):
        raise ValidationError(_("Nom de schéma non admis."), code="schema_name")


def validate_host(value: str) -> None:
    """A host name in lower case without port. Raises ValidationError."""
    if not _HOST.match(value):
        raise ValidationError(_("Adresse non admise : un nom d’hôte en minuscules, sans port."), code="host")


def validate_time_zone(value: str) -> None:
    """A zone of the IANA database. Raises ValidationError."""
    try:
        ZoneInfo(value)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValidationError(_("Fuseau horaire inconnu."), code="time_zone") from None


def validate_brand(value: Any) -> None:
    """A mapping of `primary` and `accent` to colours like `#1d4ed8`. Raises ValidationError."""
    if not isinstance(value, dict) or not set(value) <= set(BRAND_COLOURS):
        raise ValidationError(_("Couleurs attendues : primary et accent."), code="brand")
    if not all(isinstance(colour, str) and _COLOUR.match(colour) for colour in value.values()):
        raise ValidationError(_("Une couleur s’écrit #rrggbb, en minuscules."), code="brand")
