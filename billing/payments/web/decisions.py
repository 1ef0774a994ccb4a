"""Acts on waiting money that cannot be undone, each asked about first; and who follows a row, with notes."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.payments import bearers, queries
from billing.payments.access import (
    finance_staff,
    get_dispute_to_handle,
    get_payment_to_handle,
    get_refund_to_handle,
    get_row_to_handle,
)
from billing.payments.models import Bearer, Subject
from billing.payments.operations.attention import (
    note_down,
    set_delivery_aside,
    set_payment_aside,
    take_on,
)
from billing.payments.operations.disputes import decide_dispute, held_cents
from billing.payments.operations.foreign_refunds import bear_found, uncovered_cents
from billing.payments.operations.refunds import give_back_payment
from billing.payments.web.operator import do
from billing.payments.web.rows import row_of
from kernel.errors import DomainError
from tenants.accounts.models import User

ASKED = require_http_methods(["GET", "HEAD", "POST"])


@login_required
@ASKED
def give_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refund money that pays nothing, once staff have said yes."""
    payment = get_payment_to_handle(request.user, public_id)
    if request.method == "POST":

        def refund() -> str:
            give_back_payment(payment_id=payment.pk, reason=payment.problem or "owed back")
            return _("Remboursement lancé.")

        return do(request, refund)
    context = {
        "row": row_of(Subject.PAYMENT, payment),
        "title": _("Rembourser ce paiement ?"),
        "consequence": _(
            "Tout ce qui a été reçu repart vers le client. Ce remboursement ne peut pas être rappelé."
        ),
        "button": _("Rembourser"),
    }
    return render(request, "payments/operator/confirm.html", context)


@login_required
@ASKED
def bear_refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The operator bears a refund made at the gateway, once staff have said yes."""
    refund = get_refund_to_handle(request.user, public_id)
    if request.method == "POST":

        def bear() -> str:
            bear_found(refund_id=refund.pk)
            return _("Ce remboursement est à la charge de l’espace.")

        return do(request, bear)
    context = {
        "row": row_of(Subject.REFUND, refund),
        "title": _("Faire supporter ce remboursement à l’espace ?"),
        "consequence": _(
            "La commande reste entière et ses prestataires seront payés. "
            "Si des prestations sont annulées, annulez-les plutôt dans la commande."
        ),
        "button": _("Faire supporter à l’espace"),
    }
    return render(request, "payments/operator/confirm.html", context)


@login_required
@ASKED
def decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who bears a lost dispute, with the sums shown before."""
    dispute = get_dispute_to_handle(request.user, public_id)
    if request.method == "POST":

        def settle() -> str:
            bearer = request.POST.get("bearer", "")
            decided = decide_dispute(dispute_id=dispute.pk, bearer=bearer, actor=staff_of(request))
            return _("Décidé : supporté par %(bearer)s.") % {"bearer": decided.get_bearer_display().lower()}

        return do(request, settle)
    rest, held = uncovered_cents(dispute), held_cents(dispute.payment.charge_id)
    can_owe = bearers.registered() is not None and not (rest and held)
    context = {
        "row": row_of(Subject.DISPUTE, dispute),
        "dispute": dispute,
        "covered_cents": dispute.amount_cents - rest,
        "rest_cents": rest,
        "held_cents": held,
        "bearers": [Bearer.OPERATOR, *([Bearer.PROVIDER] if can_owe else [])],
    }
    return render(request, "payments/operator/decide.html", context)


@login_required
@ASKED
def follow(request: HttpRequest, subject: str, key: str) -> HttpResponse:
    """Who follows a row, what was noted about it; and putting it away with a note."""
    thing = get_row_to_handle(request.user, subject, key)
    row = row_of(subject, thing)
    if request.method == "POST":
        try:
            messages.success(request, _follow(request, subject, thing.pk, row.can_be_put_away))
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(reverse("payments:follow", args=[subject, key]))
        return redirect("payments:console")
    context = {
        "row": row,
        "history": queries.history_of(subject, thing.pk),
        "staff": finance_staff(),
    }
    return render(request, "payments/operator/follow.html", context)


def staff_of(request: HttpRequest) -> User:
    """Who acts; the row they hold was given to nobody but finance staff."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user


def _follow(request: HttpRequest, subject: str, object_id: int, can_be_put_away: bool) -> str:
    note, act = request.POST.get("note", ""), request.POST.get("act", "")
    if act == "put_away" and can_be_put_away:
        if subject == Subject.DELIVERY:
            set_delivery_aside(delivery_id=object_id, author=staff_of(request), note=note)
        else:
            set_payment_aside(payment_id=object_id, author=staff_of(request), note=note)
        return _("Ligne classée.")
    given = request.POST.get("assignee", "")
    if given.isascii() and given.isdigit():
        assignee = finance_staff().filter(pk=given).first()
        if assignee is not None:
            take_on(
                subject=subject, object_id=object_id, assignee=assignee, author=staff_of(request), note=note
            )
            return _("Ligne confiée à %(name)s.") % {"name": assignee.full_name}
    note_down(subject=subject, object_id=object_id, author=staff_of(request), note=note)
    return _("Note enregistrée.")
