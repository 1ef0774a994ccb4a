"""The three Celery tasks of the house."""

from __future__ import annotations

from celery import shared_task
from django.db import connection
from django_tenants.utils import get_public_schema_name, get_tenant_model

from kernel.logs import bind_log_context
from kernel.outbox.pruning import prune_outbox
from kernel.outbox.running import run_task
from kernel.outbox.sending import RUN
from kernel.outbox.sweeping import sweep_outbox


@shared_task(name=RUN)
def run(schema_name: str, task_id: int) -> None:
    """Run one row in its tenant; a tenant that is gone took its rows along."""
    if schema_name == get_public_schema_name():
        connection.set_schema_to_public()
    else:
        tenant = get_tenant_model().objects.operating().filter(schema_name=schema_name).first()
        if tenant is None:
            return
        connection.set_tenant(tenant)
        bind_log_context(tenant=schema_name)
    run_task(task_id)


@shared_task(name="kernel.outbox.sweep")
def sweep() -> None:
    """Relay what is due, of all tenants."""
    sweep_outbox()


@shared_task(name="kernel.outbox.prune")
def prune() -> None:
    """Remove what was done long ago, of all tenants."""
    prune_outbox()
