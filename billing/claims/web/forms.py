"""Forms of the console about claims: the last day, a payment, the reason of a withdrawal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.claims.refusal_models import Fate
from billing.claims.refusals import Refused
from billing.payouts.web.forms import AmountField
from kernel.web.forms import ReasonField, day_field


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

    reason = ReasonField(
        help_text=_("Elle reste avec le paiement et son écriture."),
        rows=2,
        asked=_("Indiquez pourquoi ce paiement est annulé."),
    )


class WithdrawalForm(forms.Form):
    """Why a claim is taken back; a draft needs no reason."""

    reason = ReasonField(rows=2, asked=_("Indiquez la raison du retrait."))

    def __init__(self, *args: Any, is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_draft:
            del self.fields["reason"]


class RefusalForm(forms.Form):
    """What of each line a funder refuses, what becomes of it, and why."""

    reason = ReasonField(label=_("Raison donnée par le financeur"), rows=2, asked=_("Indiquez la raison."))

    def __init__(self, *args: Any, rests: Mapping[int, int], **kwargs: Any) -> None:
        """`rests` are what is unpaid of each line, in cents by position, the oldest paid first."""
        super().__init__(*args, **kwargs)
        self.positions = list(rests)
        for position, cents in rests.items():
            self.fields[f"cents_{position}"] = AmountField(
                label=_("Refusé de la ligne %(line)s") % {"line": position},
                required=False,
                initial=cents or None,
            )
            self.fields[f"fate_{position}"] = forms.ChoiceField(
                label=_("Suite de la ligne %(line)s") % {"line": position},
                choices=Fate.choices,
                required=False,
                initial=Fate.AGAIN,
            )

    def refused(self) -> dict[int, Refused]:
        """The lines with an amount, by position; of a valid form."""
        values = self.cleaned_data
        return {
            position: Refused(values[f"cents_{position}"], Fate(values[f"fate_{position}"] or Fate.AGAIN))
            for position in self.positions
            if values[f"cents_{position}"]
        }


class UndoRefusalForm(forms.Form):
    """Why a refusal is taken back."""

    reason = ReasonField(
        help_text=_("Elle reste avec le refus et son écriture."),
        rows=2,
        asked=_("Indiquez la raison."),
    )
