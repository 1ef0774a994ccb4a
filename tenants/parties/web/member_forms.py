"""Whom an owner lets in, and the numbers of a business that was in creation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.parties.models import Membership, Party, VatRegimePeriod


class MemberForm(forms.Form):
    """A person who has an account here."""

    email = forms.EmailField(
        label=_("Adresse e-mail"),
        help_text=_("Cette personne doit déjà avoir un compte ici."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    role = forms.ChoiceField(
        label=_("Droits"),
        choices=Membership.Role.choices,
        initial=Membership.Role.MEMBER,
        widget=forms.RadioSelect,
    )


class RegistrationForm(forms.Form):
    """What the register says once a business exists."""

    siret = forms.CharField(
        label=_("SIRET"),
        max_length=20,
        help_text=_("14 chiffres, les espaces sont admis."),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    legal_name = forms.CharField(
        label=_("Nom légal"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    kind = forms.ChoiceField(label=_("Nature"), choices=Party.Kind.choices, widget=forms.RadioSelect)
    vat_regime = forms.ChoiceField(
        label=_("TVA"), choices=VatRegimePeriod.Regime.choices, widget=forms.RadioSelect
    )
