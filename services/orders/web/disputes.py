"""Disputes: the client's form and its withdrawal; the operator's decision, checked before it is made."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from billing.payouts.splits import disputable_cents, split_bearers
from kernel.errors import DomainError
from kernel.money import to_cents, to_euros
from kernel.web.forms import ReasonField, euros_field
from services.orders.access import get_bought_line_for
from services.orders.errors import WantedAmountWrong
from services.orders.lifecycle import BUSINESS, LINE, OPERATOR
from services.orders.models import Dispute, OrderLine, Wanted
from services.orders.operations.disputes import (
    decide_dispute,
    open_dispute,
    preview_decision,
    withdraw_dispute,
)
from services.orders.queries import disputes_of
from tenants.accounts.access import require_operator

DESK = "support"
BEARERS = {
    "provider": gettext_lazy("Le prestataire : il ne garde que le reste, avec un avoir s’il le faut"),
    "operator": gettext_lazy("L’espace, par un geste : le prestataire garde tout son prix"),
}


class DisputeForm(forms.Form):
    """What is wrong, and what the client asks for."""

    reason = ReasonField(
        label=gettext_lazy("Ce qui ne va pas"),
        help_text=gettext_lazy("Les faits, dans l’ordre. Le prestataire et l’équipe le liront."),
        max_length=4000,
        rows=8,
        asked=gettext_lazy("Indiquez ce qui ne va pas."),
    )
    wanted = forms.ChoiceField(
        label=gettext_lazy("Ce que vous demandez"),
        choices=Wanted.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez ce que vous demandez.")},
    )
    amount = euros_field(
        gettext_lazy("Montant demandé, TTC"),
        help_text=gettext_lazy("Seulement pour le remboursement d’une partie."),
    )

    def clean(self) -> dict[str, Any]:
        """A part has an amount."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("wanted") == Wanted.PART and not given.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Indiquez le montant demandé, par exemple 120,50."))
        return given


class DecisionForm(forms.Form):
    """How much goes back, who bears it, and why."""

    amount = euros_field(
        gettext_lazy("Montant rendu au client, TTC"),
        required=True,
        help_text=gettext_lazy(
            "0 : rien n’est rendu, le prestataire est payé. Le prix entier : tout est rendu."
        ),
    )
    bearer = forms.ChoiceField(
        label=gettext_lazy("À la charge de"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez qui supporte le remboursement.")},
    )
    decision = forms.CharField(
        label=gettext_lazy("Décision et raisons"),
        help_text=gettext_lazy("Le client et le prestataire la liront."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Indiquez la décision et ses raisons.")},
    )

    def __init__(self, *args: Any, bearers: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bearer"].choices = [(one, BEARERS[one]) for one in bearers]  # type: ignore[attr-defined]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def dispute(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """What is wrong, and what do I ask for?"""
    line = get_bought_line_for(request.user, number, position)
    form = DisputeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            open_dispute(
                key=line.key,
                actor=request.user,
                reason=given["reason"],
                wanted=given["wanted"],
                wanted_cents=None if given["amount"] is None else to_cents(given["amount"]),
            )
        except WantedAmountWrong as error:
            form.add_error("amount", str(error))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Litige ouvert. L’équipe et le prestataire sont prévenus."))
            return redirect("orders:order", number)
    elif request.method != "POST":
        try:
            LINE.check(line, "dispute", BUSINESS)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("orders:order", number)
    context = {"line": line, "form": form, "cancel_url": reverse("orders:order", args=[number])}
    return render(request, "orders/entrepreneur/dispute.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def withdraw(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """It is settled: the line goes on."""
    line = get_bought_line_for(request.user, number, position)
    try:
        withdraw_dispute(key=line.key, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Litige retiré. La prestation reprend où elle en était."))
    return redirect("orders:order", number)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, key: str) -> HttpResponse:
    """Who is right, and how much goes back? Checked to the cent before it is made."""
    require_operator(request.user, DESK)
    line = OrderLine.objects.select_related("order__buyer", "provider").filter(key=key).first()
    if line is None:
        raise Http404
    back = reverse("orders:console_order", args=[line.order.number])
    try:
        LINE.check(line, "decide_approved", OPERATOR)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(back)
    open_one = disputes_of([line])[line.pk]
    left, bearers = disputable_cents(key), split_bearers(key)
    form = DecisionForm(
        request.POST or None,
        bearers=bearers,
        initial={"amount": _asked(open_one, left), "bearer": bearers[0]},
    )
    context: dict[str, Any] = {
        "line": line, "dispute": open_one, "left_cents": left, "form": form, "cancel_url": back,
    }  # fmt: skip
    template = "orders/operator/decide.html"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        cents = to_cents(given["amount"])
        try:
            if "confirm" in request.POST:
                decide_dispute(
                    key=key,
                    actor=request.user,
                    refund_cents=cents,
                    bearer=given["bearer"],
                    decision=given["decision"],
                )
                messages.success(request, _("Litige tranché. Le client et le prestataire sont prévenus."))
                return redirect(back)
            if "change" not in request.POST:
                context["split"] = preview_decision(line=line, refund_cents=cents, bearer=given["bearer"])
                context |= {"posted": request.POST, "bearer": BEARERS[given["bearer"]], "form": None}
                template = "orders/operator/decide_check.html"
        except DomainError as error:
            form.add_error("amount", str(error))
    return render(request, template, context, status=422 if form.errors else 200)


def _asked(dispute: Dispute, left: int) -> Decimal | None:
    if dispute.wanted == Wanted.CORRECTION:
        return None
    return to_euros(left if dispute.wanted_cents is None else min(dispute.wanted_cents, left))
