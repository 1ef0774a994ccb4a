"""Running balances: right under concurrency, after a rollback, and named by the check when they are not."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

from django.db import connections, transaction
from django_tenants.utils import tenant_context
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.ledger.accounts import AccountCode
from billing.ledger.models import RunningBalance
from billing.ledger.operations import credit, debit, post_entry, reverse_entry
from billing.ledger.queries import balance
from billing.ledger.verification import check_balances
from tests.billing.building import party

TODAY = date(2026, 11, 23)


def pay(source: str, cents: int = 100) -> Any:
    return post_entry(
        source=source,
        kind="payment",
        occurred_on=TODAY,
        postings=[debit(AccountCode.GATEWAY, cents), credit(AccountCode.HELD, cents)],
    )


def owe(source: str, seller: Any, cents: int) -> Any:
    return post_entry(
        source=source,
        kind="release",
        occurred_on=TODAY,
        postings=[debit(AccountCode.HELD, cents), credit(AccountCode.OWED_TO_PROVIDERS, cents, seller)],
    )


def test_a_writer_keeps_to_one_row_an_account(tenant: Any) -> None:
    for number in range(20):
        pay(f"payment:{number}")
    assert RunningBalance.objects.filter(account__code=AccountCode.GATEWAY).count() == 1
    assert balance(AccountCode.GATEWAY) == 2000
    assert list(check_balances()) == []


def test_an_entry_costs_one_statement_more(tenant: Any, django_assert_max_num_queries: Any) -> None:
    pay("payment:1")
    with django_assert_max_num_queries(9):
        pay("payment:2")


def test_what_is_rolled_back_was_never_counted(tenant: Any) -> None:
    pay("payment:1")
    try:
        with transaction.atomic():
            pay("payment:2")
            raise RuntimeError
    except RuntimeError:
        pass
    assert balance(AccountCode.GATEWAY) == 100
    assert list(check_balances()) == []


def test_a_writer_at_work_holds_nobody_up(committing_tenant: Any) -> None:
    """One transaction stays open on every account; others post meanwhile and nobody waits."""
    seller = party(role="provider")
    pay("payment:first")
    owe("release:first", seller, 10)
    held, done = threading.Event(), threading.Event()
    errors: list[BaseException] = []

    def slow() -> None:
        try:
            with tenant_context(committing_tenant), transaction.atomic():
                pay("payment:slow", 7)
                owe("release:slow", seller, 3)
                held.set()
                assert done.wait(20)
        except BaseException as error:
            errors.append(error)
        finally:
            connections["default"].close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert held.wait(20)
    for number in range(5):
        pay(f"payment:{number}")
        owe(f"release:{number}", seller, 1)
    assert balance(AccountCode.GATEWAY) == 600
    assert balance(AccountCode.OWED_TO_PROVIDERS, seller) == -15
    done.set()
    thread.join()
    assert not errors
    assert balance(AccountCode.GATEWAY) == 607
    assert balance(AccountCode.OWED_TO_PROVIDERS, seller) == -18
    assert RunningBalance.objects.filter(account__code=AccountCode.GATEWAY).count() == 2
    assert list(check_balances()) == []


def test_twelve_writers_at_once_some_of_whom_give_up(committing_tenant: Any) -> None:
    sellers = [party(role="provider") for _ in range(3)]
    errors: list[BaseException] = []
    gate = threading.Barrier(12)

    def write(worker: int) -> None:
        try:
            with tenant_context(committing_tenant):
                gate.wait()
                for number in range(10):
                    try:
                        with transaction.atomic():
                            pay(f"payment:{worker}:{number}")
                            # The other way round every second time: no order of locks to get wrong.
                            for seller in sellers if (worker + number) % 2 else reversed(sellers):
                                owe(f"release:{worker}:{number}:{seller.pk}", seller, 5)
                            if number % 4 == 3:
                                raise RuntimeError
                    except RuntimeError:
                        pass
        except BaseException as error:
            errors.append(error)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert balance(AccountCode.GATEWAY) == 12 * 8 * 100
    assert [balance(AccountCode.OWED_TO_PROVIDERS, seller) for seller in sellers] == [-12 * 8 * 5] * 3
    assert list(check_balances()) == []
    assert RunningBalance.objects.filter(account__code=AccountCode.GATEWAY).count() <= 12


def test_a_balance_that_was_tampered_with_is_named(tenant: Any) -> None:
    seller = party(role="provider")
    pay("payment:1")
    owe("release:1", seller, 40)
    RunningBalance.objects.filter(account__code=AccountCode.OWED_TO_PROVIDERS, party=seller).update(
        amount_cents=-41
    )
    assert [str(finding) for finding in check_balances()] == [
        f"ledger.balances: 467200 party:{seller.pk}: balance -41, postings -40 EUR"
    ]


@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["pay", "owe", "reverse"]), st.integers(0, 1), st.integers(1, 10**9)),
        max_size=12,
    )
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_balances_are_what_a_sum_would_say(tenant: Any, moves: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        sellers = [party(role="provider") for _ in range(2)]
        entries: list[Any] = []
        gateway, owed = 0, [0, 0]
        start = balance(AccountCode.GATEWAY)
        for number, (kind, which, cents) in enumerate(moves):
            if kind == "pay":
                entries.append(("pay", which, cents, pay(f"h:{number}", cents)))
                gateway += cents
            elif kind == "owe":
                entries.append(("owe", which, cents, owe(f"h:{number}", sellers[which], cents)))
                owed[which] -= cents
            elif entries:
                told, of, amount, entry = entries.pop()
                reverse_entry(entry=entry, occurred_on=TODAY, memo="essai")
                if told == "pay":
                    gateway -= amount
                else:
                    owed[of] += amount
        assert balance(AccountCode.GATEWAY) - start == gateway
        assert [balance(AccountCode.OWED_TO_PROVIDERS, seller) for seller in sellers] == owed
        assert list(check_balances()) == []
        transaction.set_rollback(True)
