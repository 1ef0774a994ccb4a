"""Sends what ``notices`` planned: in the reader's language, from the tenant, with links to its site."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from services.catalogue.models import Service, ServiceLogEntry
from services.catalogue.notices import LETTERS
from services.catalogue.remarks import said_remarks
from tenants.accounts.letters import letter, site_origin
from tenants.accounts.models import User
from tenants.directory.current import current_tenant


def send_told(*, entry_id: int, user_id: int) -> None:
    """Send one message; a repeat after a lost answer carries the same Message-ID."""
    entry = ServiceLogEntry.objects.select_related("service__provider", "service__revises").get(pk=entry_id)
    reader = User.objects.filter(pk=user_id, is_active=True).first()
    if reader is None:
        return
    letter(
        reader=reader,
        template=f"catalogue/mail/{LETTERS[entry.transition]}",
        key=f"service-{entry.pk}-{reader.pk}-{entry.service.public_id}",
        context=lambda: _context(entry),
    ).send()


def _context(entry: ServiceLogEntry) -> dict[str, Any]:
    service: Service = entry.service
    path = reverse("catalogue:provider_service", args=[service.slug], urlconf="pepiniere.urls.tenant")
    shop = reverse("catalogue:service", args=[service.slug], urlconf="pepiniere.urls.tenant")
    origin = site_origin(current_tenant())
    return {
        "service": service,
        "renewed": entry.transition == "renew",
        "archived": entry.transition == "archive",
        "note": entry.note,
        "remarks": said_remarks(service),
        "url": origin + path,
        "shop_url": origin + shop,
    }
