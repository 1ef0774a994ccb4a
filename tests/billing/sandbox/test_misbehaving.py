"""What the sandbox can be told to do wrong, by its page and by its API, and what it never does."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from billing.sandbox.accounts import TEST_ACCOUNTS, passes_mod_97
from tests.billing.sandbox.receiving import Receiver
from tests.sandbox import ACCEPTED, Api, Refused, SandboxProcess

LATER, REFUSED, RETURNED = (account.iban for account in TEST_ACCOUNTS)
BOTH = {"payment_method_types": ["card", "sepa_debit"]}


def kinds(api: Api) -> list[str]:
    return [event["type"] for event in api.get("events", limit="100")["data"]][::-1]


def test_the_test_accounts_are_well_formed() -> None:
    assert all(passes_mod_97(account.iban) for account in TEST_ACCOUNTS)
    assert not passes_mod_97("FR1420041010050500013M02607")


def test_a_debit_is_neither_paid_nor_failed_until_the_bank_answers(marketplace: Api) -> None:
    session = marketplace.open_session(**BOTH)
    charge = marketplace.post(f"test/checkout/sessions/{session['id']}/pay", {"iban": LATER})
    seen = marketplace.get(f"checkout/sessions/{session['id']}", **{"expand[]": "payment_intent"})
    assert (seen["status"], seen["payment_status"]) == ("complete", "unpaid")
    assert (seen["payment_intent"]["status"], charge["status"]) == ("processing", "pending")
    assert marketplace.get("balance")["available"][0]["amount"] == 0
    paid = marketplace.post(f"test/charges/{charge['id']}/settle", {"status": "succeeded"})
    assert (paid["status"], paid["payment_method_details"]["type"]) == ("succeeded", "sepa_debit")
    assert kinds(marketplace)[-1] == "checkout.session.async_payment_succeeded"
    with pytest.raises(Refused):
        marketplace.post(f"test/charges/{charge['id']}/settle", {"status": "failed"})


def test_a_debit_that_the_bank_refuses(marketplace: Api) -> None:
    session = marketplace.open_session(**BOTH)
    charge = marketplace.post(f"test/checkout/sessions/{session['id']}/pay", {"iban": REFUSED})
    marketplace.post(f"test/charges/{charge['id']}/settle", {"status": "failed"})
    assert kinds(marketplace)[-1] == "checkout.session.async_payment_failed"
    assert marketplace.get(f"charges/{charge['id']}")["failure_code"] == "debit_refused"


def test_a_page_for_cards_takes_no_debit(marketplace: Api) -> None:
    with pytest.raises(Refused) as refusal:
        marketplace.post(f"test/checkout/sessions/{marketplace.open_session()['id']}/pay", {"iban": LATER})
    assert refusal.value.error["code"] == "payment_method_not_available"


def test_a_returned_debit_leaves_with_its_fee(marketplace: Api) -> None:
    session = marketplace.open_session(10_000, **BOTH)
    charge = marketplace.post(f"test/checkout/sessions/{session['id']}/pay", {"iban": RETURNED})
    marketplace.post(f"test/charges/{charge['id']}/settle", {"status": "succeeded"})
    dispute = marketplace.post(f"test/charges/{charge['id']}/return")
    assert (dispute["status"], dispute["reason"]) == ("lost", "insufficient_funds")
    assert marketplace.get("balance")["available"][0]["amount"] == -165 - 750
    with pytest.raises(Refused) as refusal:
        marketplace.post("refunds", {"charge": charge["id"]})
    assert refusal.value.error["code"] == "charge_disputed"


@pytest.mark.parametrize(("status", "left"), [("won", 10_000 - 165 - 1_500), ("lost", -165 - 1_500)])
def test_a_dispute_takes_the_money_and_gives_it_back_when_won(
    marketplace: Api, status: str, left: int
) -> None:
    charge = marketplace.pay(marketplace.open_session(10_000)["id"])
    dispute = marketplace.post(f"test/charges/{charge['id']}/dispute", {"reason": "product_not_received"})
    assert dispute["status"] == "needs_response"
    assert dispute["evidence_details"]["due_by"] > dispute["created"]
    assert marketplace.get("balance")["available"][0]["amount"] == -165 - 1_500
    with pytest.raises(Refused):
        marketplace.post(f"test/charges/{charge['id']}/dispute")
    marketplace.post(f"test/disputes/{dispute['id']}/close", {"status": status})
    assert marketplace.get("balance")["available"][0]["amount"] == left
    assert marketplace.get("disputes", charge=charge["id"])["data"][0]["status"] == status
    with pytest.raises(Refused):
        marketplace.post(f"test/disputes/{dispute['id']}/close", {"status": "won"})


def payee(api: Api) -> str:
    return str(api.post("accounts", {"business_profile": {"name": "Prestataire"}})["id"])


def transfer(api: Api, destination: str, charge: dict[str, Any], amount: int) -> dict[str, Any]:
    content = {"destination": destination, "amount": amount, "currency": "eur"}
    return api.post("transfers", {**content, "source_transaction": charge["id"]})


def test_a_transfer_is_taken_back_as_far_as_the_payee_still_has_it(marketplace: Api) -> None:
    charge, destination = marketplace.pay(marketplace.open_session(10_000)["id"]), payee(marketplace)
    sent = transfer(marketplace, destination, charge, 9_000)
    path = f"transfers/{sent['id']}/reversals"
    part = marketplace.post(path, {"amount": 4_000, "metadata": {"refund": "1"}}, key="r1")
    assert marketplace.post(path, {"amount": 4_000, "metadata": {"refund": "1"}}, key="r1") == part
    assert marketplace.get(f"transfers/{sent['id']}")["amount_reversed"] == 4_000
    with pytest.raises(Refused) as refusal:
        marketplace.post(path, {"amount": 5_001})
    assert refusal.value.error["code"] == "amount_too_large"
    marketplace.post(f"test/accounts/{destination}/pay_out")
    with pytest.raises(Refused) as refusal:
        marketplace.post(path, {"amount": 1})
    assert refusal.value.error["code"] == "balance_insufficient"
    # What came back may be sent again.
    assert transfer(marketplace, destination, charge, 4_000)["amount"] == 4_000


@pytest.mark.parametrize(
    ("mode", "code"),
    [
        ("balance_insufficient", "balance_insufficient"),
        ("account_restricted", "insufficient_capabilities_for_transfer"),
    ],
)
def test_a_transfer_refused_for_one_payment_alone(marketplace: Api, mode: str, code: str) -> None:
    sessions = [marketplace.open_session(10_000)["id"] for _ in range(2)]
    charges = [marketplace.pay(session) for session in sessions]
    destination = payee(marketplace)
    marketplace.knob("transfers", mode=mode, session=sessions[0], times=1)
    assert transfer(marketplace, destination, charges[1], 100)["amount"] == 100
    with pytest.raises(Refused) as refusal:
        transfer(marketplace, destination, charges[0], 100)
    assert refusal.value.error["code"] == code
    assert transfer(marketplace, destination, charges[0], 100)["amount"] == 100


def test_events_can_come_in_reverse(marketplace: Api, receiver: Receiver) -> None:
    marketplace.post("webhook_endpoints", {"url": receiver.url})
    session = marketplace.open_session()["id"]
    marketplace.knob("webhooks", mode="reordered", session=session)
    marketplace.pay(session)
    receiver.wait_for(lambda: len(receiver.posts) == 3)
    assert receiver.kinds() == kinds(marketplace)[::-1]


def test_forgotten_keys_move_money_again(marketplace: Api) -> None:
    """What 24 hours do; whoever repeats a key after that must look first."""
    charge = marketplace.pay(marketplace.open_session(10_000)["id"])
    wanted = {"charge": charge["id"], "amount": 1_000}
    first = marketplace.post("refunds", wanted, key="k")
    assert marketplace.post("refunds", wanted, key="k") == first
    with pytest.raises(Refused) as refusal:
        marketplace.post("refunds", {**wanted, "amount": 2_000}, key="k")
    assert refusal.value.error["type"] == "idempotency_error"
    marketplace.post("test/idempotency/forget")
    assert marketplace.post("refunds", wanted, key="k")["id"] != first["id"]


def test_a_stranger_reaches_nothing(marketplace: Api, sandbox_process: SandboxProcess) -> None:
    charge = marketplace.pay(marketplace.open_session(10_000)["id"])
    sent = transfer(marketplace, payee(marketplace), charge, 100)
    dispute = marketplace.post(f"test/charges/{charge['id']}/dispute")
    stranger = sandbox_process.new_account()
    for path in (
        f"test/charges/{charge['id']}/dispute",
        f"test/charges/{charge['id']}/refund",
        f"test/charges/{charge['id']}/settle",
        f"test/disputes/{dispute['id']}/close",
        f"transfers/{sent['id']}/reversals",
        f"test/accounts/{sent['destination']}/pay_out",
    ):
        with pytest.raises(Refused) as refusal:
            stranger.post(path)
        assert refusal.value.status == 404, path
    assert stranger.get("disputes")["data"] == []
    with pytest.raises(Refused):
        stranger.get(f"disputes/{dispute['id']}")


class Page:
    """The hosted page over HTTP, with its cookie and token."""

    def __init__(self, process: SandboxProcess, session: dict[str, Any]) -> None:
        self.http = httpx.Client(base_url=process.url, headers={"Accept-Language": "fr"})
        self.path = f"/pay/{session['id']}"
        self.text = self.http.get(self.path).text

    def send(self, to: str, **fields: str) -> httpx.Response:
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', self.text)
        assert found
        data = {"csrfmiddlewaretoken": found[1], **fields}
        return self.http.post(f"{self.path}/{to}", data=data)


def test_the_settings_of_one_payment_are_chosen_on_its_page(
    marketplace: Api, sandbox_process: SandboxProcess
) -> None:
    session = marketplace.open_session(10_000, **BOTH)
    page = Page(sandbox_process, session)
    assert "Réglages d’essai" in page.text
    assert page.text.count("<select") == 7
    answer = page.send("settings", webhooks="dropped", settles="less", refunds="failed", transfers="nonsense")
    assert answer.status_code == 302
    again = page.http.get(answer.headers["Location"]).text
    assert "Réglages enregistrés pour ce paiement." in again
    assert '<option value="dropped" selected>' in again
    assert marketplace.pay(session["id"])["amount"] == 9_900
    assert marketplace.pay(marketplace.open_session(10_000)["id"])["amount"] == 10_000
    charge = marketplace.get("charges")["data"][1]
    assert marketplace.post("refunds", {"charge": charge["id"]})["status"] == "failed"


def test_a_debit_is_signed_on_the_page(marketplace: Api, sandbox_process: SandboxProcess) -> None:
    session = marketplace.open_session(**BOTH)
    page = Page(sandbox_process, session)
    wrong = page.send("debit", iban="FR76 1234", holder="")
    assert (wrong.status_code, wrong.text.count('class="error"')) == (422, 2)
    assert page.send("debit", iban="DE89 3704 0044 0532 0130 00", holder="X").status_code == 422
    assert page.send("debit", iban=TEST_ACCOUNTS[0].spaced, holder="Camille Essai").status_code == 302
    assert "Ce prélèvement est en cours" in page.http.get(page.path).text
    assert "Payer par prélèvement SEPA" not in Page(sandbox_process, marketplace.open_session()).text


def test_a_store_of_the_first_version_is_brought_up(tmp_path: Path) -> None:
    running = SandboxProcess(tmp_path / "store.sqlite3")
    running.start()
    api = running.new_account()
    session = api.open_session(10_000)
    api.pay(session["id"], ACCEPTED)
    running.kill()
    back_to_version_1(running.store)
    running.start()
    try:
        api = running.client(api.key)
        charge = api.get("charges")["data"][0]
        assert (charge["status"], charge["payment_method_details"]["type"]) == ("succeeded", "card")
        assert api.post(f"test/charges/{charge['id']}/dispute")["status"] == "needs_response"
    finally:
        running.kill()


def back_to_version_1(store: Path) -> None:
    """Undo by hand what version 2 brought."""
    with sqlite3.connect(store) as db:
        for name in ("reversal", "dispute"):
            db.execute(f"DROP TABLE sandbox_{name}")
        for table, column in (
            ("charge", "method"),
            ("charge", "ends_as"),
            ("charge", "ends_at"),
            ("knob", "choice"),
            ("checkoutsession", "method_types"),
        ):
            db.execute(f"ALTER TABLE sandbox_{table} DROP COLUMN {column}")
        db.execute("ALTER TABLE sandbox_charge RENAME COLUMN last4 TO card_last4")
        db.execute("PRAGMA user_version = 1")
    db.close()


def test_no_import_goes_round_in_the_sandbox() -> None:
    """Each module can be the first one imported."""
    code = "import django, sys; django.setup(); import billing.sandbox.{0}"
    for name in ("checkout", "events", "delivery", "clock", "debits", "disputes", "movements"):
        subprocess.run(
            [sys.executable, "-c", code.format(name)],
            env={"DJANGO_SETTINGS_MODULE": "billing.sandbox.settings", "PYTHONPATH": ".:platform"},
            cwd=Path(__file__).resolve().parents[3],
            check=True,
        )
