"""Checks of the ledger against itself, against the subjects that post to it, and against the outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from billing.ledger.accounts import CHART
from billing.ledger.models import Account, JournalEntry, Posting, RunningBalance, VerificationRun
from kernel.errors import DomainError

FINDINGS_KEPT = 200
RUNS_KEPT = 400


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
    """Result of all checks in one tenant; `unasked` names what outside gave no answer, with the reason."""

    checks: tuple[str, ...]
    entries: int
    findings: tuple[Finding, ...]
    unasked: tuple[tuple[str, str], ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether every check that could be made agreed."""
        return not self.findings


class Unasked(Exception):
    """A check of the outside could not be made; the message says why. Neither agreement nor finding."""


Check = Callable[[], Iterable[Finding]]
_checks: dict[str, Check] = {}
_outside_checks: dict[str, Check] = {}


def register_check(name: str, check: Check) -> None:
    """Add a check of the current tenant; subjects call this in `AppConfig.ready()`."""
    _checks[name] = check


def register_outside_check(name: str, check: Check) -> None:
    """Add a check that calls somebody outside: it runs without a transaction and may raise Unasked."""
    _outside_checks[name] = check


def verify_ledger(*, outside: bool = False) -> Report:
    """Run every registered check in the current tenant, all on one snapshot of the database.

    With `outside` those too that compare with the gateway: then it must not run inside a transaction.
    """
    with _one_snapshot():
        findings = [finding for check in _checks.values() for finding in check()]
        entries = JournalEntry.objects.count()
    unasked: list[tuple[str, str]] = []
    for name, check in _outside_checks.items() if outside else ():
        try:
            findings += check()
        except (Unasked, DomainError) as reason:
            unasked.append((name, str(reason)))
    asked = (*_checks, *(_outside_checks if outside else ()))
    return Report(checks=asked, entries=entries, findings=tuple(findings), unasked=tuple(unasked))


def verify_and_record(*, trigger: str, outside: bool = True) -> tuple[Report, VerificationRun]:
    """Run all checks and keep the result for the console; must not run inside a transaction."""
    started = timezone.now()
    report = verify_ledger(outside=outside)
    return report, record_run(report, trigger=trigger, started_at=started)


@transaction.atomic
def record_run(report: Report, *, trigger: str, started_at: datetime) -> VerificationRun:
    """Keep a result with its first findings; the oldest runs make room after more than a year."""
    run = VerificationRun.objects.create(
        trigger=trigger,
        started_at=started_at,
        finished_at=timezone.now(),
        entry_count=report.entries,
        checks=list(report.checks),
        unasked=[list(pair) for pair in report.unasked],
        finding_count=len(report.findings),
        findings=[
            {"check": row.check, "subject": row.subject, "detail": row.detail}
            for row in report.findings[:FINDINGS_KEPT]
        ],
    )
    kept = VerificationRun.objects.order_by("-id").values_list("pk", flat=True)[RUNS_KEPT : RUNS_KEPT + 1]
    for oldest in kept:
        VerificationRun.objects.filter(pk__lte=oldest).delete()
    return run


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """All statements see the same instant, so that a writer at work makes no finding."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


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


def check_balances() -> Iterator[Finding]:
    """The running balances are the sums of the postings, by account and by party."""
    for by_party in (False, True):
        keys = ["account__code", "currency", *(["party_id"] if by_party else [])]
        postings = Posting.objects.filter(party__isnull=False) if by_party else Posting.objects.all()
        kept = RunningBalance.objects.filter(party__isnull=not by_party)
        posted = _sums(postings.order_by().values_list(*keys).annotate(total=Sum("amount_cents")))
        running = _sums(kept.order_by().values_list(*keys).annotate(total=Sum("amount_cents")))
        for key in sorted(posted.keys() | running.keys()):
            if posted.get(key, 0) != running.get(key, 0):
                subject = f"{key[0]} party:{key[2]}" if by_party else str(key[0])
                detail = f"balance {running.get(key, 0)}, postings {posted.get(key, 0)} {key[1]}"
                yield Finding("ledger.balances", subject, detail)


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
    the kind that nothing expects are findings too, and so is one that staff reversed by hand.
    """
    told = dict(
        Posting.objects.filter(entry__kind=kind, account__code=account)
        .order_by()
        .values_list("entry__source")
        .annotate(total=Sum("amount_cents"))
    )
    reversed_by_hand = set(
        JournalEntry.objects.filter(kind=kind, reversal__isnull=False).values_list("source", flat=True)
    )
    for source, amount_cents in expected:
        found = told.pop(source, None)
        if found is None:
            if amount_cents:
                yield Finding(check, source, "no entry")
        elif found != amount_cents:
            yield Finding(check, source, f"entry says {found}, row says {amount_cents}")
        elif source in reversed_by_hand:
            yield Finding(check, source, f"entry reversed, row says {amount_cents}")
    for source in told:
        if source not in reversed_by_hand:
            yield Finding(check, source, "entry without a row")


def _sums(rows: Iterable[tuple[object, ...]]) -> dict[tuple[object, ...], int]:
    return {tuple(key): int(total) for *key, total in rows}  # type: ignore[call-overload]
