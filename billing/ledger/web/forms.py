"""Forms of the console about the ledger: filters of an account, reason of a correction, number and label."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.ledger.queries import EVERYTHING, PostingFilter
from kernel.web.forms import ReasonField, day_field
from tenants.parties.models import Party


class FilterForm(forms.Form):
    """A period and, in accounts kept by party, a party."""

    since = day_field(_("Du"), required=False)
    until = day_field(_("Au"), required=False)
    party = forms.ChoiceField(label=_("Personne"), required=False)

    def __init__(self, data: Any = None, *, parties: list[Party]) -> None:
        super().__init__(data)
        self._parties = {str(party.public_id): party for party in parties}
        if parties:
            choices = [(key, party.display_name) for key, party in self._parties.items()]
            self.fields["party"].choices = [("", _("Toutes")), *choices]  # type: ignore[attr-defined]
        else:
            del self.fields["party"]

    def clean(self) -> dict[str, Any]:
        """The last day is not before the first."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("Indiquez une date de fin qui suit la date de début."))
        return cleaned

    def wanted(self) -> PostingFilter:
        """The filter; what was not understood filters nothing, and the page says so."""
        if not self.is_bound or not self.is_valid():
            return EVERYTHING
        values = self.cleaned_data
        return PostingFilter(
            since=values.get("since"),
            until=values.get("until"),
            party=self._parties.get(values.get("party") or ""),
        )

    def query(self) -> str:
        """The same filter as the query of an address."""
        if not self.is_bound or not self.is_valid():
            return ""
        values = {name: value for name, value in self.cleaned_data.items() if value}
        return urlencode(values)


class ReasonForm(forms.Form):
    """Why an entry is reversed."""

    reason = ReasonField(
        label=_("Raison de la correction"),
        help_text=_("Elle reste dans les écritures."),
        max_length=255,
        asked=_("Indiquez la raison de la correction."),
    )


class AccountForm(forms.Form):
    """The tenant's own number and label of an account."""

    number = forms.CharField(
        label=_("Numéro de compte"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Indiquez un numéro de compte.")},
    )
    label = forms.CharField(
        label=_("Libellé"),
        max_length=120,
        error_messages={"required": _("Indiquez un libellé de 120 caractères au plus.")},
    )
