"""What can be asked about programmes and their rules."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.charges.models import Charge
from billing.funding.lifecycle import VoucherState
from billing.funding.models import Programme, RuleRevision, Voucher, VoucherSeries


def open_programmes(on: datetime.date) -> list[Programme]:
    """Programmes that run on a legal date, by name; one statement."""
    return list(Programme.objects.open_on(on).order_by("name", "id"))


def programmes_to_apply(on: datetime.date) -> list[Programme]:
    """Programmes that run on a legal date in the order in which they apply, with budgets and published
    revisions; three statements."""
    return list(
        Programme.objects.open_on(on)
        .select_related("funder")
        .prefetch_related("budgets", published_revisions())
        .order_by("stacking_order", "id")
    )


def all_programmes() -> list[Programme]:
    """Every programme with its funder and budgets, the latest to end first; two statements."""
    return list(
        Programme.objects.select_related("funder")
        .prefetch_related("budgets")
        .order_by("-ends_on", "name", "id")
    )


def programmes_with_rules(query: str = "") -> QuerySet[Programme]:
    """Programmes with funder and all revisions, for the operator's list, by name or funder when given."""
    found = (
        Programme.objects.select_related("funder")
        .prefetch_related("revisions")
        .order_by("-ends_on", "name", "id")
    )
    if query:
        found = found.filter(
            Q(name__icontains=query)
            | Q(name_en__icontains=query)
            | Q(funder__legal_name__icontains=query)
            | Q(funder__trade_name__icontains=query)
        )
    return found


def get_programme(slug: str) -> Programme | None:
    """One programme with its funder, budgets and published revisions, or None."""
    return (
        Programme.objects.select_related("funder")
        .prefetch_related("budgets", published_revisions())
        .filter(slug=slug)
        .first()
    )


@dataclass(frozen=True)
class AidRow:
    """What one programme pays of a charge, in cents, and where that stands in a word."""

    programme: str
    name: str
    cents: int
    state: str


def aid_rows(charge: Charge) -> list[AidRow]:
    """What programmes pay of a charge, in their order; two statements, none for a charge without aid."""
    if not charge.cofunded_cents:
        return []
    vouchers = (
        Voucher.objects.filter(charge=charge)
        .select_related("programme")
        .prefetch_related("parts")
        .order_by("programme__stacking_order", "programme_id")
    )
    english = get_language() == "en"
    return [
        AidRow(
            programme=voucher.programme.slug,
            name=(english and voucher.programme.name_en) or voucher.programme.name,
            cents=voucher.amount_cents,
            state=aid_word(voucher),
        )
        for voucher in vouchers
    ]


def aid_word(voucher: Voucher) -> str:
    """Where a voucher with its parts stands, for its business: what the funder was asked and has paid."""
    parts = [part for part in voucher.parts.all() if part.consumed_cents]
    if voucher.state != VoucherState.CONSUMED or not parts:
        return str(voucher.get_state_display())
    if all(part.funded_at is not None for part in parts):
        return _("Versée")
    return _("Demandée") if any(part.claimed_at is not None for part in parts) else _("Utilisée")


def vouchers(*, query: str = "", state: str = "") -> QuerySet[Voucher]:
    """Vouchers, newest first, by code, business, programme, note or order; of one state when given."""
    found = Voucher.objects.select_related("programme", "party", "charge", "granted_by").order_by("-id")
    if state:
        found = found.filter(state=state)
    if query:
        written = "".join(letter for letter in query.upper() if letter.isalnum())
        found = found.filter(
            Q(party__legal_name__icontains=query)
            | Q(party__trade_name__icontains=query)
            | Q(programme__name__icontains=query)
            | Q(note__icontains=query)
            | Q(charge__reference__iexact=query)
            | (Q(code=written) if written else Q(pk=None))
        )
    return found


def all_series() -> QuerySet[VoucherSeries]:
    """Series of codes, newest first, with how many are given to a business, and how many of those used."""
    given, used = Q(vouchers__party__isnull=False), Q(vouchers__charge__isnull=False)
    return (
        VoucherSeries.objects.select_related("programme", "made_by")
        .annotate(
            given=Count("vouchers", filter=given & Q(vouchers__renewed_by=None)),
            used=Count("vouchers", filter=used & Q(vouchers__renewed_by=None)),
        )
        .order_by("-id")
    )


def published_revisions() -> Prefetch[str, QuerySet[RuleRevision], str]:
    """For `prefetch_related`: the revisions that decide, did or will."""
    return Prefetch("revisions", RuleRevision.objects.published())


def revisions_of(programme: Programme) -> list[RuleRevision]:
    """All revisions of a programme with who wrote and published them, the newest first; one statement."""
    return list(programme.revisions.select_related("author", "published_by").order_by("-number"))
