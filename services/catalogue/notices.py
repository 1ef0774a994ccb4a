"""Telling a provider's people what became of a service: published, sent back, taken out of the shop."""

from __future__ import annotations

from kernel.outbox.operations import enqueue
from services.catalogue.lifecycle import OPERATOR
from services.catalogue.models import ServiceLogEntry
from tenants.parties.queries import members_of

LETTERS = {
    "publish": "published",
    "renew": "published",
    "send_back": "returned",
    "pause": "stopped",
    "archive": "stopped",
}


def tell_provider(entry: ServiceLogEntry) -> None:
    """Plan a message to each of the provider's people about an act of the operator, in its transaction."""
    if entry.role != OPERATOR or entry.transition not in LETTERS:
        return
    for user in members_of(entry.service.provider_id).exclude(pk=entry.actor_id):
        enqueue("catalogue.tell_provider", entry_id=entry.pk, user_id=user.pk)
