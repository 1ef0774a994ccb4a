"""Settings of one payment behind « Réglages d’essai »: each choice is a knob turned for its page alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from billing.sandbox.knobs import (
    DISPUTES,
    REFUNDS,
    REVERSALS,
    SETTLES,
    TIMEOUT_AFTER_SUCCESS,
    TRANSFERS,
    WEBHOOKS,
)
from billing.sandbox.models import CheckoutSession, Knob

if TYPE_CHECKING:
    from collections.abc import Mapping

OFF = {
    "webhooks": "normal",
    "settles": "same",
    "disputes": "none",
    "refunds": "succeeded",
    "transfers": "succeeded",
    "reversals": "succeeded",
    "timeout": "none",
}
"""The value of each choice that changes nothing, in the order of the page."""
KNOB_OF = {
    "webhooks": WEBHOOKS,
    "settles": SETTLES,
    "disputes": DISPUTES,
    "refunds": REFUNDS,
    "transfers": TRANSFERS,
    "reversals": REVERSALS,
    "timeout": TIMEOUT_AFTER_SUCCESS,
}
ONCE = {"transfers", "reversals", "timeout"}
DISPUTE_AFTER_SECONDS = 5


def chosen(session: CheckoutSession) -> dict[str, str]:
    """The present value of every choice of a page."""
    values = dict(OFF)
    for knob in Knob.objects.filter(session=session.identifier).exclude(choice=""):
        name, _, value = knob.choice.partition("=")
        values[name] = value
    return values


@transaction.atomic
def choose(session: CheckoutSession, values: Mapping[str, str], known: Mapping[str, Any]) -> None:
    """Replace the choices of a page; a value that is not among ``known`` changes nothing."""
    Knob.objects.filter(session=session.identifier).exclude(choice="").delete()
    for name, off in OFF.items():
        value = values.get(name, off)
        if value == off or value not in known[name][1]:
            continue
        Knob.objects.create(
            account=session.account,
            name=KNOB_OF[name],
            session=session.identifier,
            options=_options(session, name, value),
            remaining=1 if name in ONCE else None,
            choice=f"{name}={value}",
        )


def _options(session: CheckoutSession, name: str, value: str) -> dict[str, Any]:
    if name == "settles":
        intent = session.payment_intent
        return {"currency": "usd"} if value == "currency" else {"amount": max(1, intent.amount - 100)}
    if name == "disputes":
        return {"after_seconds": DISPUTE_AFTER_SECONDS}
    return {"operation": value} if name == "timeout" else {"mode": value}
