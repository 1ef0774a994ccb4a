"""Running balances: kept by the transaction that posts, read without summing postings.

A balance is spread over rows. A writer takes a row that no other transaction holds (`SKIP LOCKED`) and adds
to it, or inserts a new one when all are held: it never waits, so accounts that every payment touches are no
bottleneck and no deadlock can come from here. There are never more rows than there were writers at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import QuerySet, Sum

from billing.ledger.models import Posting, RunningBalance

_ADD = """
WITH wanted (account_id, party_id, currency, amount_cents) AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])
), chosen AS MATERIALIZED (
    SELECT wanted.*, free.id FROM wanted LEFT JOIN LATERAL (
        SELECT b.id FROM ledger_runningbalance b
        WHERE b.account_id = wanted.account_id AND b.currency = wanted.currency
          AND b.party_id IS NULL AND wanted.party_id IS NULL
        LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS free ON wanted.party_id IS NULL
    WHERE wanted.party_id IS NULL
    UNION ALL
    SELECT wanted.*, free.id FROM wanted LEFT JOIN LATERAL (
        SELECT b.id FROM ledger_runningbalance b
        WHERE b.account_id = wanted.account_id AND b.currency = wanted.currency
          AND b.party_id = wanted.party_id AND b.party_id IS NOT NULL
        LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS free ON true
    WHERE wanted.party_id IS NOT NULL
), added AS (
    UPDATE ledger_runningbalance b SET amount_cents = b.amount_cents + chosen.amount_cents
    FROM chosen WHERE b.id = chosen.id
)
INSERT INTO ledger_runningbalance (account_id, party_id, currency, amount_cents)
SELECT account_id, party_id, currency, amount_cents FROM chosen WHERE id IS NULL
"""


def add_postings(postings: Iterable[Posting]) -> None:
    """Add the postings of one new entry to the balances, in one statement of the caller's transaction."""
    sums: dict[tuple[int, int | None, str], int] = defaultdict(int)
    for posting in postings:
        sums[(posting.account_id, None, posting.currency)] += posting.amount_cents
        if posting.party_id is not None:
            sums[(posting.account_id, posting.party_id, posting.currency)] += posting.amount_cents
    rows = [(*key, cents) for key, cents in sums.items() if cents]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [list(column) for column in zip(*rows, strict=True)])


def rows_of_account(code: str, currency: str) -> QuerySet[RunningBalance]:
    """The rows that sum to the balance of an account."""
    return RunningBalance.objects.filter(account__code=code, party__isnull=True, currency=currency)


def rows_of_party(code: str, party_id: int, currency: str) -> QuerySet[RunningBalance]:
    """The rows that sum to the balance of a party in an account."""
    return RunningBalance.objects.filter(account__code=code, party_id=party_id, currency=currency)


def total(rows: QuerySet[RunningBalance]) -> int:
    """Sum of balance rows in cents, debit positive."""
    return rows.aggregate(total=Sum("amount_cents"))["total"] or 0
