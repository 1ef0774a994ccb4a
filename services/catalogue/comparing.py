"""What a next version changes, field by field, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from billing.charges.inputs import VatKind
from kernel.web.formats import format_money, format_number, format_percent, format_unit_price
from services.catalogue.contents import written_of
from services.catalogue.fields import FIELDS, value_of
from services.catalogue.inputs import MilestoneInput, OptionInput, PictureInput, ServiceInput
from services.catalogue.intake import QuestionType, condition_words
from services.catalogue.models import BillingPeriod, PriceKind, Service, ServicePicture
from services.catalogue.pictures import shown_pictures

_CHOICES: dict[str, Any] = {
    "price_kind": PriceKind,
    "vat_kind": VatKind,
    "billing_period": BillingPeriod,
}


@dataclass(frozen=True)
class FieldRow:
    """A field in words; ``before`` is None where nothing is compared, or nothing changed."""

    name: str
    label: str | Promise
    value: str
    before: str | None = None
    # Of pictures: what is shown, and what was.
    pictures: Sequence[ServicePicture] = ()
    pictures_before: Sequence[ServicePicture] = ()


def field_rows(service: Service) -> list[FieldRow]:
    """All that is written about a service; what differs from what it revises says what it was."""
    after = written_of(service)
    revised = service.revises
    before = written_of(revised) if revised is not None else None
    rows = []
    for name, (_section, label) in FIELDS.items():
        was = None
        if revised is not None and before is not None:
            changed = value_of(revised, before, name) != value_of(service, after, name)
            was = _said(revised, before, name) if changed else None
        row = FieldRow(name, label, _said(service, after, name), was)
        if name == "pictures":
            row = replace(
                row,
                pictures=shown_pictures(service),
                pictures_before=shown_pictures(revised) if revised is not None and was is not None else (),
            )
        rows.append(row)
    return rows


def _said(service: Service, written: ServiceInput, name: str) -> str:
    if name == "category":
        return service.category.name
    value = getattr(written, name)
    if value is None or value == "" or value == ():
        return "–"
    if name in _CHOICES:
        return str(_CHOICES[name](value).label)
    if name == "unit_price":
        return format_unit_price(value)
    if name.endswith("_cents"):
        return format_money(value)
    if isinstance(value, int | Decimal):
        return format_number(value)
    if name == "questions":
        return "\n".join(question_words(one, value[:place]) for place, one in enumerate(value))
    if isinstance(value, list | tuple):
        return "\n".join(_line(one) for one in value)
    return str(value)


def question_words(question: Mapping[str, Any], before: Sequence[Mapping[str, Any]]) -> str:
    """A question with its type, its answers and when it is asked."""
    condition = condition_words(question, before)
    return _join(
        question.get("group", ""),
        question["label"],
        question.get("label_en", ""),
        str(QuestionType(question["type"]).label),
        ", ".join(choice["label"] for choice in question.get("choices", ())),
        _("obligatoire") if question.get("required") else _("facultatif"),
        _("seulement si %(condition)s") % {"condition": condition} if condition else "",
    )


def _line(one: Any) -> str:
    if isinstance(one, MilestoneInput):
        return _join(one.label, one.label_en, format_percent(one.share_percent))
    if isinstance(one, OptionInput):
        counted = _("par unité commandée") if one.per_unit else ""
        return _join(one.label, one.label_en, format_unit_price(one.unit_price), counted)
    if isinstance(one, PictureInput):
        return _join(one.alt, one.alt_en)
    return str(one)


def _join(*words: str) -> str:
    return " · ".join(word for word in words if word)
