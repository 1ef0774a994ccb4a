"""Forms of the console about claims: the last day, a payment, the reason of a withdrawal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.commission.web.forms import day_field
from billing.payouts.web.forms import AmountField


class PeriodForm(forms.Form):
    """Up to which legal date is asked."""

    until = day_field(
        _("Dernier jour de la période"),
        help_text=_("Toutes les lignes encore ouvertes jusqu’à ce jour sont reprises."),
    )


class PaymentForm(forms.Form):
    """Money on the bank's statement."""

    amount = AmountField(label=_("Montant"))
    paid_on = day_field(_("Date sur le relevé de banque"))
    bank_reference = forms.CharField(
        label=_("Référence du virement"),
        help_text=_("Telle que la banque l’affiche ; une référence ne compte qu’une fois par demande."),
        max_length=140,
        error_messages={"required": _("Indiquez la référence du virement.")},
    )


class CorrectionForm(forms.Form):
    """Why a noted payment is undone."""

    reason = forms.CharField(
        label=_("Raison"),
        help_text=_("Elle reste avec le paiement et son écriture."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Indiquez pourquoi ce paiement est annulé.")},
    )


class WithdrawalForm(forms.Form):
    """Why a claim is taken back; a draft needs no reason."""

    reason = forms.CharField(
        label=_("Raison"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Indiquez la raison du retrait.")},
    )

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_draft:
            del self.fields["reason"]
