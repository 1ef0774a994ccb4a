"""Forms of carts and orders: one typed question, the check before ordering, the reason of a cancellation."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel.web.forms import ReasonField
from services.orders.errors import FileRefused
from services.orders.intake import shown_choices, shown_label
from services.orders.uploads import ACCEPT, LARGEST_BYTES, check_upload

LONGEST_TEXT = 4000
HEADING = "page-heading"


class QuestionForm(forms.Form):
    """One question of a provider's form; its label is the heading of the page."""

    def __init__(self, field: Mapping[str, Any], *args: Any, current: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.question = field
        self.current = current
        self.kind = field["type"]
        required = bool(field.get("required"))
        if self.kind == "address":
            self._add_address(required)
            return
        has_file = self.kind == "file" and bool(current)
        built = _field(field, required=required and not has_file)
        built.label = ""
        built.help_text = escape(field.get("help", ""))
        built.widget.attrs.setdefault("aria-labelledby", HEADING)
        if current not in (None, "") and self.kind != "file":
            built.initial = current
        built.error_messages["required"] = _("Répondez à la question : %(label)s") % {
            "label": shown_label(field)
        }
        self.fields["answer"] = built

    def clean_answer(self) -> Any:
        """A file is checked here, so that its refusal stands at its field."""
        value = self.cleaned_data["answer"]
        if isinstance(value, UploadedFile):
            try:
                check_upload(value)
            except FileRefused as error:
                raise forms.ValidationError(str(error)) from error
        return value

    @property
    def answer(self) -> Any:
        """The answer as it is kept, JSON-able; a new file is returned as it was uploaded."""
        if self.kind == "address":
            given = {name: self.cleaned_data[name] for name in ("street", "street_2", "postal_code", "town")}
            return given if any(given.values()) else ""
        value = self.cleaned_data["answer"]
        if value in (None, "", []):
            return self.current if self.kind == "file" and self.current else ""
        if isinstance(value, Decimal):
            return format(value.normalize(), "f")
        if isinstance(value, datetime.date):
            return value.isoformat()
        return value

    def _add_address(self, required: bool) -> None:
        current = self.current or {}
        for name, label, length, complete, needed in (
            ("street", gettext_lazy("Numéro et rue"), 200, "street-address", required),
            ("street_2", gettext_lazy("Complément"), 200, "address-line2", False),
            ("postal_code", gettext_lazy("Code postal"), 10, "postal-code", required),
            ("town", gettext_lazy("Ville"), 100, "address-level2", required),
        ):
            self.fields[name] = forms.CharField(
                label=label,
                max_length=length,
                required=needed,
                initial=current.get(name, ""),
                widget=forms.TextInput(attrs={"autocomplete": complete}),
            )


def _field(field: Mapping[str, Any], *, required: bool) -> forms.Field:
    """The form field for a type of question."""
    kind = field["type"]
    if kind == "long_text":
        return forms.CharField(
            required=required, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
        )
    if kind == "number":
        return forms.DecimalField(
            required=required,
            max_digits=15,
            decimal_places=3,
            localize=True,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"invalid": _("Indiquez un nombre, par exemple 12.")},
        )
    if kind == "date":
        return forms.DateField(
            required=required,
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages={"invalid": _("Indiquez une date, par exemple 25/11/2026.")},
        )
    if kind == "choice":
        return forms.ChoiceField(required=required, choices=shown_choices(field), widget=forms.RadioSelect)
    if kind == "multi_choice":
        return forms.MultipleChoiceField(
            required=required, choices=shown_choices(field), widget=forms.CheckboxSelectMultiple
        )
    if kind == "url":
        return forms.URLField(
            required=required,
            max_length=500,
            assume_scheme="https",
            widget=forms.URLInput(attrs={"autocomplete": "url"}),
        )
    if kind == "email":
        return forms.EmailField(required=required)
    if kind == "file":
        return forms.FileField(
            required=required, widget=forms.FileInput(attrs={"accept": ACCEPT}), max_length=200
        )
    return forms.CharField(required=required, max_length=500)


class CheckForm(forms.Form):
    """The last look before ordering: which sums and terms were shown, and that they are accepted."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    total = forms.IntegerField(widget=forms.HiddenInput)
    to_pay = forms.IntegerField(widget=forms.HiddenInput)
    terms_sha256 = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    accept = forms.BooleanField(
        label=gettext_lazy(
            "J’accepte les conditions de commande et les conditions d’annulation de chaque prestation"
        ),
        error_messages={"required": gettext_lazy("Acceptez les conditions pour commander.")},
    )


class CodeForm(forms.Form):
    """The code of a voucher that staff granted."""

    code = forms.CharField(
        label=gettext_lazy("Code de chèque"),
        help_text=gettext_lazy("12 lettres et chiffres, reçus de l’équipe."),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": gettext_lazy("Indiquez le code de votre chèque.")},
    )


class CancelForm(forms.Form):
    """Why a line is cancelled; the provider reads it."""

    reason = ReasonField(help_text=gettext_lazy("Le prestataire la lira."), max_length=500, required=False)


def largest_megabytes() -> int:
    """The largest file that is taken, in MB, to be said beforehand."""
    return LARGEST_BYTES // 1024 // 1024
