"""Refunds, transfers with their reversals, disputes and events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from billing.sandbox.api.accounts import connected_account
from billing.sandbox.api.resource import Json, Resource, page
from billing.sandbox.disputes import dispute_for
from billing.sandbox.errors import missing
from billing.sandbox.models import Dispute, Event, Refund, Reversal, Transfer
from billing.sandbox.movements import charge_for, create_refund, create_transfer, reverse_transfer, session_of
from billing.sandbox.objects import (
    dispute_object,
    event_object,
    refund_object,
    reversal_object,
    transfer_object,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

    from billing.sandbox.api.parameters import Parameters
    from billing.sandbox.models import Account


def transfer_for(identifier: str, account: Account) -> Transfer:
    """The transfer of this account, or 404."""
    transfer = Transfer.objects.filter(account=account, identifier=identifier).first()
    if transfer is None:
        raise missing("transfer", identifier)
    return transfer


class Refunds(Resource):
    """Refunds of the account, or of one charge."""

    operation: ClassVar[str] = "refunds.create"

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Refund.objects.filter(account=self.account).select_related("charge__payment_intent")
        charge = request.GET.get("charge")
        if charge:
            rows = rows.filter(charge__identifier=charge)
        return page(request, rows, refund_object)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        charge = charge_for(parameters.text("charge", required=True), self.account)
        self.session = session_of(charge)
        amount = parameters.take("amount", int)
        reason = parameters.text("reason", longest=40)
        metadata = parameters.metadata()
        parameters.finish()
        return refund_object(
            create_refund(self.account, charge=charge, amount=amount, reason=reason, metadata=metadata)
        )


class RefundDetail(Resource):
    """One refund."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        refund = Refund.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if refund is None:
            raise missing("refund", ids["identifier"])
        return refund_object(refund)


class Transfers(Resource):
    """Transfers of the account, or of one transfer group."""

    operation: ClassVar[str] = "transfers.create"

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Transfer.objects.filter(account=self.account).select_related(
            "destination", "source_transaction"
        )
        group = request.GET.get("transfer_group")
        if group:
            rows = rows.filter(transfer_group=group)
        return page(request, rows, transfer_object)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        named = parameters.text("source_transaction")
        source = charge_for(named, self.account) if named else None
        self.session = session_of(source)
        transfer = {
            "destination": connected_account(self.account, parameters.text("destination", required=True)),
            "source": source,
            "amount": parameters.take("amount", int, required=True),
            "currency": parameters.currency("currency"),
            "transfer_group": parameters.text("transfer_group", longest=200),
            "description": parameters.text("description"),
            "metadata": parameters.metadata(),
        }
        parameters.finish()
        return transfer_object(create_transfer(self.account, **transfer))


class TransferDetail(Resource):
    """One transfer."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        return transfer_object(transfer_for(ids["identifier"], self.account))


class Reversals(Resource):
    """What was taken back of one transfer."""

    operation: ClassVar[str] = "transfers.reversals.create"

    def read(self, request: HttpRequest, **ids: str) -> Json:
        transfer = transfer_for(ids["identifier"], self.account)
        rows = Reversal.objects.filter(transfer=transfer).select_related("transfer")
        return page(request, rows, reversal_object)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        transfer = transfer_for(ids["identifier"], self.account)
        amount, metadata = parameters.take("amount", int), parameters.metadata()
        parameters.finish()
        return reversal_object(reverse_transfer(transfer, amount=amount, metadata=metadata))


class Disputes(Resource):
    """Disputes of the account, or of one charge."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Dispute.objects.filter(account=self.account).select_related("charge__payment_intent")
        charge = request.GET.get("charge")
        return page(request, rows.filter(charge__identifier=charge) if charge else rows, dispute_object)


class DisputeDetail(Resource):
    """One dispute."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        return dispute_object(dispute_for(ids["identifier"], self.account))


class Events(Resource):
    """Events of the account, newest first; ``type`` and ``created[gte]`` (Unix seconds) filter."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Event.objects.filter(account=self.account).select_related("account")
        kind, since = request.GET.get("type"), request.GET.get("created[gte]", "")
        if kind:
            rows = rows.filter(kind=kind)
        if since.isascii() and since.isdigit():
            rows = rows.filter(created_at__gte=datetime.fromtimestamp(int(since), UTC))
        return page(request, rows, event_object)


class EventDetail(Resource):
    """One event."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        event = Event.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if event is None:
            raise missing("event", ids["identifier"])
        return event_object(event)
