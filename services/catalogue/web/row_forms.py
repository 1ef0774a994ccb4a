"""Rows that are added, removed and moved by buttons: options and milestones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import Form
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from services.catalogue.inputs import MilestoneInput, OptionInput, ServiceInput
from services.catalogue.web.section_forms import FrenchDecimalField, answered

MOST_ROWS = 20


class OptionForm(forms.Form):
    """Something that may be added for a price of its own."""

    label = forms.CharField(
        label=_("Nom de l’option"),
        max_length=160,
        error_messages={"required": _("Indiquez le nom de l’option.")},
    )
    label_en = forms.CharField(
        label=_("Nom en anglais"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    unit_price = FrenchDecimalField(
        label=_("Prix HT en euros"),
        min_value=Decimal("0.0001"),
        max_digits=12,
        decimal_places=4,
        error_messages={"required": _("Indiquez un prix, par exemple 12,50.")},
    )
    per_unit = answered(
        forms.ChoiceField(
            label=_("Comptée"),
            choices=[("", _("Une fois")), ("oui", _("Par unité commandée"))],
            required=False,
        )
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)


class MilestoneForm(forms.Form):
    """A part that is delivered, approved and paid alone."""

    label = forms.CharField(
        label=_("Nom de l’étape"),
        max_length=160,
        error_messages={"required": _("Indiquez le nom de l’étape.")},
    )
    label_en = forms.CharField(
        label=_("Nom en anglais"),
        max_length=160,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    share_percent = forms.IntegerField(
        label=_("Part du prix en %"),
        min_value=1,
        max_value=100,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "class": "form-control input-short", "data-share": ""}
        ),
        error_messages={
            "required": _("Indiquez une part de 1 à 100."),
            "invalid": _("Indiquez un nombre entier."),
            "min_value": _("Indiquez une part de 1 à 100."),
            "max_value": _("Indiquez une part de 1 à 100."),
        },
    )


class Rows:
    """Forms of one kind, one a row, read from a posted page or from what is stored."""

    most = MOST_ROWS

    def __init__(
        self,
        kind: type[Form],
        *,
        stored: Sequence[Mapping[str, Any]] = (),
        posted: Mapping[str, str] | None = None,
    ) -> None:
        self.kind = kind
        self.names = list(kind.base_fields)
        self.typed: list[dict[str, Any]] = [dict(row) for row in stored]
        if posted is not None:
            self.typed = [
                {name: posted.get(f"{row}-{name}", "") for name in self.names}
                for row in range(self._count(posted))
            ]
        self.bound = False

    @property
    def forms(self) -> list[Form]:
        """One form a row, in order."""
        if not hasattr(self, "_forms"):
            self._forms = [self._form(number, row) for number, row in enumerate(self.typed)]
        return self._forms

    def non_form_errors(self) -> list[str]:
        """No fault is of all rows together: shares that do not make 100 are told before sending only."""
        return []

    def act(self, do: str) -> None:
        """Add, remove or move a row: « add », « remove-2 », « up-2 », « down-2 », « move-2-0 »."""
        verb, _dash, tail = do.partition("-")
        start, _dash, end = tail.partition("-")
        row, target = self._place(start), self._place(end)
        if verb == "add" and len(self.typed) < self.most:
            self.typed.append(dict.fromkeys(self.names, ""))
        elif verb == "remove" and row is not None:
            del self.typed[row]
        elif verb == "move" and row is not None and target is not None:
            self.typed.insert(target, self.typed.pop(row))
        elif verb in ("up", "down") and row is not None:
            other = row + (1 if verb == "down" else -1)
            if 0 <= other < len(self.typed):
                self.typed[row], self.typed[other] = self.typed[other], self.typed[row]

    def is_valid(self) -> bool:
        """Whether each row can be kept; rows in which nothing stands are dropped."""
        self.typed = [row for row in self.typed if any(str(value).strip() for value in row.values())]
        self.bound = True
        self.__dict__.pop("_forms", None)
        return not any(form.errors for form in self.forms)

    def cleaned(self) -> list[dict[str, Any]]:
        """What was typed, a row each; after ``is_valid``."""
        return [form.cleaned_data for form in self.forms]

    def _place(self, typed: str) -> int | None:
        return int(typed) if typed.isdecimal() and int(typed[:4]) < len(self.typed) else None

    def _count(self, posted: Mapping[str, str]) -> int:
        typed = posted.get("rows", "")
        return min(int(typed), self.most) if typed.isdecimal() and len(typed) < 5 else 0

    def _form(self, number: int, row: dict[str, Any]) -> Form:
        prefix = str(number)
        if self.bound:
            form = self.kind({f"{prefix}-{name}": value for name, value in row.items()}, prefix=prefix)
        else:
            form = self.kind(initial=row, prefix=prefix)
        form.use_required_attribute = False
        return form


def option_rows(written: ServiceInput) -> list[dict[str, Any]]:
    """The options as the page shows them."""
    return [
        {
            "key": option.key,
            "label": option.label,
            "label_en": option.label_en,
            "unit_price": option.unit_price,
            "per_unit": "oui" if option.per_unit else "",
        }
        for option in written.options
    ]


def options_of(rows: Rows, written: ServiceInput) -> tuple[OptionInput, ...]:
    """The typed options; those that exist keep key and VAT, new ones take the VAT of the service."""
    known = {option.key: option for option in written.options}
    found: dict[str, OptionInput] = {}
    for row in rows.cleaned():
        key = row["key"] if row["key"] in known and row["key"] not in found else ""
        before = known.get(key)
        key = key or _free_key(row["label"], {*known, *found})
        found[key] = OptionInput(
            key=key,
            label=row["label"],
            label_en=row["label_en"],
            unit_price=row["unit_price"],
            per_unit=row["per_unit"] == "oui",
            vat_kind=before.vat_kind if before else written.vat_kind,
            vat_exemption_reason=before.vat_exemption_reason if before else written.vat_exemption_reason,
        )
    return tuple(found.values())


def milestone_rows(written: ServiceInput) -> list[dict[str, Any]]:
    """The milestones as the page shows them."""
    return [
        {"label": part.label, "label_en": part.label_en, "share_percent": part.share_percent}
        for part in written.milestones
    ]


def milestones_of(rows: Rows, _written: ServiceInput) -> tuple[MilestoneInput, ...]:
    """The typed milestones; nothing is kept of the former ones."""
    return tuple(
        MilestoneInput(row["label"], row["share_percent"], row["label_en"]) for row in rows.cleaned()
    )


def total_of(rows: Rows) -> str:
    """The sum of the shares that can be read."""
    shares = [str(row.get("share_percent", "")).strip() for row in rows.typed]
    return str(sum(int(one) for one in shares if one.isdecimal()))


def said_total(total: str) -> str:
    """« 70 % sur 100 % »."""
    return gettext("%(total)s %% sur 100 %%") % {"total": total}


def _free_key(label: str, taken: set[str]) -> str:
    wanted = slugify(label)[:32].strip("-") or "option"
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key
