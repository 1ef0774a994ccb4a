"""The programme's page for a business: each condition met or not, and the questions that are still open."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client

from billing.funding.models import DecisionMode, FactAnswer
from billing.funding.queries import get_programme
from billing.funding.situation import Situation, situation_of
from kernel.rules.evaluation import Outcome
from tenants.accounts.models import User
from tenants.parties.models import Membership
from tests.billing.funding.making import ON, programme, young_business

ADDRESS = "/dispositifs/cheque/"
ANSWER = f"{ADDRESS}reponses/"
RECEIVED = "answer-asked.deminimis_received"


def situation(buyer: Any) -> Situation:
    made = get_programme("cheque")
    assert made is not None
    found = situation_of(made, buyer, ON)
    assert found is not None
    return found


@pytest.fixture
def buyer(tenant: Any, tenant_client: Client) -> Any:
    _seller, found = young_business()
    user = User.objects.create_user(email="a@exemple.example", password="x", full_name="A")
    Membership.objects.create(party=found, user=user, role="owner")
    tenant_client.force_login(user)
    return found


def test_what_is_missing_is_asked_or_looked_for_in_the_account(buyer: Any) -> None:
    programme()
    buyer.headcount = None
    buyer.save()
    found = situation(buyer)
    assert found.outcome == Outcome.NEEDS_FACTS
    assert [fact.key for fact in found.asked] == ["asked.deminimis_received"]
    assert [fact.key for fact in found.account] == ["business.headcount"]
    assert len(found.steps) == 2, "rubrics are the order's to say"


def test_answers_settle_it(buyer: Any, tenant_client: Client) -> None:
    programme()
    page = tenant_client.get(ADDRESS).content.decode()
    assert RECEIVED in page
    assert "Rien n’est réservé" in page
    assert tenant_client.post(ANSWER, {RECEIVED: "1 500,50"}).status_code == 302
    assert FactAnswer.objects.get(party=buyer).value == 150_050
    found = situation(buyer)
    assert (found.outcome, found.deminimis_room_cents) == (Outcome.YES, 30_000_000 - 150_050)
    page = tenant_client.get(ADDRESS).content.decode()
    assert "Vous remplissez les conditions" in page
    assert RECEIVED not in page


def test_a_refused_answer_is_said_and_kept_in_its_field(buyer: Any, tenant_client: Client) -> None:
    programme()
    answer = tenant_client.post(ANSWER, {RECEIVED: "beaucoup"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{RECEIVED}"' in page
    assert 'value="beaucoup"' in page
    assert not FactAnswer.objects.exists()


def test_a_condition_not_met_is_told_with_what_was_found(buyer: Any, tenant_client: Client) -> None:
    programme()
    buyer.founded_on = datetime.date(2019, 1, 1)
    buyer.save()
    assert situation(buyer).outcome == Outcome.NO
    page = tenant_client.get(ADDRESS).content.decode()
    assert "Vous ne remplissez pas toutes les conditions" in page
    assert "Constaté : " in page
    assert RECEIVED not in page, "nothing is asked that can no longer change the answer"


def test_no_room_left_and_a_review(buyer: Any, tenant_client: Client) -> None:
    programme(decision=DecisionMode.REVIEWED)
    tenant_client.post(ANSWER, {RECEIVED: "0"})
    assert situation(buyer).outcome == Outcome.NEEDS_PERSON
    tenant_client.post(ANSWER, {RECEIVED: "300000"})
    assert situation(buyer).outcome == Outcome.NO


def test_only_for_those_who_act_for_a_business(tenant: Any, client_for: Any) -> None:
    programme()
    visitor = client_for(tenant)
    assert "Et pour" not in visitor.get(ADDRESS).content.decode()
    assert visitor.post(ANSWER, {RECEIVED: "0"}).headers["Location"].startswith("/compte/")
    visitor.force_login(User.objects.create_user(email="b@exemple.example", password="x", full_name="B"))
    assert visitor.post(ANSWER, {RECEIVED: "0"}).status_code == 404
    assert visitor.get(ANSWER).status_code == 405
