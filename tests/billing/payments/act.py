"""One act of payments in a process of its own, so that a test can have it killed at a fault point.

`python -m tests.billing.payments.act <schema> <verb> <argument>`; the tests also call `perform` themselves.
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.billing.payments.acting import CANCEL, RETURN

ROOT = Path(__file__).resolve().parents[3]


def perform(verb: str, argument: str) -> None:
    """Do it in the current tenant."""
    from billing.payments.operations import apply, deliveries, expiry, refunds, start

    if verb == "start":
        from billing.charges.models import Charge

        start.start_payment(charge=Charge.objects.get(pk=argument), return_url=RETURN, cancel_url=CANCEL)
    elif verb == "apply":
        apply.apply_payment(payment_id=int(argument))
    elif verb == "expire":
        expiry.expire_charge(charge_id=int(argument))
    elif verb == "refund":
        refunds.send_refund(refund_id=int(argument))
    elif verb == "fetch_refund":
        refunds.apply_refund(refund_id=int(argument))
    elif verb == "reconcile":
        from billing.payments.operations.reconcile import reconcile

        reconcile()
    elif verb == "reconcile_by_twos":
        _reconcile_by_twos()
    elif verb == "connect":
        from billing.payments.operations.accounts import connect_sandbox
        from tenants.directory.models import Tenant

        connect_sandbox(Tenant.objects.get(schema_name=argument))
    elif verb == "receive":
        endpoint, signature, body = Path(argument).read_bytes().split(b"\n", 2)
        deliveries.receive_delivery(endpoint_id=endpoint.decode(), signature=signature.decode(), body=body)


def _reconcile_by_twos() -> None:
    """Some minutes from now, in pages of two events."""
    from types import SimpleNamespace

    from django.utils import timezone

    from billing.payments.operations import reconcile

    later = timezone.now() + timedelta(minutes=3)
    for name, value in (("PAGE", 2), ("MOST_EVENTS", 100), ("timezone", SimpleNamespace(now=lambda: later))):
        setattr(reconcile, name, value)
    reconcile.reconcile()


def in_another_process(
    schema: str, verb: str, argument: object, *, sandbox_url: str, state: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Do it in a process that may die; fault points are armed by files under `<state>/faults`."""
    return subprocess.run(
        [sys.executable, "-m", "tests.billing.payments.act", schema, verb, str(argument)],
        env={
            **os.environ,
            **connection_of_the_test(),
            "SANDBOX_URL": sandbox_url,
            "PEPINIERE_STATE_DIR": str(state),
            **environment,
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


def connection_of_the_test() -> dict[str, str]:
    """DATABASE_URL of the test database instead of the one that pytest was started with."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    head, _, _ = os.environ["DATABASE_URL"].partition("?")
    return {
        "DATABASE_URL": f"{head.rpartition('/')[0]}/{name}",
        "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        "PEPINIERE_MODE": "test",
        "DJANGO_SETTINGS_MODULE": "pepiniere.settings",
    }


def main(schema: str, verb: str, argument: str) -> None:
    """Set up Django, enter the tenant, act."""
    import django

    django.setup()
    from django.db import connection

    from tenants.directory.models import Tenant

    tenant: Any = Tenant.objects.get(schema_name=schema)
    connection.set_tenant(tenant)
    perform(verb, argument)


if __name__ == "__main__":
    main(*sys.argv[1:])
