"""A provider's people are told what the operator did, and put back on sale what they paused themselves."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from kernel.lifecycle import RoleRefused, TransitionRefused
from services.catalogue.errors import ServicePausedByOperator
from services.catalogue.lifecycle import OPERATOR, PROVIDER
from services.catalogue.models import Service, ServiceState
from services.catalogue.operations import (
    archive_service,
    pause_service,
    publish_service,
    resume_service,
    submit_service,
)
from services.catalogue.remarks import ask_for_corrections
from services.catalogue.writing import start_version
from tests.services.catalogue.building import new_provider, new_service, new_user
from tests.services.catalogue.conftest import Shop

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(shop: Shop, tenant: Any) -> Service:
    """Published, of a provider with one person."""
    party = new_provider("photo", user=new_user("contact@photo.example"))
    service = new_service(party, shop.creation, slug="photos", name="Photos")
    assert [one.subject for one in sent()] == ["Photos : publié"]
    return service


def sent() -> list[Any]:
    """What the outbox sends now."""
    from kernel.outbox.running import run_pending

    mail.outbox.clear()
    run_pending("default")
    return list(mail.outbox)


def test_corrections_and_publication_are_told_with_what_to_do(service: Service) -> None:
    staff = new_user("catalogue@example.org", role="catalogue")
    version = start_version(service_id=service.pk)
    submit_service(service_id=version.pk, actor=None, role=PROVIDER)
    assert sent() == []
    remarks = {"unit_price": "Le prix d’une heure & <demie>"}
    ask_for_corrections(service_id=version.pk, actor=staff, remarks=remarks, note="Presque.")
    [message] = sent()
    assert message.to == ["contact@photo.example"]
    assert message.subject == "Photos : à corriger"
    assert "Prix HT en euros : Le prix d’une heure & <demie>" in message.body.replace("\xa0", " ")
    assert "Presque." in message.body
    assert f"/prestataire/services/{version.slug}/" in message.body
    assert "&lt;demie&gt;" in message.alternatives[0].content
    submit_service(service_id=version.pk, actor=None, role=PROVIDER)
    publish_service(service_id=version.pk, actor=staff)
    [message] = sent()
    assert message.subject == "Nouvelle version publiée : Photos"
    assert "/services/photos/" in message.body
    assert sent() == []


def test_a_service_that_the_operator_stops_says_why_and_stays_stopped(service: Service) -> None:
    staff = new_user("catalogue@example.org", role="catalogue")
    pause_service(service_id=service.pk, actor=staff, role=OPERATOR, note="Prix à revoir")
    [message] = sent()
    assert message.subject == "Photos : suspendu par l’opérateur"
    assert "Prix à revoir" in message.body
    with pytest.raises(ServicePausedByOperator):
        resume_service(service_id=service.pk, actor=None, role=PROVIDER)
    publish_service(service_id=service.pk, actor=staff)
    assert [one.subject for one in sent()] == ["Photos : publié"]
    archive_service(service_id=service.pk, actor=staff, role=OPERATOR)
    assert [one.subject for one in sent()] == ["Photos : archivé par l’opérateur"]


def test_a_provider_puts_back_on_sale_what_it_paused_and_needs_no_message(service: Service) -> None:
    with pytest.raises(TransitionRefused):
        resume_service(service_id=service.pk, actor=None, role=PROVIDER)
    pause_service(service_id=service.pk, actor=None, role=PROVIDER)
    with pytest.raises(RoleRefused):
        resume_service(service_id=service.pk, actor=None, role=OPERATOR)
    resume_service(service_id=service.pk, actor=None, role=PROVIDER)
    service.refresh_from_db()
    assert service.state == ServiceState.PUBLISHED
    assert list(service.log.values_list("transition", "role"))[:2] == [
        ("resume", PROVIDER),
        ("pause", PROVIDER),
    ]
    assert sent() == []


def test_a_message_is_in_english_for_who_reads_english(service: Service) -> None:
    reader = service.provider.memberships.get().user
    reader.language = "en"
    reader.save()
    pause_service(service_id=service.pk, actor=None, role=OPERATOR)
    [message] = sent()
    assert message.subject == "Photos: paused by the operator"


def test_nobody_is_told_of_an_act_of_their_own(service: Service) -> None:
    person = service.provider.memberships.get().user
    pause_service(service_id=service.pk, actor=person, role=OPERATOR)
    assert sent() == []
