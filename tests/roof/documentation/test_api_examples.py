"""The examples of docs/api are run in their order; each answer is the one that the document promises."""

from __future__ import annotations

import json
from typing import Any

from tests.calling import hold_against_document
from tests.roof.documentation.reading import blocks, calls, understood
from tests.services.ordering import Market, open_market, pay

SITE = "http://alpha.localhost"
PAGE = "api/README.md"


class Reader:
    """Somebody who tries the page: what an answer told is used by the next call."""

    def __init__(self, client: Any, market: Market) -> None:
        from tenants.accounts.tokens import create_token

        self.client = client
        self.tokens = {
            side: create_token(user=user, name=side, scopes=["write"])[1]
            for side, user in (("buyer", market.buyer_user), ("provider", market.provider_user))
        }
        self.values = {"SITE": SITE, "SERVICE": market.service.slug}
        self.done: list[str] = []

    def run(self, command: str, side: str) -> Any:
        """One call as the buyer or as the provider."""
        call = understood(command, {**self.values, "TOKEN": self.tokens[side]})
        path = call.url.removeprefix(SITE)
        send = getattr(self.client, call.method.lower())
        body = {"data": json.dumps(call.body), "content_type": "application/json"} if call.body else {}
        if call.method == "POST" and call.body is None:
            body = {"content_type": "application/json"}
        answer = send(path, headers=call.headers, **body)
        hold_against_document(call.method.lower(), path.partition("?")[0], answer)
        assert answer.status_code < 300, f"{command}: {answer.content.decode()}"
        self.done.append(f"{call.method} {path}")
        return answer


def test_every_example_works(tenant: Any, tenant_client: Any) -> None:
    from billing.invoicing.models import Invoice
    from billing.invoicing.operations import accept_mandate
    from kernel.outbox.running import run_pending
    from services.orders.models import Order

    market = open_market(tenant)
    accept_mandate(party=market.provider, user=market.provider_user)
    reader = Reader(tenant_client, market)
    commands = [command for block in blocks(PAGE, "sh") for command in calls(block)]
    late = [command for command in commands if "/approve/" in command or "/invoices/" in command]
    for command in (command for command in commands if command not in late):
        answer = reader.run(command, "provider" if "/lines/" in command else "buyer")
        told = answer.json()
        if "/parties/" in command:
            reader.values["BUYER"] = told[0]["public_id"]
        elif "/preview/" in command:
            reader.values |= {"TOTAL": str(told["incl_cents"]), "TERMS": told["terms"]["sha256"]}
        elif "Idempotency-Key" in command:
            reader.values["NUMBER"] = told["number"]
            pay(Order.objects.get(number=told["number"]))
        elif "/lines/?" in command:
            reader.values["KEY"] = told["results"][0]["key"]
    for command in late:
        if "/document/" in command:
            run_pending("documents")
            reader.values["INVOICE"] = Invoice.objects.get(kind="sale").number
        reader.run(command, "buyer")
    assert len(reader.done) == len(commands) >= 14


def test_the_error_is_as_it_is_told(tenant: Any, tenant_client: Any) -> None:
    from services.fulfilment.operations.answer import accept_line

    market = open_market(tenant)
    reader = Reader(tenant_client, market)
    line = market.paid_order(market.service).lines.get()
    accept_line(key=line.key, actor=market.provider_user)
    (shown,) = (json.loads(block) for block in blocks(PAGE, "json"))
    answer = tenant_client.post(
        f"/api/v1/lines/{line.key}/accept/",
        headers={"Authorization": f"Bearer {reader.tokens['provider']}", "Accept-Language": "fr"},
    )
    assert {**answer.json(), "request_id": ""} == {**shown, "request_id": ""}
    assert answer["Content-Type"] == "application/problem+json"
