"""Writing to the ledger: the one function that posts, and the one that reverses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from billing.ledger.errors import AccountUnknown, EntryUnbalanced, PartyMissing, SourceConflict
from billing.ledger.models import Account, EntryKind, JournalEntry, Posting

if TYPE_CHECKING:
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


@transaction.atomic
def post_entry(
    *, source: str, kind: str, occurred_on: date, memo: str = "", postings: Sequence[PostingInput]
) -> JournalEntry:
    """Write one balanced entry; telling the same source again returns the entry already there.

    Sides of zero cents are left out. `occurred_on` is a legal date of the tenant.
    Raises EntryUnbalanced, AccountUnknown, PartyMissing, SourceConflict (the source was told otherwise).
    """
    wanted = [posting for posting in postings if posting.amount_cents != 0]
    _require_balance(source, wanted)
    existing = JournalEntry.objects.filter(source=source).first()
    if existing is None:
        try:
            with transaction.atomic():
                return _insert(source, kind, occurred_on, memo, wanted)
        except IntegrityError as error:
            existing = JournalEntry.objects.filter(source=source).first()
            if existing is None:
                raise error
    _require_same(existing, wanted)
    return existing


@transaction.atomic
def reverse_entry(*, entry: JournalEntry, occurred_on: date, memo: str) -> JournalEntry:
    """Correct `entry` by its mirror image; an entry is reversed once at most."""
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
    )


def _require_balance(source: str, postings: Sequence[PostingInput]) -> None:
    sums: dict[str, int] = defaultdict(int)
    for posting in postings:
        sums[posting.currency] += posting.amount_cents
    if len(postings) < 2 or any(sums.values()):
        raise EntryUnbalanced(source=source)


def _insert(
    source: str, kind: str, occurred_on: date, memo: str, postings: Sequence[PostingInput]
) -> JournalEntry:
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
    entry = JournalEntry.objects.create(
        source=source,
        kind=kind,
        occurred_on=occurred_on,
        memo=memo[:255],
        posting_count=len(postings),
    )
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
