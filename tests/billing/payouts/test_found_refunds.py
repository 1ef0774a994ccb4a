"""A refund made by hand at the gateway that was for several things, through the real sandbox."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from billing.charges.models import ChargeItem
from billing.charges.operations import open_charge
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payments.errors import RefundAlreadyCleared, SplitNotWhole
from billing.payments.models import Refund
from billing.payments.operations.foreign_refunds import bear_found
from billing.payments.operations.refunds import refund_items, retry_refund
from billing.payouts.errors import ReasonMissing, ShareTooLarge
from billing.payouts.found_refunds import split_found_refund, targets_of
from billing.payouts.operations import release
from billing.payouts.refunds import refund_released
from tests.billing.building import FIVE_PERCENT, item, line
from tests.billing.ledger.test_pages import person
from tests.billing.payments.acting import Shop, assert_ledger_is_clean


def paid(shop: Shop, *prices: str, released: int = 0, reference: str = "F-1") -> Any:
    """A paid charge of an item a price, the first ones approved."""
    charge = open_charge(
        reference=reference,
        buyer=shop.buyer,
        items=[
            item(shop.seller, line(price), key=f"{reference}-{number}", commission=FIVE_PERCENT)
            for number, price in enumerate(prices, start=1)
        ],
        expires_at=timezone.now() + timedelta(hours=1),
    )
    shop.pay(shop.start(charge))
    shop.post_new_events()
    for number in range(1, released + 1):
        release(item_key=f"{reference}-{number}", release_key="step-1")
    charge.refresh_from_db()
    return charge


def by_hand(shop: Shop, charge: Any, cents: int) -> Refund:
    """Staff give it back in the gateway's dashboard."""
    payment = charge.payments.get()
    shop.api.post(f"test/charges/{payment.gateway_charge_id}/refund", {"amount": cents})
    shop.post_new_events()
    return Refund.objects.filter(payment=payment, origin="gateway", split_of=None).latest("pk")


def given_back(shop: Shop, charge: Any) -> int:
    """What the gateway has given back of a charge, in cents."""
    payment = charge.payments.get()
    found = shop.api.get("refunds", charge=payment.gateway_charge_id, limit="100")["data"]
    return sum(refund["amount"] for refund in found if refund["status"] != "failed")


def split(refund: Refund, amounts: dict[str, int], borne: int = 0, reason: str = "Erreur") -> list[Refund]:
    return split_found_refund(
        refund_id=refund.pk, amounts=amounts, borne_cents=borne, bearer="provider", reason=reason
    )


def test_one_refund_for_an_approved_part_a_held_one_and_a_gesture(shop: Shop) -> None:
    charge = paid(shop, "100.00", "50.00", released=1)
    found = by_hand(shop, charge, 15_000)
    approved, held = targets_of(charge)
    assert [(target.left_cents, target.release is None) for target in (approved, held)] == [
        (12_000, False),
        (6_000, True),
    ]
    split(found, {approved.key: 8_000, held.key: 6_000}, borne=1_000)
    assert balance(AccountCode.REFUNDS_BORNE) == 1_000
    assert balance(AccountCode.SUSPENSE) == 6_000
    assert_ledger_is_clean()
    assert [target.left_cents for target in targets_of(charge)] == [4_000]
    # The piece that was meant for the second item waits for its cancellation; nothing is sent for it.
    refund_items(item_keys=["F-1-2"], bearer="operator", reason="annulée")
    shop.work()
    assert given_back(shop, charge) == 15_000
    assert balance(AccountCode.SUSPENSE) == 0
    assert balance(AccountCode.REFUNDS_DUE) == 0
    assert balance(AccountCode.HELD) == 0
    assert_ledger_is_clean()


def test_what_the_space_bore_counts_when_all_of_the_order_is_cancelled(shop: Shop) -> None:
    charge = paid(shop, "100.00", "50.00")
    bear_found(refund_id=by_hand(shop, charge, 2_000).pk)
    bear_found(refund_id=by_hand(shop, charge, 1_000).pk)
    refund_items(item_keys=["F-1-1"], bearer="operator", reason="annulée")
    shop.work()
    assert (given_back(shop, charge), balance(AccountCode.REFUNDS_BORNE)) == (15_000, 3_000)
    refund_items(item_keys=["F-1-2"], bearer="operator", reason="annulée")
    shop.work()
    # What was paid and no cent more; the space bears nothing any longer.
    assert given_back(shop, charge) == charge.to_pay_cents == 18_000
    for account in (AccountCode.REFUNDS_BORNE, AccountCode.REFUNDS_DUE, AccountCode.HELD):
        assert balance(account) == 0
    assert_ledger_is_clean()


def test_only_as_much_of_what_the_space_bore_counts_as_is_missing(shop: Shop) -> None:
    charge = paid(shop, "100.00", "50.00", released=1)
    borne = by_hand(shop, charge, 7_000)
    bear_found(refund_id=borne.pk)
    refund_items(item_keys=["F-1-2"], bearer="operator", reason="annulée")
    shop.work()
    refund_released(
        item_key="F-1-1", release_key="step-1", amount_cents=11_000, bearer="provider", reason="Erreur"
    )
    shop.work()
    assert (given_back(shop, charge), balance(AccountCode.REFUNDS_BORNE)) == (18_000, 1_000)
    assert balance(AccountCode.REFUNDS_DUE) == 0
    assert_ledger_is_clean()
    # The bank sends the first one back: both its pieces came home, one of them is due again.
    shop.api.post(f"test/refunds/{borne.gateway_refund_id}/settle", {"status": "failed"})
    shop.post_new_events()
    assert balance(AccountCode.REFUNDS_BORNE) == 0
    assert balance(AccountCode.REFUNDS_DUE) == -6_000
    assert_ledger_is_clean()
    borne.refresh_from_db()
    retry_refund(refund_id=borne.pieces.get(charge_item__isnull=False).pk)
    shop.work()
    assert given_back(shop, charge) == 17_000
    assert balance(AccountCode.REFUNDS_DUE) == 0
    assert_ledger_is_clean()


def test_a_piece_counts_for_its_own_item_alone(shop: Shop) -> None:
    charge = paid(shop, "50.00", "50.00")
    found = by_hand(shop, charge, 6_000)
    first, _second = targets_of(charge)
    split(found, {first.key: 6_000})
    refund_items(item_keys=["F-1-2"], bearer="operator", reason="annulée")
    shop.work()
    assert given_back(shop, charge) == 12_000
    refund_items(item_keys=["F-1-1"], bearer="operator", reason="annulée")
    shop.work()
    assert given_back(shop, charge) == 12_000
    assert_ledger_is_clean()


def test_what_is_refused_changes_nothing(shop: Shop) -> None:
    charge = paid(shop, "100.00", released=1)
    found = by_hand(shop, charge, 5_000)
    (target,) = targets_of(charge)
    for amounts, borne, error in (
        ({target.key: 4_999}, 0, SplitNotWhole),
        ({target.key: 4_999}, 2, SplitNotWhole),
        ({target.key: 12_001}, 0, ShareTooLarge),
        ({"9-9": 5_000}, 0, ShareTooLarge),
    ):
        with pytest.raises(error):
            split(found, amounts, borne)
    with pytest.raises(ReasonMissing):
        split(found, {target.key: 5_000}, reason=" ")
    assert Refund.objects.count() == 1
    split(found, {target.key: 5_000})
    with pytest.raises(RefundAlreadyCleared):
        split(found, {target.key: 5_000})
    assert_ledger_is_clean()


def test_a_split_refund_that_comes_back_is_due_piece_by_piece(shop: Shop) -> None:
    charge = paid(shop, "100.00", "50.00", "10.00", released=1)
    found = by_hand(shop, charge, 9_000)
    approved, held, _third = targets_of(charge)
    split(found, {approved.key: 3_000, held.key: 5_000}, borne=1_000)
    shop.api.post(f"test/refunds/{found.gateway_refund_id}/settle", {"status": "failed"})
    shop.post_new_events()
    found.refresh_from_db()
    assert found.state == "failed"
    assert set(found.pieces.values_list("state", flat=True)) == {"failed"}
    assert balance(AccountCode.SUSPENSE) == 0
    assert balance(AccountCode.REFUNDS_BORNE) == 0
    assert balance(AccountCode.REFUNDS_DUE) == -3_000
    assert_ledger_is_clean()
    adopted = found.pieces.get(charge_item__isnull=False)
    retry_refund(refund_id=adopted.pk)
    shop.work()
    assert given_back(shop, charge) == 3_000
    assert balance(AccountCode.REFUNDS_DUE) == 0
    assert_ledger_is_clean()


@given(data=st.data())
@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
)
def test_every_split_adds_up(shop: Shop, data: Any) -> None:
    """Whatever is said, the buyer gets no cent twice and every cent has its account."""
    reference = f"P-{ChargeItem.objects.count()}"
    prices = data.draw(st.lists(st.integers(100, 9_999), min_size=1, max_size=3))
    released = data.draw(st.integers(0, len(prices)))
    charge = paid(shop, *(f"{cents / 100:.2f}" for cents in prices), released=released, reference=reference)
    total = data.draw(st.integers(1, charge.to_pay_cents))
    suspended = balance(AccountCode.SUSPENSE)
    found = by_hand(shop, charge, total)
    left, amounts = total, dict[str, int]()
    for target in targets_of(charge):
        amounts[target.key] = data.draw(st.integers(0, min(left, target.left_cents)))
        left -= amounts[target.key]
    borne = balance(AccountCode.REFUNDS_BORNE)
    pieces = split(found, amounts, borne=left)
    assert sum(piece.amount_cents for piece in pieces) == total
    assert balance(AccountCode.REFUNDS_BORNE) - borne == left
    assert given_back(shop, charge) == total
    assert_ledger_is_clean()
    held = sum(entry.incl_cents for entry in charge.items.order_by("position")[released:])
    waited = balance(AccountCode.SUSPENSE) - suspended
    if held - waited > charge.to_pay_cents - total:
        # What the space bore left the payment too: it cannot give all of it back a second time.
        return
    for number in range(released + 1, len(prices) + 1):
        refund_items(item_keys=[f"{reference}-{number}"], bearer="operator", reason="annulée")
    shop.work()
    assert given_back(shop, charge) == total + held - waited
    assert balance(AccountCode.SUSPENSE) == suspended
    assert_ledger_is_clean()


def test_staff_split_it_on_a_page(shop: Shop) -> None:
    charge = paid(shop, "100.00", "50.00", released=1)
    found = by_hand(shop, charge, 15_000)
    shop.client.force_login(person("support@exemple.example", "support"))
    address = f"/console/remboursements/{found.public_id}/repartir/"
    assert shop.client.get(address).status_code == 404
    shop.client.force_login(person("finance@exemple.example", "finance"))
    assert address in shop.client.get("/console/paiements/").content.decode()
    page = shop.client.get(address).content.decode()
    assert "Pour quoi les 150,00" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert "Pas encore validée" in page
    approved, held = targets_of(charge)
    form = {f"part-{approved.key}": "80,00", "borne": "10,00", "bearer": "provider", "reason": "Erreur"}
    wrong = shop.client.post(address, form)
    assert wrong.status_code == 422
    assert "il manque" in wrong.content.decode()
    too_much = shop.client.post(address, {**form, f"part-{held.key}": "60,01"})
    assert "Au plus" in too_much.content.decode()
    form[f"part-{held.key}"] = "60,00"
    check = shop.client.post(address, form).content.decode()
    assert "Attend que vous annuliez cette prestation" in check
    assert "doit" in check
    assert Refund.objects.count() == 1
    again = shop.client.post(address, {**form, "change": "1"}).content.decode()
    assert 'value="80,00"' in again
    done = shop.client.post(address, {**form, "confirm": "1"}, follow=True).content.decode()
    assert "Remboursement réparti." in done
    assert "réservée à" in done
    assert found.pieces.count() == 3
    assert "déjà rattaché" in shop.client.get(address, follow=True).content.decode()
    assert_ledger_is_clean()
