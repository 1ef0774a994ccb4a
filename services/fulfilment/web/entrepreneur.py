"""What the client does with a delivery: approve it, ask for changes, write, save a file."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from billing.charges.queries import item_amounts
from kernel.errors import DomainError
from services.fulfilment.errors import NoRoundsLeft
from services.fulfilment.operations.review import approve_milestone, request_changes
from services.fulfilment.operations.write import write_message
from services.fulfilment.web.forms import ChangesForm, MessageForm
from services.orders.access import get_bought_line_for
from services.orders.lifecycle import BUSINESS, LINE
from services.orders.models import OrderLine
from services.orders.transitions import current_milestone, milestones_of


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """Say what is paid to whom, then approve."""
    line = get_bought_line_for(request.user, number, position)
    if request.method == "POST":
        try:
            approve_milestone(key=line.key, actor=request.user)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Livraison validée. Le prestataire est payé, la facture arrive."))
        return redirect("orders:order", number)
    gone = _elsewhere(request, line, "approve")
    return gone or render(request, "fulfilment/entrepreneur/approve.html", _context(line))


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def changes(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """Say what must change."""
    line = get_bought_line_for(request.user, number, position)
    form = ChangesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            request_changes(key=line.key, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Corrections demandées. Le prestataire est prévenu."))
        return redirect("orders:order", number)
    gone = _elsewhere(request, line, "request_changes")
    if gone is None and line.rounds_left == 0:
        messages.error(request, str(NoRoundsLeft(rounds=line.offer.get("rounds_of_changes", 0))))
        gone = redirect("orders:order", number)
    context = {**_context(line), "form": form}
    status = 422 if form.errors else 200
    return gone or render(request, "fulfilment/entrepreneur/changes.html", context, status=status)


@login_required
@require_POST
def write(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """A message to the provider."""
    line = get_bought_line_for(request.user, number, position)
    form = MessageForm(request.POST)
    try:
        if form.is_valid():
            write_message(key=line.key, actor=request.user, role=BUSINESS, **form.cleaned_data)
            messages.success(request, _("Message envoyé."))
        else:
            messages.error(request, _("Écrivez votre message."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"{reverse('orders:order', args=[number])}#messages-{position}")


def _elsewhere(request: HttpRequest, line: OrderLine, act: str) -> HttpResponse | None:
    """Back to the order when somebody was quicker."""
    try:
        LINE.check(line, act, BUSINESS)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("orders:order", line.order.number)
    return None


def _context(line: OrderLine) -> dict[str, object]:
    current = current_milestone(milestones_of(line))
    amounts = item_amounts([line.key])[line.key]
    return {
        "line": line,
        "milestone": current,
        "release": amounts.releases.get(current.key) if current else None,
        "single": len(amounts.releases) == 1,
    }
