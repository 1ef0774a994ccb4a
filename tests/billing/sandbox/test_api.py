"""The sandbox's API: keys, isolation, idempotency, sessions, movements, balances."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from tests.sandbox import ACCEPTED, CHALLENGE, DECLINED, INSUFFICIENT, Api, Refused, SandboxProcess


def refusal(call: object, *args: object, **kwargs: object) -> Refused:
    """The refusal of a call that must not succeed."""
    with pytest.raises(Refused) as caught:
        call(*args, **kwargs)  # type: ignore[operator]
    return caught.value


def test_it_starts_small_and_goes_on_after_a_crash(tmp_path: Path) -> None:
    running = SandboxProcess(tmp_path / "own.sqlite3")
    running.start()
    try:
        assert running.process is not None
        assert psutil.Process(running.process.pid).memory_info().rss < 80 * 1024 * 1024
        api = running.new_account()
        session = api.open_session(key="once")
        running.kill()
        running.start()
        assert api.get(f"checkout/sessions/{session['id']}")["status"] == "open"
        assert api.open_session(key="once")["id"] == session["id"]
    finally:
        running.kill()


def test_a_key_is_needed_and_opens_one_account_only(
    sandbox_process: SandboxProcess, marketplace: Api
) -> None:
    assert refusal(sandbox_process.client("sk_sandbox_wrong").get, "account").status == 401
    assert refusal(sandbox_process.client(sandbox_process.admin_key).get, "account").status == 403
    session = marketplace.open_session()
    charge = marketplace.pay(session["id"])
    stranger = sandbox_process.new_account()
    for path in (
        f"checkout/sessions/{session['id']}",
        f"payment_intents/{session['payment_intent']}",
        f"charges/{charge['id']}",
        f"balance_transactions/{charge['balance_transaction']}",
        f"accounts/{marketplace.account_id}",
    ):
        assert refusal(stranger.get, path).status == 404
    assert refusal(stranger.post, "refunds", {"charge": charge["id"]}).status == 404
    assert refusal(stranger.pay, session["id"]).status == 404
    assert stranger.get("charges")["data"] == []


def test_the_same_key_gives_the_same_answer(marketplace: Api) -> None:
    first = marketplace.open_session(5000, key="k")
    assert marketplace.open_session(5000, key="k") == first
    error = refusal(marketplace.open_session, 5001, key="k")
    assert (error.status, error.error["type"]) == (400, "idempotency_error")
    assert len(marketplace.get("checkout/sessions")["data"]) == 1


def test_a_key_used_at_once_acts_once(sandbox_process: SandboxProcess, marketplace: Api) -> None:
    barrier = threading.Barrier(8)

    def open_it(_: int) -> str:
        api = sandbox_process.client(marketplace.key)
        barrier.wait()
        return str(api.open_session(key="at-once")["id"])

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(open_it, range(8)))) == 1
    assert len(marketplace.get("checkout/sessions")["data"]) == 1


def test_keys_belong_to_their_account(sandbox_process: SandboxProcess, marketplace: Api) -> None:
    other = sandbox_process.new_account()
    assert marketplace.open_session(key="k")["id"] != other.open_session(key="k")["id"]


@pytest.mark.parametrize(
    ("cents", "fee"),
    [(50, 26), (10_000, 165), (12_345, 198), (3_214, 70), (17_857, 275), (100_000_00, 140_025)],
)
def test_the_fee_is_rounded_half_up(marketplace: Api, cents: int, fee: int) -> None:
    charge = marketplace.pay(marketplace.open_session(cents)["id"])
    movement = marketplace.get(f"balance_transactions/{charge['balance_transaction']}")
    assert (movement["amount"], movement["fee"], movement["net"]) == (cents, fee, cents - fee)
    assert marketplace.get("balance")["available"][0]["amount"] == cents - fee


def test_decline_then_success(marketplace: Api) -> None:
    session = marketplace.open_session()
    for card, code in ((DECLINED, "card_declined"), (INSUFFICIENT, "insufficient_funds")):
        charge = marketplace.pay(session["id"], card)
        assert (charge["status"], charge["failure_code"]) == ("failed", code)
    refused = marketplace.pay(session["id"], CHALLENGE, authentication="refused")
    assert refused["failure_code"] == "authentication_required"
    assert marketplace.get(f"checkout/sessions/{session['id']}")["status"] == "open"
    assert marketplace.pay(session["id"], CHALLENGE, authentication="accepted")["status"] == "succeeded"
    seen = marketplace.get(
        f"checkout/sessions/{session['id']}",
        **{"expand[]": "payment_intent.latest_charge.balance_transaction"},
    )
    assert (seen["status"], seen["payment_status"], seen["url"]) == ("complete", "paid", None)
    assert seen["payment_intent"]["latest_charge"]["balance_transaction"]["fee"] > 0
    assert refusal(marketplace.pay, session["id"], ACCEPTED).error["code"] == "checkout_session_not_open"


def test_an_expired_page_takes_no_money(marketplace: Api) -> None:
    session = marketplace.open_session()
    assert marketplace.post(f"checkout/sessions/{session['id']}/expire")["status"] == "expired"
    assert marketplace.post(f"checkout/sessions/{session['id']}/expire")["status"] == "expired"
    assert refusal(marketplace.pay, session["id"]).status == 400
    paid = marketplace.open_session()
    marketplace.pay(paid["id"])
    error = refusal(marketplace.post, f"checkout/sessions/{paid['id']}/expire")
    assert error.error["code"] == "resource_not_open"


def test_requests_are_checked(marketplace: Api) -> None:
    assert refusal(marketplace.open_session, 49).error["code"] == "amount_too_small"
    assert refusal(marketplace.open_session, 500.0).error["code"] == "parameter_invalid"
    assert refusal(marketplace.open_session, True).error["code"] == "parameter_invalid"
    assert refusal(marketplace.open_session, discount=5).error["code"] == "parameter_unknown"
    assert refusal(marketplace.open_session, success_url="javascript:alert(1)").error["code"] == "url_invalid"
    soon = int(time.time()) + 60
    assert refusal(marketplace.open_session, expires_at=soon).error["param"] == "expires_at"


def test_refunds_never_exceed_the_charge(marketplace: Api) -> None:
    charge = marketplace.pay(marketplace.open_session(10_000)["id"])
    first = marketplace.post("refunds", {"charge": charge["id"], "amount": 4_000}, key="r1")
    assert marketplace.post("refunds", {"charge": charge["id"], "amount": 4_000}, key="r1") == first
    marketplace.knob("refunds", mode="pending", times=1)
    waiting = marketplace.post("refunds", {"charge": charge["id"], "amount": 5_000})
    assert waiting["status"] == "pending"
    error = refusal(marketplace.post, "refunds", {"charge": charge["id"], "amount": 1_001})
    assert error.error["code"] == "amount_too_large"
    failed = marketplace.post(f"test/refunds/{waiting['id']}/settle", {"status": "failed"})
    assert failed["failure_reason"]
    rest = marketplace.post("refunds", {"charge": charge["id"]})
    assert rest["amount"] == 6_000
    assert refusal(marketplace.post, "refunds", {"charge": charge["id"]}).error["code"] == (
        "charge_already_refunded"
    )
    assert marketplace.get("balance")["available"][0]["amount"] == -165


def test_transfers_keep_to_their_source(sandbox_process: SandboxProcess, marketplace: Api) -> None:
    payee = marketplace.post("accounts", {"business_profile": {"name": "Atelier"}})
    charge = marketplace.pay(marketplace.open_session(10_000)["id"])
    order = {
        "destination": payee["id"],
        "currency": "eur",
        "source_transaction": charge["id"],
        "transfer_group": "G",
    }
    marketplace.post("transfers", {**order, "amount": 9_000}, key="t1")
    marketplace.post("transfers", {**order, "amount": 9_000}, key="t1")
    error = refusal(marketplace.post, "transfers", {**order, "amount": 1_001})
    assert error.error["code"] == "transfer_source_exhausted"
    assert marketplace.get("balance", account=payee["id"])["available"][0]["amount"] == 9_000
    assert len(marketplace.get("transfers", transfer_group="G")["data"]) == 1
    marketplace.post(f"accounts/{payee['id']}", {"restricted": True})
    error = refusal(marketplace.post, "transfers", {**order, "amount": 1})
    assert error.error["code"] == "insufficient_capabilities_for_transfer"
    other = sandbox_process.new_account()
    stranger = other.post("accounts", {"business_profile": {"name": "Ailleurs"}})
    assert (
        refusal(marketplace.post, "transfers", {**order, "destination": stranger["id"], "amount": 1}).status
        == 404
    )


def test_a_time_out_after_success_is_a_success(marketplace: Api) -> None:
    marketplace.knob("timeout_after_success", operation="checkout.sessions.create", times=1, hold_seconds=0)
    assert refusal(marketplace.open_session, key="k").status == 504
    assert marketplace.open_session(key="k")["status"] == "open"
    assert len(marketplace.get("checkout/sessions")["data"]) == 1


def test_lists_are_paged(marketplace: Api) -> None:
    made = [marketplace.open_session()["id"] for _ in range(3)]
    first = marketplace.get("checkout/sessions", limit="2")
    assert first["has_more"]
    rest = marketplace.get("checkout/sessions", limit="2", starting_after=first["data"][-1]["id"])
    assert not rest["has_more"]
    assert [row["id"] for row in first["data"] + rest["data"]] == made[::-1]
