"""Writing a service page by page, its next version, and remarks beside fields."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import DomainError
from services.catalogue.contents import written_of
from services.catalogue.errors import QuantityOutOfSteps, RemarkRefused, ServiceIncomplete, ServiceNotWritable
from services.catalogue.models import Service, ServiceState
from services.catalogue.offers import checked_quantity, freeze_offer
from services.catalogue.operations import MilestoneInput, archive_service, publish_service, submit_service
from services.catalogue.remarks import ask_for_corrections, open_remarks
from services.catalogue.writing import open_version, start_service, start_version, write_on_service
from tests.services.catalogue.building import new_service
from tests.services.catalogue.conftest import Shop


def _submit(pk: int) -> Service:
    return submit_service(service_id=pk, actor=None, role="provider")


def test_a_new_service_says_nothing_that_was_not_written(shop: Shop) -> None:
    service = start_service(provider=shop.provider, category=shop.creation, name="Photos d’atelier")
    assert (service.slug, service.state) == ("photos-datelier", ServiceState.DRAFT)
    assert (service.unit_price, service.lead_time_days, service.summary) == (None, 0, "")
    with pytest.raises(ServiceIncomplete) as refused:
        _submit(service.pk)
    assert "le prix" in str(refused.value)
    twin = start_service(provider=shop.provider, category=shop.creation, name="Photos d’atelier")
    assert twin.slug == "photos-datelier-2"


def test_each_page_changes_its_own_fields_only(shop: Shop) -> None:
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False)
    before = written_of(draft)
    write_on_service(service_id=draft.pk, lead_time_days=12, deliverables=("Photos", "Fichiers"))
    after = written_of(Service.objects.get(pk=draft.pk))
    assert (after.lead_time_days, after.deliverables) == (12, ("Photos", "Fichiers"))
    assert (after.options, after.milestones, after.questions) == (
        before.options,
        before.milestones,
        before.questions,
    )
    assert draft.intake_forms.count() == 1


def test_what_is_not_a_draft_is_not_written_on(shop: Shop) -> None:
    with pytest.raises(ServiceNotWritable):
        write_on_service(service_id=shop.service.pk, name="Autre")
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False)
    with pytest.raises(ServiceNotWritable):
        start_version(service_id=draft.pk)


def test_a_next_version_leaves_the_shop_alone_until_it_is_published(shop: Shop) -> None:
    frozen = freeze_offer(shop.service)
    version = start_version(service_id=shop.service.pk)
    assert start_version(service_id=shop.service.pk).pk == version.pk
    question = {"key": "but", "label": "Votre but", "type": "text", "required": True, "help": ""}
    write_on_service(
        service_id=version.pk,
        name="Site vitrine neuf",
        unit_price=Decimal(450),
        milestones=(MilestoneInput("Tout", 100),),
        questions=(question,),
    )
    shown = Service.objects.get(pk=shop.service.pk)
    assert freeze_offer(shown) == frozen
    _submit(version.pk)
    assert freeze_offer(Service.objects.get(pk=shop.service.pk)) == frozen
    publish_service(service_id=version.pk, actor=None)
    shown = Service.objects.select_related("category__parent").get(pk=shop.service.pk)
    renewed = freeze_offer(shown)
    assert (shown.slug, shown.state) == ("site-vitrine", ServiceState.PUBLISHED)
    assert (renewed["name"], renewed["unit_price"]) == ("Site vitrine neuf", "450.0000")
    # What was ordered before keeps its questions under their number; the new ones have their own.
    assert (frozen["intake"]["version"], renewed["intake"]["version"]) == (1, 2)
    assert shown.intake_forms.get(version=1).fields == frozen["intake"]["fields"]
    version.refresh_from_db()
    assert (version.state, version.name) == (ServiceState.ARCHIVED, "Site vitrine")
    assert shown.log.order_by("-pk")[0].transition == "renew"
    assert open_version(shown) is None


def test_a_paused_service_comes_back_with_its_next_version(shop: Shop) -> None:
    from services.catalogue.operations import pause_service

    pause_service(service_id=shop.service.pk, actor=None, role="provider")
    version = start_version(service_id=shop.service.pk)
    write_on_service(service_id=version.pk, name="Site repris")
    publish_service(service_id=version.pk, actor=None)
    shown = Service.objects.get(pk=shop.service.pk)
    assert (shown.state, shown.name) == (ServiceState.PUBLISHED, "Site repris")


def test_a_version_given_up_makes_room_for_another(shop: Shop) -> None:
    first = start_version(service_id=shop.service.pk)
    archive_service(service_id=first.pk, actor=None, role="provider")
    second = start_version(service_id=shop.service.pk)
    assert second.pk != first.pk
    with pytest.raises(DomainError):
        publish_service(service_id=first.pk, actor=None)


@pytest.mark.parametrize("state", ["published", "paused"])
def test_the_database_shows_no_version(shop: Shop, state: str) -> None:
    version = start_version(service_id=shop.service.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=version.pk).update(state=state)


def test_the_database_keeps_one_open_version(shop: Shop) -> None:
    version = start_version(service_id=shop.service.pk)
    other = new_service(shop.provider, shop.creation, slug="autre", published=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=other.pk).update(revises=version.revises)


def test_remarks_are_settled_by_a_change_of_their_field(shop: Shop) -> None:
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False)
    _submit(draft.pk)
    ask_for_corrections(
        service_id=draft.pk,
        actor=None,
        remarks={"summary": "Trop court.", "milestones": "Détaillez.", "name": "  "},
    )
    assert open_remarks(draft) == {"summary": ["Trop court."], "milestones": ["Détaillez."]}
    write_on_service(service_id=draft.pk, summary=draft.summary, description="Autrement.")
    assert set(open_remarks(draft)) == {"summary", "milestones"}
    write_on_service(service_id=draft.pk, summary="Un site complet de quelques pages.")
    assert set(open_remarks(draft)) == {"milestones"}
    write_on_service(service_id=draft.pk, milestones=(MilestoneInput("Tout", 100),))
    assert open_remarks(draft) == {}
    assert draft.remarks.count() == 2


@pytest.mark.parametrize("remarks", [{}, {"name": "  "}, {"state": "Autrement."}])
def test_a_remark_says_something_about_a_field(shop: Shop, remarks: dict[str, str]) -> None:
    draft = new_service(shop.provider, shop.creation, slug="nouveau", published=False)
    _submit(draft.pk)
    with pytest.raises(RemarkRefused):
        ask_for_corrections(service_id=draft.pk, actor=None, remarks=remarks)
    draft.refresh_from_db()
    assert draft.state == ServiceState.REVIEW


@pytest.mark.parametrize(
    ("quantity", "taken"), [("9", False), ("10", True), ("12", False), ("15", True), ("10000", True)]
)
def test_quantities_keep_to_minimum_and_step(shop: Shop, quantity: str, taken: bool) -> None:
    colis = new_service(
        shop.provider,
        shop.creation,
        slug="colis",
        price_kind="unit",
        unit="colis",
        minimum_quantity=Decimal(10),
        quantity_step=Decimal(5),
    )
    if taken:
        assert checked_quantity(colis, quantity) == Decimal(quantity)
    else:
        with pytest.raises(QuantityOutOfSteps):
            checked_quantity(colis, quantity)


def _edit(shop: Shop, number: int) -> None:
    version = open_version(shop.service)
    if version is not None:
        write_on_service(service_id=version.pk, name=f"Nom {number}")


def _of_version(shop: Shop, act: Any) -> None:
    version = open_version(shop.service)
    if version is not None:
        act(version.pk)


STEPS: dict[str, Any] = {
    "open": lambda shop, _n: start_version(service_id=shop.service.pk),
    "edit": _edit,
    "submit": lambda shop, _n: _of_version(shop, _submit),
    "publish": lambda shop, _n: _of_version(shop, lambda pk: publish_service(service_id=pk, actor=None)),
    "give_up": lambda shop, _n: _of_version(
        shop, lambda pk: archive_service(service_id=pk, actor=None, role="provider")
    ),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_only_publishing_changes_what_the_shop_shows(shop: Shop, steps: list[str]) -> None:
    with transaction.atomic():
        for number, step in enumerate(steps):
            before = freeze_offer(Service.objects.get(pk=shop.service.pk))
            with suppress(DomainError):
                STEPS[step](shop, number)
            after = freeze_offer(Service.objects.get(pk=shop.service.pk))
            assert step == "publish" or after == before
            assert Service.objects.filter(revises=shop.service, state__in=["draft", "review"]).count() <= 1
        transaction.set_rollback(True)
