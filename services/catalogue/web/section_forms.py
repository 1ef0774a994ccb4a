"""The pages on which a provider writes a service: what may be typed, and what it becomes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.charges.inputs import VatKind
from services.catalogue.fields import FIELDS
from services.catalogue.models import BillingPeriod, Category, PriceKind
from services.catalogue.rubric_choices import rubric_choices
from services.catalogue.writing import euros_to_cents
from tenants.directory.current import current_tenant
from tenants.reference.models import Department

MOST_LINES = 40


def needed(field: forms.Field) -> Any:
    """A field that may wait, but not beyond the day on which the service is sent for review."""
    field.needed_to_send = True  # type: ignore[attr-defined]
    return field


def answered(field: forms.Field) -> Any:
    """A list of choices of which the first one stands when nobody chooses."""
    field.has_answer = True  # type: ignore[attr-defined]
    return field


class FrenchDecimalField(forms.DecimalField):
    """A number with a comma or a point, spaces allowed."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "class": "form-control input-short"}
    )
    default_error_messages = {
        "invalid": _("Indiquez un nombre, par exemple 12,50."),
        "min_value": _("Indiquez un nombre plus grand que zéro."),
        "max_decimal_places": _("Indiquez au plus %(max)s chiffres après la virgule."),
        "max_digits": _("Ce nombre est trop grand."),
        "max_whole_digits": _("Ce nombre est trop grand."),
    }

    def to_python(self, value: Any) -> Any:
        """The number. Raises ValidationError."""
        if isinstance(value, str):
            value = "".join(value.split()).replace(",", ".")
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """As people write it, without zeros at the end."""
        if isinstance(value, Decimal):
            return f"{value.normalize():f}".replace(".", ",")
        return value


def _price(**options: Any) -> FrenchDecimalField:
    return FrenchDecimalField(
        required=False, min_value=Decimal("0.0001"), max_digits=12, decimal_places=4, **options
    )


def _amount(name: str) -> FrenchDecimalField:
    return FrenchDecimalField(
        label=FIELDS[name][1], required=False, min_value=Decimal("0.01"), max_digits=11, decimal_places=2
    )


def _quantity(name: str, help_text: Any) -> FrenchDecimalField:
    return FrenchDecimalField(
        label=FIELDS[name][1],
        help_text=help_text,
        required=False,
        min_value=Decimal("0.001"),
        max_digits=9,
        decimal_places=3,
    )


def _text(
    name: str, length: int, *, rows: int = 0, required: bool = False, **options: Any
) -> forms.CharField:
    english = name.endswith("_en")
    attrs = {"lang": "en"} if english else {}
    widget = forms.Textarea(attrs={"rows": rows, **attrs}) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(
        label=FIELDS[name][1], max_length=length, required=required, widget=widget, **options
    )


class PresentationForm(forms.Form):
    """What it is, in French and in English."""

    name = _text(
        "name",
        160,
        required=True,
        help_text=_("Ce que l’on commande, en quelques mots."),
        error_messages={"required": _("Indiquez un titre.")},
    )
    category = forms.ModelChoiceField(
        label=FIELDS["category"][1],
        queryset=Category.objects.none(),
        to_field_name="slug",
        empty_label=_("Choisissez une rubrique"),
        error_messages={
            "required": _("Choisissez une rubrique."),
            "invalid_choice": _("Choisissez une rubrique de la liste."),
        },
    )
    summary = needed(_text("summary", 240, rows=2, help_text=_("Une phrase, pour les listes.")))
    description = needed(
        _text("description", 8000, rows=8, help_text=_("Ce que vous faites, étape par étape."))
    )
    name_en = _text("name_en", 160)
    summary_en = _text("summary_en", 240, rows=2)
    description_en = _text("description_en", 8000, rows=6)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["category"]
        categories: QuerySet[Category] = Category.objects.all()
        field.queryset = categories
        field.choices = [("", field.empty_label), *rubric_choices()]


class PriceForm(forms.Form):
    """How the price is said, and how much it is; what does not fit the kind is left aside."""

    # Which choice each field belongs to: scripts show no other, the server leaves the others aside.
    belongs = {
        "unit_price": ("price_kind", "fixed unit subscription"),
        "minimum_quantity": ("price_kind", "unit"),
        "quantity_step": ("price_kind", "unit"),
        "billing_period": ("price_kind", "subscription"),
        "indicative_min": ("price_kind", "quote"),
        "indicative_max": ("price_kind", "quote"),
        "vat_exemption_reason": ("vat_kind", "exempt outside_scope"),
    }

    price_kind = forms.ChoiceField(
        label=FIELDS["price_kind"][1], choices=PriceKind.choices, widget=forms.RadioSelect
    )
    unit_price = needed(
        _price(label=FIELDS["unit_price"][1], help_text=_("Laissez vide pour un service sur devis."))
    )
    unit = _text("unit", 60, help_text=_("Par exemple : forfait, heure, page, colis, mois."))
    minimum_quantity = _quantity("minimum_quantity", _("À l’unité seulement : le moins que l’on commande."))
    quantity_step = _quantity("quantity_step", _("À l’unité seulement : par 5, par 10…"))
    billing_period = forms.ChoiceField(
        label=FIELDS["billing_period"][1],
        help_text=_("Pour un abonnement."),
        required=False,
        choices=[("", _("Sans objet")), *BillingPeriod.choices],
    )
    indicative_min = _amount("indicative_min_cents")
    indicative_max = _amount("indicative_max_cents")
    vat_kind = forms.ChoiceField(label=FIELDS["vat_kind"][1], choices=VatKind.choices)
    vat_exemption_reason = _text(
        "vat_exemption_reason", 240, help_text=_("À remplir si le service est exonéré ou hors champ.")
    )

    def clean(self) -> dict[str, Any]:
        """What contradicts itself is said; what is only missing may be filled in later."""
        typed: dict[str, Any] = super().clean() or {}
        kind = typed.get("price_kind")
        if typed.get("vat_kind") in ("exempt", "outside_scope") and not typed.get("vat_exemption_reason"):
            self.add_error("vat_exemption_reason", _("Indiquez le texte qui exonère ce service."))
        least, most = typed.get("indicative_min"), typed.get("indicative_max")
        if kind == PriceKind.QUOTE and (least is None) != (most is None):
            missing = "indicative_min" if least is None else "indicative_max"
            self.add_error(missing, _("Indiquez les deux montants, ou aucun."))
        elif least is not None and most is not None and most < least:
            self.add_error("indicative_max", _("Indiquez un montant au moins égal au premier."))
        return typed

    def changes(self) -> dict[str, Any]:
        """The fields of the service, each empty where the kind of price does not know it."""
        typed = self.cleaned_data
        kind = typed["price_kind"]
        on_quote, by_unit = kind == PriceKind.QUOTE, kind == PriceKind.UNIT
        period = typed["billing_period"] or BillingPeriod.MONTH if kind == PriceKind.SUBSCRIPTION else ""
        return {
            "price_kind": kind,
            "unit_price": None if on_quote else typed["unit_price"],
            "unit": typed["unit"] or _UNITS.get(kind, ""),
            "minimum_quantity": typed["minimum_quantity"] if by_unit else None,
            "quantity_step": typed["quantity_step"] if by_unit else None,
            "billing_period": period,
            "indicative_min_cents": euros_to_cents(typed["indicative_min"]) if on_quote else None,
            "indicative_max_cents": euros_to_cents(typed["indicative_max"]) if on_quote else None,
            "vat_kind": typed["vat_kind"],
            "vat_exemption_reason": typed["vat_exemption_reason"],
        }


# Written in French as all units of the catalogue are.
_UNITS = {"fixed": "forfait", "quote": "devis", "subscription": "mois"}


class WorkForm(forms.Form):
    """When it is there, what is handed over, how often it is changed."""

    lead_time_days = needed(
        forms.IntegerField(
            label=FIELDS["lead_time_days"][1],
            required=False,
            min_value=1,
            max_value=500,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control input-short"}),
            help_text=_("De votre accord à la livraison."),
            error_messages={
                "invalid": _("Indiquez un nombre entier de jours."),
                "min_value": _("Indiquez au moins un jour."),
                "max_value": _("Indiquez au plus 500 jours."),
            },
        )
    )
    rounds_of_changes = forms.IntegerField(
        label=FIELDS["rounds_of_changes"][1],
        required=False,
        min_value=0,
        max_value=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "class": "form-control input-short"}),
        help_text=_("Combien de fois le client peut demander des corrections."),
        error_messages={
            "invalid": _("Indiquez un nombre entier."),
            "min_value": _("Indiquez zéro ou plus."),
            "max_value": _("Indiquez au plus 20."),
        },
    )
    deliverables = needed(
        forms.CharField(
            label=FIELDS["deliverables"][1],
            required=False,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text=_("Un par ligne, par exemple « Site en ligne »."),
        )
    )

    def clean_deliverables(self) -> list[str]:
        """The lines that say something."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["deliverables"].splitlines()]
        found = [line for line in lines if line]
        if len(found) > MOST_LINES or any(len(line) > 160 for line in found):
            raise forms.ValidationError(_("Indiquez au plus 40 lignes de 160 caractères."))
        return found

    def changes(self) -> dict[str, Any]:
        """The fields of the service."""
        typed = self.cleaned_data
        return {
            "lead_time_days": typed["lead_time_days"] or 0,
            "rounds_of_changes": typed["rounds_of_changes"] or 0,
            "deliverables": tuple(typed["deliverables"]),
        }


class TermsForm(forms.Form):
    """What a cancellation costs, and where the provider comes."""

    cancellation_terms = needed(
        _text(
            "cancellation_terms",
            4000,
            rows=6,
            help_text=_(
                "Ce qui est remboursé, et jusqu’à quand. Ces conditions sont figées dans la commande."
            ),
        )
    )
    departments = forms.MultipleChoiceField(
        label=FIELDS["departments"][1],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Sans choix : tout le territoire de l’espace."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["departments"]
        found = Department.objects.filter(code__in=current_tenant().departments)
        field.choices = [(row.code, f"{row.code} {row.name}") for row in found]

    def changes(self) -> dict[str, Any]:
        """The fields of the service."""
        typed = self.cleaned_data
        return {
            "cancellation_terms": typed["cancellation_terms"],
            "departments": tuple(typed["departments"]),
        }
