"""Forms of the console about commission rules: a new rule with its example, the last day of one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.commission.models import CommissionRule, RuleScope
from billing.commission.preview import Example
from billing.commission.targets import Target
from kernel.money import to_cents
from kernel.web.forms import NUMBER, day_field, euros_field
from tenants.parties.models import Party


class ExampleFields(forms.Form):
    """A sale on which rules are tried."""

    example_provider = forms.ChoiceField(
        label=_("Exemple : prestataire"), error_messages={"required": _("Choisissez un prestataire.")}
    )
    example_category = forms.ChoiceField(label=_("Exemple : rubrique"), required=False)
    example_programme = forms.ChoiceField(label=_("Exemple : dispositif"), required=False)
    example_price = euros_field(_("Exemple : prix hors TVA de la prestation"), required=True)

    def __init__(self, *args: Any, known: dict[str, list[Target]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known
        for name, scope, empty in (
            ("example_provider", RuleScope.PROVIDER, _("Choisissez")),
            ("example_category", RuleScope.CATEGORY, _("Aucune")),
            ("example_programme", RuleScope.PROGRAMME, _("Aucun")),
        ):
            found = known.get(scope, [])
            if not found and scope != RuleScope.PROVIDER:
                del self.fields[name]
                continue
            choices = [("", empty), *((one.value, one.label) for one in found)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def example(self, on: date) -> Example:
        """The sale that was described; the form is valid."""
        values = self.cleaned_data
        category = values.get("example_category") or ""
        found = next((one for one in self.known.get(RuleScope.CATEGORY, []) if one.value == category), None)
        return Example(
            seller=Party.objects.get(public_id=values["example_provider"]),
            categories=(found.path or (found.value,)) if found else (),
            programme=values.get("example_programme") or None,
            price_cents=to_cents(values["example_price"]),
            on=on,
        )


class RuleForm(ExampleFields):
    """A new rule; nothing of it is changed later, it is ended and followed."""

    scope = forms.ChoiceField(label=_("S’applique à"), widget=forms.RadioSelect)
    provider = forms.ChoiceField(label=_("Prestataire"), required=False)
    category = forms.ChoiceField(label=_("Rubrique"), required=False)
    programme = forms.ChoiceField(label=_("Dispositif"), required=False)
    priority = forms.IntegerField(
        label=_("Priorité"),
        min_value=1,
        max_value=999,
        help_text=_("Le plus petit numéro l’emporte."),
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": _("Indiquez un numéro de priorité.")},
    )
    rate_percent = forms.DecimalField(
        label=_("Taux, en % du prix hors TVA"),
        min_value=Decimal(0),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs=NUMBER),
        error_messages={
            "invalid": _("Indiquez un taux, par exemple 5 ou 7,5."),
            "required": _("Indiquez un taux, par exemple 5 ou 7,5."),
        },
    )
    fixed = euros_field(_("Part fixe hors TVA"), help_text=_("Ajoutée au taux."))
    minimum = euros_field(_("Minimum hors TVA"))
    maximum = euros_field(_("Maximum hors TVA"), help_text=_("Vide : pas de maximum."))
    valid_from = day_field(_("À partir du"))
    valid_to = day_field(_("Jusqu’au"), required=False, help_text=_("Vide : sans fin."))

    field_order = (
        "scope",
        "provider",
        "category",
        "programme",
        "priority",
        "rate_percent",
        "fixed",
        "minimum",
        "maximum",
        "valid_from",
        "valid_to",
    )
    TARGET_FIELDS: ClassVar[dict[RuleScope, str]] = {
        RuleScope.PROVIDER: "provider",
        RuleScope.CATEGORY: "category",
        RuleScope.PROGRAMME: "programme",
    }

    def __init__(self, *args: Any, known: dict[str, list[Target]], **kwargs: Any) -> None:
        super().__init__(*args, known=known, **kwargs)
        scopes = [(RuleScope.DEFAULT.value, RuleScope.DEFAULT.label)]
        for scope, name in self.TARGET_FIELDS.items():
            found = known.get(scope, [])
            if not found:
                del self.fields[name]
                continue
            scopes.append((scope.value, scope.label))
            choices = [("", _("Choisissez")), *((one.value, one.label) for one in found)]
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The scope has its target, the maximum is not below the minimum, the end not before the start."""
        cleaned = super().clean() or {}
        scope = cleaned.get("scope")
        name = self.TARGET_FIELDS.get(RuleScope(scope)) if scope else None
        if name and not cleaned.get(name):
            self.add_error(name, _("Choisissez à quoi la règle s’applique."))
        low, high = cleaned.get("minimum") or 0, cleaned.get("maximum")
        if high is not None and high < low:
            self.add_error("maximum", _("Le maximum ne peut pas être inférieur au minimum."))
        since, until = cleaned.get("valid_from"), cleaned.get("valid_to")
        if since and until and until < since:
            self.add_error("valid_to", _("Indiquez une date de fin qui suit la date de début."))
        return cleaned

    def rule_values(self) -> dict[str, Any]:
        """The values of `open_rule`; the form is valid."""
        values = self.cleaned_data
        name = self.TARGET_FIELDS.get(RuleScope(values["scope"]))
        maximum = values["maximum"]
        return {
            "priority": values["priority"],
            "scope": values["scope"],
            "target": values[name] if name else "",
            "rate_percent": values["rate_percent"],
            "fixed_cents": to_cents(values["fixed"] or Decimal(0)),
            "min_cents": to_cents(values["minimum"] or Decimal(0)),
            "max_cents": None if maximum is None else to_cents(maximum),
            "valid_from": values["valid_from"],
            "valid_to": values["valid_to"],
        }

    def candidate(self) -> CommissionRule:
        """The rule as it would be, not stored."""
        return CommissionRule(**self.rule_values())


class EndForm(forms.Form):
    """The last day of a rule."""

    on = day_field(_("Dernier jour de la règle"))
