"""An order with a deposit, end to end: pages, webhooks, provider, delivery, balance, approval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.errors import BalanceOpen
from billing.charges.inputs import Due, InstalmentInput
from billing.charges.models import Charge
from billing.commission.operations import open_rule
from billing.payments.models import Payment, Refund
from billing.payouts.models import Payout
from kernel.outbox.models import OutboxTask
from services.fulfilment.clocks import run_clock
from services.fulfilment.operations.answer import accept_line, start_line
from services.fulfilment.operations.review import approve_milestone
from services.orders.models import Notice, OrderLine
from services.orders.operations.cancel import cancel_line
from services.orders.operations.carts import add_to_cart, take_cart
from services.orders.operations.place import place_order
from tests.billing.building import EARLY
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, open_shop
from tests.sandbox import SandboxProcess
from tests.services.ordering import ANSWERS, deliver, fresh, person, service_of

INSTALMENTS = (
    InstalmentInput("deposit", "Acompte de 40 %", Due.AT_OPENING, share=40),
    InstalmentInput("balance", "Solde à la livraison", Due.AT_DELIVERY, share=60),
)


@pytest.fixture
def shop(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    return open_shop(tenant, tenant_client, sandbox_process, settings)


@pytest.fixture
def line(shop: Shop) -> OrderLine:
    """A line of 120,00 euros, ordered with a deposit; its buyer is logged in."""
    open_rule(priority=1, scope="default", rate_percent=5, valid_from=EARLY)
    buyer = person("buyer", shop.buyer)
    service = service_of(shop.seller, price="100.0000", questions=[])
    cart = take_cart(user=buyer, party=shop.buyer)
    add_to_cart(cart=cart, service=service, answers=dict(ANSWERS))
    order = place_order(cart=cart, buyer=shop.buyer, user=buyer, instalments=INSTALMENTS)
    shop.client.force_login(buyer, backend="tenants.accounts.backends.AccountBackend")
    return order.lines.get()


def pay(shop: Shop, line: OrderLine) -> Payment:
    """The buyer presses the button of the page and pays at the bank; its webhook arrives."""
    answer = shop.client.post(f"/commandes/{line.order.number}/payer/")
    assert answer.status_code == 302, answer.content
    payment = Payment.objects.latest("pk")
    assert answer.headers["Location"] == payment.hosted_url
    shop.pay(payment)
    shop.post_new_events()
    return payment


def page(shop: Shop, line: OrderLine) -> str:
    return shop.client.get(f"/commandes/{line.order.number}/").content.decode()


def test_the_deposit_starts_the_work_and_the_balance_ends_it(shop: Shop, line: OrderLine) -> None:
    provider = person("provider", shop.seller)
    shown = shop.client.get(f"/commandes/{line.order.number}/payer/").content.decode()
    assert "Payer 48,00\xa0€" in shown
    assert "Acompte de 40 %, sur 120,00\xa0€" in shown.replace("TTC", "").replace("  ", " ")
    pay(shop, line)
    assert fresh(line).state == "awaiting_provider"
    assert Notice.objects.get(kind="paid").context["paid_cents"] == 4_800
    shown = page(shop, line)
    assert "Acompte payé" in shown
    assert f"/commandes/{line.order.number}/payer/" not in shown
    back = shop.client.get(f"/commandes/{line.order.number}/retour/")
    assert back.headers["Location"].endswith(f"/commandes/{line.order.number}/")

    accept_line(key=line.key, actor=provider)
    start_line(key=line.key, actor=provider)
    deliver(line, provider)
    assert f"/commandes/{line.order.number}/payer/" in page(shop, line)
    with pytest.raises(BalanceOpen):
        approve_milestone(key=line.key, actor=line.order.placed_by)
    assert fresh(line).state == "delivered"
    # Nor does the clock approve in the client's place: it looks again another day.
    delivered = fresh(line)
    OrderLine.objects.filter(pk=line.pk).update(due_at=timezone.now() - timedelta(minutes=1))
    planned = OutboxTask.objects.filter(name="fulfilment.run_clock")
    before = planned.count()
    run_clock(key=line.key, changed_at=delivered.changed_at.isoformat())
    assert (fresh(line).state, planned.count()) == ("delivered", before + 1)

    shown = shop.client.get(f"/commandes/{line.order.number}/payer/").content.decode()
    assert "Payer 72,00\xa0€" in shown
    pay(shop, line)
    assert Charge.objects.get().state == "paid"
    assert Notice.objects.filter(kind="paid").count() == 1
    approve_milestone(key=line.key, actor=line.order.placed_by)
    assert fresh(line).state == "approved"
    assert Payout.objects.get().net_cents == 11_400
    assert_ledger_is_clean()


def test_an_order_cancelled_after_its_deposit_gives_it_back(shop: Shop, line: OrderLine) -> None:
    pay(shop, line)
    cancel_line(key=line.key, role="business", actor=line.order.placed_by, reason="Plus besoin")
    shop.work()
    shop.post_new_events()
    refund = Refund.objects.get()
    assert (refund.amount_cents, refund.state) == (4_800, "done")
    assert fresh(line).state == "cancelled"
    told = Notice.objects.get(kind="refund_started")
    assert told.context["amount_cents"] == 4_800
    assert_ledger_is_clean()
