"""What can be done with parties: register them, change them, let people in and out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.errors import AlreadyRegistered, LastOwner, NotAMember
from tenants.parties.identifiers import (
    french_vat_number,
    tax_territory_of,
    validate_siren,
    validate_siret,
)
from tenants.parties.models import Membership, Party, PartyRole, VatRegimePeriod

EDITABLE = (
    "trade_name",
    "legal_form",
    "street",
    "street_2",
    "postal_code",
    "town",
    "commune_code",
    "department_code",
    "email",
    "phone",
    "naf_code",
    "headcount",
    "founded_on",
    "about",
)


@transaction.atomic
def create_business(
    *,
    user: User,
    legal_name: str,
    siret: str = "",
    vat_regime: str = VatRegimePeriod.Regime.NORMAL,
    now: datetime | None = None,
    **details: Any,
) -> Party:
    """Register the business of a user, who becomes its owner.

    Without ``siret`` it is a person in creation, who buys as a private person. Raises IdentifierInvalid,
    DemonstrationIdentifier, AlreadyRegistered.
    """
    if not siret:
        party = _create_party(kind=Party.Kind.PERSON, legal_name=legal_name, siret="", details=details)
        state = PartyRole.State.IN_CREATION
    else:
        _no_vat_number_under_franchise(vat_regime, details)
        party = _create_party(
            kind=details.pop("kind", Party.Kind.ORGANISATION),
            legal_name=legal_name,
            siret=siret,
            details=details,
        )
        state = PartyRole.State.ACTIVE
        _begin_regime(party, vat_regime, _today(now))
    PartyRole.objects.create(party=party, role=PartyRole.Role.BUSINESS, state=state)
    Membership.objects.create(party=party, user=user, role=Membership.Role.OWNER)
    return party


@transaction.atomic
def create_provider(
    *,
    user: User | None,
    legal_name: str,
    siret: str,
    vat_regime: str,
    state: str = PartyRole.State.PENDING,
    now: datetime | None = None,
    **details: Any,
) -> Party:
    """Register a provider, to be approved by the operator. Raises as `create_business`."""
    _no_vat_number_under_franchise(vat_regime, details)
    party = _create_party(
        kind=details.pop("kind", Party.Kind.ORGANISATION), legal_name=legal_name, siret=siret, details=details
    )
    _begin_regime(party, vat_regime, _today(now))
    PartyRole.objects.create(party=party, role=PartyRole.Role.PROVIDER, state=state)
    if user is not None:
        Membership.objects.create(party=party, user=user, role=Membership.Role.OWNER)
    return party


@transaction.atomic
def register_business(
    *, party: Party, siret: str, legal_name: str, vat_regime: str, kind: str, now: datetime | None = None
) -> Party:
    """A business in creation has its SIRET: from now on it buys as a professional.

    Nothing issued before changes. Raises IdentifierInvalid, DemonstrationIdentifier, and AlreadyRegistered,
    also for a party that has its SIRET.
    """
    locked = Party.objects.select_for_update().get(pk=party.pk)
    if locked.siret:
        raise AlreadyRegistered(name=locked.display_name)
    numbers = _identifiers(
        siret, {"vat_number": ""} if vat_regime == VatRegimePeriod.Regime.FRANCHISE else {}
    )
    for name, value in {**numbers, "legal_name": legal_name, "kind": kind}.items():
        setattr(locked, name, value)
    _save_unique(locked)
    _begin_regime(locked, vat_regime, _today(now))
    locked.roles.filter(role=PartyRole.Role.BUSINESS, state=PartyRole.State.IN_CREATION).update(
        state=PartyRole.State.ACTIVE
    )
    return locked


@transaction.atomic
def create_operator(
    *, legal_name: str, siret: str, vat_regime: str, now: datetime | None = None, **details: Any
) -> Party:
    """Register the tenant's own legal identity. A second one is refused by the database."""
    party = _create_party(kind=Party.Kind.ORGANISATION, legal_name=legal_name, siret=siret, details=details)
    _begin_regime(party, vat_regime, _today(now))
    PartyRole.objects.create(party=party, role=PartyRole.Role.OPERATOR)
    return party


@transaction.atomic
def create_funder(*, legal_name: str, **details: Any) -> Party:
    """Register a public funder."""
    party = _create_party(
        kind=Party.Kind.ORGANISATION, legal_name=legal_name, siret=details.pop("siret", ""), details=details
    )
    PartyRole.objects.create(party=party, role=PartyRole.Role.FUNDER)
    return party


@transaction.atomic
def approve_provider(*, party: Party) -> PartyRole:
    """Let a pending or suspended provider sell; a second call changes nothing."""
    return _set_provider_state(party, PartyRole.State.ACTIVE)


@transaction.atomic
def suspend_provider(*, party: Party) -> PartyRole:
    """Stop new sales; running lines finish or are reassigned."""
    return _set_provider_state(party, PartyRole.State.SUSPENDED)


@transaction.atomic
def update_party(*, party: Party, **changes: Any) -> Party:
    """Change what is no legal identifier; documents already issued keep their snapshot."""
    unknown = set(changes) - set(EDITABLE)
    if unknown:
        raise ValueError(f"not editable: {sorted(unknown)}")
    locked = Party.objects.select_for_update().get(pk=party.pk)
    for name, value in changes.items():
        setattr(locked, name, value)
    if "department_code" in changes:
        locked.tax_territory = tax_territory_of(locked.department_code, locked.country_code)
    locked.save(update_fields=[*changes, "tax_territory"])
    return locked


@transaction.atomic
def add_member(*, party: Party, user: User, role: str = Membership.Role.MEMBER) -> Membership:
    """Let a person act for the party; one who already does keeps the role."""
    return Membership.objects.get_or_create(party=party, user=user, defaults={"role": role})[0]


@transaction.atomic
def remove_member(*, party: Party, user: User) -> None:
    """End a membership. Raises NotAMember, LastOwner."""
    members = list(Membership.objects.select_for_update().filter(party=party).order_by("pk"))
    mine = next((member for member in members if member.user_id == user.pk), None)
    if mine is None:
        raise NotAMember
    owners = [member for member in members if member.role == Membership.Role.OWNER]
    if owners == [mine]:
        raise LastOwner
    mine.delete()


def _create_party(*, kind: str, legal_name: str, siret: str, details: dict[str, Any]) -> Party:
    country = details.pop("country_code", "FR")
    department = details.get("department_code", "")
    identifiers = _identifiers(siret, details) if siret else {}
    details.setdefault("tax_territory", tax_territory_of(department, country))
    party = Party(kind=kind, legal_name=legal_name, country_code=country, **{**details, **identifiers})
    _save_unique(party)
    return party


def _identifiers(siret: str, details: dict[str, Any]) -> dict[str, str]:
    fictitious_allowed = current_tenant().is_demo
    siret = validate_siret(siret, fictitious_allowed=fictitious_allowed)
    siren = validate_siren(siret[:9], fictitious_allowed=fictitious_allowed)
    vat_number = details.get("vat_number")
    return {
        "siret": siret,
        "siren": siren,
        "vat_number": french_vat_number(siren) if vat_number is None else vat_number,
    }


def _save_unique(party: Party) -> None:
    # The database decides who was first; the error names the other.
    try:
        with transaction.atomic():
            party.save()
    except IntegrityError as error:
        known = Party.objects.filter(siret=party.siret).exclude(siret="").exclude(pk=party.pk).first()
        if known is None:
            raise
        raise AlreadyRegistered(name=known.display_name) from error


def _no_vat_number_under_franchise(vat_regime: str, details: dict[str, Any]) -> None:
    # Who is exempt seldom has one: it is printed only where it was given.
    if vat_regime == VatRegimePeriod.Regime.FRANCHISE:
        details.setdefault("vat_number", "")


def _begin_regime(party: Party, regime: str, on: date) -> None:
    # Valid from the start of the business where known: an order placed the same day needs it.
    VatRegimePeriod.objects.create(party=party, regime=regime, starts_on=min(party.founded_on or on, on))


def _today(now: datetime | None) -> date:
    return legal_date(current_tenant(), now or timezone.now())


def _set_provider_state(party: Party, state: str) -> PartyRole:
    role = PartyRole.objects.select_for_update().get(party=party, role=PartyRole.Role.PROVIDER)
    role.state = state
    role.save(update_fields=["state"])
    return role
