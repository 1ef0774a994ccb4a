"""The sandbox gateway over HTTP: calls, time limits, and what each answer means."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings

from billing.payments.gateways.base import (
    BalanceSeen,
    Declined,
    GatewayCharge,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    RefundSeen,
    SessionRequest,
    SessionSeen,
    TransferSeen,
)

Json = dict[str, Any]

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
SESSION_EXPANSION = "payment_intent.latest_charge.balance_transaction"
DECLINING_CODES = {
    "balance_insufficient",
    "insufficient_capabilities_for_transfer",
    "transfer_source_exhausted",
    "charge_already_refunded",
    "charge_not_refundable",
    "amount_too_large",
}


@lru_cache(maxsize=4)
def connection_pool(base_url: str) -> httpx.Client:
    """One pool of connections a process and address; it holds no key."""
    return httpx.Client(base_url=f"{base_url}/v1/", timeout=TIMEOUT, follow_redirects=False)


def call(
    method: str,
    path: str,
    *,
    key: str,
    content: Json | None = None,
    idempotency_key: str = "",
    query: dict[str, str] | None = None,
) -> Json:
    """One call. Raises Declined, InvalidRequest, NotFound, or OutcomeUnknown when the answer is lost.

    A connection that was never made is unknown as well: the caller's key makes asking again harmless.
    """
    headers = {"Authorization": f"Bearer {key}"}
    if idempotency_key:
        headers["Idempotency-Key"] = idempotency_key
    try:
        answer = connection_pool(settings.SANDBOX_URL).request(
            method, path, json=content, params=query, headers=headers
        )
        body = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise OutcomeUnknown(f"{method} {path}: {type(error).__name__}", "no_answer") from error
    if answer.is_success:
        return dict(body)
    error_body = body.get("error") if isinstance(body, dict) else None
    if answer.status_code >= 500 or answer.status_code in {409, 429} or not isinstance(error_body, dict):
        raise OutcomeUnknown(f"{method} {path}: HTTP {answer.status_code}", f"http_{answer.status_code}")
    code = str(error_body.get("code") or error_body.get("type") or "")
    message = str(error_body.get("message") or "")
    if answer.status_code == 404:
        raise NotFound(message, code)
    if answer.status_code == 402 or code in DECLINING_CODES:
        raise Declined(message, code)
    raise InvalidRequest(message, code)


class SandboxGateway:
    """One account at the sandbox."""

    def __init__(self, secret_key: str) -> None:
        self._key = secret_key

    def open_session(self, request: SessionRequest, *, idempotency_key: str) -> SessionSeen:
        """Open a hosted page with the one line item that is left to pay."""
        content = {
            "mode": "payment",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": request.currency.lower(),
                        "unit_amount": request.amount_cents,
                        "product_data": {"name": request.label},
                    },
                }
            ],
            "success_url": request.success_url,
            "cancel_url": request.cancel_url,
            "client_reference_id": request.reference,
            "expires_at": int(request.expires_at.timestamp()),
            "locale": request.locale,
            "metadata": request.metadata,
            "payment_intent_data": {"metadata": request.metadata, "transfer_group": request.transfer_group},
        }
        return seen_session(
            call("POST", "checkout/sessions", key=self._key, content=content, idempotency_key=idempotency_key)
        )

    def fetch_session(self, identifier: str) -> SessionSeen:
        """The page with its latest charge and the movement that holds the fee."""
        path = f"checkout/sessions/{quote(identifier, safe='')}"
        return seen_session(call("GET", path, key=self._key, query={"expand[]": SESSION_EXPANSION}))

    def find_session(self, reference: str) -> SessionSeen | None:
        """The latest page that bears our reference."""
        found = call(
            "GET", "checkout/sessions", key=self._key, query={"client_reference_id": reference, "limit": "1"}
        )
        return self.fetch_session(found["data"][0]["id"]) if found["data"] else None

    def expire_session(self, identifier: str) -> SessionSeen:
        """Close the page; if that is refused because it is not open, tell what it is instead."""
        try:
            call("POST", f"checkout/sessions/{quote(identifier, safe='')}/expire", key=self._key, content={})
        except InvalidRequest as error:
            if error.code != "resource_not_open":
                raise
        return self.fetch_session(identifier)

    def create_refund(
        self, *, charge: str, amount_cents: int, metadata: dict[str, str], idempotency_key: str
    ) -> RefundSeen:
        """Refund a part of a charge or all of it."""
        content = {"charge": charge, "amount": amount_cents, "metadata": metadata}
        return seen_refund(
            call("POST", "refunds", key=self._key, content=content, idempotency_key=idempotency_key)
        )

    def fetch_refund(self, identifier: str) -> RefundSeen:
        """The refund as it stands."""
        return seen_refund(call("GET", f"refunds/{quote(identifier, safe='')}", key=self._key))

    def find_refund(self, *, charge: str, metadata: dict[str, str]) -> RefundSeen | None:
        """Looks through the refunds of the charge."""
        found = call("GET", "refunds", key=self._key, query={"charge": charge, "limit": "100"})
        matching = (body for body in found["data"] if metadata.items() <= body["metadata"].items())
        return next(map(seen_refund, matching), None)

    def create_payee(self, *, name: str, email: str, metadata: dict[str, str], idempotency_key: str) -> str:
        """Open a connected account."""
        content = {"business_profile": {"name": name}, "email": email, "metadata": metadata}
        body = call("POST", "accounts", key=self._key, content=content, idempotency_key=idempotency_key)
        return str(body["id"])

    def create_transfer(
        self,
        *,
        destination: str,
        amount_cents: int,
        currency: str,
        source_charge: str,
        transfer_group: str,
        metadata: dict[str, str],
        idempotency_key: str,
    ) -> TransferSeen:
        """Move cents of a charge to a connected account."""
        content = {
            "destination": destination,
            "amount": amount_cents,
            "currency": currency.lower(),
            "source_transaction": source_charge,
            "transfer_group": transfer_group,
            "metadata": metadata,
        }
        return seen_transfer(
            call("POST", "transfers", key=self._key, content=content, idempotency_key=idempotency_key)
        )

    def find_transfer(self, *, transfer_group: str) -> TransferSeen | None:
        """The one transfer of the group."""
        found = call(
            "GET", "transfers", key=self._key, query={"transfer_group": transfer_group, "limit": "1"}
        )
        return seen_transfer(found["data"][0]) if found["data"] else None

    def balance(self) -> BalanceSeen:
        """Available and pending cents in euros."""
        body = call("GET", "balance", key=self._key)
        return BalanceSeen(_euros(body["available"]), _euros(body["pending"]))


def open_account(
    *, name: str, admin_key: str, metadata: dict[str, str], idempotency_key: str
) -> tuple[str, str]:
    """Open a marketplace account at the sandbox: its identifier and its secret key."""
    content = {"business_profile": {"name": name}, "metadata": metadata}
    body = call("POST", "accounts", key=admin_key, content=content, idempotency_key=idempotency_key)
    return body["id"], body["secret_key"]


def open_endpoint(*, secret_key: str, url: str, idempotency_key: str) -> tuple[str, str]:
    """Have events posted to `url`: the endpoint's identifier and its signing secret."""
    body = call(
        "POST", "webhook_endpoints", key=secret_key, content={"url": url}, idempotency_key=idempotency_key
    )
    return body["id"], body["secret"]


def seen_session(body: Json) -> SessionSeen:
    """Our plain values from the gateway's session object."""
    intent = body["payment_intent"]
    charge = intent.get("latest_charge") if isinstance(intent, dict) else None
    return SessionSeen(
        identifier=body["id"],
        intent=intent["id"] if isinstance(intent, dict) else intent,
        status=body["status"],
        paid=body["payment_status"] == "paid",
        amount_cents=body["amount_total"],
        currency=body["currency"].upper(),
        reference=body["client_reference_id"] or "",
        metadata=body["metadata"],
        expires_at=datetime.fromtimestamp(body["expires_at"], UTC),
        url=body["url"] or "",
        live=body["livemode"],
        charge=seen_charge(charge) if isinstance(charge, dict) else None,
    )


def seen_charge(body: Json) -> GatewayCharge:
    """Our plain values from the gateway's charge object, its movement expanded."""
    movement = body["balance_transaction"]
    return GatewayCharge(
        identifier=body["id"],
        succeeded=body["status"] == "succeeded",
        amount_cents=body["amount"],
        currency=body["currency"].upper(),
        failure_code=body["failure_code"] or "",
        fee_cents=movement["fee"] if isinstance(movement, dict) else None,
    )


def seen_refund(body: Json) -> RefundSeen:
    """Our plain values from the gateway's refund object."""
    return RefundSeen(
        identifier=body["id"],
        status=body["status"],
        amount_cents=body["amount"],
        currency=body["currency"].upper(),
        failure_reason=body["failure_reason"] or "",
    )


def seen_transfer(body: Json) -> TransferSeen:
    """Our plain values from the gateway's transfer object."""
    return TransferSeen(body["id"], body["amount"], body["currency"].upper(), body["destination"])


def _euros(rows: list[Json]) -> int:
    return sum(row["amount"] for row in rows if row["currency"] == "eur")
