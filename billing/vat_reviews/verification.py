"""Checks of VAT reviews: what was confirmed is what the part says, and the ledger has what moved."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.verification import Finding, compare_with_entries
from billing.vat_reviews.lifecycle import ReviewState
from billing.vat_reviews.models import VatReview


def check_reviews() -> Iterator[Finding]:
    """A confirmed review holds the amounts of its part, both sums incl. VAT stayed, its entry is there."""
    confirmed = VatReview.objects.filter(state=ReviewState.CONFIRMED).select_related("release").order_by("id")
    moved = []
    for review in confirmed.iterator():
        moved.append((f"vat-review:{review.pk}", -review.sale_vat_cents - review.commission_vat_cents))
        part, before = review.release, review.expected
        said: dict[str, Any] = review.found or before
        sums = (("sale", said, before), ("commission", said["commission"], before["commission"]))
        stored = (
            part.excl_cents,
            part.vat_cents,
            part.commission_excl_cents,
            part.commission_vat_cents,
        )
        told = tuple(one[name] for _name, one, _before in sums for name in ("excl_cents", "vat_cents"))
        if stored != told:
            yield Finding("vat_reviews.restated", f"release:{part.pk}", f"confirmed {told}, part {stored}")
        for name, one, other in sums:
            if one["excl_cents"] + one["vat_cents"] != other["excl_cents"] + other["vat_cents"]:
                yield Finding("vat_reviews.restated", f"release:{part.pk}", f"{name} incl. VAT moved")
    yield from compare_with_entries(
        "vat_reviews.restated", moved, EntryKind.VAT_RESTATED, AccountCode.OUTPUT_VAT
    )
