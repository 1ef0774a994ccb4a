"""Accounts, their webhook endpoints and their balance."""

from __future__ import annotations

import secrets
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings

from billing.sandbox.api.keys import digest, new_secret_key
from billing.sandbox.api.resource import Json, Resource, page
from billing.sandbox.errors import missing
from billing.sandbox.models import Account, WebhookEndpoint
from billing.sandbox.movements import balance_of
from billing.sandbox.objects import account_object, endpoint_object

if TYPE_CHECKING:
    from django.http import HttpRequest

    from billing.sandbox.api.parameters import Parameters


def connected_account(platform: Account, identifier: str) -> Account:
    """A payee of this platform, or 404."""
    account = Account.objects.filter(platform=platform, identifier=identifier).first()
    if account is None:
        raise missing("account", identifier)
    return account


class Accounts(Resource):
    """With the admin key a marketplace is opened and its secret key told once; with its key, a payee."""

    operation: ClassVar[str] = "accounts.create"
    for_admin: ClassVar[bool] = True

    def read(self, request: HttpRequest, **ids: str) -> Json:
        if not hasattr(self, "account"):
            raise missing("account", "")
        return page(request, Account.objects.filter(platform=self.account), account_object)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        profile = parameters.inside("business_profile")
        fields = {
            "display_name": profile.text("name", required=True, longest=200),
            "email": parameters.text("email", longest=254),
            "country": parameters.text("country", longest=2) or "FR",
            "metadata": parameters.metadata(),
            "fee_percent": Decimal(settings.SANDBOX_FEE_PERCENT),
            "fee_fixed_cents": settings.SANDBOX_FEE_FIXED_CENTS,
        }
        profile.finish()
        parameters.finish()
        if hasattr(self, "account"):
            return account_object(
                Account.objects.create(kind=Account.Kind.CONNECTED, platform=self.account, **fields)
            )
        key = new_secret_key()
        account = Account.objects.create(kind=Account.Kind.PLATFORM, key_digest=digest(key), **fields)
        return {**account_object(account), "secret_key": key}


class AccountDetail(Resource):
    """The account of the key itself, or one of its payees."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        if ids["identifier"] in {"", self.account.identifier}:
            return account_object(self.account)
        return account_object(connected_account(self.account, ids["identifier"]))

    def write(self, parameters: Parameters, **ids: str) -> Json:
        account = connected_account(self.account, ids["identifier"])
        restricted = parameters.take("restricted", bool)
        parameters.finish()
        if restricted is not None:
            account.restricted = restricted
            account.save(update_fields=["restricted"])
        return account_object(account)


class WebhookEndpoints(Resource):
    """Endpoints of the account; the signing secret is told at creation only."""

    operation: ClassVar[str] = "webhook_endpoints.create"

    def read(self, request: HttpRequest, **ids: str) -> Json:
        return page(request, WebhookEndpoint.objects.filter(account=self.account), endpoint_object)

    def write(self, parameters: Parameters, **ids: str) -> Json:
        url = parameters.address("url")
        parameters.take("enabled_events", list)
        parameters.finish()
        endpoint = WebhookEndpoint.objects.create(
            account=self.account, url=url, secret=f"whsec_{secrets.token_urlsafe(32)}"
        )
        return {**endpoint_object(endpoint), "secret": endpoint.secret}


class WebhookEndpointDetail(Resource):
    """One endpoint: its address may move, and it may be disabled."""

    def endpoint(self, identifier: str) -> WebhookEndpoint:
        found = WebhookEndpoint.objects.filter(account=self.account, identifier=identifier).first()
        if found is None:
            raise missing("webhook_endpoint", identifier)
        return found

    def read(self, request: HttpRequest, **ids: str) -> Json:
        return endpoint_object(self.endpoint(ids["identifier"]))

    def write(self, parameters: Parameters, **ids: str) -> Json:
        endpoint = self.endpoint(ids["identifier"])
        if "url" in parameters.content:
            endpoint.url = parameters.address("url")
        disabled = parameters.take("disabled", bool)
        parameters.finish()
        if disabled is not None:
            endpoint.enabled = not disabled
        endpoint.save(update_fields=["url", "enabled"])
        return endpoint_object(endpoint)


class Balance(Resource):
    """What the account holds, available and pending."""

    def read(self, request: HttpRequest, **ids: str) -> Json:
        payee = request.GET.get("account")
        account = connected_account(self.account, payee) if payee else self.account
        available, pending = balance_of(account)
        return {
            "object": "balance",
            "available": [{"amount": available, "currency": "eur"}],
            "pending": [{"amount": pending, "currency": "eur"}],
            "livemode": False,
        }
