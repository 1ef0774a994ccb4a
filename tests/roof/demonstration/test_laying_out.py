"""A space of the demonstration is complete, and laying it out again changes nothing."""

from __future__ import annotations

import stat
from typing import Any

from allauth.account.models import EmailAddress

from billing.commission.models import CommissionRule
from billing.funding.models import Programme
from billing.invoicing.models import Mandate
from pepiniere.demonstration.accounts import AccountBook, drawn_password
from pepiniere.demonstration.provisioning.space import lay_out
from pepiniere.demonstration.source import provider_row
from services.catalogue.filters import ServiceFilters
from services.catalogue.finding.listing import published_services
from services.catalogue.models import Category, Service, ServiceState
from services.catalogue.rubrics import category_tree
from services.catalogue.web.entrepreneur import today
from tenants.accounts.models import StaffRole, User
from tenants.parties.models import Party, VatRegimePeriod
from tests.roof.demonstration.conftest import Space

COUNTED = (
    Category,
    Service,
    Party,
    VatRegimePeriod,
    User,
    EmailAddress,
    StaffRole,
    CommissionRule,
    Programme,
    Mandate,
)


def test_every_provider_offers_its_services(space: Space) -> None:
    assert set(space.providers) == set(space.row["providers"])
    for slug, party in space.providers.items():
        offered = set(Service.objects.of_provider(party.pk).values_list("blueprint_slug", flat=True))
        assert offered == set(provider_row(slug)["services"])
    assert not Service.objects.exclude(state=ServiceState.PUBLISHED).exists()
    assert Mandate.objects.count() == len(space.providers)


def test_every_service_but_quotes_shows_a_price(space: Space) -> None:
    tree = category_tree()
    shown = []
    for page in range(1, 20):
        found = published_services(ServiceFilters(page=page), on=today(), tree=tree)
        shown += found.cards
        if page >= found.pages:
            break
    assert len(shown) == Service.objects.count()
    assert {card.price_kind for card in shown if card.excl_cents is None} == {"quote"}


def test_again_changes_nothing(space: Space) -> None:
    before = [model.objects.count() for model in COUNTED]
    passwords = {account.email: account.password for account in space.book.all()}
    again = AccountBook()
    lay_out(space.row, host=space.host, book=again, space="alpha")
    assert [model.objects.count() for model in COUNTED] == before
    assert {account.email: account.password for account in again.all()} == passwords


def test_people_can_log_in_with_what_is_printed(space: Space, tenant_client: Any) -> None:
    for account in space.book.all():
        assert User.objects.get(email=account.email).check_password(account.password)
        assert EmailAddress.objects.get(email=account.email).verified


def test_passwords_are_for_their_owner_only(space: Space) -> None:
    assert stat.S_IMODE(space.book.path.stat().st_mode) == 0o600
    assert len({drawn_password() for _ in range(50)}) == 50
