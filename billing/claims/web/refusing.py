"""Console pages of what a funder refuses of a claim: said line by line, looked at, booked, taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.claims.access import get_claim, require_finance
from billing.claims.covering import asking_lines, uncovered_cents
from billing.claims.lifecycle import CLAIM
from billing.claims.models import Claim
from billing.claims.refusal_models import Fate
from billing.claims.refusals import Refused, check_refused, refuse_rest, undo_refusal
from billing.claims.snapshots import claim_lines, claim_rows
from billing.claims.web.acts import done
from billing.claims.web.forms import RefusalForm, UndoRefusalForm
from kernel.errors import DomainError
from kernel.web.formats import format_money


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask what of each line is refused and what becomes of it, show the sums, then close the claim."""
    user = require_finance(request.user)
    claim = get_claim(user, public_id)
    lines = {line.position: line for line in asking_lines(claim)}
    left = uncovered_cents(claim)
    form = RefusalForm(request.POST or None, rests={line.position: left[line.pk] for line in lines.values()})
    if request.method == "POST" and form.is_valid():
        refused = form.refused()
        try:
            if "confirm" in request.POST:
                refuse_rest(claim_id=claim.pk, refused=refused, reason=form.cleaned_data["reason"], user=user)
                told = {"amount": format_money(claim.left_cents), "number": claim.number}
                messages.success(request, _("%(amount)s refusés : la demande %(number)s est close.") % told)
                return redirect("claims:claim", public_id=public_id)
            CLAIM.check(claim, "refuse", "operator")
            check_refused(claim, lines, refused)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "claims/operator/refuse_check.html", _checked(claim, form, refused))
    elif "refuse" not in {row.name for row in CLAIM.actions_for(claim, "operator")} or claim.left_cents <= 0:
        return redirect("claims:claim", public_id=public_id)
    context = {"claim": claim, "form": form, "rows": _fields(claim, form)}
    return render(request, "claims/operator/refuse.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: HttpRequest, public_id: UUID, refusal_id: int) -> HttpResponse:
    """Take a refusal back, once staff have said why and seen what follows."""
    user = require_finance(request.user)
    claim = get_claim(user, public_id)
    refusal = claim.refusals.filter(pk=refusal_id).first()
    if refusal is None:
        raise Http404
    form = UndoRefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = {"amount": format_money(refusal.amount_cents), "number": claim.number}
        return done(
            request,
            claim,
            lambda: undo_refusal(refusal_id=refusal.pk, reason=form.cleaned_data["reason"], user=user),
            _("Refus annulé : la demande %(number)s attend de nouveau %(amount)s.") % told,
        )
    if refusal.undone_at is not None:
        return redirect("claims:claim", public_id=public_id)
    context = {"claim": claim, "refusal": refusal, "form": form}
    return render(request, "claims/operator/undo_refusal.html", context, status=422 if form.errors else 200)


def _fields(claim: Claim, form: RefusalForm) -> list[dict[str, Any]]:
    """Each asking line with its two fields."""
    rows = claim_rows(claim_lines(claim).filter(amount_cents__gt=0))
    return [
        {"row": row, "cents": form[f"cents_{row.position}"], "fate": form[f"fate_{row.position}"]}
        for row in rows
    ]


def _checked(claim: Claim, form: RefusalForm, refused: dict[int, Refused]) -> dict[str, Any]:
    rows = claim_rows(claim_lines(claim).filter(position__in=refused))
    lost = sum(row.cents for row in refused.values() if row.fate == Fate.LOST)
    return {
        "claim": claim,
        "rows": [{"row": row, "refused": refused[row.position]} for row in rows],
        "lost_cents": lost,
        "again_cents": claim.left_cents - lost,
        "reason": form.cleaned_data["reason"],
        "kept": [
            ("reason", form.cleaned_data["reason"]),
            *(
                pair
                for position, row in refused.items()
                for pair in (
                    (f"cents_{position}", form.data[f"cents_{position}"]),
                    (f"fate_{position}", row.fate.value),
                )
            ),
        ],
    }
