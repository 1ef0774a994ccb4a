"""The life of a service: who may move it where, and what must be there before it is shown."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import DomainError
from kernel.lifecycle import RoleRefused, TransitionRefused
from services.catalogue.errors import ServiceIncomplete
from services.catalogue.lifecycle import SERVICE
from services.catalogue.models import Service, ServiceState
from services.catalogue.operations import (
    MilestoneInput,
    archive_service,
    pause_service,
    publish_service,
    send_back_service,
    submit_service,
    withdraw_service,
)
from tests.services.catalogue.building import new_service, new_user
from tests.services.catalogue.conftest import Shop


def test_from_draft_to_the_shop_and_out(shop: Shop) -> None:
    actor = new_user("catalogue@example.org", role="catalogue")
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False)
    submit_service(service_id=draft.pk, actor=None, role="provider")
    send_back_service(service_id=draft.pk, actor=actor, note="Précisez les livrables.")
    submit_service(service_id=draft.pk, actor=None, role="provider")
    publish_service(service_id=draft.pk, actor=actor)
    pause_service(service_id=draft.pk, actor=None, role="provider")
    archive_service(service_id=draft.pk, actor=actor, role="operator")
    log = [entry.transition for entry in draft.log.order_by("pk")]
    assert log == ["submit", "send_back", "submit", "publish", "pause", "archive"]
    assert draft.log.filter(transition="send_back").get().note == "Précisez les livrables."


def test_publishing_twice_is_refused(shop: Shop) -> None:
    with pytest.raises(TransitionRefused):
        publish_service(service_id=shop.service.pk, actor=None)


def test_a_provider_does_not_publish(shop: Shop) -> None:
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False)
    with pytest.raises(RoleRefused):
        SERVICE.check(draft, "publish", "provider")


@pytest.mark.parametrize(
    "gap",
    [
        {"deliverables": []},
        {"cancellation_terms": " "},
        {"milestones": [MilestoneInput("Une", 60)]},
        {"summary": ""},
        {"unit_price": None},
        {"lead_time_days": 0},
        {"unit": ""},
    ],
)
def test_an_incomplete_service_is_not_published(shop: Shop, gap: dict[str, object]) -> None:
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False, **gap)
    with pytest.raises(ServiceIncomplete):
        publish_service(service_id=draft.pk, actor=None)
    draft.refresh_from_db()
    assert draft.state == ServiceState.DRAFT


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_kind": "quote"},
        {"lead_time_days": -1},
        {"minimum_quantity": 0},
        {"quantity_step": -1},
        {"billing_period": "week"},
        {"vat_kind": "exempt"},
        {"price_kind": "gift"},
    ],
)
def test_the_database_refuses_contradictions(shop: Shop, wrong: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        new_service(shop.provider, shop.creation, slug="faux", published=False, **wrong)


ACTS = {
    "submit": lambda pk: submit_service(service_id=pk, actor=None, role="provider"),
    "send_back": lambda pk: send_back_service(service_id=pk, actor=None, note=""),
    "withdraw": lambda pk: withdraw_service(service_id=pk, actor=None, role="provider"),
    "publish": lambda pk: publish_service(service_id=pk, actor=None),
    "pause": lambda pk: pause_service(service_id=pk, actor=None, role="provider"),
    "archive": lambda pk: archive_service(service_id=pk, actor=None, role="operator"),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(sorted(ACTS)), max_size=8))
def test_any_history_follows_the_table(shop: Shop, acts: list[str]) -> None:
    with transaction.atomic():
        draft = new_service(shop.provider, shop.creation, slug="histoire", published=False)
        state = "draft"
        for act in acts:
            rows = [row for row in SERVICE if row.name == act]
            allowed = any(state in row.sources for row in rows)
            try:
                ACTS[act](draft.pk)
            except DomainError:
                assert not allowed
            else:
                assert allowed
                state = rows[0].target
        assert Service.objects.get(pk=draft.pk).state == state
        transaction.set_rollback(True)
