"""The balance of an account with a million postings against a look-up by primary key."""

from __future__ import annotations

from datetime import date
from functools import cache

from django.db import connection

from benchmarks.harness import Measure, benchmark, cpu_of, quiet_ratio
from benchmarks.spaces import new_tenant
from billing.ledger.accounts import AccountCode
from billing.ledger.models import Account, JournalEntry, Posting
from billing.ledger.operations import credit, debit, post_entry
from billing.ledger.queries import balance
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant

CALLS = 200
# A million entries by hand: each deferred trigger would be run for each of them at the commit.
_BOOKS = """
ALTER TABLE ledger_journalentry DISABLE TRIGGER USER;
ALTER TABLE ledger_posting DISABLE TRIGGER USER;
INSERT INTO ledger_journalentry (source, kind, occurred_on, recorded_at, memo, posting_count)
SELECT 'bench:' || n, 'payment', date '2026-01-01' + n % 300, now(), '', 2
FROM generate_series(1, 1000000) n;
INSERT INTO ledger_posting (entry_id, account_id, amount_cents, currency)
SELECT e.id, a.id, CASE WHEN a.code = '517000' THEN 100 ELSE -100 END, 'EUR'
FROM ledger_journalentry e CROSS JOIN ledger_account a WHERE a.code IN ('517000', '467100');
INSERT INTO ledger_runningbalance (account_id, currency, amount_cents)
SELECT account_id, currency, sum(amount_cents) FROM ledger_posting GROUP BY account_id, currency;
ALTER TABLE ledger_journalentry ENABLE TRIGGER USER;
ALTER TABLE ledger_posting ENABLE TRIGGER USER;
"""


@cache
def books() -> Tenant:
    """A tenant whose gateway account has 1,000,000 postings, with statistics."""
    tenant = new_tenant("ledger")
    with tenant_context(tenant), connection.cursor() as cursor:
        for statement in filter(str.strip, _BOOKS.split(";")):
            cursor.execute(statement)
        cursor.execute("ANALYZE")
    return tenant


@benchmark(
    name="ledger_balance",
    unit="×",
    ratio_to="CPU of a look-up by primary key through the ORM, same connection",
    aim=3,
)
def ledger_balance() -> Measure:
    """An account with 1,000,000 postings, to which entries were posted since."""
    with tenant_context(books()):
        told = JournalEntry.objects.count()
        for number in range(told, told + 100):
            post_entry(
                source=f"payment:{number}",
                kind="payment",
                occurred_on=date(2026, 11, 23),
                postings=[debit(AccountCode.GATEWAY, 100), credit(AccountCode.HELD, 100)],
            )
        account = Account.objects.get(code=AccountCode.GATEWAY)
        found = balance(AccountCode.GATEWAY)
        postings = Posting.objects.filter(account=account).count()
        if found != postings * 100:
            raise AssertionError(f"balance {found}, {postings} postings")
        ratio, ours, theirs = quiet_ratio(
            lambda: cpu_of(lambda: balance(AccountCode.GATEWAY), CALLS),
            lambda: cpu_of(lambda: Account.objects.get(pk=account.pk), CALLS),
        )
    return Measure(ratio, f"{ours * 1e6:.0f} against {theirs * 1e6:.0f} µs, {postings} postings")
