"""What must be true of a region's money however its histories went."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from billing.charges.models import ChargeRelease
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payments.models import Payment, Refund
from billing.payouts.models import PayoutLeg, SellerDebt
from tests.billing.payments.acting import assert_ledger_is_clean
from tests.billing.payouts.settlement import rounded
from tests.services.histories.region import Region


def assert_money_agrees(region: Region) -> None:
    """Books without a finding; the gateway's own rows, ours, and what each seller is due by plain sums."""
    assert_ledger_is_clean()
    assert_the_gateway_has_the_same_money(region)
    assert_sellers_are_due_what_they_earned(region)


def assert_the_gateway_has_the_same_money(region: Region) -> None:
    """Each charge, refund, transfer and reversal of the gateway is one of ours with the same cents."""
    charged = {row["id"]: row["amount"] for row in rows(region, "charges") if row["status"] == "succeeded"}
    received = Payment.objects.filter(received_cents__gt=0)
    assert_same(charged, dict(received.values_list("gateway_charge_id", "received_cents")))
    given = {row["id"]: row["amount"] for row in rows(region, "refunds") if row["status"] == "succeeded"}
    done = Refund.objects.filter(state="done", split_of=None).exclude(origin="bank")
    assert_same(given, dict(done.values_list("gateway_refund_id", "amount_cents")))
    moved = {row["id"]: (row["amount"], row["amount_reversed"]) for row in rows(region, "transfers")}
    sent = PayoutLeg.objects.exclude(gateway_transfer_id="")
    ours = {
        leg.gateway_transfer_id: (
            leg.amount_cents,
            sum(leg.reversals.filter(state="done").values_list("amount_cents", flat=True)),
        )
        for leg in sent
    }
    assert_same(moved, ours)


def assert_same(theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    """The same rows with the same values, or which differ."""
    differ = {name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name)}
    assert not differ, {name: (theirs.get(name), ours.get(name)) for name in differ}


def assert_sellers_are_due_what_they_earned(region: Region) -> None:
    """By seller: its parts without commission and what it gave back, less what it has, is what is owed."""
    due: Counter[Any] = Counter()
    parts = ChargeRelease.objects.filter(state="released").exclude(item__seller__roles__role="operator")
    for part in parts.select_related("item__seller").prefetch_related("returns"):
        returned = sum(one.incl_cents for one in part.returns.all() if one.bearer == "provider")
        due[part.item.seller] += kept(part, returned)
    for debt in SellerDebt.objects.filter(source__startswith="dispute-lost").select_related("party"):
        due[debt.party] -= debt.amount_cents
    for seller, cents in due.items():
        legs = PayoutLeg.objects.filter(payout__seller=seller, state__in=("sent", "received"))
        has = sum(
            leg.amount_cents - sum(leg.reversals.filter(state="done").values_list("amount_cents", flat=True))
            for leg in legs
        )
        assert cents - has == -balance(AccountCode.OWED_TO_PROVIDERS, seller), seller
    everybody = -(balance(AccountCode.OWED_TO_PROVIDERS) or 0)
    assert everybody == sum(-balance(AccountCode.OWED_TO_PROVIDERS, seller) for seller in due)


def kept(part: ChargeRelease, returned: int) -> int:
    """What a seller keeps of a part of which it bears ``returned`` cents: commission goes back in proportion.

    Summed anew from price and commission; the product's own sums of each return are not looked at.
    """
    excl = rounded(Fraction(part.commission_excl_cents * returned, part.incl_cents))
    rest = part.incl_cents - part.commission_excl_cents
    vat = rounded(Fraction(part.commission_vat_cents * (returned - excl), rest)) if rest else 0
    commission = part.commission_excl_cents - excl + part.commission_vat_cents - vat
    return part.incl_cents - returned - commission


def rows(region: Region, name: str) -> list[dict[str, Any]]:
    """All rows of a list of the gateway."""
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        page = region.api.get(name, limit="100", **after)
        found += page["data"]
        if not page["has_more"]:
            return found
        after = {"starting_after": found[-1]["id"]}
