"""Disputes: opened and withdrawn by the client, decided by the operator, seen by all three."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.charges.models import ChargeItem
from billing.payments.models import Refund
from kernel.lifecycle import TransitionRefused
from kernel.outbox.models import OutboxTask
from services.fulfilment.operations import answer, review
from services.orders.errors import DecidedBefore, ReasonMissing, WantedAmountWrong
from services.orders.lifecycle import LineState
from services.orders.models import Dispute
from services.orders.operations.close import close_line
from services.orders.operations.disputes import decide_dispute, open_dispute, withdraw_dispute
from tests.services.catalogue.building import log_in
from tests.services.ordering import Market, assert_ledger_is_clean, deliver, fresh, pay
from tests.services.orders.test_mail import sent


def delivered(market: Market) -> Any:
    """A line of one order whose first milestone waits for the client."""
    order = market.order(market.service)
    pay(order)
    line = order.lines.get()
    answer.accept_line(key=line.key, actor=market.provider_user)
    answer.start_line(key=line.key, actor=market.provider_user)
    deliver(line, market.provider_user)
    return fresh(line)


def dispute(market: Market, line: Any, **more: Any) -> Dispute:
    asked = {"reason": "Les pages sont vides.", "wanted": "all", **more}
    return open_dispute(key=line.key, actor=market.buyer_user, **asked)


def decide(market: Market, line: Any, cents: int, decision: str = "Deux pages manquent.") -> Any:
    return decide_dispute(
        key=line.key, actor=market.staff, refund_cents=cents, bearer="provider", decision=decision
    )


def text(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


def test_the_clocks_stand_and_go_on_when_it_is_withdrawn(market: Market) -> None:
    line = delivered(market)
    assert line.due_at is not None
    dispute(market, line)
    line = fresh(line)
    assert (line.state, line.due_at) == (LineState.DISPUTED, None)
    with pytest.raises(TransitionRefused):
        review.approve_milestone(key=line.key, actor=market.buyer_user)
    withdraw_dispute(key=line.key, actor=market.buyer_user)
    line = fresh(line)
    assert line.state == LineState.DELIVERED
    assert line.due_at > timezone.now()
    review.approve_milestone(key=line.key, actor=market.buyer_user)
    with pytest.raises(TransitionRefused):
        withdraw_dispute(key=line.key, actor=market.buyer_user)


def test_a_decision_splits_the_money_and_is_told_to_both(market: Market) -> None:
    line = delivered(market)
    sent()
    dispute(market, line, wanted="part", wanted_cents=5000)
    assert sent() == [("provider", f"Litige ouvert : {line.title}")]
    assert "Les pages sont vides." in mail.outbox[0].body
    split = decide(market, line, 5000)
    assert (split.to_buyer_cents, split.refunded_cents) == (5000, 5000)
    subject = f"Litige tranché : {line.title}"
    assert {("buyer", subject), ("provider", subject)} <= set(sent())
    told = [one.body for one in mail.outbox if one.subject == subject]
    assert len(told) == 2
    assert all("Deux pages manquent." in body for body in told)
    assert fresh(line).state == LineState.APPROVED
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 5000
    assert OutboxTask.objects.open().filter(name="orders.close_line").count() == 1
    assert_ledger_is_clean()
    with pytest.raises(DecidedBefore):
        dispute(market, line)
    close_line(key=line.key)
    assert fresh(line).state == LineState.CLOSED


def test_all_of_it_goes_back(market: Market) -> None:
    line = delivered(market)
    dispute(market, line)
    decide(market, line, ChargeItem.objects.get(key=line.key).incl_cents, "Rien d’utilisable.")
    line = fresh(line)
    assert line.state == LineState.REFUNDED
    assert {milestone.state for milestone in line.milestones.all()} == {"cancelled"}
    assert_ledger_is_clean()


def test_what_is_refused_changes_nothing(market: Market) -> None:
    order = market.order(market.service)
    line = order.lines.get()
    with pytest.raises(TransitionRefused):
        dispute(market, line)
    pay(order)
    with pytest.raises(TransitionRefused):
        dispute(market, line)
    answer.accept_line(key=line.key, actor=market.provider_user)
    with pytest.raises(ReasonMissing):
        dispute(market, line, reason=" ")
    for cents in (None, 0, -5, 10_000_000):
        with pytest.raises(WantedAmountWrong):
            dispute(market, line, wanted="part", wanted_cents=cents)
    dispute(market, line)
    with pytest.raises(TransitionRefused):
        dispute(market, line)
    with pytest.raises(ReasonMissing):
        decide(market, line, 0, " ")
    assert Dispute.objects.count() == 1


def test_the_database_holds_one_open_and_one_decided(market: Market) -> None:
    line = delivered(market)
    found = dispute(market, line)
    again = {"from_state": "accepted", "reason": "x", "wanted": "all", "opened_by": market.staff}
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.create(line=line, **again)
    with pytest.raises(IntegrityError), transaction.atomic():
        Dispute.objects.filter(pk=found.pk).update(state="decided")


def test_the_client_opens_and_withdraws_by_forms(market: Market, tenant_client: Any) -> None:
    line = delivered(market)
    log_in(tenant_client, market.buyer_user)
    order = f"/commandes/{line.order.number}/"
    page = f"{order}{line.position}/litige/"
    assert page in tenant_client.get(order).content.decode()
    assert tenant_client.get(page).status_code == 200
    refused = tenant_client.post(page, {"reason": "Tout", "wanted": "part", "amount": ""})
    assert refused.status_code == 422
    assert "Indiquez le montant demandé" in text(refused)
    assert "Tout" in text(refused)
    opened = tenant_client.post(page, {"reason": "Tout", "wanted": "part", "amount": "12,50 €"}, follow=True)
    assert "Litige ouvert le" in text(opened)
    assert "12,50 € TTC" in text(opened)
    assert Dispute.objects.get().wanted_cents == 1250
    assert "Entre-temps" in text(tenant_client.get(page, follow=True))
    withdrawn = tenant_client.post(f"{page}retirer/", follow=True)
    assert "Litige retiré. La prestation reprend" in text(withdrawn)
    assert "Litige ouvert le" not in text(withdrawn)
    assert page in withdrawn.content.decode()


def test_the_operator_checks_then_decides(market: Market, tenant_client: Any) -> None:
    line = delivered(market)
    dispute(market, line, wanted="part", wanted_cents=5000)
    log_in(tenant_client, market.staff)
    assert "Litiges à trancher" in text(tenant_client.get("/console/"))
    assert line.order.number in text(tenant_client.get("/console/commandes/?filtre=litiges"))
    page = f"/console/prestations/{line.key}/trancher/"
    assert page in tenant_client.get(f"/console/commandes/{line.order.number}/").content.decode()
    assert 'value="50,00"' in tenant_client.get(page).content.decode()
    given = {"amount": "50,00", "bearer": "provider", "decision": "Deux pages manquent."}
    assert tenant_client.post(page, {**given, "amount": "99999"}).status_code == 422
    checked = tenant_client.post(page, given)
    assert "que devient l’argent" in text(checked)
    assert Dispute.objects.get().state == "open"
    assert not Refund.objects.exists()
    assert 'value="50,00"' in tenant_client.post(page, {**given, "change": "1"}).content.decode()
    decided = tenant_client.post(page, {**given, "confirm": "1"}, follow=True)
    assert "Litige tranché le" in text(decided)
    assert Dispute.objects.get().refund_cents == 5000
    assert "Entre-temps" in text(tenant_client.post(page, {**given, "confirm": "1"}, follow=True))
    assert sum(Refund.objects.values_list("amount_cents", flat=True)) == 5000


def test_the_provider_reads_it_and_nobody_else_acts(market: Market, tenant_client: Any) -> None:
    line = delivered(market)
    dispute(market, line)
    page = f"/commandes/{line.order.number}/{line.position}/litige/"
    log_in(tenant_client, market.provider_user)
    assert "Les pages sont vides." in text(tenant_client.get(f"/prestataire/prestations/{line.key}/"))
    assert line.key in tenant_client.get("/prestataire/prestations/?filtre=litiges").content.decode()
    for address in (page, f"{page}retirer/", f"/console/prestations/{line.key}/trancher/"):
        assert tenant_client.post(address, {}).status_code == 404
    log_in(tenant_client, market.buyer_user)
    assert tenant_client.get(f"/console/prestations/{line.key}/trancher/").status_code == 404
