"""Providers and services for the tests of the catalogue, made by the real operations."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from stdnum import luhn

from services.catalogue.models import Category, Service
from services.catalogue.operations import (
    MilestoneInput,
    OptionInput,
    ServiceInput,
    create_category,
    create_provider_profile,
    draft_service,
    publish_service,
)
from tenants.accounts.models import StaffRole, User
from tenants.parties.models import Party
from tenants.parties.operations import create_business, create_operator, create_provider

_numbers = itertools.count(1)
# Before any date that a test names.
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)

WRITTEN = ServiceInput(
    name="Site vitrine",
    name_en="Showcase site",
    summary="Un site de quelques pages.",
    summary_en="A site of a few pages.",
    description="Le prestataire met en ligne un site de quelques pages.",
    price_kind="fixed",
    unit="forfait",
    unit_price=Decimal("390.0000"),
    lead_time_days=7,
    rounds_of_changes=1,
    cancellation_terms="Avant le démarrage : remboursement intégral.",
    deliverables=["Site en ligne"],
    options=[
        OptionInput(key="redaction", label="Rédaction", label_en="Copywriting", unit_price=Decimal(120))
    ],
    milestones=[MilestoneInput("Maquette", 40), MilestoneInput("Mise en ligne", 60)],
    questions=[{"key": "activite", "label": "Votre activité", "type": "text", "required": True, "help": ""}],
)


def new_siret() -> str:
    """A SIRET of the demonstration block with right check digits; seventy in turn, more than a test needs."""
    siren = f"000000{30 + next(_numbers) % 70:02d}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001{luhn.calc_check_digit(f'{siren}0001')}"


def new_user(email: str, *, role: str = "") -> User:
    """A person; with ``role`` staff of that desk."""
    user = User.objects.create_user(email)
    if role:
        StaffRole.objects.create(user=user, role=role)
    return user


def new_provider(
    slug: str = "atelier", *, user: User | None = None, regime: str = "normal", **details: Any
) -> Party:
    """An active provider with its public page."""
    details.setdefault("state", "active")
    party = create_provider(
        user=user,
        legal_name=slug.capitalize(),
        siret=new_siret(),
        vat_regime=regime,
        department_code="79",
        now=LONG_AGO,
        **details,
    )
    create_provider_profile(party=party, slug=slug, about="Quatre personnes.", working_radius_km=80)
    return party


def new_operator() -> Party:
    """The tenant's own identity."""
    return create_operator(
        legal_name="Opérateur", siret=new_siret(), vat_regime="normal", department_code="79"
    )


def new_business(user: User) -> Party:
    """A registered business of a user."""
    return create_business(user=user, legal_name="Savonnerie", siret=new_siret(), department_code="79")


def new_category(slug: str = "site-creation", *, parent: Category | None = None) -> Category:
    """A rubric."""
    return create_category(slug=slug, name=slug.capitalize(), name_en=f"{slug} en", parent=parent)


def new_service(
    provider: Party, category: Category, *, slug: str = "site-vitrine", published: bool = True, **changes: Any
) -> Service:
    """A service, published unless told otherwise."""
    service = draft_service(
        provider=provider, category=category, written=replace(WRITTEN, **changes), slug=slug
    )
    return publish_service(service_id=service.pk, actor=None) if published else service


def log_in(client: Any, user: User) -> Any:
    """The client with a session of the user."""
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
