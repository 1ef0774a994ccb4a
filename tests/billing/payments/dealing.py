"""What a buyer does through the wire, and what must then be so on our side and at the gateway."""

from __future__ import annotations

from typing import Any

import httpx

from billing.sandbox.accounts import TEST_ACCOUNTS
from tests.billing.payments.wire import Wire
from tests.billing.sandbox.receiving import signature_of

SEPA = TEST_ACCOUNTS[0].iban


def opened(wire: Wire, **more: Any) -> tuple[Any, Any]:
    """A charge and its payment, the page open."""
    charge = wire.shop.charge(wire.reference(), **more)
    return charge, wire.shop.start(charge)


def paid(wire: Wire, **more: Any) -> tuple[Any, Any]:
    """A charge that is paid and whose events are had."""
    charge, payment = opened(wire, **more)
    wire.shop.pay(payment)
    wire.state(charge, "paid")
    wire.quiet()
    payment.refresh_from_db()
    return charge, payment


def assert_paid_once(wire: Wire, charge: Any) -> None:
    """One success, told upwards once, and nothing for staff to do."""
    wire.state(charge, "paid")
    wire.quiet()
    assert [event.kind for event in charge.events.all()].count("charge_paid") == 1
    assert charge.payments.filter(state="succeeded").count() == 1
    assert wire.row(charge.reference) == ""


def key_of(charge: Any) -> str:
    return f"{charge.reference}-line"


def refunds_at_gateway(wire: Wire, payment: Any) -> int:
    payment.refresh_from_db()
    return len(wire.shop.api.get("refunds", charge=payment.gateway_charge_id)["data"])


def assert_paid_once_by_posting(wire: Wire, charge: Any) -> None:
    """The rightly signed posting, and nothing else, has paid it."""
    wire.state(charge, "paid")
    assert charge.payments.filter(state="succeeded").count() == 1
    assert wire.row(charge.reference) == ""


def sign(wire: Wire, payment: Any) -> str:
    """The buyer signs a debit; the gateway's charge."""
    path = f"test/checkout/sessions/{payment.session_id}/pay"
    return str(wire.shop.api.post(path, {"iban": SEPA})["id"])


def posted(wire: Wire, tenant: Any, endpoint: str, content: bytes, secret: str, at: int) -> int:
    """The status that whoever posts this content, signed with this secret at that second, is answered."""
    return httpx.post(
        f"http://127.0.0.1:{wire.port}/webhooks/passerelle/{endpoint}/",
        content=content,
        headers={
            "Host": f"{tenant.slug}.localhost:{wire.port}",
            "Content-Type": "application/json",
            "Stripe-Signature": f"t={at},v1={signature_of(secret, str(at), content)}",
        },
    ).status_code
