"""Twenty faults through the wire: a real web server hears the gateway, a real worker applies what it says.

Each ends in one effect, books that agree, and either nothing to do or a next act on the console.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from billing.charges.operations import lapse_charge, lock_charge
from billing.payments.errors import GatewayUnavailable
from billing.payments.models import GatewayAccount, GatewayDelivery, GatewayDispute, Payment, Refund
from billing.payments.operations.accounts import add_endpoint
from billing.payments.operations.refunds import refund_items
from billing.payments.secrets import unseal
from billing.payouts.models import Payout, PayoutLeg
from billing.payouts.operations import open_payout_account, release
from billing.payouts.refunds import refund_released
from kernel.outbox.models import OutboxTask
from tests.billing.payments.acting import assert_ledger_is_clean
from tests.billing.payments.dealing import (
    SEPA,
    assert_paid_once,
    assert_paid_once_by_posting,
    key_of,
    opened,
    paid,
    posted,
    refunds_at_gateway,
    sign,
)
from tests.billing.payments.wire import Wire, running_wire, turn_endpoint
from tests.sandbox import CHALLENGE, DECLINED, SandboxProcess

pytestmark = [pytest.mark.committing, pytest.mark.timeout(120)]

PAYOUTS = "/console/versements/"


@pytest.fixture(scope="module")
def processes(
    django_db_setup: None,
    django_db_blocker: Any,
    sandbox_process: SandboxProcess,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Wire]:
    """One web server and one worker for all twenty."""
    with django_db_blocker.unblock(), running_wire(sandbox_process, tmp_path_factory.mktemp("wire")) as made:
        yield made


@pytest.fixture
def wire(processes: Wire, django_db_blocker: Any) -> Iterator[Wire]:
    """The processes; after each test the books agree and the other tenant has heard nothing."""
    from django.db import connection

    with django_db_blocker.unblock():
        connection.set_tenant(processes.shop.tenant)
        yield processes
        assert_ledger_is_clean()
        connection.set_tenant(processes.stranger.tenant)
        assert not Payment.objects.exists()
        assert not GatewayDelivery.objects.exists()
        connection.set_tenant(processes.shop.tenant)


def test_01_the_same_event_twice(wire: Wire) -> None:
    charge, payment = opened(wire)
    wire.shop.api.knob("webhooks", mode="duplicate", session=payment.session_id)
    wire.shop.pay(payment)
    assert_paid_once(wire, charge)
    wire.until(lambda: GatewayDelivery.objects.filter(repeats=1).count() >= 3, "repeats")


def test_02_two_endpoints_one_fact(wire: Wire) -> None:
    shop = wire.shop
    second = add_endpoint(shop.tenant, shop.account)
    turn_endpoint(shop, second.gateway_endpoint_id, second.endpoint_id, wire.port)
    before = GatewayDelivery.objects.count()
    charge, payment = opened(wire)
    shop.pay(payment)
    assert_paid_once(wire, charge)
    assert GatewayDelivery.objects.count() == before + 3
    wire.until(lambda: GatewayDelivery.objects.order_by("-pk").first().repeats == 1, "the second posting")
    shop.api.post(f"webhook_endpoints/{second.gateway_endpoint_id}", {"disabled": True})


def test_03_events_out_of_order(wire: Wire) -> None:
    charge, payment = opened(wire)
    wire.shop.api.knob("webhooks", mode="reordered", session=payment.session_id)
    wire.shop.pay(payment)
    assert_paid_once(wire, charge)


def test_04_an_event_before_our_commit(wire: Wire) -> None:
    charge, payment = opened(wire)
    values = {field.attname: getattr(payment, field.attname) for field in Payment._meta.concrete_fields}
    Payment.objects.filter(pk=payment.pk).delete()
    wire.shop.pay(payment)
    tried = OutboxTask.objects.open().filter(name="payments.apply_delivery", tries__gte=1)
    wire.until(lambda: tried.count() == 3, "events that match nothing yet")
    assert set(GatewayDelivery.objects.order_by("-pk").values_list("state", flat=True)[:3]) == {"stored"}
    Payment.objects.create(**values)
    wire.hurry("payments.apply_delivery")
    assert_paid_once(wire, charge)


def test_05_return_page_and_webhook_together(wire: Wire) -> None:
    charge, payment = opened(wire)
    csrf = {"X-CSRFToken": wire.token(f"/console/suivi/payment/{payment.public_id}/")}
    with ThreadPoolExecutor(4) as threads:
        asked = [
            threads.submit(
                httpx.post,
                f"http://127.0.0.1:{wire.port}/paiements/{payment.public_id}/actualiser/",
                headers={**wire.staff.headers, **csrf},
                cookies=dict(wire.staff.cookies),
            )
            for _ in range(6)
        ]
        wire.shop.pay(payment)
    assert {each.result().status_code for each in asked} <= {200, 302}
    assert_paid_once(wire, charge)


def test_06_the_buyer_never_returns(wire: Wire) -> None:
    charge, payment = opened(wire)
    wire.shop.pay(payment)
    assert_paid_once(wire, charge)


def test_07_the_webhook_never_comes(wire: Wire) -> None:
    charge, payment = opened(wire)
    wire.shop.api.knob("webhooks", mode="dropped", session=payment.session_id)
    wire.shop.pay(payment)
    wire.lose_events()
    Payment.objects.filter(pk=payment.pk).update(created_at=timezone.now() - timedelta(hours=2))
    assert "Interroger la passerelle" in wire.row(charge.reference)
    wire.hurry("payments.reconcile_payment")
    wire.state(charge, "paid")
    assert wire.row(charge.reference) == ""


def test_08_paid_after_expiry(wire: Wire) -> None:
    from django.db import transaction

    charge, payment = opened(wire)
    with transaction.atomic():
        lapse_charge(charge=lock_charge(charge_id=charge.pk))
    wire.shop.pay(payment)
    assert_paid_once(wire, charge)
    assert charge.events.get(kind="charge_paid").payload["was_lapsed"] is True


def test_09_two_sessions_both_paid(wire: Wire) -> None:
    charge, first = opened(wire)
    Payment.objects.filter(pk=first.pk).update(state="expired")
    second = wire.shop.start(charge)
    wire.shop.pay(second)
    wire.shop.pay(first)
    assert_paid_once(wire, charge)
    states = wire.until(
        lambda: sorted(charge.payments.values_list("state", flat=True)) == ["returned", "succeeded"], "return"
    )
    assert states
    assert Refund.objects.filter(payment__charge=charge).count() == 1


def test_10_an_amount_that_differs(wire: Wire) -> None:
    charge, payment = opened(wire)
    wire.shop.api.knob("settles", amount=11_900, session=payment.session_id)
    wire.shop.pay(payment)
    wire.state(payment, "quarantined")
    wire.quiet()
    charge.refresh_from_db()
    assert charge.state == "awaiting_payment"
    wire.press(wire.row(charge.reference), "Rembourser")
    wire.state(payment, "returned")
    assert refunds_at_gateway(wire, payment) == 1
    assert wire.row(charge.reference) == ""


def test_11_authentication_refused_then_another_card(wire: Wire) -> None:
    charge, payment = opened(wire)
    wire.shop.pay(payment, CHALLENGE, authentication="refused")
    wire.until(lambda: charge.events.filter(kind="charge_payment_failed").exists(), "the refusal")
    wire.shop.pay(payment, DECLINED)
    wire.shop.pay(payment, CHALLENGE, authentication="accepted")
    assert_paid_once(wire, charge)


def test_12_a_debit_under_way_then_failed(wire: Wire) -> None:
    charge, payment = opened(wire)
    debit = sign(wire, payment)
    wire.state(payment, "processing")
    assert wire.row(charge.reference) == ""
    wire.shop.api.post(f"test/charges/{debit}/settle", {"status": "failed"})
    wire.state(payment, "failed")
    wire.quiet()
    waiting = wire.row(charge.reference)
    assert "La banque a refusé le prélèvement." in waiting
    url = f"/console/suivi/payment/{payment.public_id}/"
    assert url in waiting
    wire.press(waiting, "Classer", act="put_away", note="Le client paie par carte.")
    assert wire.row(charge.reference) == ""
    again = wire.shop.start(charge)
    wire.shop.pay(again)
    assert_paid_once(wire, charge)


def test_13_a_debit_returned_after_the_transfer(wire: Wire) -> None:
    open_payout_account(party=wire.shop.seller)
    charge, payment = opened(wire)
    debit = sign(wire, payment)
    wire.state(payment, "processing")
    wire.shop.api.post(f"test/charges/{debit}/settle", {"status": "succeeded"})
    wire.state(charge, "paid")
    payout = release(item_key=key_of(charge), release_key="step-1")
    assert payout.state == "held"
    Payout.objects.filter(pk=payout.pk).update(held_until=timezone.now() - timedelta(seconds=1))
    wire.hurry("payouts.end_hold")
    wire.state(payout, "sent")
    wire.shop.api.post(f"test/charges/{debit}/return")
    wire.until(lambda: GatewayDispute.objects.filter(payment=payment, state="lost").exists(), "dispute")
    wire.quiet()
    assert "provision insuffisante" in wire.row(charge.reference)
    told = wire.press(wire.row(charge.reference), "Décider qui supporte", bearer="provider")
    assert "supporté par prestataire" in told
    dispute = GatewayDispute.objects.get(payment=payment)
    assert (dispute.bearer, dispute.borne_cents) == ("provider", 12_000)
    assert wire.row(charge.reference) == ""
    # The seller's debt is recovered from what it still has at the gateway.
    transfer = payout.legs.get().gateway_transfer_id
    wire.until(lambda: wire.shop.api.get(f"transfers/{transfer}")["reversed"], "the transfer taken back")
    wire.quiet()


def test_14_a_time_out_after_success(wire: Wire) -> None:
    charge, payment = paid(wire)
    wire.shop.api.knob(
        "timeout_after_success", operation="refunds.create", session=payment.session_id, times=1
    )
    refund = refund_items(item_keys=[key_of(charge)], bearer="operator", reason="test")[0]
    # The event of the refund arrives, whatever became of our answer.
    wire.state(refund, "done")
    assert refunds_at_gateway(wire, payment) == 1
    wire.hurry("payments.send_refund")
    wire.quiet()
    assert refunds_at_gateway(wire, payment) == 1
    assert wire.row(charge.reference) == ""


def test_15_a_retry_after_the_keys_are_forgotten(wire: Wire) -> None:
    charge = wire.shop.charge(wire.reference())
    wire.shop.api.knob("timeout_after_success", operation="checkout.sessions.create", times=1)
    with pytest.raises(GatewayUnavailable):
        wire.shop.start(charge)
    payment = charge.payments.get()
    assert payment.state == "unknown"
    Payment.objects.filter(pk=payment.pk).update(created_at=timezone.now() - timedelta(hours=25))
    assert "Interroger la passerelle" in wire.row(charge.reference)
    wire.shop.api.post("test/idempotency/forget")
    again = wire.shop.start(charge)
    assert again.pk == payment.pk
    reference = payment.request["reference"]
    assert len(wire.shop.api.get("checkout/sessions", client_reference_id=reference)["data"]) == 1
    wire.shop.pay(again)
    assert_paid_once(wire, charge)


@pytest.mark.parametrize(
    ("mode", "said"),
    [
        ("balance_insufficient", "Le solde disponible à la passerelle ne suffit pas encore."),
        ("account_restricted", "La passerelle restreint le compte du prestataire."),
    ],
)
def test_16_a_transfer_that_the_gateway_refuses(wire: Wire, mode: str, said: str) -> None:
    open_payout_account(party=wire.shop.seller)
    charge, payment = paid(wire)
    wire.shop.api.knob("transfers", mode=mode, session=payment.session_id, times=1)
    leg = release(item_key=key_of(charge), release_key="step-1").legs.get()
    wire.state(leg, "failed")
    waiting = wire.page(PAYOUTS)
    assert said in waiting
    wire.press(waiting, "Relancer")
    wire.state(leg, "sent")
    group = wire.shop.api.get("transfers", transfer_group=leg.transfer_group)["data"]
    assert len(group) == 1


def test_17_one_of_three_transfers_fails(wire: Wire) -> None:
    open_payout_account(party=wire.shop.seller)
    charge, payment = paid(wire, shares=(40, 30, 30))
    wire.shop.api.knob("transfers", mode="balance_insufficient", session=payment.session_id, times=1)
    for number in (1, 2, 3):
        release(item_key=key_of(charge), release_key=f"step-{number}")
    legs = PayoutLeg.objects.filter(payout__release__item__charge=charge)
    wire.until(
        lambda: sorted(legs.values_list("state", flat=True)) == ["failed", "sent", "sent"], "three ends"
    )
    wire.press(wire.page(PAYOUTS), "Relancer")
    wire.until(lambda: set(legs.values_list("state", flat=True)) == {"sent"}, "the third")
    assert "Tout est à jour." in wire.page(PAYOUTS)


def test_18_a_refund_done_whose_reversal_fails(wire: Wire) -> None:
    account = open_payout_account(party=wire.shop.seller)
    charge, payment = paid(wire)
    payout = release(item_key=key_of(charge), release_key="step-1")
    wire.state(payout, "sent")
    wire.shop.api.post(f"test/accounts/{account.gateway_account_id}/pay_out")
    made = refund_released(
        item_key=key_of(charge), release_key="step-1", amount_cents=6_000, bearer="provider", reason="test"
    )
    wire.until(lambda: Refund.objects.filter(payment=payment, state="done").exists(), "the refund")
    wire.quiet()
    assert refunds_at_gateway(wire, payment) == 1
    assert made.incl_cents == 6_000
    # Nothing could be taken back: it stands as a debt, with its own page.
    assert wire.shop.seller.display_name in wire.page("/console/versements/dettes/")


def test_19_a_refund_and_a_dispute_made_at_the_gateway(wire: Wire) -> None:
    charge, payment = paid(wire)
    wire.shop.api.post(f"test/charges/{payment.gateway_charge_id}/refund", {"amount": 2_500})
    wire.until(lambda: Refund.objects.filter(payment=payment, origin="gateway").exists(), "the refund")
    wire.quiet()
    wire.press(wire.row(charge.reference), "Faire supporter à l’espace")
    assert wire.row(charge.reference) == ""
    other, disputed = paid(wire)
    dispute = wire.shop.api.post(f"test/charges/{disputed.gateway_charge_id}/dispute")
    wire.until(lambda: GatewayDispute.objects.filter(payment=disputed).exists(), "the dispute")
    wire.quiet()
    assert "Répondez à la banque" in wire.row(other.reference)
    wire.shop.api.post(f"test/disputes/{dispute['id']}/close", {"status": "won"})
    wire.until(lambda: GatewayDispute.objects.get(payment=disputed).state == "won", "the end")
    assert wire.row(other.reference) == ""


def test_20_what_is_not_ours_or_not_signed(wire: Wire) -> None:
    shop, stranger = wire.shop, wire.stranger
    charge, payment = opened(wire)
    shop.api.knob("webhooks", mode="dropped", session=payment.session_id)
    shop.pay(payment)
    wire.lose_events()
    event = shop.events()[-1]
    body = json.dumps(event).encode()
    ours = unseal(shop.account.webhook_secret_sealed)
    theirs = unseal(stranger.account.webhook_secret_sealed)
    now = int(timezone.now().timestamp())

    endpoint = shop.account.endpoint_id
    before = GatewayDelivery.objects.count()
    refused = GatewayAccount.objects.get(pk=shop.account.pk).bad_signatures
    other = json.dumps({**event, "account": stranger.account.account_id}).encode()
    live = json.dumps({**event, "livemode": True}).encode()
    assert posted(wire, stranger.tenant, endpoint, body, ours, now) == 404
    assert posted(wire, shop.tenant, stranger.account.endpoint_id, body, theirs, now) == 404
    assert posted(wire, shop.tenant, endpoint, body, theirs, now) == 400
    assert posted(wire, shop.tenant, endpoint, body, ours, now - 400) == 400
    assert posted(wire, shop.tenant, endpoint, body, ours, now + 60) == 400
    assert posted(wire, shop.tenant, endpoint, other, ours, now) == 400
    assert posted(wire, shop.tenant, endpoint, live, ours, now) == 400
    assert GatewayDelivery.objects.count() == before
    account = GatewayAccount.objects.get(pk=shop.account.pk)
    assert account.bad_signatures == refused + 5
    assert "notifications refusées pour leur signature" in wire.page("/console/paiements/")
    with pytest.raises(AssertionError):
        stranger.api.get(f"checkout/sessions/{payment.session_id}")
    assert posted(wire, shop.tenant, endpoint, body, ours, now) == 200
    assert_paid_once_by_posting(wire, charge)


def test_21_nothing_that_the_processes_wrote_tells_a_secret(wire: Wire) -> None:
    """After all of the above: logs of web server and worker, errors and tracebacks among them."""
    written = "".join(path.read_text(errors="replace") for path in wire.logs.glob("*.log"))
    assert "outbox_task_failed" in written
    secrets = [
        *(unseal(shop.account.secret_key_sealed) for shop in (wire.shop, wire.stranger)),
        *(unseal(shop.account.webhook_secret_sealed) for shop in (wire.shop, wire.stranger)),
        wire.staff.cookies["session"],
        *(CHALLENGE, DECLINED, SEPA),
    ]
    assert [number for number, secret in enumerate(secrets) if secret in written] == []
