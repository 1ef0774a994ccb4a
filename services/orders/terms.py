"""The terms of an order as one text, and the hash by which it is known what was accepted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.template.loader import render_to_string

from services.catalogue.offers import Offer
from services.orders.models import AcceptedTerms
from tenants.directory.current import current_tenant

VERSION = "2026-11"


@dataclass(frozen=True)
class Terms:
    """A text and the SHA-256 of its UTF-8 bytes, in hexadecimal."""

    text: str
    sha256: str


def terms_of(offers: Iterable[Offer]) -> Terms:
    """The site's terms of order with the cancellation terms of each service, in the active language."""
    text = render_to_string(
        "orders/terms.txt", {"tenant": current_tenant(), "offers": list(offers), "version": VERSION}
    )
    kept = str(text).strip() + "\n"
    return Terms(kept, hashlib.sha256(kept.encode()).hexdigest())


def keep_terms(terms: Terms) -> None:
    """Store a text that was accepted, once."""
    AcceptedTerms.objects.bulk_create(
        [AcceptedTerms(sha256=terms.sha256, text=terms.text)], ignore_conflicts=True
    )
