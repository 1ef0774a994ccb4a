"""Direct debits answered later, disputes, refunds that nobody asked us for: one effect, seen by staff."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.ledger.accounts import AccountCode
from billing.ledger.operations import PostingInput
from billing.payments import bearers
from billing.payments.errors import (
    BearerNotPossible,
    DisputeNotDecidable,
    HeldPartsRemain,
    NothingToRefund,
    PaymentDisputed,
    PaymentUnderWay,
    RefundAlreadyCleared,
    RefundNotRetryable,
)
from billing.payments.models import GatewayDispute, Payment, Refund
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.disputes import decide_dispute
from billing.payments.operations.expiry import expire_charge
from billing.payments.operations.foreign_refunds import bear_found
from billing.payments.operations.refunds import refund_items, retry_refund
from billing.payments.queries import disputes_to_look_at, has_standing_dispute, refunds_to_look_at
from billing.sandbox.accounts import TEST_ACCOUNTS
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances
from tests.billing.payments.test_pages import person

LATER = TEST_ACCOUNTS[0].iban


def sign(shop: Shop, charge: Any) -> Any:
    """A payment whose debit is signed and not answered."""
    payment = shop.start(charge)
    shop.api.post(f"test/checkout/sessions/{payment.session_id}/pay", {"iban": LATER})
    shop.post_new_events()
    payment.refresh_from_db()
    return payment


def gateway_charge(shop: Shop) -> str:
    return str(shop.api.get("charges")["data"][0]["id"])


def answer(shop: Shop, status: str) -> None:
    shop.api.post(f"test/charges/{gateway_charge(shop)}/settle", {"status": status})
    shop.post_new_events()


def paid(shop: Shop, **more: Any) -> tuple[Any, Any]:
    """A charge paid by card."""
    charge = shop.charge(**more)
    payment = shop.start(charge)
    shop.pay(payment)
    shop.post_new_events()
    return charge, payment


def disputed(shop: Shop, status: str = "") -> GatewayDispute:
    """A paid charge that the bank took back, and perhaps decided."""
    paid(shop)
    dispute = shop.api.post(f"test/charges/{gateway_charge(shop)}/dispute")
    if status:
        shop.api.post(f"test/disputes/{dispute['id']}/close", {"status": status})
    shop.post_new_events()
    return GatewayDispute.objects.get()


def test_a_debit_under_way_stops_the_clock_and_a_second_payment(shop: Shop) -> None:
    charge = shop.charge()
    payment = sign(shop, charge)
    assert (payment.state, payment.method) == ("processing", "sepa_debit")
    with pytest.raises(PaymentUnderWay):
        shop.start(charge)
    charge.expires_at = timezone.now() - timedelta(seconds=1)
    charge.save()
    assert expire_charge(charge_id=charge.pk).state == "awaiting_payment"
    answer(shop, "succeeded")
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert_ledger_is_clean()


def test_a_debit_that_fails_after_the_time_lets_the_charge_lapse(shop: Shop) -> None:
    charge = shop.charge()
    payment = sign(shop, charge)
    charge.expires_at = timezone.now() - timedelta(seconds=1)
    charge.save()
    answer(shop, "failed")
    charge.refresh_from_db()
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code, charge.state) == ("failed", "debit_refused", "lapsed")
    assert [event.kind for event in charge.events.order_by("pk")] == [
        "charge_payment_failed",
        "charge_lapsed",
    ]
    assert balances() == {}


def test_a_debit_that_fails_in_time_leaves_another_way_to_pay(shop: Shop) -> None:
    charge = shop.charge()
    sign(shop, charge)
    answer(shop, "failed")
    second = shop.start(charge)
    assert second.attempt == 2
    shop.pay(second)
    shop.post_new_events()
    charge.refresh_from_db()
    assert charge.state == "paid"


def test_a_dispute_leaves_the_gateway_once_whatever_is_told_again(shop: Shop) -> None:
    dispute = disputed(shop)
    assert (dispute.state, dispute.amount_cents, dispute.fee_cents) == ("open", 12_000, 1_500)
    assert dispute.due_by is not None
    apply_payment(payment_id=dispute.payment_id)
    assert GatewayDispute.objects.count() == 1
    assert balances()["467400"] == 12_000
    assert has_standing_dispute(dispute.payment.charge_id)
    assert list(disputes_to_look_at()) == [dispute]
    with pytest.raises(PaymentDisputed):
        refund_items(item_keys=["C-1-line"], bearer="provider", reason="test")
    assert_ledger_is_clean()


def test_a_dispute_won_brings_the_money_back(shop: Shop) -> None:
    dispute = disputed(shop, "won")
    assert (dispute.state, dispute.payment.state) == ("won", "succeeded")
    assert "467400" not in balances()
    assert not disputes_to_look_at()
    refund_items(item_keys=["C-1-line"], bearer="provider", reason="test")
    assert_ledger_is_clean()


def test_a_lost_dispute_covers_cancelled_parts_and_the_operator_bears_the_rest(shop: Shop) -> None:
    charge = shop.charge(shares=(60, 40))
    payment = shop.start(charge)
    shop.pay(payment)
    shop.post_new_events()
    opened = shop.api.post(f"test/charges/{gateway_charge(shop)}/dispute")
    shop.api.post(f"test/disputes/{opened['id']}/close", {"status": "lost"})
    shop.post_new_events()
    dispute = GatewayDispute.objects.get()
    assert (dispute.state, dispute.payment.state) == ("lost", "charged_back")
    refund = refund_items(item_keys=["C-1-line"], release_key="step-1", bearer="provider", reason="not done")[
        0
    ]
    assert (refund.state, refund.origin) == ("done", "bank")
    assert shop.api.get("refunds")["data"] == []
    staff = person("finance@exemple.example", "finance")
    with pytest.raises(BearerNotPossible):
        decide_dispute(dispute_id=dispute.pk, bearer="funder", actor=staff)
    decided = decide_dispute(dispute_id=dispute.pk, bearer="operator", actor=staff)
    assert (decided.borne_cents, decided.decided_by) == (12_000 - refund.amount_cents, staff)
    with pytest.raises(DisputeNotDecidable):
        decide_dispute(dispute_id=dispute.pk, bearer="operator", actor=staff)
    with pytest.raises(NothingToRefund):
        refund_items(item_keys=["C-1-line"], bearer="provider", reason="too late")
    left = balances()
    assert "467400" not in left
    assert left["658100"] == decided.borne_cents
    assert_ledger_is_clean()


def test_a_seller_bears_only_what_was_released(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    dispute = disputed(shop, "lost")
    staff = person("finance@exemple.example", "finance")
    asked = []

    def owe(*, charge_id: int, amount_cents: int, source: str) -> list[PostingInput]:
        asked.append((charge_id, amount_cents, source))
        return [PostingInput(AccountCode.REFUNDS_BORNE, amount_cents)]

    monkeypatch.setattr(bearers, "_registered", [])
    with pytest.raises(BearerNotPossible):
        decide_dispute(dispute_id=dispute.pk, bearer="provider", actor=staff)
    bearers.register(owe)
    with pytest.raises(HeldPartsRemain):
        decide_dispute(dispute_id=dispute.pk, bearer="provider", actor=staff)
    assert asked == []
    refund_items(item_keys=["C-1-line"], bearer="provider", reason="not done")
    decide_dispute(dispute_id=dispute.pk, bearer="provider", actor=staff)
    assert asked == [(dispute.payment.charge_id, 0, f"dispute-lost:{dispute.pk}")]
    assert_ledger_is_clean()


def test_a_returned_debit_is_lost_from_the_start(shop: Shop) -> None:
    sign(shop, shop.charge())
    answer(shop, "succeeded")
    shop.api.post(f"test/charges/{gateway_charge(shop)}/return")
    shop.post_new_events()
    dispute = GatewayDispute.objects.get()
    assert (dispute.state, dispute.reason, dispute.payment.state) == (
        "lost",
        "insufficient_funds",
        "charged_back",
    )
    assert balances()["467400"] == 12_000
    assert_ledger_is_clean()


def test_a_refund_made_at_the_gateway_waits_for_what_it_was_for(shop: Shop) -> None:
    paid(shop)
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund")
    shop.post_new_events()
    found = Refund.objects.get()
    assert (found.origin, found.state, found.cleared_at) == ("gateway", "done", None)
    assert list(refunds_to_look_at(timezone.now())) == [found]
    assert balances()["471000"] == 12_000
    # Cancelling the order afterwards gives nothing back a second time.
    assert refund_items(item_keys=["C-1-line"], bearer="operator", reason="cancelled") == [found]
    shop.work()
    assert len(shop.api.get("refunds")["data"]) == 1
    assert not refunds_to_look_at(timezone.now())
    assert "471000" not in balances()
    assert_ledger_is_clean()


def test_the_operator_may_bear_a_refund_made_at_the_gateway(shop: Shop) -> None:
    paid(shop)
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund", {"amount": 2_000})
    shop.post_new_events()
    found = Refund.objects.get()
    bear_found(refund_id=found.pk)
    with pytest.raises(RefundAlreadyCleared):
        bear_found(refund_id=found.pk)
    assert balances()["658100"] == 2_000
    assert_ledger_is_clean()


def test_our_own_refund_is_not_taken_for_a_foreign_one(shop: Shop) -> None:
    payment = paid(shop)[1]
    refund = refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")[0]
    # The gateway has done it, its answer is lost, and its event comes first.
    shop.api.post(
        "refunds",
        {"charge": payment_charge(payment), "amount": 12_000, "metadata": {"refund": str(refund.public_id)}},
        key=refund.idempotency_key,
    )
    apply_payment(payment_id=payment.pk)
    assert Refund.objects.count() == 1
    shop.work()
    shop.post_new_events()
    assert Refund.objects.get().state == "done"
    assert_ledger_is_clean()


def payment_charge(payment: Any) -> str:
    payment.refresh_from_db()
    return str(payment.gateway_charge_id)


def test_a_refund_by_hand_of_money_that_is_owed_settles_it(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    shop.api.knob("settles", amount=7_000, session=payment.session_id)
    shop.pay(payment)
    shop.post_new_events()
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund")
    shop.post_new_events()
    payment.refresh_from_db()
    assert payment.state == "returned"
    assert "467900" not in balances()
    assert_ledger_is_clean()


@pytest.mark.parametrize("by_hand", [[2_000], [2_000, 3_000], [12_000]])
def test_what_was_given_back_by_hand_counts_and_only_the_rest_is_asked_for(
    shop: Shop, by_hand: list[int]
) -> None:
    paid(shop)
    for cents in by_hand:
        shop.api.post(f"test/charges/{gateway_charge(shop)}/refund", {"amount": cents})
    shop.post_new_events()
    assert sorted(refund.amount_cents for refund in refunds_to_look_at(timezone.now())) == by_hand
    rest = 12_000 - sum(by_hand)
    made = refund_items(item_keys=["C-1-line"], bearer="operator", reason="cancelled")
    assert sorted(refund.amount_cents for refund in made) == [*by_hand, *([rest] if rest else [])]
    shop.work()
    shop.post_new_events()
    assert sum(refund["amount"] for refund in shop.api.get("refunds")["data"]) == 12_000
    assert not refunds_to_look_at(timezone.now())
    assert not {"471000", "467900"} & set(balances())
    assert_ledger_is_clean()


def fail_at_bank(shop: Shop, refund: Refund) -> None:
    """The buyer's bank sends a refund back that was told done."""
    shop.api.post(f"test/refunds/{refund.gateway_refund_id}/settle", {"status": "failed"})
    shop.post_new_events()
    refund.refresh_from_db()
    assert refund.state == "failed"


def test_an_adopted_refund_that_comes_back_is_sent_again(shop: Shop) -> None:
    paid(shop)
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund")
    shop.post_new_events()
    (adopted,) = refund_items(item_keys=["C-1-line"], bearer="operator", reason="cancelled")
    fail_at_bank(shop, adopted)
    assert balances()["467900"] == -12_000
    assert list(refunds_to_look_at(timezone.now())) == [adopted]
    shop.client.force_login(person("finance@exemple.example", "finance"))
    again = f"/console/remboursements/{adopted.public_id}/relancer/"
    assert again in shop.client.get("/console/paiements/").content.decode()
    shop.client.post(again)
    shop.work()
    shop.post_new_events()
    assert Refund.objects.get(retry_of=adopted).state == "done"
    assert "467900" not in balances()
    assert_ledger_is_clean()


def test_a_borne_refund_that_comes_back_is_the_operators(shop: Shop) -> None:
    paid(shop)
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund", {"amount": 2_000})
    shop.post_new_events()
    borne = bear_found(refund_id=Refund.objects.get().pk)
    fail_at_bank(shop, borne)
    assert not {"658100", "467900", "471000"} & set(balances())
    assert not refunds_to_look_at(timezone.now())
    with pytest.raises(RefundNotRetryable):
        retry_refund(refund_id=borne.pk)
    assert_ledger_is_clean()


def test_a_refund_by_hand_of_owed_money_that_comes_back_is_sent_again(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    shop.api.knob("settles", amount=7_000, session=payment.session_id)
    shop.pay(payment)
    shop.post_new_events()
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund")
    shop.post_new_events()
    found = Refund.objects.get()
    fail_at_bank(shop, found)
    assert balances()["467900"] == -7_000
    assert list(refunds_to_look_at(timezone.now())) == [found]
    retry_refund(refund_id=found.pk)
    shop.work()
    shop.post_new_events()
    assert "467900" not in balances()
    assert not refunds_to_look_at(timezone.now())
    assert_ledger_is_clean()


def test_the_pages_of_decisions(shop: Shop, client_for: Any) -> None:
    dispute = disputed(shop, "lost")
    shop.client.force_login(person("finance@exemple.example", "finance"))
    url = f"/console/contestations/{dispute.public_id}/decider/"
    listed = shop.client.get("/console/paiements/").content.decode()
    assert "Décider qui supporte" in listed
    question = shop.client.get(url).content.decode()
    assert "120,00" in question
    assert "ne sont pas validées" in question
    done = shop.client.post(url, {"bearer": "operator"}, follow=True).content.decode()
    assert "Décidé : supporté par opérateur." in done
    assert "Tout est à jour." in done
    shop.client.force_login(person("support@exemple.example", "support"))
    assert shop.client.get(url).status_code == 404
    assert shop.client.post(url, {"bearer": "operator"}).status_code == 404


def test_a_found_refund_is_borne_after_a_question(shop: Shop) -> None:
    paid(shop)
    shop.api.post(f"test/charges/{gateway_charge(shop)}/refund", {"amount": 2_000})
    shop.post_new_events()
    shop.client.force_login(person("finance@exemple.example", "finance"))
    url = f"/console/remboursements/{Refund.objects.get().public_id}/supporter/"
    assert "Fait à la passerelle" in shop.client.get("/console/paiements/").content.decode()
    assert "à l’espace ?" in shop.client.get(url).content.decode()
    assert "Tout est à jour." in shop.client.post(url, follow=True).content.decode()


def test_a_payment_of_an_older_version_is_still_asked_for(shop: Shop) -> None:
    """Its stored request names no means of payment; a repeat says the very same."""
    from billing.payments.operations.start import stored_request

    payment = shop.start(shop.charge())
    older = {name: value for name, value in payment.request.items() if name != "methods"}
    Payment.objects.update(request=older)
    payment.refresh_from_db()
    assert stored_request(payment).methods == ()
