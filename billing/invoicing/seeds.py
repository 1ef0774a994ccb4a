"""The legal wordings that a new tenant starts with."""

from __future__ import annotations

from billing.invoicing.models import LegalWording
from billing.invoicing.wordings import SEEDS
from tenants.directory.models import Tenant


def seed_tenant(tenant: Tenant) -> None:
    """Add the wordings of the keys that the tenant has none of; rows changed by staff stay as they are."""
    known = set(LegalWording.objects.values_list("key", flat=True))
    LegalWording.objects.bulk_create(
        LegalWording(key=key, text=text, valid_from=first, valid_to=last)
        for key, first, last, text in SEEDS
        if key not in known
    )
