"""Forms of the console about payouts: a refund, a debt, days of hold, a period."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.charges.models import ReturnBearer
from billing.payouts.holds import HoldRow
from kernel.money import to_cents, to_euros
from kernel.web.forms import EurosField, ReasonField, day_field
from tenants.parties.models import Party

BEARERS: dict[str, str | Promise] = {
    ReturnBearer.PROVIDER: _(
        "Le prestataire : la vente et la commission sont corrigées, sa part est reprise ou retenue"
    ),
    ReturnBearer.OPERATOR: _("L’espace : un geste de l’espace, la vente et la commission restent entières"),
}
METHODS: dict[str, Any] = {
    "card": _("Carte bancaire"),
    "sepa_debit": _("Prélèvement SEPA"),
    "bank_transfer": _("Virement"),
    "voucher": _("Chèque seul"),
}


class AmountField(EurosField):
    """Euros and cents as people write them; its value is integer cents."""

    default_error_messages = {
        "invalid": _("Indiquez un montant en euros, par exemple 120,50."),
        "required": _("Indiquez un montant."),
        "min_value": _("Indiquez un montant d’au moins 0,01 €."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("min_value", Decimal("0.01"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_digits=12, decimal_places=2, localize=True, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Cents as euros in the box."""
        return super().prepare_value(to_euros(value) if isinstance(value, int) else value)

    def clean(self, value: Any) -> Any:
        """The amount in cents; spaces of grouping are let through."""
        if isinstance(value, str):
            value = "".join(value.split()).replace("\u202f", "").replace("€", "").replace(".", ",")
        euros = super().clean(value)
        return None if euros is None else to_cents(euros)


class RefundForm(forms.Form):
    """How much is given back, at whose cost, and why."""

    amount = AmountField(label=_("Montant à rendre au client, TTC"))
    bearer = forms.ChoiceField(
        label=_("À la charge de"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez qui supporte le remboursement.")},
    )
    reason = ReasonField(
        help_text=_("Le client et le prestataire la lisent sur l’avoir."),
        max_length=500,
        asked=_("Indiquez la raison."),
    )

    def __init__(self, *args: Any, bearers: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bearer"].choices = [(one, BEARERS[one]) for one in bearers]  # type: ignore[attr-defined]


class DebtForm(forms.Form):
    """What became of a debt outside of the next payouts."""

    WAYS = (
        ("bank", _("Le prestataire a remboursé par virement")),
        ("loss", _("L’espace renonce à cette somme : elle passe en perte")),
    )
    way = forms.ChoiceField(
        label=_("Que s’est-il passé ?"),
        choices=WAYS,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce qui s’est passé.")},
    )
    amount = AmountField(label=_("Montant"))
    note = forms.CharField(
        label=_("Justification"),
        help_text=_("Date et référence du virement, ou raison de la perte."),
        max_length=255,
        error_messages={"required": _("Indiquez la raison.")},
    )


class HoldForm(forms.Form):
    """Working days for every method of payment."""

    def __init__(self, *args: Any, rows: Iterable[HoldRow], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for row in rows:
            self.fields[row.method] = forms.IntegerField(
                label=METHODS[row.method],
                initial=row.days,
                min_value=row.bounds.least,
                max_value=row.bounds.most,
                help_text=_("Entre %(least)s et %(most)s jours ouvrés, %(default)s par défaut")
                % {"least": row.bounds.least, "most": row.bounds.most, "default": row.bounds.default},
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
                error_messages={"required": _("Indiquez un nombre de jours ouvrés.")},
            )


class PeriodForm(forms.Form):
    """A period, and for staff the provider."""

    provider = forms.ChoiceField(
        label=_("Prestataire"), error_messages={"required": _("Choisissez un prestataire.")}
    )
    since = day_field(_("Du"), missing=_("Indiquez le premier jour."))
    until = day_field(_("Au"), missing=_("Indiquez le dernier jour."))

    def __init__(self, *args: Any, providers: Iterable[Party] | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if providers is None:
            del self.fields["provider"]
        else:
            choices = [(str(party.public_id), party.display_name) for party in providers]
            self.fields["provider"].choices = [("", _("Choisissez")), *choices]  # type: ignore[attr-defined]
