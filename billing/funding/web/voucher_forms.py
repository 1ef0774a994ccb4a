"""Forms of the console about vouchers: a grant, a series of codes, the reason of a withdrawal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.commission.web.forms import day_field
from billing.funding.models import Programme
from billing.funding.series import MOST_CODES
from billing.payouts.web.forms import AmountField
from kernel.web.forms import ReasonField
from tenants.parties.models import Party, PartyRole

MOST_NAMED_ALIKE = 2


class _OfAProgramme(forms.Form):
    """What both kinds of grants ask: programme, worth, last day."""

    programme = forms.ChoiceField(
        label=_("Dispositif"), error_messages={"required": _("Choisissez un dispositif.")}
    )
    amount = AmountField(label=_("Montant d’un chèque, au plus"))
    expires_on = day_field(
        _("Dernier jour d’utilisation"),
        required=False,
        help_text=_("Vide : la durée prévue par le dispositif ; jamais après sa fin."),
    )

    def __init__(self, *args: Any, programmes: list[Programme], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._programmes = {programme.slug: programme for programme in programmes}
        choices = [(slug, programme.name) for slug, programme in self._programmes.items()]
        self.fields["programme"].choices = [("", _("Choisissez")), *choices]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> Programme:
        """The programme; the form is valid."""
        return self._programmes[self.cleaned_data["programme"]]


class GrantForm(_OfAProgramme):
    """One voucher for a business that staff know."""

    business = forms.CharField(
        label=_("Entreprise"), help_text=_("Son SIREN, ou son nom exact."), max_length=200
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Pour l’équipe : le numéro du dossier, la décision."),
        max_length=300,
        required=False,
    )
    field_order = ("programme", "business", "amount", "expires_on", "note")

    def clean_business(self) -> Party:
        """The business of this site that is meant. Raises ValidationError for none or several."""
        written = self.cleaned_data["business"].strip()
        digits = "".join(written.split())
        named = Q(legal_name__iexact=written) | Q(trade_name__iexact=written)
        meant = Q(siren=digits) if digits.isdecimal() else named
        found = list(
            Party.objects.filter(meant, roles__role=PartyRole.Role.BUSINESS)
            .order_by("pk")
            .distinct()[:MOST_NAMED_ALIKE]
        )
        if not found:
            raise forms.ValidationError(_("Aucune entreprise de cet espace n’a ce SIREN ou ce nom."))
        if len(found) == MOST_NAMED_ALIKE:
            raise forms.ValidationError(_("Plusieurs entreprises portent ce nom : indiquez le SIREN."))
        return found[0]


class SeriesForm(_OfAProgramme):
    """Many codes at once."""

    name = forms.CharField(
        label=_("Nom de la série"), help_text=_("Par exemple « Salon de printemps »."), max_length=120
    )
    size = forms.IntegerField(
        label=_("Nombre de codes"),
        min_value=1,
        max_value=MOST_CODES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    field_order = ("programme", "name", "size", "amount", "expires_on")


class RevocationForm(forms.Form):
    """Why a granted voucher is taken back."""

    reason = ReasonField(rows=2, asked=_("Indiquez la raison."))
