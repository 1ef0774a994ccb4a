"""Addresses that only a sandbox has: knobs, paying without a browser, settling, sending again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing.sandbox.accounts import BY_IBAN
from billing.sandbox.api.accounts import connected_account
from billing.sandbox.api.resource import Json, Resource
from billing.sandbox.cards import BY_NUMBER
from billing.sandbox.checkout import pay, session_for
from billing.sandbox.debits import debit, settle_debit
from billing.sandbox.disputes import REASONS, close_dispute, dispute_for, open_dispute, return_debit
from billing.sandbox.errors import ApiError, missing
from billing.sandbox.events import schedule_deliveries
from billing.sandbox.knobs import KNOBS
from billing.sandbox.models import Event, IdempotentAnswer, Knob, Refund
from billing.sandbox.movements import balance_of, charge_for, create_refund, move, settle_refund
from billing.sandbox.objects import (
    account_object,
    charge_object,
    dispute_object,
    event_object,
    refund_object,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from billing.sandbox.api.parameters import Parameters


def knob_form(knob: Knob) -> Json:
    """A knob as it was turned, and how often it still applies."""
    return {
        "object": "test.knob",
        "knob": knob.name,
        "session": knob.session or None,
        "times": knob.remaining,
        **knob.options,
    }


class Knobs(Resource):
    """Turns a knob for the account or one session; ``times`` says how often it applies."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Knob.objects.filter(account=self.account).exclude(remaining=0).order_by("-pk")
        return {
            "object": "list",
            "url": request.path,
            "has_more": False,
            "data": [knob_form(row) for row in rows],
        }

    def write(self, parameters: Parameters, **ids: str) -> Json:
        name = parameters.text("knob", required=True)
        if name not in KNOBS:
            raise ApiError(
                f"Unknown knob; there are {', '.join(sorted(KNOBS))}.", code="parameter_invalid", param="knob"
            )
        session = parameters.text("session")
        if session:
            session_for(session, self.account)
        times = parameters.take("times", int)
        options = {}
        for option, allowed in KNOBS[name].items():
            value = parameters.take(option, allowed if isinstance(allowed, type) else str)
            if value is None:
                continue
            if not isinstance(allowed, type) and value not in allowed:
                raise ApiError(
                    f"{option} is one of {', '.join(sorted(allowed))}.",
                    code="parameter_invalid",
                    param=option,
                )
            options[option] = value
        parameters.finish()
        knob = Knob.objects.create(
            account=self.account, name=name, session=session, options=options, remaining=times
        )
        return knob_form(knob)


class PayWithoutBrowser(Resource):
    """Pays a session with a test card or a test IBAN, as the hosted page would."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        session = session_for(ids["identifier"], self.account)
        bank_account = BY_IBAN.get(parameters.text("iban").replace(" ", ""))
        if bank_account is not None:
            parameters.finish()
            return charge_object(debit(identifier=session.identifier, bank_account=bank_account))
        card = BY_NUMBER.get(parameters.text("card", required=True))
        if card is None:
            raise ApiError("Not a test card.", code="incorrect_number", param="card")
        answer = parameters.text("authentication")
        parameters.finish()
        if card.challenge and answer not in {"accepted", "refused"}:
            raise ApiError(
                "Say `authentication`: accepted or refused.", code="parameter_missing", param="authentication"
            )
        refusal = "authentication_required" if card.challenge and answer == "refused" else ""
        return charge_object(pay(identifier=session.identifier, card=card, decline_code=refusal))


class SettleDebit(Resource):
    """The bank answers a pending direct debit now."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        charge = charge_for(ids["identifier"], self.account)
        status = parameters.text("status", required=True)
        parameters.finish()
        if status not in {"succeeded", "failed"}:
            raise ApiError("`status` is succeeded or failed.", code="parameter_invalid", param="status")
        return charge_object(settle_debit(charge, status=status))


class ReturnDebit(Resource):
    """The bank takes a direct debit back."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        parameters.finish()
        return dispute_object(return_debit(charge_for(ids["identifier"], self.account)))


class DisputeCharge(Resource):
    """The buyer disputes a charge with the bank."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        charge = charge_for(ids["identifier"], self.account)
        reason = parameters.text("reason") or "fraudulent"
        parameters.finish()
        if reason not in REASONS:
            raise ApiError(
                f"`reason` is one of {', '.join(sorted(REASONS))}.", code="parameter_invalid", param="reason"
            )
        return dispute_object(open_dispute(charge, reason=reason))


class CloseDispute(Resource):
    """The bank decides a dispute."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        dispute = dispute_for(ids["identifier"], self.account)
        status = parameters.text("status", required=True)
        parameters.finish()
        if status not in {"won", "lost"}:
            raise ApiError("`status` is won or lost.", code="parameter_invalid", param="status")
        return dispute_object(close_dispute(dispute, status=status))


class RefundByHand(Resource):
    """A refund made in the gateway's dashboard: it bears nothing of ours."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        charge = charge_for(ids["identifier"], self.account)
        amount = parameters.take("amount", int)
        parameters.finish()
        return refund_object(
            create_refund(self.account, charge=charge, amount=amount, reason="", metadata={})
        )


class PayOut(Resource):
    """A payee's whole balance leaves for its bank: nothing is left to take back."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        parameters.finish()
        payee = connected_account(self.account, ids["identifier"])
        available, pending = balance_of(payee)
        if available + pending > 0:
            move(payee, "payout", payee.identifier, -available - pending, "eur")
        return account_object(payee)


class ForgetKeys(Resource):
    """What 24 hours do: every idempotency key of the account is forgotten."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        parameters.finish()
        forgotten, _ = IdempotentAnswer.objects.filter(holder=self.holder).delete()
        return {"object": "test.forgotten_keys", "count": forgotten}


class SettleRefund(Resource):
    """Ends a pending refund, or lets one that succeeded come back from the bank."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        refund = Refund.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if refund is None:
            raise missing("refund", ids["identifier"])
        status = parameters.text("status", required=True)
        parameters.finish()
        if status not in {"succeeded", "failed"}:
            raise ApiError("`status` is succeeded or failed.", code="parameter_invalid", param="status")
        return refund_object(settle_refund(refund, status=status))


class ResendEvent(Resource):
    """Delivers an event once more, as the gateway's dashboard can."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        parameters.finish()
        event = Event.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if event is None:
            raise missing("event", ids["identifier"])
        schedule_deliveries(event, {"mode": "normal"})
        return event_object(event)
