"""VAT at the tax point: found to differ, shown, confirmed; money goes on, invoices wait."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from billing.charges.models import ChargeLine, ChargeRelease
from billing.commission.terms import NO_COMMISSION
from billing.invoicing.errors import VatToConfirm
from billing.invoicing.models import Invoice, IssueRefusal
from billing.invoicing.operations import issue_commission_invoice, issue_release_invoice
from billing.ledger.accounts import AccountCode
from billing.ledger.models import JournalEntry
from billing.ledger.queries import balance
from billing.payouts.models import Payout
from billing.payouts.operations import release
from billing.vat_reviews.errors import NothingFound, ReviewMoved
from billing.vat_reviews.models import VatReview
from billing.vat_reviews.operations import confirm_review, fingerprint, look_again
from kernel.lifecycle import TransitionRefused
from kernel.outbox.running import run_pending
from tenants.parties.models import VatRegimePeriod
from tests.billing.building import findings, line, party
from tests.billing.invoicing.making import Market, open_market
from tests.billing.vat_reviews.making import (
    IN_THE_NEW_YEAR,
    NEW_YEAR,
    approved,
    rate_from,
    regime_from,
    sold,
)


@pytest.fixture
def market(tenant: Any) -> Market:
    return open_market()


def confirmed(review: VatReview | None) -> VatReview:
    assert review is not None
    return confirm_review(review=review, seen=fingerprint(review), user=None)


def amounts(part: ChargeRelease) -> tuple[int, int, int]:
    part.refresh_from_db()
    return part.excl_cents, part.vat_cents, part.incl_cents


def test_the_same_vat_is_nobodys_matter(market: Market) -> None:
    part, review = approved(market.seller, market.buyer)
    assert review is None
    assert issue_release_invoice(release_id=part.pk).vat_cents == 2000
    assert findings() == []


def test_a_new_rate_stays_inside_the_price(market: Market) -> None:
    rate_from("21.00")
    part, review = approved(market.seller, market.buyer)
    assert review is not None
    assert (review.sale_differs, review.commission_differs) == (True, False)
    # The commission is due at its own date: today, under today's rate.
    payout = Payout.objects.get(release=part)
    assert (payout.net_cents, payout.state) == (11400, "ready")
    with pytest.raises(VatToConfirm):
        issue_release_invoice(release_id=part.pk)
    run_pending("documents")
    refusal = IssueRefusal.objects.get(release=part, settled_at=None)
    assert "TVA à confirmer" in refusal.message
    assert Invoice.objects.get(release=part).kind == "commission"
    assert amounts(part) == (10000, 2000, 12000)

    confirmed(review)
    assert amounts(part) == (9917, 2083, 12000)
    assert ChargeLine.objects.get().excl_cents == 9917
    run_pending("documents")
    invoice = Invoice.objects.get(release=part, kind="sale")
    said = json.loads(invoice.snapshot)
    assert (invoice.excl_cents, invoice.vat_cents, invoice.incl_cents) == (9917, 2083, 12000)
    assert [row["rate"] for row in said["vat"]] == ["21.00"]
    assert said["tax_point"]["on"] == "2027-01-04"
    assert "TVA déterminée à nouveau" in said["lines"][0]["detail"]
    assert not IssueRefusal.objects.filter(settled_at=None).exists()
    # The seller's VAT is the seller's: none of our accounts holds it.
    assert not JournalEntry.objects.filter(kind="vat_restated").exists()
    assert findings() == []


@pytest.mark.parametrize(
    ("zone", "paid_at", "differs"),
    [
        ("Europe/Paris", datetime(2026, 12, 31, 22, 59, tzinfo=UTC), False),
        ("Europe/Paris", datetime(2026, 12, 31, 23, 0, tzinfo=UTC), True),
        ("Indian/Reunion", datetime(2026, 12, 31, 19, 59, tzinfo=UTC), False),
        ("Indian/Reunion", datetime(2026, 12, 31, 20, 0, tzinfo=UTC), True),
    ],
)
def test_the_year_of_the_rate_turns_in_the_tenants_zone(
    market: Market, tenant: Any, zone: str, paid_at: datetime, differs: bool
) -> None:
    tenant.time_zone = zone
    rate_from("21.00")
    _part, review = approved(market.seller, market.buyer, paid_at=paid_at)
    assert (review is not None) is differs


def test_the_territory_has_its_own_rate(market: Market) -> None:
    buyer = party(role="business", tax_territory="reunion")
    rate_from("9.00")
    _part, review = approved(market.seller, buyer)
    assert review is None
    rate_from("9.50", territory="reunion")
    part, review = approved(market.seller, buyer, key="line-2")
    confirmed(review)
    assert amounts(part) == (9909, 941, 10850)
    assert findings() == []


def test_a_seller_who_became_liable_takes_it_out_of_its_price(tenant: Any) -> None:
    market = open_market(regime="franchise")
    regime_from(market.seller, "normal")
    market.seller.vat_number = "FR00900000000"
    market.seller.save()
    part, review = approved(market.seller, market.buyer)
    assert amounts(part) == (10000, 0, 10000)
    confirmed(review)
    assert amounts(part) == (8333, 1667, 10000)
    said = json.loads(issue_release_invoice(release_id=part.pk).snapshot)
    assert (said["seller"]["vat_number"], said["seller"]["vat_regime"]) == ("FR00900000000", "normal")
    assert said["vat"][0]["exemptions"] == []
    # What was agreed as commission stays what it is.
    commission = issue_commission_invoice(release_id=part.pk)
    assert commission.incl_cents == 600
    assert "Montant TTC fixé à la commande" in json.loads(commission.snapshot)["lines"][0]["detail"]
    assert findings() == []


def test_a_seller_who_left_vat_gets_the_whole_price(market: Market) -> None:
    regime_from(market.seller, "franchise")
    part, review = approved(
        market.seller, market.buyer, line("100.00"), line("50.00", vat_kind="reduced"), line("0.00")
    )
    confirmed(review)
    assert amounts(part) == (17275, 0, 17275)
    said = json.loads(issue_release_invoice(release_id=part.pk).snapshot)
    assert [row["category"] for row in said["vat"]] == ["E"]
    assert said["vat"][0]["exemptions"][0]["key"] == "franchise"
    assert findings() == []


def test_milestones_differ_one_by_one(market: Market) -> None:
    charge = sold(market.seller, market.buyer, shares=(50, 30, 20), paid_at=None)
    release(item_key="line-1", release_key="step-1")
    assert not VatReview.objects.exists()
    # Paid in another year after all: the bank corrected its date.
    rate_from("21.00")
    type(charge).objects.filter(pk=charge.pk).update(paid_at=IN_THE_NEW_YEAR)
    for step in (2, 3):
        release(item_key="line-1", release_key=f"step-{step}")
    for review in VatReview.objects.order_by("id"):
        confirmed(review)
    parts = ChargeRelease.objects.order_by("position")
    assert [amounts(part) for part in parts] == [
        (5000, 1000, 6000),
        (2975, 625, 3600),
        (1983, 417, 2400),
    ]
    assert [issue_release_invoice(release_id=part.pk).vat_cents for part in parts] == [1000, 625, 417]
    assert findings() == []


def test_the_operators_own_sale_moves_turnover_to_vat(market: Market) -> None:
    rate_from("25.00")
    part, review = approved(market.operator, market.buyer, commission=NO_COMMISSION)
    assert (balance(AccountCode.OWN_SALES), balance(AccountCode.OUTPUT_VAT)) == (-10000, -2000)
    confirmed(review)
    assert amounts(part) == (9600, 2400, 12000)
    assert (balance(AccountCode.OWN_SALES), balance(AccountCode.OUTPUT_VAT)) == (-9600, -2400)
    assert JournalEntry.objects.get(kind="vat_restated").source == f"vat-review:{VatReview.objects.get().pk}"
    assert findings() == []


def test_the_commission_follows_the_operators_regime(market: Market) -> None:
    sold(market.seller, market.buyer, paid_at=None)
    VatRegimePeriod.objects.filter(party=market.operator).update(regime="franchise")
    release(item_key="line-1", release_key="step-1")
    part, review = ChargeRelease.objects.get(), VatReview.objects.get()
    assert (review.sale_differs, review.commission_differs) == (False, True)
    assert issue_release_invoice(release_id=part.pk).vat_cents == 2000
    with pytest.raises(VatToConfirm):
        issue_commission_invoice(release_id=part.pk)
    assert (balance(AccountCode.COMMISSIONS), balance(AccountCode.OUTPUT_VAT)) == (-500, -100)
    confirmed(review)
    assert (balance(AccountCode.COMMISSIONS), balance(AccountCode.OUTPUT_VAT)) == (-600, 0)
    invoice = issue_commission_invoice(release_id=part.pk)
    assert (invoice.excl_cents, invoice.vat_cents) == (600, 0)
    assert json.loads(invoice.snapshot)["vat"][0]["exemptions"][0]["key"] == "franchise"
    assert findings() == []


def test_goods_have_their_tax_point_at_delivery(market: Market) -> None:
    charge = sold(market.seller, market.buyer)
    charge.items.update(supply="goods")
    rate_from("21.00")
    release(item_key="line-1", release_key="step-1")
    assert not VatReview.objects.exists()


def test_a_regime_that_is_not_known_waits_until_it_is(market: Market) -> None:
    VatRegimePeriod.objects.filter(party=market.seller).update(ends_on=date(2026, 12, 31))
    part, review = approved(market.seller, market.buyer)
    assert review is not None
    assert "régime de TVA" in review.problem
    with pytest.raises(NothingFound):
        confirm_review(review=review, seen=fingerprint(review), user=None)
    with pytest.raises(VatToConfirm):
        issue_release_invoice(release_id=part.pk)
    VatRegimePeriod.objects.create(party=market.seller, regime="normal", starts_on=NEW_YEAR)
    assert look_again(review=review, user=None).state == "unchanged"
    assert amounts(part) == (10000, 2000, 12000)
    assert issue_release_invoice(release_id=part.pk).vat_cents == 2000
    with pytest.raises(TransitionRefused):
        look_again(review=review, user=None)


def test_only_what_was_shown_is_confirmed(market: Market) -> None:
    rate_from("21.00")
    part, review = approved(market.seller, market.buyer)
    assert review is not None
    shown = fingerprint(review)
    rate_from("22.00", on=date(2027, 1, 3))
    with pytest.raises(ReviewMoved):
        confirm_review(review=review, seen=shown, user=None)
    review = look_again(review=review, user=None)
    with pytest.raises(ReviewMoved):
        confirm_review(review=review, seen=shown, user=None)
    confirmed(review)
    assert amounts(part) == (9836, 2164, 12000)
    with pytest.raises(TransitionRefused):
        confirmed(review)


def test_who_was_sold_to_does_not_change(market: Market) -> None:
    """Seller and buyer moved after the order: the place of supply is that of the snapshots."""
    sold(market.seller, market.buyer)
    for moved in (market.seller, market.buyer):
        moved.tax_territory = "reunion"
        moved.save()
    release(item_key="line-1", release_key="step-1")
    assert not VatReview.objects.exists()
