"""Form fields that say what they take before they refuse it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _


class ReasonField(forms.CharField):
    """Words by which a person says why; `asked` is told where there are none."""

    def __init__(self, *, asked: Any = "", max_length: int = 300, rows: int = 3, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Raison"))
        if asked:
            kwargs["error_messages"] = {"required": asked}
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=max_length, widget=widget, **kwargs)


class UploadField(forms.FileField):
    """A file of one of ``extensions`` (without dot) and at most ``max_bytes``; the hint says both.

    It looks at name and size; what is inside is for the code that stores the file to check.
    """

    widget = forms.FileInput
    default_error_messages = {
        "extension": _("Choisissez un fichier de type %(types)s."),
        "size": _("Choisissez un fichier de %(size)s au plus."),
        "required": _("Choisissez un fichier."),
        "empty": _("Ce fichier est vide. Choisissez-en un autre."),
    }

    def __init__(self, *, extensions: Sequence[str], max_bytes: int, **kwargs: Any) -> None:
        self.extensions = tuple(extension.lower() for extension in extensions)
        self.max_bytes = max_bytes
        kwargs.setdefault("help_text", _Hint(self))
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Let the browser offer only what will be taken."""
        return {
            **super().widget_attrs(widget),
            "accept": ",".join(f".{extension}" for extension in self.extensions),
        }

    def clean(self, data: Any, initial: Any = None) -> Any:
        """The uploaded file. Raises ValidationError for another type or size."""
        value = super().clean(data, initial)
        if isinstance(value, UploadedFile):
            if PurePath(value.name or "").suffix.lower().lstrip(".") not in self.extensions:
                raise forms.ValidationError(
                    self.error_messages["extension"], code="extension", params={"types": self.types()}
                )
            if (value.size or 0) > self.max_bytes:
                raise forms.ValidationError(
                    self.error_messages["size"], code="size", params={"size": self.size()}
                )
        return value

    def types(self) -> str:
        """« PDF, PNG ou JPG »."""
        names = [extension.upper() for extension in self.extensions]
        if len(names) == 1:
            return names[0]
        return gettext("%(first)s ou %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}

    def size(self) -> str:
        """« 10,0 Mo »."""
        return filesizeformat(self.max_bytes)


class _Hint:
    """Says types and size in the language of the moment at which the form is shown."""

    def __init__(self, field: UploadField) -> None:
        self.field = field

    def __str__(self) -> str:
        return gettext("%(types)s, %(size)s au plus.") % {
            "types": self.field.types(),
            "size": self.field.size(),
        }


NUMBER = {"inputmode": "decimal", "autocomplete": "off"}
WRONG_DAY = _("Indiquez une date, par exemple 25/11/2026.")
WRONG_AMOUNT = _("Indiquez un montant en euros, par exemple 120,50.")


class EurosField(forms.DecimalField):
    """Euros with the spaces and the sign that people type: « 24 000 € »."""

    def to_python(self, value: Any) -> Any:
        """The amount without them, or None. Raises ValidationError."""
        if isinstance(value, str):
            value = "".join(value.replace("€", "").split())
        return super().to_python(value)


def euros_field(label: Any, *, required: bool = False, **more: Any) -> forms.DecimalField:
    """An amount in euros, as people write it."""
    return EurosField(
        label=label,
        required=required,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={"invalid": WRONG_AMOUNT, "required": WRONG_AMOUNT},
        **more,
    )


def day_field(label: Any, *, required: bool = True, missing: Any = WRONG_DAY, **more: Any) -> forms.DateField:
    """A legal date; ``missing`` is said when it is left out."""
    return forms.DateField(
        label=label,
        required=required,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": WRONG_DAY, "required": missing},
        **more,
    )
