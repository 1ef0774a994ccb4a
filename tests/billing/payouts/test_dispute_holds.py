"""While the buyer's bank disputes a payment nothing of it is paid out; a lost one is borne as staff say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from billing.charges.operations import open_charge
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payments.models import GatewayDispute
from billing.payments.operations.disputes import decide_dispute
from billing.payouts.disputes import owe_for_dispute
from billing.payouts.holds import end_dispute_holds, end_hold
from billing.payouts.models import Payout, SellerDebt
from billing.payouts.operations import open_payout_account, release
from billing.payouts.refunds import refund_released
from billing.payouts.web.words import payout_word
from tenants.parties.models import Membership
from tests.billing.building import FIVE_PERCENT, item, line, party
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances
from tests.billing.payments.test_pages import person
from tests.billing.payouts.test_sending import transfers


@pytest.fixture
def disputed(shop: Shop) -> GatewayDispute:
    """A paid charge of 120.00 euros that the buyer's bank took back; its seller can be paid."""
    open_payout_account(party=shop.seller)
    charge = shop.charge()
    shop.pay(shop.start(charge))
    shop.post_new_events()
    shop.api.post(f"test/charges/{shop.api.get('charges')['data'][0]['id']}/dispute")
    shop.post_new_events()
    return GatewayDispute.objects.get()


def close(shop: Shop, dispute: GatewayDispute, status: str) -> None:
    shop.api.post(f"test/disputes/{dispute.gateway_dispute_id}/close", {"status": status})
    shop.post_new_events()


def approved(shop: Shop) -> Payout:
    payout = release(item_key="C-1-line", release_key="step-1")
    shop.work()
    payout.refresh_from_db()
    return payout


def test_it_waits_for_the_bank_and_leaves_when_the_dispute_is_won(
    shop: Shop, disputed: GatewayDispute
) -> None:
    payout = approved(shop)
    assert (payout.state, payout.held_until) == ("held", None)
    assert payout.disputed_at is not None
    assert "conteste" in str(payout_word(payout).word)
    assert transfers(shop) == []
    # Too early, and told again: nothing happens.
    end_dispute_holds(charge_id=disputed.payment.charge_id)
    end_hold(payout_id=payout.pk)
    shop.work()
    assert transfers(shop) == []

    close(shop, disputed, "won")
    shop.work()
    payout.refresh_from_db()
    assert (payout.state, payout.disputed_at) == ("sent", None)
    (transfer,) = transfers(shop)
    assert transfer["amount"] == payout.net_cents
    end_dispute_holds(charge_id=disputed.payment.charge_id)
    assert_ledger_is_clean()


def test_the_hold_of_the_method_outlives_the_dispute(shop: Shop, disputed: GatewayDispute) -> None:
    payout = approved(shop)
    Payout.objects.update(held_until=timezone.now() + timedelta(days=1))
    close(shop, disputed, "won")
    shop.work()
    payout.refresh_from_db()
    assert (payout.state, payout.disputed_at) == ("held", None)
    Payout.objects.update(held_until=timezone.now() - timedelta(minutes=1))
    end_hold(payout_id=payout.pk)
    shop.work()
    payout.refresh_from_db()
    assert payout.state == "sent"


def test_a_lost_one_that_the_seller_bears_is_kept_from_this_payout(
    shop: Shop, disputed: GatewayDispute
) -> None:
    payout = approved(shop)
    close(shop, disputed, "lost")
    disputed.refresh_from_db()
    decide_dispute(dispute_id=disputed.pk, bearer="provider", actor=person("f@exemple.example", "finance"))
    shop.work()
    payout.refresh_from_db()
    debt = SellerDebt.objects.get()
    assert (payout.state, payout.disputed_at) == ("netted", None)
    assert (debt.amount_cents, debt.open_cents) == (11_400, 0)
    # The commission of what the seller no longer gets is the operator's loss.
    assert balances()["658100"] == 600
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 0
    assert transfers(shop) == []
    assert_ledger_is_clean()


def test_a_lost_one_that_the_operator_bears_is_paid_by_the_bank(shop: Shop, disputed: GatewayDispute) -> None:
    payout = approved(shop)
    close(shop, disputed, "lost")
    disputed.refresh_from_db()
    decide_dispute(dispute_id=disputed.pk, bearer="operator", actor=person("f@exemple.example", "finance"))
    shop.work()
    payout.refresh_from_db()
    leg = payout.legs.get()
    # The gateway has nothing left of this payment to transfer: staff see it.
    assert (payout.state, leg.state, leg.reason_code) == ("ready", "blocked", "no_gateway_payment")
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == -payout.net_cents
    assert_ledger_is_clean()


def test_what_is_owed_is_spread_by_price_and_never_more_than_was_got(shop: Shop) -> None:
    other = party(role="provider")
    charge = open_charge(
        reference="C-2",
        buyer=shop.buyer,
        items=[
            item(shop.seller, line("100.00"), key="C-2-a", commission=FIVE_PERCENT),
            item(other, line("50.00"), key="C-2-b", commission=FIVE_PERCENT),
        ],
        expires_at=timezone.now() + timedelta(hours=1),
    )
    shop.pay(shop.start(charge))
    shop.post_new_events()
    for key in ("C-2-a", "C-2-b"):
        release(item_key=key, release_key="step-1")
    refund_released(
        item_key="C-2-b", release_key="step-1", amount_cents=3_000, bearer="provider", reason="Incomplet"
    )
    owed_before = SellerDebt.objects.get(party=other).amount_cents
    charge.refresh_from_db()
    with transaction.atomic():
        postings = owe_for_dispute(charge_id=charge.pk, amount_cents=18_000, source="dispute-lost:1")
        debits = {(posting.account, posting.party): posting.amount_cents for posting in postings}
        first = debits[AccountCode.OWED_TO_PROVIDERS, shop.seller]
        second = debits[AccountCode.OWED_TO_PROVIDERS, other]
        # 120.00 and 60.00 incl. VAT; each no more than its net, less what the seller owes already.
        assert first == 11_400
        assert second == 5_700 - owed_before
        assert debits[AccountCode.REFUNDS_BORNE, None] == 18_000 - first - second
        assert sum(debits.values()) == 18_000
        transaction.set_rollback(True)


def test_without_a_released_part_the_operator_bears_all(shop: Shop, disputed: GatewayDispute) -> None:
    (posting,) = owe_for_dispute(
        charge_id=disputed.payment.charge_id, amount_cents=12_000, source="dispute-lost:9"
    )
    assert (posting.account, posting.amount_cents) == (AccountCode.REFUNDS_BORNE, 12_000)
    assert not SellerDebt.objects.exists()


def test_the_provider_and_staff_read_why(shop: Shop, disputed: GatewayDispute, client_for: Any) -> None:
    approved(shop)
    seller = person("seller@exemple.example")
    Membership.objects.create(user=seller, party=shop.seller)
    client = client_for(shop.tenant)
    client.force_login(seller)
    assert "la banque du client conteste" in client.get("/prestataire/versements/").content.decode()
    client.force_login(person("f@exemple.example", "finance"))
    told = client.get("/console/versements/").content.decode()
    assert "Retenus pendant une contestation" in told
    assert "C-1" in told
