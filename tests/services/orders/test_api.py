"""Orders for programs: price, place, follow, cancel; every answer is held against the document."""

from __future__ import annotations

import threading
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from services.orders.models import Cart, Order
from tests.calling import Program
from tests.services.ordering import ANSWERS, Market, pay, person, service_of


def wanted(market: Market, *services: Any) -> dict[str, Any]:
    """The body that prices services."""
    return {
        "buyer": str(market.buyer.public_id),
        "items": [
            {"service": service.slug, "answers": dict(ANSWERS)}
            for service in services or (market.service, market.other_service)
        ],
    }


def order_body(program: Program, body: dict[str, Any]) -> dict[str, Any]:
    """The body that orders what was priced."""
    told = program.post("orders/preview/", body).json()
    return {**body, "total_incl_cents": told["incl_cents"], "terms_sha256": told["terms"]["sha256"]}


@pytest.fixture
def buyer(market: Market, tenant_client: Any) -> Program:
    """A program of the buyer."""
    return Program(tenant_client, market.buyer_user)


def test_price_place_follow_and_cancel(market: Market, buyer: Program) -> None:
    body = order_body(buyer, wanted(market))
    assert body["total_incl_cents"] == 46800 + 12050
    placed = buyer.post("orders/", body, Idempotency_Key="wish-1")
    assert placed.status_code == 201
    order = placed.json()
    assert order["charge"]["incl_cents"] == body["total_incl_cents"]
    assert order["terms_sha256"] == body["terms_sha256"]
    assert order["payment_page"].endswith(f"/commandes/{order['number']}/payer/")
    assert [line["state"] for line in order["lines"]] == ["awaiting_payment"] * 2
    assert [line["actions"] for line in order["lines"]] == [["cancel"]] * 2
    assert [part["incl_cents"] for part in order["lines"][0]["milestones"]] == [18720, 28080]
    assert Cart.objects.filter(user=None).count() == 0

    pay(Order.objects.get(number=order["number"]))
    paid = buyer.get(f"orders/{order['number']}/").json()
    assert paid["charge"]["state"] == "paid"
    assert paid["payment_page"] is None
    assert paid["next_step"]["mine"] is False

    cancelled = buyer.post(f"orders/{order['number']}/lines/2/cancel/", {"reason": "Erreur"}).json()
    assert [line["state"] for line in cancelled["lines"]] == ["awaiting_provider", "cancelled"]
    assert cancelled["lines"][1]["refunded_cents"] == 12050
    assert cancelled["lines"][1]["actions"] == []
    again = buyer.post(f"orders/{order['number']}/lines/2/cancel/")
    assert again.status_code == 409
    assert again.json()["code"] == "transition_refused"
    listed = buyer.get("orders/").json()["results"]
    assert [row["number"] for row in listed] == [order["number"]]


def test_the_same_key_orders_once(market: Market, buyer: Program) -> None:
    body = order_body(buyer, wanted(market))
    first = buyer.post("orders/", body, Idempotency_Key="wish")
    second = buyer.post("orders/", body, Idempotency_Key="wish")
    assert first.json() == second.json()
    assert Order.objects.count() == 1
    other = order_body(buyer, wanted(market, market.service))
    refused = buyer.post("orders/", other, Idempotency_Key="wish")
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert buyer.post("orders/", other, Idempotency_Key="wish-2").status_code == 201
    assert Order.objects.count() == 2


@pytest.mark.parametrize("key", ["", "é", "x" * 201])
def test_a_key_is_needed(market: Market, buyer: Program, key: str) -> None:
    refused = buyer.post("orders/", order_body(buyer, wanted(market)), Idempotency_Key=key)
    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing")
    assert not Order.objects.exists()


def test_another_persons_equal_key_is_another_wish(
    market: Market, buyer: Program, tenant_client: Any
) -> None:
    colleague = Program(tenant_client, person("colleague", market.buyer))
    body = order_body(buyer, wanted(market))
    numbers = {
        program.post("orders/", body, Idempotency_Key="wish").json()["number"]
        for program in (buyer, colleague)
    }
    assert len(numbers) == 2


def test_the_persons_cart_stays(market: Market, buyer: Program) -> None:
    cart = market.cart(market.other_service)
    body = order_body(buyer, wanted(market, market.service))
    assert buyer.post("orders/", body, Idempotency_Key="wish").status_code == 201
    assert [line.service_id for line in cart.lines.all()] == [market.other_service.pk]


@pytest.mark.committing
def test_the_same_key_at_once_orders_once(own_market: Market) -> None:
    from django_tenants.utils import tenant_context

    client = Client(SERVER_NAME=f"{own_market.tenant.slug}.localhost")
    program = Program(client, own_market.buyer_user)
    body = order_body(program, wanted(own_market))
    connection.set_tenant(own_market.tenant)
    program_of_each = [
        Program(Client(SERVER_NAME=client.defaults["SERVER_NAME"]), own_market.buyer_user) for _ in range(4)
    ]
    answers: list[Any] = []

    def ask(each: Program) -> None:
        try:
            answers.append(each.post("orders/", body, Idempotency_Key="wish"))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, args=[each]) for each in program_of_each]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["number"] for answer in answers}) == 1
    with tenant_context(own_market.tenant):
        assert Order.objects.count() == 1
        assert Cart.objects.filter(user=None).count() == 0


def test_what_has_changed_is_refused(market: Market, buyer: Program) -> None:
    body = order_body(buyer, wanted(market))
    dearer = buyer.post("orders/", {**body, "total_incl_cents": 1}, Idempotency_Key="a")
    assert (dearer.status_code, dearer.json()["code"]) == (409, "orders.price_changed")
    terms = buyer.post("orders/", {**body, "terms_sha256": "0" * 64}, Idempotency_Key="b")
    assert (terms.status_code, terms.json()["code"]) == (409, "orders.terms_changed")
    assert not Order.objects.exists()
    assert not Cart.objects.filter(user=None).exists()


def test_open_questions_are_told(market: Market, buyer: Program) -> None:
    body = wanted(market, market.service)
    body["items"][0]["answers"] = {}
    told = buyer.post("orders/preview/", body).json()
    assert [question["key"] for question in told["items"][0]["missing"]] == ["activity"]
    refused = buyer.post("orders/", order_body(buyer, body), Idempotency_Key="a")
    assert (refused.status_code, refused.json()["code"]) == (422, "orders.answers_missing")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"service": "nothing"}, "items.0.service"),
        ({"quantity": "many"}, "items.0.quantity"),
        ({"answers": {"unknown": "x"}}, "items.0.answers.unknown"),
        ({"answers": {"logo": "x"}}, "items.0.answers.logo"),
    ],
)
def test_a_wrong_item_is_named(market: Market, buyer: Program, change: dict[str, Any], field: str) -> None:
    body = wanted(market, market.service)
    body["items"][0].update(change)
    refused = buyer.post("orders/preview/", body)
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == [field]


def test_answers_are_checked_by_their_type(market: Market, buyer: Program) -> None:
    kinds = ("number", "date", "url", "email", "choice", "multi_choice", "address", "text")
    choices = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]
    service = service_of(
        market.provider,
        questions=[
            {"key": kind, "label": kind, "type": kind, "required": True, "help": "", "choices": choices}
            for kind in kinds
        ],
    )
    good = {
        "number": 12.5,
        "date": "2026-11-25",
        "url": "https://exemple.example",
        "email": "a@exemple.example",
        "choice": "a",
        "multi_choice": ["a", "b"],
        "address": {"street": "1 rue", "postal_code": "33000", "town": "Bordeaux"},
        "text": "Un mot",
    }
    body = {"buyer": str(market.buyer.public_id), "items": [{"service": service.slug, "answers": good}]}
    placed = buyer.post("orders/", order_body(buyer, body), Idempotency_Key="a")
    assert placed.status_code == 201
    kept = Order.objects.get().lines.get().offer["answers"]
    assert kept["number"] == "12.5"
    assert kept["address"]["town"] == "Bordeaux"
    assert buyer.post("orders/", order_body(buyer, body), Idempotency_Key="a").status_code == 201
    bad = {kind: {"x": 1} for kind in kinds if kind != "address"} | {
        "choice": "z",
        "multi_choice": ["a", "z"],
    }
    body["items"] = [{"service": service.slug, "answers": {**bad, "address": "one line"}}]
    refused = buyer.post("orders/preview/", body)
    assert refused.status_code == 400
    assert set(refused.json()["errors"]) >= {
        f"items.0.answers.{kind}" for kind in ("choice", "multi_choice", "address")
    }


def test_the_same_choice_twice_is_refused(market: Market, buyer: Program) -> None:
    refused = buyer.post("orders/preview/", wanted(market, market.service, market.service))
    assert list(refused.json()["errors"]) == ["items"]


def test_only_ones_own_party_buys_and_never_from_itself(market: Market, tenant_client: Any) -> None:
    seller = Program(tenant_client, market.provider_user)
    refused = seller.post("orders/preview/", wanted(market))
    assert (refused.status_code, refused.json()["code"]) == (403, "orders.not_a_business")
    own = {**wanted(market, market.service), "buyer": str(market.provider.public_id)}
    told = seller.post("orders/preview/", own).json()
    assert told["items"][0]["problem"]
    ordered = seller.post(
        "orders/", {**own, "total_incl_cents": 0, "terms_sha256": "0" * 64}, Idempotency_Key="x"
    )
    assert ordered.status_code == 403


def test_a_stranger_sees_and_changes_nothing(market: Market, tenant_client: Any) -> None:
    order = market.paid_order()
    for stranger in (market.provider_user, person("stranger"), market.staff):
        program = Program(tenant_client, stranger)
        assert program.get("orders/").json()["results"] == []
        assert program.get(f"orders/{order.number}/").status_code == 404
        for act, body in (
            ("cancel", {}),
            ("approve", {"milestone": "1"}),
            ("request-changes", {"milestone": "1", "reason": "x"}),
        ):
            assert program.post(f"orders/{order.number}/lines/1/{act}/", body).status_code == 404


def test_a_token_that_reads_changes_nothing(market: Market, tenant_client: Any) -> None:
    order = market.paid_order()
    reader = Program(tenant_client, market.buyer_user, "read")
    assert reader.get(f"orders/{order.number}/").status_code == 200
    assert reader.post(f"orders/{order.number}/lines/1/cancel/").status_code == 403
    assert reader.post("orders/", {}, Idempotency_Key="x").status_code == 403
    assert reader.post("orders/preview/", {}).status_code == 403


def test_the_list_is_read_page_by_page(market: Market, buyer: Program) -> None:
    numbers = [market.order(market.other_service).number for _ in range(5)]
    seen: list[str] = []
    path = "orders/?page_size=2"
    while path:
        page = buyer.get(path).json()
        seen += [row["number"] for row in page["results"]]
        path = page["next"].partition("/api/v1/")[2] if page["next"] else ""
    assert seen == numbers[::-1]
    mine = f"orders/?buyer={market.buyer.public_id}"
    assert len(buyer.get(mine).json()["results"]) == 5
    assert buyer.get(f"orders/?buyer={uuid4()}").json()["results"] == []
    assert buyer.get("orders/?buyer=me").status_code == 400


def test_lists_and_details_cost_the_same_with_one_and_with_fifty(
    market: Market, buyer: Program, tenant_client: Any
) -> None:
    seller = Program(tenant_client, market.provider_user)

    def count(program: Program, path: str) -> int:
        program.get(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert program.get(path).status_code == 200
        return len(captured)

    first = market.paid_order(market.service)
    small = [count(buyer, f"orders/{first.number}/"), count(buyer, "orders/"), count(seller, "lines/")]
    for _ in range(49):
        market.paid_order(market.service)
    services = [service_of(market.provider, shares=(50, 50)) for _ in range(20)]
    large = market.paid_order(*services)
    assert len(buyer.get("orders/").json()["results"]) == 50
    assert len(seller.get("lines/").json()["results"]) == 50
    assert [
        count(buyer, f"orders/{large.number}/"),
        count(buyer, "orders/"),
        count(seller, "lines/"),
    ] == small


def test_parties_are_ones_own(market: Market, buyer: Program, tenant_client: Any) -> None:
    assert [row["public_id"] for row in buyer.get("parties/").json()] == [str(market.buyer.public_id)]
    assert buyer.get("parties/").json()[0]["roles"] == [{"role": "business", "state": "active"}]
    assert Program(tenant_client, person("stranger")).get("parties/").json() == []
