"""Rubrics, and the services of each provider copied from the ready-made ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from billing.charges.inputs import VatKind
from pepiniere.demonstration.provisioning.areas import departments_served
from pepiniere.demonstration.source import Row, category_rows, service_rows
from services.catalogue.models import Category, ProviderProfile, Service
from services.catalogue.operations import (
    MilestoneInput,
    OptionInput,
    ServiceInput,
    create_category,
    create_provider_profile,
    draft_service,
    publish_service,
)
from tenants.parties.models import Party

VAT_KINDS: Mapping[Any, str] = {
    20: VatKind.STANDARD,
    10: VatKind.INTERMEDIATE,
    5.5: VatKind.REDUCED,
    "exempt": VatKind.EXEMPT,
    "outside_scope": VatKind.OUTSIDE_SCOPE,
}
ICONS = {
    "site": "world-www",
    "promotion": "speakerphone",
    "logistique": "truck-delivery",
    "juridique": "scale",
    "gestion": "calculator",
    "finance": "pig-money",
    "formation": "school",
    "locaux": "building-store",
}
# Services whose options are counted once per unit ordered: per parcel, per pallet, per errand.
PER_UNIT = {
    "envoi-colis",
    "transport-palette",
    "livraison-velo-cargo",
    "preparation-commandes",
    "stockage-palette",
}


def ensure_categories() -> dict[str, Category]:
    """The rubrics of the data by slug; missing ones are added."""
    known = {category.slug: category for category in Category.objects.select_related("parent")}
    for row in category_rows():
        parent = known.get(row["slug"]) or _category(row, None)
        known[parent.slug] = parent
        for child in row["children"]:
            if child["slug"] not in known:
                known[child["slug"]] = _category(child, parent)
    return known


def ensure_profile(party: Party, row: Row) -> ProviderProfile:
    """The public page of a provider."""
    return ProviderProfile.objects.filter(party=party).first() or create_provider_profile(
        party=party,
        slug=row["slug"],
        about=row["about"],
        working_radius_km=row["working_radius_km"],
    )


def ensure_services(
    party: Party, row: Row, *, categories: Mapping[str, Category], departments: Sequence[str]
) -> list[Service]:
    """Publish each service that the provider offers and that the space does not have yet."""
    known = set(Service.objects.of_provider(party.pk).values_list("blueprint_slug", flat=True))
    served = departments_served(
        home=row["address"]["department"], radius_km=row["working_radius_km"], of_space=departments
    )
    blueprints = service_rows()
    made: list[Service] = []
    for slug in row["services"]:
        if slug in known:
            continue
        blueprint = blueprints[slug]
        service = draft_service(
            provider=party,
            category=categories[blueprint["category"]],
            written=written(blueprint, served),
            slug=f"{slug}-{row['slug']}",
            blueprint_slug=slug,
        )
        publish_service(service_id=service.pk, actor=None)
        made.append(service)
    return made


def written(blueprint: Row, departments: Sequence[str]) -> ServiceInput:
    """A ready-made service as a provider would have written it."""
    kind = VAT_KINDS[blueprint["vat_rate"]]
    reason = blueprint.get("vat_exemption_reason") or ""
    return ServiceInput(
        name=blueprint["name"],
        name_en=blueprint["name_en"],
        summary=blueprint["summary"],
        summary_en=blueprint["summary_en"],
        description=blueprint["description"],
        price_kind=blueprint["price_kind"],
        unit=blueprint["unit"],
        unit_price=_euros(blueprint["price_cents"]),
        indicative_min_cents=blueprint.get("indicative_min_cents"),
        indicative_max_cents=blueprint.get("indicative_max_cents"),
        vat_kind=kind,
        vat_exemption_reason=reason,
        lead_time_days=blueprint["lead_time_days"],
        rounds_of_changes=blueprint["rounds_of_changes"],
        deliverables=blueprint["deliverables"],
        cancellation_terms=blueprint["cancellation_terms"],
        departments=departments,
        options=[_option(option, blueprint["slug"], kind, reason) for option in blueprint["options"]],
        milestones=[MilestoneInput(part["label"], part["share_percent"]) for part in blueprint["milestones"]],
        questions=blueprint["intake_form"],
    )


def _category(row: Row, parent: Category | None) -> Category:
    return create_category(
        slug=row["slug"],
        name=row["name"],
        name_en=row["name_en"],
        parent=parent,
        position=row["position"],
        icon=ICONS.get(row["slug"], ""),
    )


def _option(row: Row, blueprint: str, kind: str, reason: str) -> OptionInput:
    own = VAT_KINDS[row["vat_rate"]] if "vat_rate" in row else kind
    price = _euros(row["price_cents"])
    assert price is not None  # noqa: S101 - the data test holds it
    return OptionInput(
        key=row["key"],
        label=row["label"],
        label_en=row["label_en"],
        unit_price=price,
        per_unit=blueprint in PER_UNIT,
        vat_kind=own,
        vat_exemption_reason=row.get("vat_note") or (reason if own == kind else ""),
    )


def _euros(cents: int | None) -> Decimal | None:
    return None if cents is None else Decimal(cents) / 100
