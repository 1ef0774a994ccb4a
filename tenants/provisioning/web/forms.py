"""The form by which a tenant is asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.directory.models import Domain, Tenant
from tenants.directory.validation import validate_host

# The zones of French territories come first; every other one can be typed in the back office.
ZONES = [
    ("Europe/Paris", _("France continentale, Corse")),
    ("America/Guadeloupe", _("Guadeloupe")),
    ("America/Martinique", _("Martinique")),
    ("America/Cayenne", _("Guyane")),
    ("Indian/Reunion", _("La Réunion")),
    ("Indian/Mayotte", _("Mayotte")),
]


class TenantForm(forms.Form):
    """What the platform's owner must know to open a tenant; all else is the operator's."""

    name = forms.CharField(label=_("Nom de l’espace"), max_length=120)
    kind = forms.ChoiceField(label=_("Type"), choices=Tenant.Kind.choices, initial=Tenant.Kind.REGION)
    slug = forms.SlugField(
        label=_("Identifiant"),
        max_length=40,
        help_text=_("Lettres minuscules, chiffres et traits d’union. Il forme l’adresse de l’espace."),
    )
    number_code = forms.RegexField(
        regex=r"^[A-Za-z0-9]{2,4}$",
        label=_("Code des numéros"),
        help_text=_("2 à 4 lettres ou chiffres, en tête des numéros de commande et de facture. Définitif."),
        error_messages={"invalid": _("Indiquez 2 à 4 lettres ou chiffres.")},
    )
    time_zone = forms.ChoiceField(label=_("Fuseau horaire"), choices=ZONES)
    primary = forms.RegexField(
        regex=r"^#[0-9a-fA-F]{6}$",
        label=_("Couleur principale"),
        initial="#1d6b4f",
        help_text=_("La couleur de la région ; les contrastes sont ajustés pour rester lisibles."),
        widget=forms.TextInput(attrs={"type": "color"}),
        error_messages={"invalid": _("Indiquez une couleur de la forme #1d6b4f.")},
    )
    administrator_name = forms.CharField(
        label=_("Nom de l’administrateur"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    administrator_email = forms.EmailField(
        label=_("Adresse e-mail de l’administrateur"),
        help_text=_("Cette personne reçoit une invitation et choisit son mot de passe."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def clean_slug(self) -> str:
        """Unused, and fit for an address."""
        slug = str(self.cleaned_data["slug"]).lower()
        if Tenant.objects.filter(slug=slug).exists():
            raise ValidationError(_("Cet identifiant est déjà pris. Choisissez-en un autre."))
        host = f"{slug}.{settings.BASE_DOMAIN}"
        validate_host(host)
        if Domain.objects.filter(domain=host).exists() or host == settings.BACK_OFFICE_HOST:
            raise ValidationError(_("Cette adresse est déjà prise. Choisissez un autre identifiant."))
        return slug

    def clean_number_code(self) -> str:
        """Capitals, never given twice."""
        code = str(self.cleaned_data["number_code"]).upper()
        if Tenant.objects.filter(number_code=code).exists():
            raise ValidationError(_("Ce code est déjà pris. Choisissez-en un autre."))
        return code

    def values(self) -> dict[str, Any]:
        """The arguments of `request_tenant`."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "kind": data["kind"],
            "slug": data["slug"],
            "host": f"{data['slug']}.{settings.BASE_DOMAIN}",
            "number_code": data["number_code"],
            "time_zone": data["time_zone"],
            "brand": {"primary": data["primary"].lower()},
            # An installation of the demonstration opens demonstrations only.
            "is_demo": settings.DEMONSTRATION,
            "administrator_name": data["administrator_name"],
            "administrator_email": data["administrator_email"],
        }


class AdministratorForm(forms.Form):
    """Whom to invite when a preparation is tried again."""

    administrator_name = forms.CharField(label=_("Nom de l’administrateur"), max_length=150)
    administrator_email = forms.EmailField(label=_("Adresse e-mail de l’administrateur"))
