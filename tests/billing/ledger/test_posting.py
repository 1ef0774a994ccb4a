"""Posting: balanced or refused, told once, readable by account and party."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from billing.ledger.accounts import CHART, AccountCode
from billing.ledger.errors import AccountUnknown, EntryUnbalanced, PartyMissing, SourceConflict
from billing.ledger.models import Account, JournalEntry
from billing.ledger.operations import credit, debit, post_entry, reverse_entry
from billing.ledger.queries import balance, entries_of, money_board
from billing.ledger.seeds import seed_tenant
from tests.billing.building import party

TODAY = date(2026, 11, 23)


def pay(source: str = "payment:1", amount_cents: int = 12000) -> JournalEntry:
    return post_entry(
        source=source,
        kind="payment",
        occurred_on=TODAY,
        postings=[debit(AccountCode.GATEWAY, amount_cents), credit(AccountCode.HELD, amount_cents)],
    )


def test_a_tenant_starts_with_the_chart(tenant: Any) -> None:
    assert set(Account.objects.values_list("code", flat=True)) == {seed.code for seed in CHART}
    seed_tenant(tenant)
    assert Account.objects.count() == len(CHART)


def test_a_balanced_entry_moves_both_accounts(tenant: Any) -> None:
    before = balance(AccountCode.GATEWAY)
    pay()
    assert balance(AccountCode.GATEWAY) - before == 12000
    assert balance(AccountCode.HELD) == -12000
    board = money_board()
    assert board.gap_cents == 0
    assert board.line(AccountCode.HELD).balance_cents == 12000
    assert board.line(AccountCode.GATEWAY).balance_cents == 12000


def test_the_same_source_is_told_once(tenant: Any) -> None:
    first = pay()
    assert pay() == first
    assert JournalEntry.objects.filter(source="payment:1").count() == 1


def test_another_story_under_the_same_source_is_refused(tenant: Any) -> None:
    pay()
    with pytest.raises(SourceConflict):
        pay(amount_cents=1)


@pytest.mark.parametrize(
    "postings",
    [
        [],
        [debit(AccountCode.GATEWAY, 100)],
        [debit(AccountCode.GATEWAY, 100), credit(AccountCode.HELD, 99)],
        [debit(AccountCode.GATEWAY, 0), credit(AccountCode.HELD, 0)],
    ],
)
def test_an_uneven_entry_is_refused(tenant: Any, postings: list[Any]) -> None:
    with pytest.raises(EntryUnbalanced):
        post_entry(source="odd", kind="payment", occurred_on=TODAY, postings=postings)


def test_an_unknown_account_is_refused(tenant: Any) -> None:
    with pytest.raises(AccountUnknown):
        post_entry(
            source="odd",
            kind="payment",
            occurred_on=TODAY,
            postings=[debit("999999", 1), credit(AccountCode.HELD, 1)],
        )


def test_an_account_by_party_wants_a_party(tenant: Any) -> None:
    with pytest.raises(PartyMissing):
        post_entry(
            source="odd",
            kind="release",
            occurred_on=TODAY,
            postings=[debit(AccountCode.HELD, 1), credit(AccountCode.OWED_TO_PROVIDERS, 1)],
        )


def test_balances_of_a_party(tenant: Any) -> None:
    seller, other = party(), party()
    for number, (who, amount) in enumerate([(seller, 100), (other, 50), (seller, 1)]):
        post_entry(
            source=f"release:{number}",
            kind="release",
            occurred_on=TODAY,
            postings=[debit(AccountCode.HELD, amount), credit(AccountCode.OWED_TO_PROVIDERS, amount, who)],
        )
    assert balance(AccountCode.OWED_TO_PROVIDERS, seller) == -101
    assert balance(AccountCode.OWED_TO_PROVIDERS) == -151


def test_a_correction_is_the_mirror_image_once(tenant: Any) -> None:
    entry = pay()
    first = reverse_entry(entry=entry, occurred_on=TODAY, memo="Erreur de saisie")
    assert balance(AccountCode.GATEWAY) == 0
    assert reverse_entry(entry=entry, occurred_on=TODAY, memo="Encore") == first


def test_drill_down_pages_by_key_with_a_fixed_number_of_queries(
    tenant: Any, django_assert_num_queries: Any
) -> None:
    for number in range(7):
        pay(source=f"payment:{number}")
    with django_assert_num_queries(1):
        first = entries_of(AccountCode.GATEWAY, limit=3)
        assert [row.entry.source for row in first.rows] == ["payment:6", "payment:5", "payment:4"]
    second = entries_of(AccountCode.GATEWAY, before=first.next_key, limit=3)
    last = entries_of(AccountCode.GATEWAY, before=second.next_key, limit=3)
    assert [row.entry.source for row in last.rows] == ["payment:0"]
    assert last.next_key is None
    with django_assert_num_queries(2):
        money_board()
