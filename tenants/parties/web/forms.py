"""Forms by which a business is registered and kept up to date."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.identifiers import department_of, validate_siret
from tenants.parties.models import Party, VatRegimePeriod
from tenants.reference.activities import find_activities

# Of the activities that a word fits, as many as one reads.
MOST_ACTIVITIES = 6
ORGANISATION, SOLE_TRADER, IN_CREATION = "organisation", "sole_trader", "in_creation"


class AddressForm(forms.Form):
    """A postal address in France."""

    street = forms.CharField(
        label=_("Adresse"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    street_2 = forms.CharField(
        label=_("Complément d’adresse"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-line2"}),
    )
    postal_code = forms.RegexField(
        regex=r"^\d{5}$",
        label=_("Code postal"),
        error_messages={"invalid": _("Indiquez un code postal à 5 chiffres.")},
        widget=forms.TextInput(attrs={"autocomplete": "postal-code", "inputmode": "numeric"}),
    )
    town = forms.CharField(
        label=_("Ville"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "address-level2"})
    )

    def address(self) -> dict[str, Any]:
        """The fields of Party, with the department that the postal code tells."""
        data = self.cleaned_data
        names = ("street", "street_2", "postal_code", "town")
        return {**{name: data[name] for name in names}, "department_code": department_of(data["postal_code"])}


class BusinessForm(AddressForm):
    """A business that exists, or one in creation."""

    situation = forms.ChoiceField(
        label=_("Votre situation"),
        choices=[
            (SOLE_TRADER, _("Entreprise individuelle ou micro-entreprise")),
            (ORGANISATION, _("Société ou association")),
            (IN_CREATION, _("Entreprise en création, sans SIRET")),
        ],
        widget=forms.RadioSelect,
    )
    legal_name = forms.CharField(
        label=_("Nom légal"),
        max_length=200,
        help_text=_("Société ou association : la dénomination. Sinon : vos prénom et nom."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    trade_name = forms.CharField(
        label=_("Nom commercial"),
        max_length=200,
        required=False,
        help_text=_("Celui que vos clients connaissent."),
    )
    siret = forms.CharField(
        label=_("SIRET"),
        required=False,
        max_length=20,
        help_text=_("14 chiffres, les espaces sont admis. Laissez vide si votre entreprise est en création."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    vat_regime = forms.ChoiceField(
        label=_("TVA"),
        choices=VatRegimePeriod.Regime.choices,
        initial=VatRegimePeriod.Regime.FRANCHISE,
        widget=forms.RadioSelect,
    )
    phone = forms.CharField(
        label=_("Téléphone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )

    field_order = (
        "situation",
        "legal_name",
        "trade_name",
        "siret",
        "vat_regime",
        "street",
        "street_2",
        "postal_code",
        "town",
        "phone",
    )

    def clean(self) -> dict[str, Any]:
        """A business that exists has a SIRET; one in creation has none."""
        data = super().clean() or {}
        siret = data.get("siret", "")
        if data.get("situation") == IN_CREATION:
            data["siret"] = ""
        elif not siret:
            self.add_error("siret", _("Indiquez un SIRET à 14 chiffres, ou choisissez « en création »."))
        else:
            try:
                data["siret"] = validate_siret(siret, fictitious_allowed=current_tenant().is_demo)
            except DomainError as error:
                self.add_error("siret", ValidationError(str(error)))
        return data

    def values(self) -> dict[str, Any]:
        """The arguments of `create_business`."""
        data = self.cleaned_data
        kind = Party.Kind.ORGANISATION if data["situation"] == ORGANISATION else Party.Kind.PERSON
        values = {
            **self.address(),
            "legal_name": data["legal_name"],
            "trade_name": data["trade_name"],
            "phone": data["phone"],
        }
        if data["siret"]:
            values |= {"siret": data["siret"], "vat_regime": data["vat_regime"], "kind": kind}
        return values


class DetailsForm(AddressForm):
    """What members may change later; identifiers are changed by the operator."""

    trade_name = forms.CharField(label=_("Nom commercial"), max_length=200, required=False)
    email = forms.EmailField(
        label=_("Adresse e-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    phone = forms.CharField(
        label=_("Téléphone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel"}),
    )

    founded_on = forms.DateField(
        label=_("Date de création de l’entreprise"),
        required=False,
        help_text=_("Des aides publiques en dépendent."),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={"invalid": _("Indiquez une date, par exemple 25/11/2026.")},
    )
    naf_code = forms.CharField(
        label=_("Activité (code NAF)"),
        required=False,
        max_length=60,
        help_text=_("Le code de votre avis de situation, par exemple 10.71C, ou un mot de votre métier."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    headcount = forms.IntegerField(
        label=_("Effectif"),
        required=False,
        min_value=0,
        max_value=1_000_000,
        help_text=_("Nombre de salariés, 0 si vous êtes seul. Des aides publiques en dépendent."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": _("Indiquez un nombre entier, par exemple 3.")},
    )

    field_order = (
        "trade_name",
        "street",
        "street_2",
        "postal_code",
        "town",
        "email",
        "phone",
        "naf_code",
        "founded_on",
        "headcount",
    )

    def clean_naf_code(self) -> str:
        """The code of one activity; words that fit several say which."""
        text: str = self.cleaned_data["naf_code"]
        if text in ("", self.initial.get("naf_code")):
            return text
        found = find_activities(text)
        if len(found) == 1:
            return found[0].code
        if not found:
            raise ValidationError(
                _("Aucune activité trouvée. Indiquez un autre mot, ou un code comme 10.71C.")
            )
        shown = "\u00a0; ".join(str(one) for one in found[:MOST_ACTIVITIES])
        if len(found) > MOST_ACTIVITIES:
            raise ValidationError(
                _("%(count)s activités correspondent, dont %(shown)s. Ajoutez un mot ou indiquez le code."),
                params={"count": len(found), "shown": shown},
            )
        raise ValidationError(
            _("Plusieurs activités correspondent : %(shown)s. Indiquez le code de la vôtre."),
            params={"shown": shown},
        )

    def clean_founded_on(self) -> datetime.date | None:
        """A business that exists was founded today at the latest."""
        day: datetime.date | None = self.cleaned_data["founded_on"]
        if day is not None and day > legal_date(current_tenant(), timezone.now()):
            raise ValidationError(_("Indiquez une date qui n’est pas à venir."))
        return day

    @classmethod
    def of(cls, party: Party, data: Any = None) -> DetailsForm:
        """The form filled with what is known."""
        return cls(data, initial={name: getattr(party, name) for name in cls.base_fields})

    def values(self) -> dict[str, Any]:
        """The arguments of `update_party`."""
        data = self.cleaned_data
        names = ("trade_name", "email", "phone", "naf_code", "founded_on", "headcount")
        return {**self.address(), **{name: data[name] for name in names}}
