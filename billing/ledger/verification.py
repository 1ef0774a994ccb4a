"""Checks of the ledger against itself and against the subjects that post to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Q, Sum

from billing.ledger.accounts import CHART
from billing.ledger.models import Account, JournalEntry, Posting


@dataclass(frozen=True)
class Finding:
    """One thing that does not agree: the check, the row it names, and both values."""

    check: str
    subject: str
    detail: str

    def __str__(self) -> str:
        return f"{self.check}: {self.subject}: {self.detail}"


@dataclass(frozen=True)
class Report:
    """Result of all checks in one tenant."""

    checks: tuple[str, ...]
    entries: int
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every check agreed."""
        return not self.findings


Check = Callable[[], Iterable[Finding]]
_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Add a check of the current tenant; subjects call this in `AppConfig.ready()`."""
    _checks[name] = check


def verify_ledger() -> Report:
    """Run every registered check in the current tenant."""
    findings = [finding for check in _checks.values() for finding in check()]
    return Report(
        checks=tuple(_checks),
        entries=JournalEntry.objects.count(),
        findings=tuple(findings),
    )


def check_entries() -> Iterator[Finding]:
    """Each entry has the postings it announced and sums to zero in each currency."""
    uncounted = JournalEntry.objects.annotate(found=Count("postings")).exclude(found=F("posting_count"))
    for entry in uncounted:
        yield Finding("ledger.entries", entry.source, f"{entry.posting_count} postings announced")
    unbalanced = (
        Posting.objects.order_by()
        .values("entry__source", "currency")
        .annotate(total=Sum("amount_cents"))
        .filter(~Q(total=0))
    )
    for row in unbalanced:
        yield Finding("ledger.entries", row["entry__source"], f"sums to {row['total']} {row['currency']}")


def check_chart() -> Iterator[Finding]:
    """Every account of the chart is there."""
    present = set(Account.objects.values_list("code", flat=True))
    for seed in CHART:
        if seed.code not in present:
            yield Finding("ledger.chart", seed.code, "account missing")


def compare_with_entries(
    check: str, expected: Iterable[tuple[str, int]], kind: str, account: str
) -> Iterator[Finding]:
    """Compare sources and amounts with the entries of `kind`.

    `expected` gives each source with the signed cents that its entry posts to `account`; entries of
    the kind that nothing expects are findings too.
    """
    told = dict(
        Posting.objects.filter(entry__kind=kind, account__code=account)
        .order_by()
        .values_list("entry__source")
        .annotate(total=Sum("amount_cents"))
    )
    for source, amount_cents in expected:
        found = told.pop(source, None)
        if found is None:
            if amount_cents:
                yield Finding(check, source, "no entry")
        elif found != amount_cents:
            yield Finding(check, source, f"entry says {found}, row says {amount_cents}")
    for source in told:
        yield Finding(check, source, "entry without a row")
