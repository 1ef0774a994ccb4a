"""Settlement statements: a provider's account over one period, line by line, read from the ledger."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone, translation

from billing.charges.models import ChargeRelease, ChargeReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind, Posting
from billing.payouts.errors import StatementPeriodWrong
from billing.payouts.models import PayoutLeg, Statement, TransferReversal
from kernel.outbox.operations import enqueue
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Party
from tenants.parties.queries import operator_party
from tenants.parties.snapshots import party_snapshot

LONGEST_DAYS = 366


@dataclass(frozen=True)
class StatementRow:
    """One movement, in cents: what it adds to or takes from what is due to the provider."""

    on: str
    kind: str
    title: str
    label: str
    reference: str
    gross_cents: int | None
    commission_cents: int | None
    amount_cents: int
    balance_cents: int


@dataclass(frozen=True)
class StatementSums:
    """Sums of a statement in cents; opening and rows give the closing balance."""

    opening_cents: int
    gross_cents: int
    commission_cents: int
    paid_cents: int
    closing_cents: int


def statement_rows(party: Party, since: date, until: date) -> tuple[list[StatementRow], StatementSums]:
    """Every movement of what is due to a provider on legal dates from `since` to `until`, oldest first."""
    postings = Posting.objects.filter(account__code=AccountCode.OWED_TO_PROVIDERS, party=party)
    before = postings.filter(entry__occurred_on__lt=since).aggregate(total=Sum("amount_cents"))["total"] or 0
    found = list(
        postings.filter(entry__occurred_on__gte=since, entry__occurred_on__lte=until)
        .select_related("entry")
        .order_by("entry__occurred_on", "id")
    )
    releases = _by_source(ChargeRelease, "release", found)
    returns = _by_source(ChargeReturn, "return", found)
    moved = _moved(found)
    rows, balance, gross, commission, paid = [], -before, 0, 0, 0
    with translation.override("fr"):
        for posting in found:
            amount = -posting.amount_cents
            balance += amount
            price, fee, label, reference = _details(posting, releases, returns, moved)
            gross += price or 0
            commission += fee or 0
            if posting.entry.kind == EntryKind.PAYOUT:
                paid -= amount
            rows.append(
                StatementRow(
                    on=posting.entry.occurred_on.isoformat(),
                    kind=posting.entry.kind,
                    title=posting.entry.get_kind_display(),
                    label=label,
                    reference=reference,
                    gross_cents=price,
                    commission_cents=fee,
                    amount_cents=amount,
                    balance_cents=balance,
                )
            )
    return rows, StatementSums(-before, gross, commission, paid, balance)


@transaction.atomic
def draw_statement(*, party: Party, since: date, until: date, user: User | None) -> Statement:
    """Draw a statement up as the books stand now; its PDF is made by the documents worker.

    Raises StatementPeriodWrong: end before start, more than a year, or days that are still to come.
    """
    tenant = current_tenant()
    today = legal_date(tenant, timezone.now())
    if until < since or until > today or (until - since).days > LONGEST_DAYS:
        raise StatementPeriodWrong()
    rows, sums = statement_rows(party, since, until)
    operator = operator_party()
    snapshot: dict[str, Any] = {
        "version": 1,
        "tenant": {"name": tenant.name, "accent": tenant.brand.get("primary", "")},
        "operator": party_snapshot(operator, today) if operator else None,
        "provider": party_snapshot(party, today),
        "starts_on": since.isoformat(),
        "ends_on": until.isoformat(),
        "drawn_on": today.isoformat(),
        "currency": "EUR",
        "is_fictitious": tenant.is_demo or party.is_fictitious,
        "rows": [asdict(row) for row in rows],
        "sums": asdict(sums),
    }
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    statement = Statement.objects.create(
        party=party,
        starts_on=since,
        ends_on=until,
        snapshot=snapshot,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        drawn_by=user,
    )
    enqueue("payouts.render_statement", statement_id=statement.pk)
    return statement


@transaction.atomic
def store_pdf(*, statement_id: int, pdf: bytes) -> None:
    """Keep the rendered page; the first one stays."""
    Statement.objects.filter(pk=statement_id, pdf__isnull=True).update(pdf=pdf, rendered_at=timezone.now())


def _by_source(model: type[Any], prefix: str, postings: Iterable[Posting]) -> dict[str, Any]:
    keys = _keys(prefix, postings)
    way = "release__item__charge" if model is ChargeReturn else "item__charge"
    rows = model.objects.filter(pk__in=keys).select_related(way)
    return {f"{prefix}:{row.pk}": row for row in rows}


def _moved(postings: Iterable[Posting]) -> dict[str, ChargeRelease]:
    """The parts for which money was sent, or taken back, by the source of the entry."""
    way = "payout__release__item__charge"
    legs = PayoutLeg.objects.filter(pk__in=_keys("payout_leg", postings)).select_related(way)
    back = TransferReversal.objects.filter(pk__in=_keys("transfer-reversal", postings))
    return {
        **{f"payout_leg:{leg.pk}": leg.payout.release for leg in legs},
        **{
            f"transfer-reversal:{row.pk}": row.leg.payout.release
            for row in back.select_related(f"leg__{way}")
        },
    }


def _keys(prefix: str, postings: Iterable[Posting]) -> list[int]:
    found = (posting.entry.source.partition(":") for posting in postings)
    return [int(key) for name, _colon, key in found if name == prefix]


def _details(
    posting: Posting,
    releases: dict[str, ChargeRelease],
    returns: dict[str, ChargeReturn],
    moved: dict[str, ChargeRelease],
) -> tuple[int | None, int | None, str, str]:
    source = posting.entry.source
    if source in releases:
        part = releases[source]
        label = f"{part.item.description}, {part.label}"
        return part.incl_cents, part.commission_incl_cents, label, part.item.charge.reference
    if source in returns:
        made = returns[source]
        item = made.release.item
        label = f"{item.description}, {made.release.label}. {made.reason}"
        return -made.incl_cents, -made.commission_incl_cents, label, item.charge.reference
    if source in moved:
        part = moved[source]
        return None, None, f"{part.item.description}, {part.label}", part.item.charge.reference
    return None, None, posting.entry.memo, source
