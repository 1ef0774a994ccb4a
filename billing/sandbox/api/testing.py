"""Addresses that only a sandbox has: knobs, paying without a browser, settling, sending again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing.sandbox.api.resource import Json, Resource
from billing.sandbox.cards import BY_NUMBER
from billing.sandbox.checkout import pay, session_for
from billing.sandbox.errors import ApiError, missing
from billing.sandbox.events import schedule_deliveries
from billing.sandbox.knobs import KNOBS
from billing.sandbox.models import Event, Knob, Refund
from billing.sandbox.movements import settle_refund
from billing.sandbox.objects import charge_object, event_object, refund_object

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
    """Pays a session with a test card, as the hosted page would."""

    def write(self, parameters: Parameters, **ids: str) -> Json:
        session = session_for(ids["identifier"], self.account)
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


class SettleRefund(Resource):
    """Ends a pending refund."""

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
