"""Console pages on which staff act on a claim: draw up, submit, withdraw, note a payment."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.claims.access import get_claim, get_programme_to_claim, require_finance
from billing.claims.drafting import draw_claim
from billing.claims.errors import ClaimChanged
from billing.claims.lifecycle import CLAIM, ClaimState
from billing.claims.models import Claim
from billing.claims.operations import (
    correct_claim_payment,
    record_claim_payment,
    submit_claim,
    withdraw_claim,
)
from billing.claims.web.forms import CorrectionForm, PaymentForm, PeriodForm, WithdrawalForm
from billing.claims.web.operator import last_month_end
from kernel.errors import DomainError
from kernel.web.formats import format_money
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def draw(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw up the draft of a programme up to a day, or draw it up anew."""
    user = require_finance(request.user)
    programme = get_programme_to_claim(user, slug)
    draft = Claim.objects.filter(programme=programme, state=ClaimState.DRAFT).first()
    form = PeriodForm(request.POST or None, initial={"until": draft.ends_on if draft else last_month_end()})
    if request.method == "POST" and form.is_valid():
        try:
            claim = draw_claim(programme=programme, until=form.cleaned_data["until"], user=user)
        except DomainError as error:
            form.add_error("until", str(error))
        else:
            messages.success(request, _("La demande est prête à vérifier."))
            return redirect("claims:claim", public_id=claim.public_id)
    context = {"form": form, "programme": programme, "draft": draft}
    return render(request, "claims/operator/draw.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say what submitting does, then number and freeze the draft."""
    user = require_finance(request.user)
    claim = get_claim(user, public_id)
    if request.method == "POST":
        try:
            done = submit_claim(claim_id=claim.pk, user=user)
        except ClaimChanged as error:
            _draw_anew(claim, request)
            messages.error(request, str(error))
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(
                request,
                _("La demande %(number)s est déposée. Son PDF est prêt dans la minute.")
                % {"number": done.number},
            )
        return redirect("claims:claim", public_id=public_id)
    if claim.state != ClaimState.DRAFT:
        return redirect("claims:claim", public_id=public_id)
    return render(request, "claims/operator/submit.html", {"claim": claim})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask why, say what follows, then take the claim back."""
    user = require_finance(request.user)
    claim = get_claim(user, public_id)
    is_draft = claim.state == ClaimState.DRAFT
    form = WithdrawalForm(request.POST or None, is_draft=is_draft)
    if request.method == "POST" and form.is_valid():
        return done(
            request,
            claim,
            lambda: withdraw_claim(claim_id=claim.pk, reason=form.cleaned_data.get("reason", ""), user=user),
            _("La demande est retirée ; ses lignes sont de nouveau à demander."),
        )
    if "withdraw" not in {row.name for row in CLAIM.actions_for(claim, "operator")}:
        return redirect("claims:claim", public_id=public_id)
    context = {"claim": claim, "form": form, "is_draft": is_draft}
    return render(request, "claims/operator/withdraw.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def pay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note what the bank's statement shows for a claim."""
    user = require_finance(request.user)
    claim = get_claim(user, public_id)
    left = abs(claim.left_cents)
    today = legal_date(current_tenant(), timezone.now())
    form = PaymentForm(request.POST or None, initial={"amount": left, "paid_on": today})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            record_claim_payment(
                claim_id=claim.pk,
                amount_cents=values["amount"],
                paid_on=values["paid_on"],
                bank_reference=values["bank_reference"],
                user=user,
            )
        except DomainError as error:
            form.add_error(PLACES.get(error.code), str(error))
        else:
            noted = {"amount": format_money(values["amount"]), "number": claim.number}
            messages.success(request, _("%(amount)s enregistrés sur la demande %(number)s.") % noted)
            return redirect("claims:claim", public_id=public_id)
    elif "pay" not in {row.name for row in CLAIM.actions_for(claim, "operator")}:
        return redirect("claims:claim", public_id=public_id)
    context = {"claim": claim, "form": form, "left_cents": left}
    return render(request, "claims/operator/pay.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, public_id: UUID, payment_id: int) -> HttpResponse:
    """Undo a payment that was noted by mistake, once staff have said why and seen what follows."""
    user = require_finance(request.user)
    claim = get_claim(user, public_id)
    payment = claim.payments.filter(pk=payment_id).first()
    if payment is None:
        raise Http404
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        undone = {"amount": format_money(abs(payment.amount_cents)), "number": claim.number}
        return done(
            request,
            claim,
            lambda: correct_claim_payment(
                payment_id=payment.pk, reason=form.cleaned_data["reason"], user=user
            ),
            _("%(amount)s annulés : la demande %(number)s les attend de nouveau.") % undone,
        )
    if payment.corrected_at is not None or claim.state == ClaimState.CLOSED:
        return redirect("claims:claim", public_id=public_id)
    context = {
        "claim": claim,
        "payment": payment,
        "form": form,
        "cents": abs(payment.amount_cents),
        "left_cents": abs(claim.left_cents + payment.amount_cents),
    }
    return render(request, "claims/operator/correct.html", context, status=422 if form.errors else 200)


def done(request: HttpRequest, claim: Claim, act: Callable[[], object], told: str) -> HttpResponse:
    """Do something to a claim, say that it is done or why not, and show the claim."""
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, told)
    return redirect("claims:claim", public_id=claim.public_id)


PLACES = {
    "claims.overpaid": "amount",
    "claims.payment_day_wrong": "paid_on",
    "claims.payment_known": "bank_reference",
}


def _draw_anew(claim: Claim, request: HttpRequest) -> None:
    """The draft as things are now; with nothing left to ask it is given up."""
    user = require_finance(request.user)
    try:
        draw_claim(programme=claim.programme, until=claim.ends_on, user=user)
    except DomainError:
        withdraw_claim(claim_id=claim.pk, reason="", user=user)
