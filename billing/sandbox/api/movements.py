"""Refunds, transfers and events."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from billing.sandbox.api.accounts import connected_account
from billing.sandbox.api.resource import Json, Resource, page
from billing.sandbox.errors import missing
from billing.sandbox.models import Event, Refund, Transfer
from billing.sandbox.movements import charge_for, create_refund, create_transfer
from billing.sandbox.objects import event_object, refund_object, transfer_object

if TYPE_CHECKING:
    from django.http import HttpRequest

    from billing.sandbox.api.parameters import Parameters


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
        source = parameters.text("source_transaction")
        transfer = {
            "destination": connected_account(self.account, parameters.text("destination", required=True)),
            "source": charge_for(source, self.account) if source else None,
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
        transfer = Transfer.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if transfer is None:
            raise missing("transfer", ids["identifier"])
        return transfer_object(transfer)


class Events(Resource):
    """Events of the account, newest first; ``type`` filters."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Event.objects.filter(account=self.account).select_related("account")
        kind = request.GET.get("type")
        return page(request, rows.filter(kind=kind) if kind else rows, event_object)


class EventDetail(Resource):
    """One event."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        event = Event.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if event is None:
            raise missing("event", ids["identifier"])
        return event_object(event)
