"""Remarks on a service, each beside the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db import transaction

from services.catalogue.errors import RemarkRefused
from services.catalogue.fields import FIELDS, field_label
from services.catalogue.models import Service, ServiceRemark
from services.catalogue.operations import send_back_service

if TYPE_CHECKING:
    from tenants.accounts.models import User


@transaction.atomic
def ask_for_corrections(
    *, service_id: int, actor: User | None, remarks: Mapping[str, str], note: str = ""
) -> Service:
    """Send a service back to its provider with remarks by field. Raises RemarkRefused, TransitionRefused."""
    said = {name: text.strip() for name, text in remarks.items() if text.strip()}
    if set(said) - set(FIELDS) or not (said or note.strip()):
        raise RemarkRefused
    service = send_back_service(service_id=service_id, actor=actor, note=note.strip())
    ServiceRemark.objects.bulk_create(
        ServiceRemark(service=service, field=name, text=text, author=actor) for name, text in said.items()
    )
    return service


def open_remarks(service: Service) -> dict[str, list[str]]:
    """What still has to be answered, by field, the oldest first; one statement."""
    found: dict[str, list[str]] = {}
    for name, text in service.remarks.filter(settled_at=None).values_list("field", "text"):
        found.setdefault(name, []).append(text)
    return found


def said_remarks(service: Service) -> list[tuple[str, str, str]]:
    """Page, field in words and text of each open remark; one statement."""
    return [
        (FIELDS[name][0], field_label(name), text)
        for name, texts in open_remarks(service).items()
        for text in texts
        if name in FIELDS
    ]
