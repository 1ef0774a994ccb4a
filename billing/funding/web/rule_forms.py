"""The dates and the note of a revision beside its rows."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class RevisionForm(forms.Form):
    """From when a revision decides, until when it should be read again, and why it was written."""

    valid_from = forms.DateField(
        label=_("Date d’effet"),
        help_text=_("La règle décide à partir de ce jour."),
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control input-short"}, format="%Y-%m-%d"
        ),
        error_messages={
            "required": _("Indiquez la date d’effet."),
            "invalid": _("Indiquez une date du calendrier."),
        },
    )
    review_by = forms.DateField(
        label=_("À relire avant le"),
        required=False,
        widget=forms.DateInput(
            attrs={"type": "date", "class": "form-control input-short"}, format="%Y-%m-%d"
        ),
        error_messages={"invalid": _("Indiquez une date du calendrier.")},
    )
    note = forms.CharField(
        label=_("Pourquoi cette révision"),
        required=False,
        max_length=300,
        help_text=_("Pour l’équipe, par exemple la délibération qui change la règle."),
    )

    def __init__(self, *args: Any, on: datetime.date, is_first: bool = False, **kwargs: Any) -> None:
        self.on = None if is_first else on
        super().__init__(*args, **kwargs)

    def clean_valid_from(self) -> datetime.date:
        """Never before today: what was decided stays decided."""
        day: datetime.date = self.cleaned_data["valid_from"]
        if self.on is not None and day < self.on:
            raise forms.ValidationError(_("Choisissez une date à partir d’aujourd’hui."))
        return day
