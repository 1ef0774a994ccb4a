"""Checkout sessions, payment intents, charges and balance transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from billing.sandbox.api.parameters import Parameters
from billing.sandbox.api.resource import Json, Resource, page
from billing.sandbox.checkout import close_if_overdue, expire_session, open_session, session_for
from billing.sandbox.errors import ApiError, missing
from billing.sandbox.models import BalanceTransaction, Charge, CheckoutSession, PaymentIntent
from billing.sandbox.movements import charge_for
from billing.sandbox.objects import balance_transaction_object, charge_object, intent_object, session_object

if TYPE_CHECKING:
    from django.http import HttpRequest

METHOD_TYPES = frozenset({"card", "sepa_debit"})


class CheckoutSessions(Resource):
    """One line item, one amount: what is left to pay."""

    operation: ClassVar[str] = "checkout.sessions.create"

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = CheckoutSession.objects.filter(account=self.account).select_related("payment_intent")
        reference = request.GET.get("client_reference_id")
        if reference:
            rows = rows.filter(client_reference_id=reference)
        return page(request, rows, session_object)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        if parameters.text("mode", required=True) != "payment":
            raise ApiError("Only the mode `payment` is offered.", code="parameter_invalid", param="mode")
        amount, currency, label = self.line_item(parameters)
        inner = parameters.inside("payment_intent_data")
        session = open_session(
            self.account,
            amount=amount,
            currency=currency,
            label=label,
            expires_at=parameters.instant("expires_at"),
            transfer_group=inner.text("transfer_group", longest=200),
            intent_metadata=inner.metadata(),
            success_url=parameters.address("success_url"),
            cancel_url=parameters.address("cancel_url"),
            client_reference_id=parameters.text("client_reference_id", longest=200),
            customer_email=parameters.text("customer_email", longest=254),
            locale=parameters.text("locale", longest=5),
            method_types=self.method_types(parameters),
            metadata=parameters.metadata(),
        )
        inner.finish()
        parameters.finish()
        return session_object(session)

    def method_types(self, parameters: Parameters) -> list[str]:
        """The means of payment offered; cards alone when none are named."""
        types = parameters.take("payment_method_types", list) or ["card"]
        if len(set(map(str, types))) != len(types) or not METHOD_TYPES.issuperset(types):
            raise ApiError("Unknown payment method.", code="parameter_invalid", param="payment_method_types")
        return types

    def line_item(self, parameters: Parameters) -> tuple[int, str, str]:
        """Amount in cents, currency and label of the only line item."""
        items = parameters.take("line_items", list, required=True)
        if len(items) != 1 or not isinstance(items[0], dict):
            raise ApiError("Give exactly one line item.", code="parameter_invalid", param="line_items")
        item = Parameters(items[0], "line_items[0]")
        if (item.take("quantity", int) or 1) != 1:
            raise ApiError(
                "The quantity must be 1.", code="parameter_invalid", param="line_items[0][quantity]"
            )
        price = item.inside("price_data", required=True)
        product = price.inside("product_data", required=True)
        found = (
            price.take("unit_amount", int, required=True),
            price.currency("currency"),
            product.text("name", required=True),
        )
        for part in (product, price, item):
            part.finish()
        return found


class CheckoutSessionDetail(Resource):
    """One session, expired first when its time is over."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        session = close_if_overdue(session_for(ids["identifier"], self.account))
        return session_object(session, self.expansions(request))


class CheckoutSessionExpiry(Resource):
    """Closing of an open session."""

    operation: ClassVar[str] = "checkout.sessions.expire"

    def write(self, parameters: Parameters, **ids: str) -> Json:
        parameters.finish()
        return session_object(expire_session(identifier=ids["identifier"], account=self.account))


class PaymentIntentDetail(Resource):
    """One payment intent."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        intent = PaymentIntent.objects.filter(account=self.account, identifier=ids["identifier"]).first()
        if intent is None:
            raise missing("payment_intent", ids["identifier"])
        return intent_object(intent, self.expansions(request))


class Charges(Resource):
    """Charges of the account, or of one payment intent."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = Charge.objects.filter(account=self.account).select_related(
            "payment_intent", "balance_transaction"
        )
        intent = request.GET.get("payment_intent")
        if intent:
            rows = rows.filter(payment_intent__identifier=intent)
        return page(request, rows, charge_object)


class ChargeDetail(Resource):
    """One charge."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        return charge_object(charge_for(ids["identifier"], self.account), self.expansions(request))


class BalanceTransactions(Resource):
    """Movements of the account."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        return page(
            request, BalanceTransaction.objects.filter(account=self.account), balance_transaction_object
        )


class BalanceTransactionDetail(Resource):
    """One movement."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        rows = BalanceTransaction.objects.filter(account=self.account)
        movement = rows.filter(identifier=ids["identifier"]).first()
        if movement is None:
            raise missing("balance_transaction", ids["identifier"])
        return balance_transaction_object(movement)
