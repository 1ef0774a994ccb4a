"""Who may hold which service."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest

from services.catalogue.models import Service, ServiceImport, SynonymGroup, WantedService
from tenants.accounts.access import require_operator
from tenants.accounts.models import User

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from tenants.parties.models import Party

DESK = "catalogue"


def acting_user(request: HttpRequest) -> User:
    """The person behind a request whose view asks for a log-in. Raises Http404 for anybody else."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def get_own_service(party: Party | None, slug: str) -> Service:
    """A service of the party one acts for, whatever its state. Raises Http404 for any other."""
    found = Service.objects.filter(provider=party, slug=slug).first() if party is not None else None
    if found is None:
        raise Http404
    return found


def get_import_for(user: User | AnonymousUser, party: Party | None, public_id: UUID) -> ServiceImport:
    """A file that was handed in for the party one acts for; without a party, one of the catalogue desk.

    Raises Http404 for any other.
    """
    if party is None:
        require_operator(user, DESK)
    found = ServiceImport.objects.filter(party=party, public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def get_service_for_review(user: User | AnonymousUser, slug: str) -> Service:
    """Any service, for the operator's catalogue desk. Raises Http404 for anybody else."""
    require_operator(user, DESK)
    found = (
        Service.objects.select_related("category__parent", "provider__provider_profile", "revises__category")
        .prefetch_related(
            "options", "milestones", "intake_forms", "pictures", "provider__vat_regime_periods", "log__actor"
        )
        .filter(slug=slug)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_synonym_group_for(user: User | AnonymousUser, group_id: int) -> SynonymGroup:
    """A group of words of this tenant, for the operator's catalogue desk. Raises Http404 for anybody else."""
    require_operator(user, DESK)
    found = SynonymGroup.objects.filter(pk=group_id).first()
    if found is None:
        raise Http404
    return found


def get_wish_for(user: User | AnonymousUser, public_id: UUID) -> WantedService:
    """What somebody asked for, for the operator's catalogue desk. Raises Http404 for anybody else."""
    require_operator(user, DESK)
    found = WantedService.objects.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
