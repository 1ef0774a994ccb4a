"""Services written out: the lines of a file, and an empty one to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from services.catalogue.contents import written_of
from services.catalogue.exchange.columns import COLUMNS, Cells, cells_of
from services.catalogue.models import Service, ServiceState

if TYPE_CHECKING:
    from tenants.parties.models import Party

_AT_ONCE = 200


def exported(party: Party | None) -> Iterator[Cells]:
    """The services of a provider, or all of them, by name; what is archived is left out.

    Of a published service its published contents. Six statements for each two hundred.
    """
    services = Service.objects.listed().exclude(state=ServiceState.ARCHIVED)
    if party is not None:
        services = services.of_provider(party.pk)
    services = (
        services.select_related("category", "provider__provider_profile")
        .prefetch_related("options", "milestones", "intake_forms", "pictures")
        .order_by("sort_key", "id")
    )
    for service in services.iterator(chunk_size=_AT_ONCE):
        profile = getattr(service.provider, "provider_profile", None)
        yield cells_of(service, written_of(service), profile.slug if profile else "")


def example() -> Cells:
    """The line of a template: what each column looks like, for one invented service."""
    cells: Cells = {column.code: "" for column in COLUMNS}
    return cells | {
        "name": "Relecture de vos textes",
        "name_en": "Proofreading",
        "summary": "Dix pages relues et corrigées.",
        "description": "Nous relisons vos textes, puis vous les rendons corrigés.",
        "price_kind": "unit",
        "unit_price": "12.5",
        "unit": "page",
        "minimum_quantity": "10",
        "quantity_step": "5",
        "vat_kind": "standard",
        "options": [
            {"key": "", "label": "Sous 48 heures", "label_en": "", "unit_price": "40", "per_unit": ""}
        ],
        "lead_time_days": "5",
        "rounds_of_changes": "1",
        "deliverables": "Les textes relus\nUn relevé des corrections",
        "milestones": [
            {"label": "Relecture", "label_en": "", "share_percent": "60"},
            {"label": "Correction", "label_en": "", "share_percent": "40"},
        ],
        "questions": [
            {"label": "Quels textes ?", "type": "text", "required": "oui"},
        ],
        "cancellation_terms": "Remboursé jusqu’au démarrage.",
    }
