"""The fields of a service as people know them, and the page on which each is written."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from services.catalogue.inputs import ServiceInput
from services.catalogue.models import Service

SECTIONS: dict[str, Any] = {
    "presentation": _("Présentation"),
    "prix": _("Prix"),
    "options": _("Options"),
    "deroulement": _("Délai et livrables"),
    "etapes": _("Étapes"),
    "questionnaire": _("Questionnaire"),
    "conditions": _("Conditions et territoire"),
    "images": _("Images"),
}
FIELDS: dict[str, tuple[str, Any]] = {
    "name": ("presentation", _("Titre")),
    "name_en": ("presentation", _("Titre en anglais")),
    "category": ("presentation", _("Rubrique")),
    "summary": ("presentation", _("Résumé")),
    "summary_en": ("presentation", _("Résumé en anglais")),
    "description": ("presentation", _("Description")),
    "description_en": ("presentation", _("Description en anglais")),
    "price_kind": ("prix", _("Façon de dire le prix")),
    "unit_price": ("prix", _("Prix HT en euros")),
    "unit": ("prix", _("Unité")),
    "minimum_quantity": ("prix", _("Quantité minimale")),
    "quantity_step": ("prix", _("Vendu par")),
    "billing_period": ("prix", _("Rythme de l’abonnement")),
    "indicative_min_cents": ("prix", _("À partir de, en euros HT")),
    "indicative_max_cents": ("prix", _("Jusqu’à, en euros HT")),
    "vat_kind": ("prix", _("TVA")),
    "vat_exemption_reason": ("prix", _("Motif d’exonération")),
    "options": ("options", _("Options")),
    "lead_time_days": ("deroulement", _("Délai en jours ouvrés")),
    "rounds_of_changes": ("deroulement", _("Allers-retours compris")),
    "deliverables": ("deroulement", _("Livrables")),
    "milestones": ("etapes", _("Étapes")),
    "questions": ("questionnaire", _("Questionnaire")),
    "cancellation_terms": ("conditions", _("Conditions d’annulation")),
    "departments": ("conditions", _("Départements desservis")),
    "pictures": ("images", _("Images")),
}


def fields_of(section: str) -> list[str]:
    """The names of the fields that are written on one page."""
    return [name for name, (where, _label) in FIELDS.items() if where == section]


def field_label(name: str) -> str:
    """The field in words; the name itself for one that no page has any more."""
    return str(FIELDS[name][1]) if name in FIELDS else name


def value_of(service: Service, written: ServiceInput, name: str) -> Any:
    """What a field holds, to be compared."""
    if name == "category":
        return service.category_id
    value = getattr(written, name)
    return tuple(value) if isinstance(value, list | tuple) else value
