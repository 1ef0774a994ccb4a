"""`python -m tests.faults.inside VERB SPACE …`: what a test does or reads in a space of the live stack.

`open SPACE` tells the tasks that are not done; `judge SPACE ORDER…` counts everything that must be single;
`write SPACE LINE COUNT` writes so many messages about a line; `letters SPACE TEXT` counts messages sent;
`shoppers SPACE COUNT` logs so many new entrepreneurs in; `reckon SPACE` adds up orders, payments, ledger and
gateway; `states SPACE ORDER…` tells how lines stand; `reconcile SPACE` does now what the scheduler does every
five minutes.
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
        told = {
            "open": open_tasks,
            "judge": judge,
            "write": write,
            "letters": letters_with,
            "shoppers": shoppers,
            "reckon": reckon,
            "reconcile": reconcile,
            "states": states,
        }[verb](*arguments)
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


def shoppers(count: str) -> list[str]:
    """The sessions of new entrepreneurs, one business each, in creation."""
    from tenants.accounts.models import User
    from tenants.parties.operations import create_business

    sessions = []
    for number in range(int(count)):
        user = User.objects.create(email=f"foule-{number}@exemple.example", full_name=f"Foule {number}")
        create_business(user=user, legal_name=f"Foule {number}", email=user.email)
        sessions.append(_session_of(user))
    return sessions


def _session_of(user: Any) -> str:
    """The key of a session in which the user is logged in."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)


def reconcile() -> None:
    """Ask the gateway for what it never told, and about every payment and refund that is open."""
    from django.utils import timezone

    from kernel.outbox.models import OutboxTask
    from kernel.outbox.operations import enqueue

    enqueue("payments.reconcile", dedupe_key="payments.reconcile")
    OutboxTask.objects.open().filter(name__startswith="payments.").update(due_at=timezone.now())


def reckon() -> dict[str, Any]:
    """The same money counted in four places, in cents."""
    from django.db.models import Count, Sum

    from billing.charges.models import Charge
    from billing.ledger.accounts import AccountCode
    from billing.ledger.models import EntryKind, Posting
    from billing.ledger.verification import verify_ledger
    from billing.payments.models import Payment, Refund
    from services.orders.models import Order, OrderLine

    lines = dict(OrderLine.objects.order_by().values_list("state").annotate(count=Count("pk")))
    paid = Charge.objects.filter(payments__received_cents__gt=0)
    received = Payment.objects.filter(received_cents__gt=0)
    gateway = _gateway_rows()
    booked = Posting.objects.filter(account__code=AccountCode.GATEWAY, entry__kind=EntryKind.PAYMENT)
    return {
        "orders": Order.objects.count(),
        "lines": lines,
        "orders_paid": Order.objects.filter(charge_reference__in=paid.values("reference")).count(),
        "payments": received.count(),
        "payments_of_a_charge": _most(received.values_list("charge_id", flat=True)),
        "charged": sum(paid.distinct().values_list("to_pay_cents", flat=True)),
        "received": received.aggregate(sum=Sum("received_cents"))["sum"] or 0,
        "booked": booked.aggregate(sum=Sum("amount_cents"))["sum"] or 0,
        "at_gateway": sum(row["amount"] for row in gateway["charges"] if row["status"] == "succeeded"),
        "refunded": Refund.objects.filter(state="done").aggregate(sum=Sum("amount_cents"))["sum"] or 0,
        "refunded_at_gateway": sum(
            row["amount"] for row in gateway["refunds"] if row["status"] == "succeeded"
        ),
        "open": [str(each) for each in Payment.objects.filter(state__in=("processing", "unknown"))]
        + [str(each) for each in Refund.objects.exclude(state__in=("done", "failed"))],
        "findings": [str(each) for each in verify_ledger().findings],
    }


def states(*numbers: str) -> dict[str, list[str]]:
    """The states of each order's lines."""
    from services.orders.models import OrderLine

    told: dict[str, list[str]] = {number: [] for number in numbers}
    rows = OrderLine.objects.filter(order__number__in=numbers).values_list("order__number", "state")
    for number, state in rows:
        told[number].append(state)
    return told


def _gateway_rows() -> dict[str, list[dict[str, Any]]]:
    """All charges and refunds that the gateway has of this account."""
    from billing.payments.gateways.directory import active_account
    from billing.payments.gateways.sandbox import call
    from billing.payments.secrets import unseal

    key = unseal(active_account().secret_key_sealed)
    told: dict[str, list[dict[str, Any]]] = {}
    for name in ("charges", "refunds"):
        rows: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            page = call("GET", name, key=key, query={"limit": "100", **after})
            rows += page["data"]
            if not page["has_more"]:
                break
            after = {"starting_after": rows[-1]["id"]}
        told[name] = rows
    return told


def _most(keys: Any) -> int:
    """How many have the key that most have."""
    return max(Counter(keys).values(), default=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
