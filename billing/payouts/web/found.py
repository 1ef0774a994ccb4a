"""The console page on which staff say what a refund made at the gateway was for: form, check, confirm."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing.charges.models import ReturnBearer
from billing.payments.access import get_refund_to_handle
from billing.payments.models import RefundOrigin, RefundState
from billing.payouts.found_refunds import Target, price_shares, split_found_refund, targets_of
from billing.payouts.web.forms import BEARERS, AmountField
from kernel.errors import DomainError
from kernel.web.formats import format_money

BORNE = "borne"


class SplitForm(forms.Form):
    """How much was for what; all boxes sum to what the gateway gave back."""

    def __init__(self, *args: Any, targets: Iterable[Target], total_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.total_cents = total_cents
        self.targets = list(targets)
        for target in self.targets:
            if target.release is None:
                text = _(
                    "Pas encore validée : reste %(left)s à rendre, quand vous l’annulerez dans la commande."
                )
            else:
                text = _("Validée : reste %(left)s à rendre.")
            label = target.item.description
            if target.release is not None:
                label = f"{label}, {target.release.label}"
            self.fields[f"part-{target.key}"] = AmountField(
                label=label, required=False, help_text=text % {"left": format_money(target.left_cents)}
            )
        self.fields[BORNE] = AmountField(
            label=_("À la charge de l’espace"),
            required=False,
            help_text=_("Ce qui n’était pour aucune prestation."),
        )
        if any(target.release is not None for target in self.targets):
            self.fields["bearer"] = forms.ChoiceField(
                label=_("Les prestations validées sont à la charge de"),
                choices=list(BEARERS.items()),
                initial=str(ReturnBearer.PROVIDER),
                widget=forms.RadioSelect,
            )
        self.fields["reason"] = forms.CharField(
            label=_("Raison"),
            help_text=_("Le client et le prestataire la lisent sur l’avoir."),
            max_length=500,
            widget=forms.Textarea(attrs={"rows": 2}),
            error_messages={"required": gettext_lazy("Indiquez la raison.")},
        )

    @property
    def amounts(self) -> dict[str, int]:
        """Cents by key of target."""
        found = {target.key: self.cleaned_data.get(f"part-{target.key}") for target in self.targets}
        return {key: cents for key, cents in found.items() if cents}

    @property
    def borne_cents(self) -> int:
        """What the space bears."""
        return self.cleaned_data.get(BORNE) or 0

    def clean(self) -> dict[str, Any]:
        """The boxes sum to the refund, and none holds more than is left."""
        for target in self.targets:
            cents = self.cleaned_data.get(f"part-{target.key}") or 0
            if cents > target.left_cents:
                left = format_money(target.left_cents)
                self.add_error(f"part-{target.key}", _("Au plus %(left)s.") % {"left": left})
        said = sum(self.amounts.values()) + self.borne_cents
        if not self.errors and said != self.total_cents:
            told = {
                "said": format_money(said),
                "total": format_money(self.total_cents),
                "gap": format_money(abs(self.total_cents - said)),
            }
            if said < self.total_cents:
                text = _("%(said)s répartis sur %(total)s : il manque %(gap)s.") % told
            else:
                text = _("%(said)s répartis sur %(total)s : %(gap)s de trop.") % told
            raise forms.ValidationError(text)
        return self.cleaned_data


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what it was for; check what that does; confirm."""
    refund = get_refund_to_handle(request.user, public_id)
    if refund.origin != RefundOrigin.GATEWAY or refund.cleared_at or refund.state != RefundState.DONE:
        messages.error(request, _("Ce remboursement est déjà rattaché."))
        return redirect("payments:console")
    charge = refund.payment.charge
    form = SplitForm(request.POST or None, targets=targets_of(charge), total_cents=refund.amount_cents)
    context = {"refund": refund, "charge": charge, "form": form}
    if request.method != "POST" or "change" in request.POST:
        return render(request, "payouts/operator/split.html", context)
    if not form.is_valid():
        return render(request, "payouts/operator/split.html", context, status=422)
    bearer, reason = form.cleaned_data.get("bearer", ""), form.cleaned_data["reason"]
    try:
        if "confirm" in request.POST:
            split_found_refund(
                refund_id=refund.pk,
                amounts=form.amounts,
                borne_cents=form.borne_cents,
                bearer=bearer,
                reason=reason,
            )
            messages.success(request, _("Remboursement réparti."))
            return redirect("payments:console")
        shares = price_shares(charge, form.amounts, bearer=bearer)
    except DomainError as error:
        form.add_error(None, str(error))
        return render(request, "payouts/operator/split.html", context, status=422)
    posted = [(name, request.POST.get(name, "")) for name in form.fields]
    context |= {"shares": shares, "borne_cents": form.borne_cents, "reason": reason, "posted": posted}
    return render(request, "payouts/operator/split_check.html", {**context, "form": None})
