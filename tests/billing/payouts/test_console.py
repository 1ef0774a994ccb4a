"""Console and provider pages of settlement: refund with its check page, debts, holds, statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.charges.models import ChargeReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payments.models import Payment
from billing.payouts.errors import HoldOutOfBounds, StatementPeriodWrong
from billing.payouts.holds import end_hold, hold_terms, set_hold
from billing.payouts.models import HoldTerm, Payout, SellerDebt, Statement
from billing.payouts.operations import open_payout_account
from billing.payouts.sending import send_leg
from billing.payouts.statements import draw_statement, statement_rows
from kernel.outbox.models import OutboxTask
from tenants.directory.dates import legal_date
from tests.billing.ledger.test_console import csv_of
from tests.billing.payments.acting import Shop, assert_ledger_is_clean
from tests.billing.payouts.conftest import release_paid
from tests.billing.payouts.test_pages import finance, person, provider
from tests.billing.payouts.test_refunds import empty_payee, refund, sent

__all__ = ["finance", "provider"]

CONSOLE = "/console/versements/"


def form(**more: str) -> dict[str, str]:
    return {"amount": "60,00", "bearer": "provider", "reason": "Livrable inutilisable", **more}


def test_a_refund_is_checked_before_it_is_confirmed(shop: Shop, finance: Any) -> None:
    payout = sent(shop)
    address = f"{CONSOLE}{payout.public_id}/rembourser/"
    assert address in finance.get(f"{CONSOLE}tous/").content.decode()
    page = finance.get(address).content.decode()
    assert "Encore remboursable : 120,00\xa0€ TTC" in page
    page = finance.post(address, form()).content.decode()
    assert "Rembourser 60,00\xa0€ ?" in page
    assert "57,00\xa0€" in page
    assert "Commission rendue : 3,00\xa0€ TTC" in page
    assert not ChargeReturn.objects.exists()
    page = finance.post(address, form(change="1")).content.decode()
    assert "Livrable inutilisable" in page
    answer = finance.post(address, form(confirm="1"), follow=True).content.decode()
    assert "Remboursement lancé sur la commande C-1." in answer
    assert "rendu 60,00\xa0€" in answer
    assert ChargeReturn.objects.get().incl_cents == 6000


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"amount": "120,01"}, "ne correspond pas"),
        ({"amount": "beaucoup"}, "Indiquez un montant en euros"),
        ({"amount": "0"}, "au moins 0,01"),
        ({"bearer": "funder"}, "funder"),
        ({"reason": ""}, "Indiquez la raison."),
    ],
)
def test_what_cannot_be_refunded_is_said(shop: Shop, finance: Any, more: dict[str, str], said: str) -> None:
    payout = sent(shop)
    answer = finance.post(f"{CONSOLE}{payout.public_id}/rembourser/", form(**more))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ChargeReturn.objects.exists()


def test_a_debt_is_shown_on_both_sides_and_settled(shop: Shop, finance: Any) -> None:
    sent(shop)
    empty_payee(shop)
    refund()
    shop.work()
    page = finance.get(f"{CONSOLE}dettes/").content.decode()
    assert "114,00\xa0€" in page
    assert "Reprise refusée" in page
    debt = SellerDebt.objects.get()
    address = f"{CONSOLE}dettes/{debt.public_id}/"
    assert finance.post(address, {"way": "bank", "amount": "115", "note": "Virement"}).status_code == 422
    answer = finance.post(address, {"way": "bank", "amount": "114,00", "note": "Virement 42"}, follow=True)
    assert "Aucune dette." in answer.content.decode()
    assert balance(AccountCode.BANK) == 11400
    assert "Virement 42" in finance.get(address).content.decode()
    assert_ledger_is_clean()


def test_the_provider_reads_what_it_owes(shop: Shop, provider: Any) -> None:
    sent(shop)
    refund(cents=6000)
    page = provider.get("/prestataire/versements/").content.decode()
    assert "57,00\xa0€ ont été rendus à des clients après validation." in page


def as_sepa(charge: Any) -> None:
    Payment.objects.filter(charge=charge).update(method="sepa_debit")


def test_a_debit_keeps_the_payout_back_for_ten_working_days(shop: Shop) -> None:
    from billing.payouts.operations import release
    from tenants.calendar.working_days import working_days

    open_payout_account(party=shop.seller)
    charge = shop.charge("C-1")
    shop.pay(shop.start(charge))
    shop.post_new_events()
    as_sepa(charge)
    payout = release(item_key="C-1-line", release_key="step-1")
    received = Payment.objects.get().received_at
    assert received is not None
    assert (payout.state, payout.held_until) == ("held", working_days().add(received, 10))
    shop.work()
    leg = payout.legs.get()
    send_leg(leg_id=leg.pk)
    end_hold(payout_id=payout.pk)
    leg.refresh_from_db()
    assert leg.state == "ready"
    assert OutboxTask.objects.filter(name="payouts.end_hold", due_at=payout.held_until).exists()
    Payout.objects.update(held_until=timezone.now() - timedelta(minutes=1))
    end_hold(payout_id=payout.pk)
    end_hold(payout_id=payout.pk)
    shop.work()
    leg.refresh_from_db()
    assert leg.state == "sent"
    assert_ledger_is_clean()


def test_a_held_payout_pays_a_refund_without_leaving(shop: Shop) -> None:
    from billing.payouts.operations import release

    charge = shop.charge("C-1")
    shop.pay(shop.start(charge))
    shop.post_new_events()
    as_sepa(charge)
    payout = release(item_key="C-1-line", release_key="step-1")
    refund()
    payout.refresh_from_db()
    assert (payout.state, payout.netted_cents) == ("netted", 11400)
    end_hold(payout_id=payout.pk)
    assert_ledger_is_clean()


def test_holds_are_changed_within_bounds(finance: Any) -> None:
    values = {row.method: str(row.days) for row in hold_terms()}
    assert values["sepa_debit"] == "10"
    assert finance.post(f"{CONSOLE}delais/", {**values, "sepa_debit": "4"}).status_code == 422
    assert finance.post(f"{CONSOLE}delais/", {**values, "sepa_debit": "12"}).status_code == 302
    term = HoldTerm.objects.get()
    assert (term.method, term.working_days, term.changed_by.email) == (
        "sepa_debit",
        12,
        "finance@exemple.example",
    )
    with pytest.raises(HoldOutOfBounds):
        set_hold(method="card", days=31, user=None)


def test_a_statement_is_the_ledger_line_by_line(shop: Shop) -> None:
    sent(shop)
    refund(cents=6000)
    shop.work()
    release_paid(shop, "C-2")
    today = legal_date(shop.tenant, timezone.now())
    rows, sums = statement_rows(shop.seller, today, today)
    assert [row.kind for row in rows] == [
        "release",
        "payout",
        "refund_after_release",
        "transfer_reversed",
        "release",
    ]
    assert (sums.opening_cents, sums.gross_cents, sums.commission_cents, sums.paid_cents) == (
        0,
        18000,
        900,
        11400,
    )
    assert sums.closing_cents == -balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 11400
    later, after = statement_rows(shop.seller, today + timedelta(days=1), today + timedelta(days=2))
    assert (later, after.opening_cents, after.closing_cents) == ([], 11400, 11400)


def test_a_statement_is_drawn_rendered_and_given_to_its_own(
    shop: Shop, provider: Any, client_for: Any
) -> None:
    from billing.payouts.tasks import render_statement

    sent(shop)
    today = legal_date(shop.tenant, timezone.now()).isoformat()
    assert provider.post("/prestataire/releves/", {"since": today, "until": "2999-01-01"}).status_code == 422
    assert provider.post("/prestataire/releves/", {"since": today, "until": today}).status_code == 302
    statement = Statement.objects.get()
    assert provider.get(f"/releves/{statement.public_id}/pdf/").status_code == 202
    render_statement(statement_id=statement.pk)
    answer = provider.get(f"/releves/{statement.public_id}/pdf/")
    assert answer.content.startswith(b"%PDF-")
    heading, opening, *rows = csv_of(provider.get(f"/releves/{statement.public_id}/csv/"))
    assert heading[-1] == "Solde"
    assert opening[-1] == "0,00"
    assert [row[6] for row in rows] == ["114,00", "-114,00"]
    page = provider.get("/prestataire/releves/").content.decode()
    assert f"/releves/{statement.public_id}/pdf/" in page
    stranger = client_for(shop.tenant)
    stranger.force_login(person("autre@exemple.example"))
    assert stranger.get(f"/releves/{statement.public_id}/pdf/").status_code == 404
    assert stranger.get(f"/releves/{statement.public_id}/csv/").status_code == 404


def test_staff_draw_for_any_provider(shop: Shop, finance: Any) -> None:
    today = legal_date(shop.tenant, timezone.now()).isoformat()
    address = f"{CONSOLE}releves/"
    values = {"provider": str(shop.seller.public_id), "since": today, "until": today}
    assert finance.post(address, {**values, "provider": "someone"}).status_code == 422
    assert finance.post(address, values).status_code == 302
    assert Statement.objects.get().party == shop.seller
    assert shop.seller.display_name in finance.get(address).content.decode()


def test_a_period_is_a_year_at_most(shop: Shop) -> None:
    today = legal_date(shop.tenant, timezone.now())
    with pytest.raises(StatementPeriodWrong):
        draw_statement(party=shop.seller, since=today - timedelta(days=367), until=today, user=None)


def test_lists_cost_the_same_for_many(shop: Shop, finance: Any) -> None:
    def cost(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert finance.get(path).status_code == 200
        return len(asked)

    paths = [f"{CONSOLE}tous/", f"{CONSOLE}dettes/", f"{CONSOLE}releves/"]
    today = legal_date(shop.tenant, timezone.now())

    def grow(number: int) -> None:
        sent(shop, f"G-{number}")
        refund(f"G-{number}", cents=100 + number)
        draw_statement(party=shop.seller, since=today, until=today, user=None)

    grow(1)
    few = [cost(path) for path in paths]
    for number in (2, 3):
        grow(number)
    assert [cost(path) for path in paths] == few
    assert max(few) <= 12


@pytest.mark.parametrize("path", ["tous/", "dettes/", "releves/", "delais/"])
def test_settlement_is_for_finance(shop: Shop, path: str) -> None:
    shop.client.force_login(person("support@exemple.example", "support"))
    assert shop.client.get(f"{CONSOLE}{path}").status_code == 404
