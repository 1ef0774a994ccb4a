"""How a VAT review is told: expected and found VAT side by side, line by line, to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.charges.vat import (
    REVERSE_CHARGE,
    TAXED,
    WORDING_DISBURSEMENT,
    WORDING_FRANCHISE,
    WORDING_PLACE_OUTSIDE,
    WORDING_TERRITORY,
)
from billing.vat_reviews.models import VatReview
from billing.vat_reviews.operations import fingerprint
from kernel.web.formats import format_money, format_percent


@dataclass(frozen=True)
class Pair:
    """One thing as expected and as found."""

    label: str
    expected: str
    found: str

    @property
    def differs(self) -> bool:
        """Whether both say something else."""
        return self.expected != self.found


@dataclass(frozen=True)
class ReviewRow:
    """One review on the page."""

    review: VatReview
    pairs: list[Pair]
    seen: str
    label: str
    """Names the part for readers who hear one button after the other."""


def row_of(review: VatReview) -> ReviewRow:
    """The row of one review, with its part's shares and lines loaded."""
    release = review.release
    return ReviewRow(
        review=review,
        pairs=_pairs(review),
        seen=fingerprint(review),
        label=f"{release.item.charge.reference}, {release.item.key}, {release.label}",
    )


def treatment_words(told: dict[str, Any]) -> str:
    """A stored treatment as a person reads it."""
    if told["category"] == TAXED:
        return _("TVA %(rate)s") % {"rate": format_percent(Decimal(told["rate"]))}
    if told["category"] == REVERSE_CHARGE:
        return _("Sans TVA : autoliquidation")
    return {
        WORDING_FRANCHISE: _("Sans TVA : franchise en base"),
        WORDING_TERRITORY: _("Sans TVA : territoire sans TVA"),
        WORDING_PLACE_OUTSIDE: _("Sans TVA : hors de l’Union européenne"),
        WORDING_DISBURSEMENT: _("Sans TVA : débours"),
    }.get(told["wording"], _("Sans TVA : exonération"))


def _pairs(review: VatReview) -> list[Pair]:
    before, after = review.expected, review.found or review.expected
    lines = [share.line.description for share in review.release.shares.all()]
    pairs = [
        Pair(line, _said(one), _said(other))
        for line, one, other in zip(lines, before["shares"], after["shares"], strict=True)
    ]
    pairs += _totals(before, after)
    if review.commission_differs:
        one, other = before["commission"], after["commission"]
        pairs.append(Pair(_("Commission HT"), _said(one), _said(other)))
        pairs.append(Pair(_("TVA de la commission"), _money(one, "vat_cents"), _money(other, "vat_cents")))
        pairs.append(Pair(_("Commission TTC"), _incl(one), _incl(other)))
    return pairs


def _totals(before: dict[str, Any], after: dict[str, Any]) -> list[Pair]:
    return [
        Pair(_("Total HT"), _money(before, "excl_cents"), _money(after, "excl_cents")),
        Pair(_("Total TVA"), _money(before, "vat_cents"), _money(after, "vat_cents")),
        Pair(_("Total TTC"), _incl(before), _incl(after)),
    ]


def _said(told: dict[str, Any]) -> str:
    amount = _("%(amount)s HT") % {"amount": format_money(told["excl_cents"])}
    return f"{amount}, {treatment_words(told)}"


def _money(told: dict[str, Any], name: str) -> str:
    return format_money(told[name])


def _incl(told: dict[str, Any]) -> str:
    return format_money(told["excl_cents"] + told["vat_cents"])
