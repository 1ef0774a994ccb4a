"""What sellers bear of a payment that the buyer's bank took back for good."""

from __future__ import annotations

from django.db.models import Sum

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease
from billing.ledger.accounts import AccountCode
from billing.ledger.operations import PostingInput, debit
from billing.payouts.debts import lock_standing, owe
from billing.payouts.models import SellerDebt
from kernel.money import allocate

REASON = "Contestation bancaire perdue"


def owe_for_dispute(*, charge_id: int, amount_cents: int, source: str) -> list[PostingInput]:
    """Write what each seller owes for a lost dispute; the debit postings of the entry `source`.

    The amount is spread over the released parts by price; no seller owes more than it got for its part
    and does not owe already. What is left is the operator's. The caller holds the charge.
    """
    parts = list(
        ChargeRelease.objects.filter(item__charge=charge_id, state=ReleaseState.RELEASED)
        .exclude(item__seller__roles__role="operator")
        .select_related("item__seller", "item__charge")
        .order_by("item__seller_id", "pk")
    )
    postings: list[PostingInput] = []
    left = amount_cents
    if parts:
        for seller in {part.item.seller_id: part.item.seller for part in parts}.values():
            lock_standing(seller)
        whole = sum(part.incl_cents for part in parts)
        shares = allocate(min(amount_cents, whole), [part.incl_cents for part in parts])
        for part, share in zip(parts, shares, strict=True):
            cents = min(share, _still_due(part))
            if cents > 0:
                owe(release=part, amount_cents=cents, source=source, reason=REASON)
                postings.append(debit(AccountCode.OWED_TO_PROVIDERS, cents, part.item.seller))
                left -= cents
    if left:
        postings.append(debit(AccountCode.REFUNDS_BORNE, left))
    return postings


def _still_due(part: ChargeRelease) -> int:
    owed = SellerDebt.objects.filter(release=part).aggregate(total=Sum("amount_cents"))["total"] or 0
    return part.net_cents - owed
