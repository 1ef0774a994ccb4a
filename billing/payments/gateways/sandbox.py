"""The sandbox gateway over HTTP: calls, time limits, and what each answer means."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from urllib.parse import quote

import httpx
from django.conf import settings

from billing.payments.gateways.base import (
    BalanceSeen,
    Declined,
    DisputeSeen,
    EventsPage,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    RefundSeen,
    ReversalSeen,
    SessionRequest,
    SessionSeen,
    TransferSeen,
)
from billing.payments.gateways.sandbox_objects import (
    Json,
    euros,
    seen_dispute,
    seen_event,
    seen_refund,
    seen_reversal,
    seen_session,
    seen_transfer,
)

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
SESSION_EXPANSION = "payment_intent.latest_charge.balance_transaction"
DECLINING_CODES = {
    "balance_insufficient",
    "insufficient_capabilities_for_transfer",
    "transfer_source_exhausted",
    "charge_already_refunded",
    "charge_disputed",
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
            **({"payment_method_types": list(request.methods)} if request.methods else {}),
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
        refunds = self.refunds_of(charge)
        return next((each for each in refunds if metadata.items() <= each.metadata.items()), None)

    def refunds_of(self, charge: str) -> list[RefundSeen]:
        """The refunds of the charge, at most a hundred."""
        found = call("GET", "refunds", key=self._key, query={"charge": charge, "limit": "100"})
        return [seen_refund(body) for body in found["data"]]

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

    def reverse_transfer(
        self, *, transfer: str, amount_cents: int, metadata: dict[str, str], idempotency_key: str
    ) -> ReversalSeen:
        """Take a part of a transfer back, or all of it."""
        path = f"transfers/{quote(transfer, safe='')}/reversals"
        content = {"amount": amount_cents, "metadata": metadata}
        return seen_reversal(
            call("POST", path, key=self._key, content=content, idempotency_key=idempotency_key)
        )

    def find_reversal(self, *, transfer: str, metadata: dict[str, str]) -> ReversalSeen | None:
        """Looks through the reversals of the transfer."""
        path = f"transfers/{quote(transfer, safe='')}/reversals"
        found = call("GET", path, key=self._key, query={"limit": "100"})
        matching = (body for body in found["data"] if metadata.items() <= body["metadata"].items())
        return next(map(seen_reversal, matching), None)

    def fetch_dispute(self, identifier: str) -> DisputeSeen:
        """The dispute with the movements that tell its fee."""
        return seen_dispute(call("GET", f"disputes/{quote(identifier, safe='')}", key=self._key))

    def disputes_of(self, charge: str) -> list[DisputeSeen]:
        """The disputes of the charge."""
        found = call("GET", "disputes", key=self._key, query={"charge": charge, "limit": "100"})
        return [seen_dispute(body) for body in found["data"]]

    def events_since(self, since: datetime, *, after: str = "", limit: int) -> EventsPage:
        """A page of the list, a hundred at most."""
        query = {"created[gte]": str(int(since.timestamp())), "limit": str(limit)}
        if after:
            query["starting_after"] = after
        found = call("GET", "events", key=self._key, query=query)
        return EventsPage([seen_event(body) for body in found["data"]], bool(found["has_more"]))

    def balance(self) -> BalanceSeen:
        """Available and pending cents in euros."""
        body = call("GET", "balance", key=self._key)
        return BalanceSeen(euros(body["available"]), euros(body["pending"]))


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


def move_endpoint(*, secret_key: str, identifier: str, url: str) -> None:
    """Have an endpoint's events posted to `url` from now on; its secret stays. Raises as `call` does."""
    call("POST", f"webhook_endpoints/{identifier}", key=secret_key, content={"url": url})
