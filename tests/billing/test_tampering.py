"""Every check of the ledger finds what it is there for: rows are changed behind its back."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from billing.charges.inputs import Due, InstalmentInput
from billing.charges.models import ChargeInstalment, ChargeItem, ChargeLine, ChargeRelease, ChargeReturnVat
from billing.charges.operations import open_charge, settle_funded
from billing.claims.models import ClaimLine, ClaimPayment, RefusedLine
from billing.claims.refusal_models import Fate
from billing.claims.refusals import Refused, refuse_rest
from billing.funding.models import ProgrammeBudget, VoucherPart
from billing.ledger.models import Account, Posting, RunningBalance
from billing.ledger.verification import _checks, _outside_checks, verify_ledger
from billing.payments.models import GatewayDispute, Payment, Refund
from billing.payments.operations.refunds import refund_items
from billing.payouts.models import Payout, PayoutLeg, SellerDebt
from billing.payouts.operations import open_payout_account, release
from billing.payouts.refunds import refund_released
from billing.payouts.verification import check_gateway_balance
from billing.vat_reviews.models import VatReview
from billing.vat_reviews.operations import confirm_review, fingerprint
from tenants.parties.models import VatRegimePeriod
from tenants.reference.parameters import load_parameters
from tests.billing.building import item, party
from tests.billing.claims.making import paid, submitted
from tests.billing.funding.making import funded, says_no_aid_elsewhere
from tests.billing.funding.test_reservation import open_for_years
from tests.billing.payments.acting import Shop, open_shop
from tests.sandbox import SandboxProcess


@pytest.fixture
def world(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    """A row of every kind that a check compares: money held, sent, taken back, found, disputed, claimed."""
    shop = open_shop(tenant, tenant_client, sandbox_process, settings)
    open_payout_account(party=shop.seller)
    for reference in ("kept", "sent", "refunded", "found", "disputed"):
        shop.pay(shop.start(shop.charge(reference)))
    shop.post_new_events()
    release(item_key="sent-line", release_key="step-1")
    shop.work()
    refund_released(
        item_key="sent-line", release_key="step-1", amount_cents=3_000, bearer="provider", reason="Retard"
    )
    refund_items(item_keys=["refunded-line"], bearer="operator", reason="test")
    shop.api.post(f"test/charges/{gateway_charge('found')}/refund", {"amount": 500})
    shop.api.post(f"test/charges/{gateway_charge('disputed')}/dispute")
    shop.post_new_events()
    shop.work()
    shop.post_new_events()
    claim_aid(shop)
    restate_vat(shop)
    pay_deposit(shop)
    return shop


def gateway_charge(reference: str) -> str:
    return str(Payment.objects.get(charge__reference=reference).gateway_charge_id)


def pay_deposit(shop: Shop) -> None:
    """A charge of which the deposit is paid and the balance is not due yet."""
    charge = open_charge(
        reference="deposit",
        buyer=shop.buyer,
        items=[item(shop.seller, key="deposit-line")],
        instalments=[
            InstalmentInput("deposit", "Acompte", Due.AT_OPENING, share=30),
            InstalmentInput("balance", "Solde", Due.AT_DELIVERY, share=70),
        ],
    )
    shop.pay(shop.start(charge))
    shop.post_new_events()


def restate_vat(shop: Shop) -> None:
    """A part whose commission lost its VAT between order and approval, confirmed."""
    shop.pay(shop.start(shop.charge("restated")))
    shop.post_new_events()
    regimes = VatRegimePeriod.objects.filter(party=shop.operator)
    regimes.update(regime="franchise")
    release(item_key="restated-line", release_key="step-1")
    review = VatReview.objects.get()
    confirm_review(review=review, seen=fingerprint(review), user=None)
    regimes.update(regime="normal")


def claim_aid(shop: Shop) -> None:
    """An order that aid paid whole, claimed from its funder, paid in part and refused for the rest."""
    load_parameters()
    seller, buyer = party(role="provider", regime="franchise"), shop.buyer
    buyer.founded_on, buyer.headcount = timezone.now().date() - datetime.timedelta(days=200), 2
    buyer.save()
    says_no_aid_elsewhere(buyer)
    programme = open_for_years(max_vouchers_per_business=9, rate_percent=Decimal(100))
    funded(seller, buyer, "50.00", reference="aided")
    settle_funded(reference="aided")
    release(item_key="aided-1", release_key="step-1")
    claim = paid(submitted(programme), cents=2_000).claim
    told = {1: Refused(claim.left_cents, Fate.AGAIN)}
    refuse_rest(claim_id=claim.pk, refused=told, reason="Pièce manquante", user=None)


def changed(rows: Any, **values: Any) -> None:
    """One row is not what it was; the triggers that would refuse it look away."""
    table = connection.ops.quote_name(rows.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    row = rows.order_by("pk").first()
    assert row is not None, rows.model
    assert rows.model.objects.filter(pk=row.pk).update(**values) == 1


def more(rows: Any, *fields: str, by: int = 1) -> None:
    """Amounts of one row grow by some cents."""
    changed(rows, **{field: F(field) + by for field in fields})


TAMPERS: dict[str, Callable[[], None]] = {
    "charges.sums": lambda: more(ChargeLine.objects.all(), "excl_cents"),
    "charges.held": lambda: changed(ChargeRelease.objects.filter(state="held"), state="cancelled"),
    "charges.refunded": lambda: more(ChargeItem.objects.filter(refunded_cents=0), "refunded_cents"),
    "charges.instalments": lambda: more(ChargeInstalment.objects.all(), "whole_cents"),
    "charges.returns": lambda: more(ChargeReturnVat.objects.all(), "vat_cents"),
    "ledger.entries": lambda: more(Posting.objects.all(), "amount_cents"),
    "ledger.balances": lambda: more(RunningBalance.objects.all(), "amount_cents"),
    "ledger.chart": lambda: changed(Account.objects.filter(postings=None), code="999999"),
    "claims.sums": lambda: more(ClaimLine.objects.all(), "amount_cents"),
    "claims.marks": lambda: changed(VoucherPart.objects.exclude(claimed_at=None), claimed_at=None),
    "claims.entries": lambda: more(ClaimPayment.objects.all(), "amount_cents"),
    "claims.refusals": lambda: more(RefusedLine.objects.all(), "amount_cents"),
    "payments.receipts": lambda: more(Payment.objects.all(), "amount_cents", "received_cents"),
    "payments.fees": lambda: more(Payment.objects.filter(fee_cents__gt=0), "fee_cents"),
    "payments.refunds_requested": lambda: more(house(release_refund=None), "amount_cents"),
    "payments.refunds_done": lambda: more(house(state="done"), "amount_cents"),
    "payments.refunds_found": lambda: more(Refund.objects.filter(origin="gateway"), "amount_cents"),
    "payments.disputes": lambda: more(GatewayDispute.objects.all(), "amount_cents"),
    "funding.budgets": lambda: more(ProgrammeBudget.objects.all(), "reserved_cents"),
    "funding.parts": lambda: more(VoucherPart.objects.all(), "amount_cents", "consumed_cents"),
    "funding.funders": lambda: more(VoucherPart.objects.all(), "amount_cents", "consumed_cents"),
    "vat_reviews.restated": lambda: more(VatReview.objects.all(), "commission_vat_cents"),
    "payouts.releases": lambda: more(Payout.objects.all(), "gross_cents", "net_cents"),
    "payouts.legs": lambda: more(PayoutLeg.objects.all(), "amount_cents", by=-1),
    "payouts.debts": lambda: more(SellerDebt.objects.all(), "recovered_cents", by=-1),
    "payouts.returns": lambda: more(house(release_refund__isnull=False), "amount_cents"),
}


def house(**wanted: Any) -> Any:
    return Refund.objects.filter(origin="house", charge_item__isnull=False, **wanted)


def test_each_check_finds_its_own(world: Shop) -> None:
    """All on one world: the fixture is dear, and every change is undone."""
    assert verify_ledger().findings == ()
    assert set(TAMPERS) == set(_checks), "a check that nobody has ever seen find anything"
    blind = []
    for name, tamper in TAMPERS.items():
        with transaction.atomic():
            tamper()
            found = [*_checks[name]()]
            transaction.set_rollback(True)
        if not found:
            blind.append(name)
    assert blind == []
    assert verify_ledger().findings == ()


def test_the_gateway_is_asked_and_believed(world: Shop) -> None:
    assert set(_outside_checks) == {"payouts.gateway"}
    assert [*check_gateway_balance()] == []
    world.api.post(f"test/charges/{gateway_charge('kept')}/refund", {"amount": 700})
    (finding,) = check_gateway_balance()
    assert "gateway" in str(finding)
