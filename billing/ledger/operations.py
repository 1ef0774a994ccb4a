"""Writing to the ledger: the one function that posts, and the one that reverses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.ledger.balances import add_postings
from billing.ledger.errors import (
    AccountUnknown,
    AlreadyReversed,
    EntryUnbalanced,
    PartyMissing,
    ReasonMissing,
    ReversalIsFinal,
    SourceConflict,
)
from billing.ledger.models import Account, EntryKind, JournalEntry, Posting
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User
    from tenants.parties.models import Party


@dataclass(frozen=True)
class PostingInput:
    """One side of an entry: `amount_cents` is positive for a debit, negative for a credit."""

    account: str
    amount_cents: int
    party: Party | None = None
    currency: str = "EUR"


def debit(account: str, amount_cents: int, party: Party | None = None) -> PostingInput:
    """Debit of `amount_cents` (a positive number of cents)."""
    return PostingInput(account, amount_cents, party)


def credit(account: str, amount_cents: int, party: Party | None = None) -> PostingInput:
    """Credit of `amount_cents` (a positive number of cents)."""
    return PostingInput(account, -amount_cents, party)


def post_entry(
    *,
    source: str,
    kind: str,
    occurred_on: date,
    memo: str = "",
    postings: Sequence[PostingInput],
    reverses: JournalEntry | None = None,
    recorded_by: User | None = None,
) -> JournalEntry:
    """Write one balanced entry; telling the same source again returns the entry already there.

    Sides of zero cents are left out. `occurred_on` is a legal date of the tenant. The running balances
    are kept by the same transaction.
    Raises EntryUnbalanced, AccountUnknown, PartyMissing, SourceConflict (the source was told otherwise).
    """
    wanted = [posting for posting in postings if posting.amount_cents != 0]
    _require_balance(source, wanted)
    existing = JournalEntry.objects.filter(source=source).first()
    if existing is None:
        entry = JournalEntry(
            source=source,
            kind=kind,
            occurred_on=occurred_on,
            memo=memo[:255],
            posting_count=len(wanted),
            reverses=reverses,
            recorded_by=recorded_by,
        )
        try:
            # The only writing here: a transaction around it would be one statement more at either end.
            with transaction.atomic():
                return _insert(entry, wanted)
        except IntegrityError as error:
            existing = JournalEntry.objects.filter(source=source).first()
            if existing is None:
                raise error
    _require_same(existing, wanted)
    return existing


@transaction.atomic
def reverse_entry(
    *, entry: JournalEntry, occurred_on: date, memo: str, recorded_by: User | None = None
) -> JournalEntry:
    """Correct `entry` by its mirror image; an entry is reversed once at most.

    Raises ReversalIsFinal for an entry that is itself a reversal: what was wrongly reversed is told anew.
    """
    if entry.reverses_id is not None:
        raise ReversalIsFinal(source=entry.source)
    mirrored = [
        PostingInput(posting.account.code, -posting.amount_cents, posting.party, posting.currency)
        for posting in entry.postings.select_related("account", "party")
    ]
    return post_entry(
        source=f"reversal:{entry.pk}",
        kind=EntryKind.REVERSAL,
        occurred_on=occurred_on,
        memo=memo,
        postings=mirrored,
        reverses=entry,
        recorded_by=recorded_by,
    )


@transaction.atomic
def correct_entry(*, entry: JournalEntry, reason: str, user: User) -> JournalEntry:
    """Staff reverse an entry today, with a reason that stays in the books.

    Raises ReasonMissing, AlreadyReversed, ReversalIsFinal.
    """
    if not reason.strip():
        raise ReasonMissing()
    if JournalEntry.objects.filter(reverses=entry).exists():
        raise AlreadyReversed(source=entry.source)
    return reverse_entry(
        entry=entry,
        occurred_on=legal_date(current_tenant(), timezone.now()),
        memo=reason.strip(),
        recorded_by=user,
    )


def _require_balance(source: str, postings: Sequence[PostingInput]) -> None:
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.currency] += posting.amount_cents
    if len(postings) < 2 or any(sums.values()):
        raise EntryUnbalanced(source=source)


def _insert(entry: JournalEntry, postings: Sequence[PostingInput]) -> JournalEntry:
    accounts = {
        account.code: account
        for account in Account.objects.filter(code__in={posting.account for posting in postings})
    }
    for posting in postings:
        account = accounts.get(posting.account)
        if account is None:
            raise AccountUnknown(code=posting.account)
        if account.by_party and posting.party is None:
            raise PartyMissing(code=posting.account)
    entry.save(force_insert=True)
    add_postings(
        Posting.objects.bulk_create(
            Posting(
                entry=entry,
                account=accounts[posting.account],
                party=posting.party,
                amount_cents=posting.amount_cents,
                currency=posting.currency,
            )
            for posting in postings
        )
    )
    return entry


def _require_same(entry: JournalEntry, postings: Sequence[PostingInput]) -> None:
    told = sorted(
        entry.postings.values_list("account__code", "party_id", "amount_cents", "currency"), key=repr
    )
    wanted = sorted(
        (
            (
                str(posting.account),
                posting.party.pk if posting.party else None,
                posting.amount_cents,
                posting.currency,
            )
            for posting in postings
        ),
        key=repr,
    )
    if told != wanted:
        raise SourceConflict(source=entry.source)
