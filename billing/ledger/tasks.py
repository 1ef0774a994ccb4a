"""The nightly check of every tenant's books."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone
from django_tenants.utils import get_tenant_model, tenant_context

from billing.ledger.models import RunTrigger
from billing.ledger.verification import verify_and_record
from kernel.outbox import outbox_task
from kernel.outbox.operations import enqueue


@shared_task(name="ledger.verify_all")
def verify_all() -> None:
    """Ask for the check of each tenant that works; one that is still to be made is not asked for twice."""
    today = timezone.now().date().isoformat()
    for tenant in get_tenant_model().objects.operating():
        with tenant_context(tenant):
            enqueue("ledger.verify", dedupe_key=f"ledger.verify:{today}")


@outbox_task("ledger.verify", own_transactions=True)
def verify(trigger: str = RunTrigger.CLOCK) -> None:
    """Check the books of this tenant and keep the result."""
    verify_and_record(trigger=trigger)
