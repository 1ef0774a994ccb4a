"""Work of provisioning after commit; it makes schemas, so it brings its own transactions."""

from __future__ import annotations

from kernel.outbox import outbox_task
from tenants.provisioning import requests


@outbox_task(requests.PREPARE, queue="default", own_transactions=True)
def prepare_tenant(tenant_id: int, administrator_email: str, administrator_name: str) -> None:
    """Build a requested tenant and invite its administrator."""
    requests.prepare_tenant(
        tenant_id=tenant_id, administrator_email=administrator_email, administrator_name=administrator_name
    )
