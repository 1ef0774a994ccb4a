"""The console around the books: filters, exports, chart, corrections, checks; finance only."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.ledger.accounts import CHART, AccountCode
from billing.ledger.chart import numbers_on, rename_account
from billing.ledger.errors import NumberInvalid, NumberTaken, ReversalIsFinal
from billing.ledger.models import Account, AccountChange, JournalEntry, VerificationRun
from billing.ledger.operations import correct_entry, credit, debit, post_entry
from billing.ledger.queries import balance
from billing.ledger.verification import Unasked, register_outside_check, verify_and_record, verify_ledger
from tests.billing.building import party
from tests.billing.ledger.test_pages import BOARD, finance, pay, person

__all__ = ["finance"]

CHART_PAGE = f"{BOARD}plan-comptable/"
RUNS = f"{BOARD}controles/"


def owe(number: int, seller: Any, cents: int, on: date = date(2026, 11, 23)) -> None:
    post_entry(
        source=f"release:{number}",
        kind="release",
        occurred_on=on,
        memo="=SOMME(A1)",
        postings=[debit(AccountCode.HELD, cents), credit(AccountCode.OWED_TO_PROVIDERS, cents, seller)],
    )


def csv_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return [row.split(";") for row in text.split("\r\n") if row]


def test_every_account_has_its_reason_and_a_number_of_its_class(tenant: Any) -> None:
    assert {account.code for account in Account.objects.all()} == {seed.code for seed in CHART}
    for seed in CHART:
        assert seed.number.startswith(seed.pcg)
        assert str(seed.reason)


def test_a_number_of_the_chart_changes_only_where_the_tenant_left_it(tenant: Any) -> None:
    renumber = import_module("billing.ledger.migrations.0007_penalties").renumber
    editor = SimpleNamespace(connection=connection)
    borne = Account.objects.get(code=AccountCode.REFUNDS_BORNE)
    assert borne.number == "658000"
    for number, later in (("658100", "658000"), ("658900", "658900")):
        Account.objects.filter(pk=borne.pk).update(number=number)
        renumber(apps, editor)
        borne.refresh_from_db()
        assert borne.number == later
    assert numbers_on(date(2026, 1, 1))[borne.code][0] == "658100"
    # It has a history by now: what staff put back stays.
    Account.objects.filter(pk=borne.pk).update(number="658100")
    renumber(apps, editor)
    assert Account.objects.get(pk=borne.pk).number == "658100"


def test_postings_are_filtered_and_exported_as_shown(finance: Any) -> None:
    one, two = party(role="provider"), party(role="provider")
    pay(1, 100000)
    owe(1, one, 1000, date(2026, 10, 31))
    owe(2, one, 2000)
    owe(3, two, 4000)
    address = f"{BOARD}{AccountCode.OWED_TO_PROVIDERS}/"
    page = finance.get(f"{address}?party={one.public_id}").content.decode()
    assert "release:2" in page
    assert "release:3" not in page
    assert "Total des mouvements filtrés : 30,00\xa0€" in page
    page = finance.get(f"{address}?since=2026-11-01&party={one.public_id}").content.decode()
    assert "release:1" not in page
    assert "Total des mouvements filtrés : 20,00\xa0€" in page
    answer = finance.get(f"{address}export/?since=2026-11-01")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="compte-467200.csv"' in answer["Content-Disposition"]
    heading, *rows = csv_of(answer)
    assert heading[0] == "Date"
    assert [row[1] for row in rows] == ["release:3", "release:2"]
    assert rows[1][6:8] == ["0,00", "20,00"]
    assert rows[1][3] == "'=SOMME(A1)"


def test_a_wrong_period_is_told_and_exports_nothing(finance: Any) -> None:
    pay(1)
    address = f"{BOARD}{AccountCode.HELD}/"
    page = finance.get(f"{address}?since=2026-11-02&until=2026-11-01").content.decode()
    assert "Indiquez une date de fin qui suit la date de début." in page
    assert "payment:1" in page
    assert finance.get(f"{address}export/?since=demain").status_code == 404


def test_a_page_and_an_export_cost_the_same_for_many(finance: Any) -> None:
    seller = party(role="provider")
    address = f"{BOARD}{AccountCode.OWED_TO_PROVIDERS}/"

    def cost(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = finance.get(path)
            if answer.streaming:
                list(answer.streaming_content)
        return len(asked)

    owe(1, seller, 100)
    finance.get(address)
    few = cost(address), cost(f"{address}export/"), cost(BOARD)
    for number in range(2, 12):
        owe(number, party(role="provider"), 100)
    assert (cost(address), cost(f"{address}export/"), cost(BOARD)) == few
    assert few[0] <= 12
    assert few[1] <= 10


def test_an_account_gets_its_own_number_with_history(finance: Any) -> None:
    page = finance.get(CHART_PAGE).content.decode()
    assert "467100" in page
    answer = finance.post(f"{CHART_PAGE}467100/", {"number": "467150", "label": "Fonds clients"})
    assert answer.status_code == 302
    account = Account.objects.get(code=AccountCode.HELD)
    assert (account.number, account.title) == ("467150", "Fonds clients")
    page = finance.get(CHART_PAGE).content.decode()
    assert "467100 « Fonds réservés pour les commandes » devient 467150 « Fonds clients »" in page
    pay(1)
    assert balance(AccountCode.HELD) == -123456
    change = AccountChange.objects.get()
    assert numbers_on(change.changed_on)[AccountCode.HELD][0] == "467150"
    assert numbers_on(date(2026, 1, 1))[AccountCode.HELD] == (
        "467100",
        "Fonds réservés pour les commandes",
    )


@pytest.mark.parametrize(
    ("number", "error"),
    [("706100", NumberInvalid), ("46", NumberInvalid), ("46x100", NumberInvalid), ("467200", NumberTaken)],
)
def test_a_number_must_fit(tenant: Any, number: str, error: type[Exception]) -> None:
    held = Account.objects.get(code=AccountCode.HELD)
    with pytest.raises(error):
        rename_account(account=held, number=number, label="Fonds", user=None)
    assert not AccountChange.objects.exists()


def test_a_wrong_number_is_said_at_its_field(finance: Any) -> None:
    answer = finance.post(f"{CHART_PAGE}467100/", {"number": "706100", "label": "Fonds"})
    assert answer.status_code == 422
    assert "Indiquez un numéro de 3 à 12 chiffres qui commence par 4 / 5." in answer.content.decode()


def test_an_entry_is_reversed_once_with_a_reason(finance: Any) -> None:
    pay(1)
    address = f"{BOARD}ecritures/payment:1/"
    assert "Contre-passer" in finance.get(address).content.decode()
    assert finance.post(f"{address}contre-passer/", {"reason": " "}).status_code == 422
    assert finance.post(f"{address}contre-passer/", {"reason": "Saisie en double"}).status_code == 302
    made = JournalEntry.objects.get(kind="reversal")
    assert (made.memo, made.reverses.source, made.recorded_by.email) == (
        "Saisie en double",
        "payment:1",
        "finance@exemple.example",
    )
    assert balance(AccountCode.HELD) == 0
    page = finance.get(address).content.decode()
    assert f"Contre-passée par l’écriture {made.source}" in page
    assert finance.get(f"{address}contre-passer/").status_code == 404
    assert finance.post(f"{address}contre-passer/", {"reason": "Encore"}).status_code == 302
    assert JournalEntry.objects.count() == 2
    with pytest.raises(ReversalIsFinal):
        correct_entry(entry=made, reason="Non", user=made.recorded_by)


def test_the_check_names_what_was_reversed_by_hand(tenant: Any) -> None:
    pay(1)
    user = person("autre@exemple.example", "finance")
    correct_entry(entry=JournalEntry.objects.get(), reason="Erreur", user=user)
    assert [finding for finding in verify_ledger().findings if finding.check.startswith("ledger.")] == []


def test_each_check_is_kept_and_shown(finance: Any, django_capture_on_commit_callbacks: Any) -> None:
    assert "pas encore été contrôlés" in finance.get(BOARD).content.decode()
    pay(1)
    _report, run = verify_and_record(trigger="clock")
    assert run.finding_count == 2
    page = finance.get(BOARD).content.decode()
    assert "2 écarts" in page
    page = finance.get(f"{RUNS}{run.pk}/").content.decode()
    assert "payments.receipts" in page
    assert "entry without a row" in page
    assert "2 écarts" in finance.get(RUNS).content.decode()
    assert finance.post(f"{RUNS}lancer/").status_code == 302
    from kernel.outbox.models import OutboxTask

    assert OutboxTask.objects.filter(name="ledger.verify", done_at=None).count() == 1


def test_what_cannot_be_asked_is_neither_agreement_nor_finding(tenant: Any) -> None:
    from billing.ledger import verification

    def silent() -> Any:
        raise Unasked("nobody answers")

    register_outside_check("test.silent", silent)
    try:
        report, run = verify_and_record(trigger="staff")
    finally:
        del verification._outside_checks["test.silent"]
    assert report.is_clean
    assert run.unasked == [["test.silent", "nobody answers"]]


@pytest.mark.parametrize(
    "path", [CHART_PAGE, f"{CHART_PAGE}467100/", RUNS, f"{BOARD}467100/export/", f"{RUNS}1/"]
)
def test_all_of_it_is_for_finance(tenant: Any, tenant_client: Any, path: str) -> None:
    VerificationRun.objects.create(
        pk=1, trigger="clock", started_at="2026-11-23T01:00Z", entry_count=0, finding_count=0
    )
    assert tenant_client.get(path).status_code == 302
    tenant_client.force_login(person("support@exemple.example", "support"))
    assert tenant_client.get(path).status_code == 404
