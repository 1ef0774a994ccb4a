"""The form by which staff open a programme: who pays, how much, whom it is for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from billing.funding.models import Advance, DecisionMode, FundingBase, Programme
from kernel.money import to_cents
from kernel.web.formats import format_money
from kernel.web.forms import NUMBER, day_field, euros_field
from tenants.directory.current import current_tenant
from tenants.parties.models import Party

NEW_FUNDER = "new"
RATE_FAULTS = ("required", "invalid", "min_value", "max_value", "max_digits", "max_decimal_places")
WRONG_RATE = _("Indiquez un taux entre 0,01 et 100, par exemple 50.")


class ProgrammeForm(forms.Form):
    """All terms of a new programme; conditions beyond these are written in its rule afterwards."""

    name = forms.CharField(label=_("Nom du dispositif"), max_length=160)
    name_en = forms.CharField(label=_("Nom en anglais"), max_length=160, required=False)
    description = forms.CharField(
        label=_("Ce que le dispositif finance"),
        help_text=_("Les entreprises lisent ce texte."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    description_en = forms.CharField(
        label=_("Le même texte en anglais"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    funder = forms.ChoiceField(label=_("Financeur"))
    funder_name = forms.CharField(
        label=_("Nom du nouveau financeur"),
        help_text=_("Seulement si le financeur n’est pas dans la liste."),
        max_length=200,
        required=False,
    )
    rate_percent = forms.DecimalField(
        label=_("Taux de l’aide, en %"),
        min_value=Decimal("0.01"),
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages=dict.fromkeys(RATE_FAULTS, WRONG_RATE),
    )
    base = forms.ChoiceField(
        label=_("Le taux s’applique au"),
        help_text=_("Toutes taxes comprises : seulement pour qui ne récupère pas la TVA."),
        choices=FundingBase.choices,
    )
    cap = euros_field(_("Plafond d’un chèque"), required=True)
    cap_business = euros_field(_("Plafond par entreprise"), help_text=_("Vide : pas d’autre plafond."))
    cap_year = euros_field(_("Plafond par entreprise et par an"), help_text=_("Vide : pas d’autre plafond."))
    min_spend = euros_field(_("Commande minimale, hors taxes"), help_text=_("Vide : aucune."))
    max_vouchers = forms.IntegerField(
        label=_("Nombre de chèques par entreprise"), min_value=1, max_value=1000, initial=1
    )
    budget = euros_field(
        _("Budget total"),
        required=True,
        help_text=_("Réparti sur les années selon les mois couverts ; chaque année se modifie ensuite."),
    )
    starts_on = day_field(_("Premier jour"))
    ends_on = day_field(_("Dernier jour"))
    decision = forms.ChoiceField(label=_("Attribution"), choices=DecisionMode.choices)
    advance = forms.ChoiceField(label=_("Le prestataire touche la part financée"), choices=Advance.choices)
    is_de_minimis = forms.BooleanField(
        label=_("Compte dans le plafond européen des petites aides (de minimis)"),
        required=False,
        initial=True,
    )
    stackable = forms.BooleanField(label=_("Se cumule avec d’autres dispositifs"), required=False)
    departments = forms.MultipleChoiceField(
        label=_("Départements des entreprises"),
        help_text=_("Aucun coché : tous."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    max_age_years = forms.IntegerField(
        label=_("Entreprises de moins de (années)"), min_value=1, max_value=100, required=False
    )
    max_employees = forms.IntegerField(
        label=_("Entreprises de moins de (salariés)"), min_value=1, max_value=100_000, required=False
    )
    registered_only = forms.BooleanField(
        label=_("Réservé aux entreprises immatriculées"), required=False, initial=True
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        funders = Party.objects.filter(roles__role="funder").order_by("legal_name", "pk")
        self._funders = {str(party.public_id): party for party in funders}
        known = [(key, party.display_name) for key, party in self._funders.items()]
        choices = [("", _("Choisissez")), *known, (NEW_FUNDER, _("Un nouveau financeur"))]
        self.fields["funder"].choices = choices  # type: ignore[attr-defined]
        places = [(code, code) for code in current_tenant().departments]
        self.fields["departments"].choices = places  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A new funder has a name, the last day is not before the first, the budget holds one voucher."""
        values = super().clean() or {}
        if values.get("funder") == NEW_FUNDER and not values.get("funder_name", "").strip():
            self.add_error("funder_name", _("Indiquez le nom du financeur."))
        start, end = values.get("starts_on"), values.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", _("Le dernier jour vient après le premier."))
        cap, budget = values.get("cap"), values.get("budget")
        if cap is not None and not cap:
            self.add_error("cap", _("Le plafond est d’au moins un centime."))
        if cap and budget is not None and budget < cap:
            self.add_error("budget", _("Le budget couvre au moins un chèque."))
        return values

    @property
    def chosen_funder(self) -> Party | None:
        """The funder from the list; None for a new one. The form is valid."""
        return self._funders.get(self.cleaned_data["funder"])

    def terms(self) -> dict[str, Any]:
        """What `open_programme` asks for, the funder apart."""
        values = self.cleaned_data
        eligibility = {
            "departments": values["departments"],
            "max_age_years": values["max_age_years"],
            "max_employees_exclusive": values["max_employees"],
            "business_states": ["active"] if values["registered_only"] else [],
        }
        return {
            "slug": free_slug(values["name"]),
            "rate_percent": values["rate_percent"],
            "cap_cents": to_cents(values["cap"]),
            "cap_business_cents": _cents(values["cap_business"]),
            "cap_year_cents": _cents(values["cap_year"]),
            "min_spend_cents": _cents(values["min_spend"]) or 0,
            "max_vouchers_per_business": values["max_vouchers"],
            "budget_cents": to_cents(values["budget"]),
            "eligibility": {name: value for name, value in eligibility.items() if value},
            **{
                name: values[name]
                for name in (
                    *("name", "name_en", "description", "description_en", "base", "decision", "advance"),
                    *("is_de_minimis", "stackable", "starts_on", "ends_on"),
                )
            },
        }


class TermsForm(ProgrammeForm):
    """What may still change of a programme; funder, first day and rule have their own places."""

    FIXED = (
        *("funder", "funder_name", "budget", "starts_on", "decision", "advance", "is_de_minimis"),
        *("departments", "max_age_years", "max_employees", "registered_only"),
    )

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        kwargs["initial"] = {
            **{name: getattr(programme, name) for name in self.SAME},
            "cap": _euros(programme.cap_cents),
            "cap_business": _euros(programme.cap_business_cents),
            "cap_year": _euros(programme.cap_year_cents),
            "min_spend": _euros(programme.min_spend_cents),
            "max_vouchers": programme.max_vouchers_per_business,
        }
        super().__init__(*args, **kwargs)
        for name in self.FIXED:
            del self.fields[name]

    SAME = (
        *("name", "name_en", "description", "description_en", "rate_percent", "base"),
        *("stackable", "ends_on"),
    )

    def changes(self) -> dict[str, Any]:
        """What `change_programme` takes; the form is valid."""
        values = self.cleaned_data
        return {
            **{name: values[name] for name in self.SAME},
            "cap_cents": to_cents(values["cap"]),
            "cap_business_cents": _cents(values["cap_business"]),
            "cap_year_cents": _cents(values["cap_year"]),
            "min_spend_cents": _cents(values["min_spend"]) or 0,
            "max_vouchers_per_business": values["max_vouchers"],
        }


class BudgetsForm(forms.Form):
    """One amount a year in which a programme runs."""

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {budget.year: budget for budget in programme.budgets.all()}
        for year in range(programme.starts_on.year, programme.ends_on.year + 1):
            budget = known.get(year)
            self.fields[str(year)] = euros_field(
                _("Budget %(year)s") % {"year": year},
                required=True,
                initial=Decimal(budget.amount_cents if budget else 0) / 100,
                help_text=_("Réservé ou utilisé : %(amount)s")
                % {"amount": format_money(budget.reserved_cents if budget else 0)},
            )

    def amounts(self) -> dict[int, int]:
        """Cents by year; the form is valid."""
        return {int(name): to_cents(value) for name, value in self.cleaned_data.items()}


def free_slug(name: str) -> str:
    """An address for a programme of this name that no other has."""
    stem = slugify(name)[:70] or "dispositif"
    taken = set(Programme.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    # « nouveau » is the address of the form itself.
    taken.add("nouveau")
    number, found = 1, stem
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found


def _euros(cents: int | None) -> Decimal | None:
    return Decimal(cents) / 100 if cents else None


def _cents(euros: Decimal | None) -> int | None:
    return to_cents(euros) if euros else None
