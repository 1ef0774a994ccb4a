"""What can be asked of the ledger: balances, the money board, the postings of an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, Sum

from billing.ledger.accounts import CREDIT_KINDS, AccountCode
from billing.ledger.balances import rows_of_account, rows_of_party, total
from billing.ledger.models import Account, JournalEntry, Posting, RunningBalance, VerificationRun

if TYPE_CHECKING:
    from tenants.parties.models import Party

PAGE_SIZE = 50


@dataclass(frozen=True)
class BoardLine:
    """Balance of one account, in cents, positive when it stands on its usual side."""

    code: str
    number: str
    title: str
    kind: str
    balance_cents: int


@dataclass(frozen=True)
class MoneyBoard:
    """Where every euro is; `gap_cents` is the sum of all postings, zero unless the ledger is broken."""

    lines: tuple[BoardLine, ...]
    gap_cents: int
    has_entries: bool

    def line(self, code: str) -> BoardLine:
        """The line of one account. Raises KeyError."""
        for line in self.lines:
            if line.code == code:
                return line
        raise KeyError(code)


@dataclass(frozen=True)
class PostingPage:
    """Postings of an account, newest first; `next_key` asks for the following page, None at the end."""

    rows: list[Posting]
    next_key: int | None


def balance(code: str, party: Party | None = None, currency: str = "EUR") -> int:
    """Signed balance of an account in cents, debit positive; of one party only when it is given.

    Read from the running balances: as fast for a million postings as for none.
    """
    if party is not None:
        return total(rows_of_party(code, party.pk, currency))
    return total(rows_of_account(code, currency))


def money_board(currency: str = "EUR") -> MoneyBoard:
    """Balances of the whole chart: at the gateway, at the bank, held, owed, commissions, VAT."""
    sums = {
        row["account_id"]: row["total"]
        for row in RunningBalance.objects.filter(party__isnull=True, currency=currency)
        .order_by()
        .values("account_id")
        .annotate(total=Sum("amount_cents"))
    }
    order = {code: position for position, code in enumerate(AccountCode.values)}
    accounts = sorted(Account.objects.all(), key=lambda account: (order.get(account.code, 99), account.code))
    lines = tuple(
        BoardLine(
            code=account.code,
            number=account.number,
            title=account.title,
            kind=account.kind,
            balance_cents=_usual_side(account, sums.get(account.pk, 0)),
        )
        for account in accounts
    )
    return MoneyBoard(lines=lines, gap_cents=sum(sums.values()), has_entries=bool(sums))


@dataclass(frozen=True)
class PostingFilter:
    """What of an account is wanted: legal dates, both inclusive, and one party."""

    since: date | None = None
    until: date | None = None
    party: Party | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left out."""
        return self.since is None and self.until is None and self.party is None


EVERYTHING = PostingFilter()


def postings_of(code: str, wanted: PostingFilter = EVERYTHING) -> QuerySet[Posting]:
    """Postings of one account with their entries and parties, newest first."""
    postings = Posting.objects.filter(account__code=code)
    if wanted.since is not None:
        postings = postings.filter(entry__occurred_on__gte=wanted.since)
    if wanted.until is not None:
        postings = postings.filter(entry__occurred_on__lte=wanted.until)
    if wanted.party is not None:
        postings = postings.filter(party=wanted.party)
    return postings.select_related("entry", "party").order_by("-id")


def entries_of(
    code: str,
    *,
    wanted: PostingFilter = EVERYTHING,
    before: int | None = None,
    limit: int = PAGE_SIZE,
) -> PostingPage:
    """One page of the postings of an account, newest first, paged by key."""
    postings = postings_of(code, wanted)
    if before is not None:
        postings = postings.filter(pk__lt=before)
    rows = list(postings[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    return PostingPage(rows=rows, next_key=rows[-1].pk if more else None)


def sum_of(code: str, wanted: PostingFilter) -> int:
    """Signed sum in cents of the postings that a filter leaves, debit positive."""
    return postings_of(code, wanted).order_by().aggregate(total=Sum("amount_cents"))["total"] or 0


def parties_in(code: str) -> list[Party]:
    """The parties that an account is kept by, by name."""
    from tenants.parties.models import Party

    known = RunningBalance.objects.filter(account__code=code, party__isnull=False).values("party_id")
    return list(Party.objects.filter(pk__in=known).order_by("legal_name", "pk"))


def last_run() -> VerificationRun | None:
    """The latest check of the books."""
    return VerificationRun.objects.order_by("-id").first()


def balances_by_party(code: str, currency: str = "EUR") -> dict[int, int]:
    """Signed balance in cents of each party (by key) of an account kept by party, largest debt first."""
    return dict(
        RunningBalance.objects.filter(account__code=code, party__isnull=False, currency=currency)
        .order_by()
        .values_list("party_id")
        .annotate(total=Sum("amount_cents"))
        .filter(~Q(total=0))
        .order_by("total")
    )


def entry_for(source: str) -> JournalEntry | None:
    """The entry that tells `source`, with its postings."""
    return JournalEntry.objects.prefetch_related("postings__account").filter(source=source).first()


def _usual_side(account: Account, signed_cents: int) -> int:
    return -signed_cents if account.kind in CREDIT_KINDS else signed_cents
