"""Starting a payment: the row first, the gateway after, the same page on a second click."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.charges.instalments import DueNow, due_now
from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.charges.operations import lock_charge
from billing.payments.errors import (
    ChargeNotPayable,
    GatewayRefused,
    GatewayUnavailable,
    PaymentUnderWay,
)
from billing.payments.faults import PAYMENT_OPENED, PAYMENT_SAVED, SESSION_LOOKED_UP
from billing.payments.gateways.base import Declined, InvalidRequest, OutcomeUnknown, SessionRequest
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payments.lifecycle import OPEN, PAYMENT, PaymentState
from billing.payments.locking import lock_payment
from billing.payments.models import Payment, PaymentMethod
from billing.payments.operations.apply import apply_payment, apply_session
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant

METHODS: tuple[str, ...] = (PaymentMethod.CARD.value, PaymentMethod.SEPA_DEBIT.value)
SHORTEST_PAGE = timedelta(minutes=31)
LONGEST_PAGE = timedelta(hours=23)
FIRST_CHECK = timedelta(minutes=2)
KEYS_LIVE = timedelta(hours=23)
"""The gateway forgets an idempotency key after 24 hours; from here on we look before we ask again."""


def start_payment(*, charge: Charge, return_url: str, cancel_url: str) -> Payment:
    """A payment of what is to pay now, all or the instalment that is due, with its `hosted_url`.

    A second click, the back button and a lost answer lead to the same open page. Must be called outside a
    transaction: the row is committed before the gateway is called.
    Raises ChargeNotPayable, PaymentUnderWay, GatewayMissing, GatewayUnavailable (nothing is lost, try again),
    GatewayRefused.
    """
    payment = _open_payment(charge)
    processing = payment is not None and payment.state == PaymentState.PROCESSING
    if payment is not None and payment.session_id and (processing or payment.hosted_until <= timezone.now()):
        # Its page is over: the gateway says whether it was paid before a new one is opened.
        payment = _ask_again(payment)
    if payment is not None and payment.state == PaymentState.PROCESSING:
        raise PaymentUnderWay
    if payment is None or not payment.is_open:
        payment = _save_payment(charge_id=charge.pk, return_url=return_url, cancel_url=cancel_url)
        fault_point(PAYMENT_SAVED)
    if payment.state == PaymentState.PENDING and payment.hosted_url:
        return _require_payable(payment)
    return open_page(payment_id=payment.pk)


def open_page(*, payment_id: int) -> Payment:
    """Ask the gateway for the page of a saved payment, under its key; also when an answer was lost.

    Raises GatewayUnavailable, GatewayRefused, GatewayMissing.
    """
    payment = Payment.objects.select_related("account").get(pk=payment_id)
    gateway = gateway_for(payment.account)
    try:
        seen = None
        if timezone.now() - payment.created_at > KEYS_LIVE:
            seen = gateway.find_session(payment.request["reference"])
            fault_point(SESSION_LOOKED_UP)
        if seen is None:
            seen = gateway.open_session(stored_request(payment), idempotency_key=payment.idempotency_key)
    except OutcomeUnknown as error:
        _turn(payment_id, "lose_track", error.code)
        raise GatewayUnavailable from error
    except (Declined, InvalidRequest) as error:
        _turn(payment_id, "refuse", error.code)
        raise GatewayRefused from error
    fault_point(PAYMENT_OPENED)
    return apply_session(payment_id=payment_id, seen=seen)


def stored_request(payment: Payment) -> SessionRequest:
    """The request exactly as it was saved."""
    values = dict(payment.request)
    values["expires_at"] = datetime.fromtimestamp(values["expires_at"], UTC)
    return SessionRequest(**{**values, "methods": tuple(values.get("methods", ()))})


def _ask_again(payment: Payment) -> Payment:
    try:
        return apply_payment(payment_id=payment.pk)
    except OutcomeUnknown as error:
        raise GatewayUnavailable from error


def _open_payment(charge: Charge) -> Payment | None:
    return Payment.objects.filter(charge=charge, state__in=OPEN).first()


def _require_payable(payment: Payment) -> Payment:
    charge = Charge.objects.get(pk=payment.charge_id)
    if due_now(charge) is None:
        raise ChargeNotPayable
    return payment


@transaction.atomic(durable=True)
def _save_payment(*, charge_id: int, return_url: str, cancel_url: str) -> Payment:
    """Commit a new attempt, or find the one that another click has just committed."""
    now = timezone.now()
    charge = lock_charge(charge_id=charge_id)
    due = due_now(charge)
    if due is None:
        raise ChargeNotPayable
    # Once the first instalment is paid, the clock of the order does not run any more.
    expires_at = charge.expires_at if charge.state == ChargeState.AWAITING_PAYMENT else None
    if expires_at is not None and expires_at <= now:
        raise ChargeNotPayable
    existing = _open_payment(charge)
    if existing is not None:
        return existing
    attempt = charge.payments.count() + 1
    until = min(max(expires_at or now + LONGEST_PAGE, now + SHORTEST_PAGE), now + LONGEST_PAGE)
    tenant = current_tenant()
    key = f"payment:{tenant.number_code}:{charge.reference}:{attempt}"
    payment = Payment(
        charge=charge,
        account=active_account(),
        attempt=attempt,
        amount_cents=due.amount_cents,
        instalment=due.instalment,
        currency=charge.currency,
        idempotency_key=key,
        hosted_until=until,
    )
    request = SessionRequest(
        reference=key,
        transfer_group=charge.reference,
        amount_cents=due.amount_cents,
        currency=charge.currency,
        label=_page_label(charge, due),
        success_url=return_url,
        cancel_url=cancel_url,
        expires_at=until,
        locale=(get_language() or "fr")[:2],
        metadata={"tenant": tenant.schema_name, "payment": str(payment.public_id)},
        methods=METHODS,
    )
    payment.request = {**asdict(request), "expires_at": int(until.timestamp())}
    payment.save()
    enqueue("payments.reconcile_payment", due_at=now + FIRST_CHECK, payment_id=payment.pk, round=1)
    return payment


def _page_label(charge: Charge, due: DueNow) -> str:
    if due.instalment is None:
        return _("Commande %(reference)s") % {"reference": charge.reference}
    return _("Commande %(reference)s, %(label)s") % {
        "reference": charge.reference,
        "label": due.instalment.label,
    }


@transaction.atomic
def _turn(payment_id: int, transition: str, code: str) -> None:
    payment = lock_payment(payment_id=payment_id)
    if payment.state in {PaymentState.CREATED, PaymentState.UNKNOWN}:
        if payment.state != PaymentState.UNKNOWN or transition != "lose_track":
            PAYMENT.apply(payment, transition, "billing")
        payment.failure_code = code[:80]
        payment.checked_at = timezone.now()
        payment.save(update_fields=["state", "failure_code", "checked_at"])
