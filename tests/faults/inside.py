"""`python -m tests.faults.inside VERB SPACE …`: what a test does or reads in a space of the live stack.

`open SPACE` tells the tasks that are not done; `judge SPACE ORDER…` counts everything that must be single;
`write SPACE LINE COUNT` writes so many messages about a line; `letters SPACE TEXT` counts messages sent.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import Any


def main(verb: str, space: str, *arguments: str) -> None:
    """Do it in the space and print the result as JSON."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pepiniere.settings")
    import django

    django.setup()
    from tenants.directory.current import tenant_context
    from tenants.directory.models import Tenant

    with tenant_context(Tenant.objects.get(slug=space)):
        told = {"open": open_tasks, "judge": judge, "write": write, "letters": letters_with}[verb](*arguments)
    json.dump(told, sys.stdout)


def open_tasks() -> list[str]:
    """Tasks due by now that are neither done nor dead, and all dead ones."""
    from django.utils import timezone

    from kernel.outbox.models import OutboxTask

    waiting = OutboxTask.objects.open().filter(due_at__lte=timezone.now())
    return [str(task) for task in waiting] + [f"dead: {task}" for task in OutboxTask.objects.dead()]


def judge(*numbers: str) -> dict[str, Any]:
    """What was done for each order, what the gateway did, what is wrong with the books."""
    from billing.invoicing.models import Invoice
    from billing.ledger.verification import verify_ledger
    from billing.payments.gateways.directory import active_account
    from billing.payments.gateways.sandbox import call
    from billing.payments.models import Payment, Refund
    from billing.payments.secrets import unseal
    from billing.payouts.models import PayoutLeg
    from services.orders.models import Order

    key = unseal(active_account().secret_key_sealed)
    told: dict[str, Any] = {"orders": {}, "findings": [str(each) for each in verify_ledger().findings]}
    for number in numbers:
        order = Order.objects.get(number=number)
        charge = {"charge__reference": order.charge_reference}
        legs = PayoutLeg.objects.filter(payout__release__item__charge__reference=order.charge_reference)
        invoices = Invoice.objects.filter(release__item__charge__reference=order.charge_reference)
        refunds = Refund.objects.filter(payment__charge__reference=order.charge_reference)
        told["orders"][number] = {
            "states": sorted(order.lines.values_list("state", flat=True)),
            "payments": sorted(Payment.objects.filter(**charge).values_list("state", flat=True)),
            "legs": sorted(legs.values_list("state", flat=True)),
            "legs_of_a_release": _most(legs.values_list("payout__release_id", flat=True)),
            "invoices": invoices.count(),
            "invoices_of_a_kind": _most(invoices.values_list("release_id", "kind")),
            "rendered": invoices.exclude(document=None).count(),
            "refunds": sorted(refunds.values_list("state", flat=True)),
        }
    for name, reference in (("transfers", "transfer_group"), ("refunds", "charge")):
        rows = call("GET", name, key=key, query={"limit": "100"})["data"]
        told[f"gateway_{name}"] = _most(row[reference] for row in rows)
    return told


def write(line: str, count: str) -> int:
    """Write messages to the provider of a line, each of which is sent as an e-mail."""
    from services.fulfilment.operations.write import write_message
    from services.orders.models import OrderLine

    found = OrderLine.objects.select_related("order__placed_by").get(key=line)
    for number in range(int(count)):
        write_message(
            key=line, actor=found.order.placed_by, role="business", body=f"Message compté {number:03d}."
        )
    return int(count)


def letters_with(text: str) -> dict[str, int]:
    """How often each message whose text holds ``text`` was sent, by its line with it."""
    from django.db import connection

    from pepiniere.demonstration.mailbox import letter
    from tenants.directory.mail import mailbox_directory

    found: Counter[str] = Counter()
    for path in mailbox_directory(connection.schema_name).glob("*.eml"):
        read = letter(connection.schema_name, path.stem)
        lines = read.text.splitlines() if read else []
        found.update(line.strip() for line in lines if text in line)
    return dict(found)


def _most(keys: Any) -> int:
    """How many have the key that most have."""
    return max(Counter(keys).values(), default=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
