"""The work on lines for programs: the provider's acts, deliverables, the buyer's review."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from services.fulfilment.models import Deliverable
from services.orders.models import OrderLine
from tests.calling import Program
from tests.services.ordering import Market, deliver, person

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def seller(market: Market, tenant_client: Any) -> Program:
    """A program of the provider."""
    return Program(tenant_client, market.provider_user)


@pytest.fixture
def buyer(market: Market, tenant_client: Any) -> Program:
    """A program of the buyer."""
    return Program(tenant_client, market.buyer_user)


def test_from_the_order_to_the_money(
    market: Market, seller: Program, buyer: Program, django_capture_on_commit_callbacks: Any
) -> None:
    order = market.paid_order(market.service)
    key = order.lines.get().key
    rows = seller.get("lines/?state=awaiting_provider").json()["results"]
    assert [(row["key"], row["mine"]) for row in rows] == [(key, True)]
    line = seller.get(f"lines/{key}/").json()
    assert line["actions"] == ["accept", "decline"]
    assert line["answers"][0]["answer"].startswith("Conserves")
    assert line["promised_if_accepted"]
    assert line["net_cents"] == line["excl_cents"] + line["vat_cents"] - line["commission_cents"]

    assert seller.post(f"lines/{key}/accept/").json()["state"] == "accepted"
    again = seller.post(f"lines/{key}/accept/")
    assert (again.status_code, again.json()["code"]) == (409, "transition_refused")
    assert seller.post(f"lines/{key}/start/").json()["actions"] == ["deliver"]
    empty = seller.post(f"lines/{key}/deliver/")
    assert (empty.status_code, empty.json()["code"]) == (422, "fulfilment.nothing_attached")

    upload = SimpleUploadedFile("maquette.pdf", PDF, "application/pdf")
    attached = seller.upload(f"lines/{key}/deliverables/", file=upload, title="Maquette")
    assert attached.status_code == 201
    link = seller.post(f"lines/{key}/deliverables/", {"link": "https://exemple.example/", "title": "Site"})
    assert link.json()["content"] is None
    content = attached.json()["content"].partition("/api/v1/")[2]
    assert buyer.get(content).status_code == 404
    delivered = seller.post(f"lines/{key}/deliver/", {"note": "Voici."}).json()
    assert delivered["state"] == "delivered"
    assert delivered["prepared"] == []
    answer = buyer.get(content)
    assert b"".join(answer.streaming_content) == PDF
    assert "attachment" in answer["Content-Disposition"]

    path = f"orders/{order.number}/lines/1"
    bought = buyer.get(f"orders/{order.number}/").json()["lines"][0]
    assert bought["actions"] == ["approve", "request_changes"]
    assert [one["title"] for one in bought["milestones"][0]["deliverables"]] == ["Maquette", "Site"]
    asked = buyer.post(f"{path}/request-changes/", {"milestone": "1", "reason": "Plus clair."}).json()
    assert asked["lines"][0]["state"] == "changes_requested"
    assert seller.get(f"lines/{key}/").json()["asked"] == "Plus clair."
    deliver(OrderLine.objects.get(key=key), market.provider_user)
    assert buyer.get(f"orders/{order.number}/").json()["lines"][0]["actions"] == ["approve"]
    used = buyer.post(f"{path}/request-changes/", {"milestone": "1", "reason": "Encore."})
    assert (used.status_code, used.json()["code"]) == (409, "fulfilment.no_rounds_left")

    approved = buyer.post(f"{path}/approve/", {"milestone": "1"}).json()
    assert [part["state"] for part in approved["lines"][0]["milestones"]] == ["approved", "in_progress"]
    sold = seller.get(f"lines/{key}/").json()["milestones"]
    assert sold[0]["payout"]["net_cents"] == sold[0]["net_cents"]
    assert sold[1]["payout"] is None


def test_a_late_second_call_does_not_approve_the_next_milestone(market: Market, buyer: Program) -> None:
    line = market.delivered()
    path = f"orders/{line.order.number}/lines/1/approve/"
    assert buyer.post(path, {"milestone": "1"}).status_code == 200
    deliver(OrderLine.objects.get(pk=line.pk), market.provider_user)
    late = buyer.post(path, {"milestone": "1"})
    assert (late.status_code, late.json()["code"]) == (409, "fulfilment.other_milestone")
    assert buyer.post(path, {}).status_code == 400
    assert buyer.post(path, {"milestone": "2"}).json()["lines"][0]["state"] == "approved"


def test_declining_wants_a_reason(market: Market, seller: Program) -> None:
    key = market.paid_order(market.service).lines.get().key
    assert seller.post(f"lines/{key}/decline/").json()["errors"].keys() == {"reason"}
    assert seller.post(f"lines/{key}/decline/", {"reason": "Complet."}).json()["state"] == "declined"


def test_a_deliverable_is_a_file_or_a_link(market: Market, seller: Program) -> None:
    key = market.started().key
    path = f"lines/{key}/deliverables/"
    assert seller.post(path, {"title": "Rien"}).status_code == 400
    assert seller.post(path, {"link": "exemple"}).json()["errors"].keys() == {"link"}
    program = SimpleUploadedFile("programme.exe", b"MZ", "application/octet-stream")
    refused = seller.upload(path, file=program)
    assert (refused.status_code, refused.json()["code"]) == (422, "orders.file_refused")
    assert not Deliverable.objects.exists()


def test_others_see_and_change_nothing(market: Market, tenant_client: Any) -> None:
    line = market.delivered()
    public_id = Deliverable.objects.get().public_id
    acts = {
        "accept": {}, "decline": {"reason": "x"}, "start": {}, "deliver": {},
        "deliverables": {"link": "https://exemple.example/"},
    }  # fmt: skip
    for stranger in (market.buyer_user, market.other_user, market.staff, person("stranger")):
        program = Program(tenant_client, stranger)
        assert program.get("lines/").json()["results"] == []
        assert program.get(f"lines/{line.key}/").status_code == 404
        for act, body in acts.items():
            assert program.post(f"lines/{line.key}/{act}/", body).status_code == 404
    for stranger in (market.other_user, person("stranger")):
        assert Program(tenant_client, stranger).get(f"deliverables/{public_id}/").status_code == 404


def test_an_unpaid_line_is_unheard_of(market: Market, seller: Program) -> None:
    key = market.order(market.service).lines.get().key
    assert seller.get("lines/").json()["results"] == []
    assert seller.get(f"lines/{key}/").status_code == 404
    assert seller.get("lines/?state=awaiting_payment").status_code == 400


def test_a_link_has_no_content(market: Market, seller: Program) -> None:
    market.delivered()
    assert seller.get(f"deliverables/{Deliverable.objects.get().public_id}/").status_code == 404


def test_the_other_language(market: Market, seller: Program) -> None:
    key = market.paid_order(market.service).lines.get().key
    assert seller.get(f"lines/{key}/", Accept_Language="en").json()["title"] == market.service.name_en
