"""The buyer's pages of orders: list, one order, payment, what comes after it, cancellation, files."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing.charges.instalments import due_now
from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.charges.queries import item_amounts
from billing.payments.operations.start import start_payment
from billing.payments.queries import current_payment
from kernel.errors import DomainError
from services.catalogue.reviews import reviews_of_lines
from services.fulfilment.queries import messages_of
from services.fulfilment.web.forms import MessageForm
from services.orders.access import get_bought_line_for, get_intake_file_for, get_order_for
from services.orders.lifecycle import BUSINESS, LINE, UNPAID, LineState
from services.orders.operations.cancel import cancel_line
from services.orders.operations.reviews import may_be_reviewed
from services.orders.queries import order_view, orders_of
from services.orders.uploads import as_attachment
from services.orders.web.forms import CancelForm
from tenants.parties.acting import acting_party


@login_required
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """The acting party's orders, newest first."""
    buyer = acting_party(request, "business")
    page, rows = orders_of(buyer, page=request.GET.get("page")) if buyer is not None else (None, [])
    return render(request, "orders/entrepreneur/orders.html", {"page": page, "rows": rows, "buyer": buyer})


@never_cache
@login_required
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Où en est-on, à qui d’agir ?"""
    found = get_order_for(request.user, number)
    view = order_view(found)
    written = messages_of([shown.line.pk for shown in view.lines])
    reviews = reviews_of_lines([shown.line.key for shown in view.lines])
    for shown in view.lines:
        shown.review = reviews.get(shown.line.key)
        shown.may_be_reviewed = may_be_reviewed(shown.line)
        shown.messages = written.get(shown.line.pk, [])
        if shown.line.state not in UNPAID:
            shown.message_form = MessageForm(auto_id=f"message-{shown.line.position}-%s")
    return render(request, "orders/entrepreneur/order.html", {"view": view, "order": found})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """What is to pay and until when; the button leads to the bank's page."""
    found = get_order_for(request.user, number)
    charge = Charge.objects.get(reference=found.charge_reference)
    due = due_now(charge)
    if due is None:
        target = "orders:confirmation" if charge.state == ChargeState.PAID else "orders:order"
        return redirect(target, number)
    if request.method == "POST":
        try:
            payment = start_payment(
                charge=charge,
                return_url=request.build_absolute_uri(reverse("orders:payment_return", args=[number])),
                cancel_url=request.build_absolute_uri(reverse("orders:pay", args=[number])),
            )
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("orders:pay", number)
        return HttpResponseRedirect(payment.hosted_url)
    context = {"order": found, "charge": charge, "due": due, "payment": current_payment(charge)}
    return render(request, "orders/entrepreneur/pay.html", context)


@never_cache
@login_required
@require_safe
def payment_return(request: HttpRequest, number: str) -> HttpResponse:
    """Back from the bank: its answer, not this visit, makes the order paid; the page asks until then."""
    found = get_order_for(request.user, number)
    charge = Charge.objects.get(reference=found.charge_reference)
    if charge.state == ChargeState.PAID:
        return redirect("orders:confirmation", number)
    payment = current_payment(charge)
    if charge.state == ChargeState.PART_PAID and payment is not None and payment.is_received:
        return redirect("orders:order", number)
    if payment is None:
        return redirect("orders:pay", number)
    context = {"order": found, "charge": charge, "payment": payment, "back": request.path}
    return render(request, "orders/entrepreneur/payment_return.html", context)


@never_cache
@login_required
@require_safe
def confirmation(request: HttpRequest, number: str) -> HttpResponse:
    """Et maintenant ?"""
    found = get_order_for(request.user, number)
    charge = Charge.objects.get(reference=found.charge_reference)
    if charge.state != ChargeState.PAID:
        return redirect("orders:order", number)
    return render(
        request, "orders/entrepreneur/confirmation.html", {"order": found, "view": order_view(found)}
    )


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """Say what follows, then cancel."""
    line = get_bought_line_for(request.user, number, position)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            cancel_line(key=line.key, role=BUSINESS, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _cancelled(line.state))
        return redirect("orders:order", number)
    if "cancel" not in {row.name for row in LINE.actions_for(line, BUSINESS)}:
        messages.error(
            request,
            _("Cette prestation ne peut plus être annulée ici. Entre-temps : %(state)s.")
            % {"state": line.get_state_display()},
        )
        return redirect("orders:order", number)
    context = {
        "line": line,
        "form": form,
        "amounts": item_amounts([line.key])[line.key],
        "whole_order": line.state == LineState.AWAITING_PAYMENT,
        "others": line.order.lines.count() - 1,
    }
    return render(request, "orders/entrepreneur/cancel.html", context)


@login_required
@require_safe
def intake_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A file given as an answer, for saving."""
    found = get_intake_file_for(request.user, public_id)
    try:
        return as_attachment(found.file, name=found.name, content_type=found.content_type)  # type: ignore[return-value]
    except FileNotFoundError as error:
        raise Http404 from error


def _cancelled(before: str) -> str:
    if before == LineState.AWAITING_PAYMENT:
        return _("La commande est annulée, rien n’est débité. Les services sont dans votre panier.")
    return _("La prestation est annulée. Le remboursement est lancé.")
