"""The console: what goes wrong without us, all orders, one order with the operator's acts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from billing.charges.queries import charge_for, charges_for, item_amounts
from billing.funding.queries import aid_rows
from billing.payments.queries import refunds_of_items
from kernel.errors import DomainError
from kernel.web.forms import ReasonField
from services.fulfilment.operations.give_back import give_back_line
from services.fulfilment.queries import messages_of
from services.fulfilment.web.forms import MessageForm
from services.orders.console import ENDED_ORDERS, FILTERS, orders_for_operator, today_board
from services.orders.lifecycle import LINE, OPERATOR, UNPAID
from services.orders.models import Order, OrderLine
from services.orders.operations.cancel import cancel_line
from services.orders.queries import disputes_of
from services.orders.web.console_words import LINE_WORDS, ROLE_WORDS, TRANSITION_WORDS
from tenants.accounts.access import is_operator, require_operator
from tenants.directory.current import current_tenant

PAGE_SIZE = 50
LATEST = 5
DESK = "support"
ACTS = ("give_back", "cancel")
# Those with a page of their own.
MORE_ACTS = ("reassign", "decide_approved")


class ReasonForm(forms.Form):
    """Why: both sides read it."""

    reason = ReasonField(help_text=gettext_lazy("Le client et le prestataire la liront."), max_length=500)


@login_required
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What goes wrong without me?"""
    require_operator(request.user)
    now = timezone.now()
    zone = ZoneInfo(current_tenant().time_zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, tzinfo=zone)
    board = today_board(now=now, midnight=midnight)
    orders = reverse("orders:console_orders")
    finance = is_operator(request.user, "finance")
    catalogue = is_operator(request.user, "catalogue")
    support = is_operator(request.user, DESK)
    alarms = [
        (
            board.declined,
            _("Prestations déclinées, à réattribuer ou à rembourser"),
            f"{orders}?filtre=a-rendre",
        ),
        (board.unanswered, _("Prestations sans réponse dans le délai"), f"{orders}?filtre=a-rendre"),
        (board.disputed, _("Litiges à trancher"), f"{orders}?filtre=litiges"),
        (board.late, _("Livraisons en retard"), f"{orders}?filtre=en-cours"),
        (
            board.money,
            _("Paiements et remboursements à traiter"),
            reverse("payments:console") if finance else "",
        ),
        (board.stuck_payouts, _("Versements bloqués"), reverse("ledger:money") if finance else ""),
        (
            board.vat_to_confirm,
            _("TVA à confirmer avant facturation"),
            reverse("vat_reviews:reviews") if finance else "",
        ),
        (board.events, _("Paiements reçus dont la suite a échoué"), orders),
        (
            board.dead_tasks,
            _("Tâches à l’arrêt après dix essais"),
            reverse("operations:abandoned") if support else "",
        ),
    ]
    checks = [
        (
            board.services_to_review,
            _("Services à vérifier"),
            reverse("catalogue:console_services") if catalogue else "",
        ),
        (
            board.providers_to_check,
            _("Prestataires à vérifier"),
            reverse("catalogue:console_providers") if catalogue else "",
        ),
    ]
    context = {
        "board": board,
        "alarms": [_counted(*row) for row in alarms if row[0]],
        "checks": [_counted(*row) for row in checks if row[0]],
        "latest": _order_rows(orders_for_operator()[:LATEST]),
        "alarms_tone": "act" if board.alarms else "",
        "late_tone": "bad" if board.late else "",
        "now": now,
        "orders_url": orders,
    }
    return render(request, "orders/operator/today.html", context)


@login_required
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    """All orders, newest first, searched and narrowed."""
    require_operator(request.user)
    query = request.GET.get("q", "").strip()
    narrowed = request.GET.get("filtre", "")
    narrowed = narrowed if narrowed in (*FILTERS, ENDED_ORDERS) else ""
    page = Paginator(orders_for_operator(query=query, narrowed=narrowed), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    rows = _order_rows(page)
    labels = {
        "": _("Toutes"),
        "a-rendre": _("Déclinées ou sans réponse"),
        "litiges": _("Litiges"),
        "a-accepter": _("Attendent le prestataire"),
        "en-cours": _("En cours"),
        ENDED_ORDERS: _("Terminées"),
    }
    tabs = [
        {"url": f"?filtre={key}" if key else "?", "label": label, "count": None, "current": key == narrowed}
        for key, label in labels.items()
    ]
    context = {"page": page, "rows": rows, "tabs": tabs, "query": query, "narrowed": narrowed}
    return render(request, "orders/operator/orders.html", context)


@login_required
@require_safe
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    """One order as all sides have it, with what the operator may do."""
    order = _order_for(request, number)
    lines = list(order.lines.all())
    amounts = item_amounts(line.key for line in lines)
    refunds = refunds_of_items([line.key for line in lines])
    written = messages_of([line.pk for line in lines])
    rows = [_line_row(line, amounts[line.key], refunds.get(line.key, []), request) for line in lines]
    disputes = disputes_of(lines)
    for row in rows:
        line = row["line"]
        row["dispute"] = disputes.get(line.pk)
        row["messages"] = written.get(line.pk, [])
        if line.state not in UNPAID and is_operator(request.user, DESK):
            row["message_form"] = MessageForm(auto_id=f"message-{line.position}-%s")
    charge = charge_for(order.charge_reference)
    context = {"order": order, "charge": charge, "rows": rows, "aid": aid_rows(charge)}
    return render(request, "orders/operator/order.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Ask for the reason, say what follows, then give back or cancel: neither can be undone."""
    require_operator(request.user, DESK)
    line = OrderLine.objects.select_related("order__buyer", "provider").filter(key=key).first()
    if line is None or name not in ACTS:
        raise Http404
    back = reverse("orders:console_order", args=[line.order.number])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _do(name, line.key, request, form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("C’est enregistré. Le client et le prestataire sont prévenus."))
        return redirect(back)
    context = {
        "line": line,
        "form": form,
        "name": name,
        "amounts": item_amounts([line.key])[line.key],
        "cancel_url": back,
    }
    return render(request, "orders/operator/act.html", context, status=422 if form.errors else 200)


def _order_rows(orders: Iterable[Order]) -> list[dict[str, Any]]:
    found = list(orders)
    charges = charges_for(order.charge_reference for order in found)
    return [
        {
            "order": order,
            "incl_cents": charges[order.charge_reference].incl_cents,
            "lines": [{"line": line, "word": LINE_WORDS[line.state]} for line in order.lines.all()],
        }
        for order in found
    ]


def _do(name: str, key: str, request: HttpRequest, reason: str) -> None:
    if name == "give_back":
        give_back_line(key=key, actor=request.user, reason=reason)
    else:
        cancel_line(key=key, role=OPERATOR, actor=request.user, reason=reason)


def _order_for(request: HttpRequest, number: str) -> Order:
    require_operator(request.user)
    order = (
        Order.objects.select_related("buyer", "placed_by")
        .prefetch_related(
            "lines__provider", "lines__milestones", "lines__timeline__actor", "lines__timeline__milestone"
        )
        .filter(number=number)
        .first()
    )
    if order is None:
        raise Http404
    return order


def _line_row(line: OrderLine, amounts: Any, refunds: list[Any], request: HttpRequest) -> dict[str, Any]:
    acts = {transition.name for transition in LINE.actions_for(line, OPERATOR)} & {*ACTS, *MORE_ACTS}
    return {
        "line": line,
        "word": LINE_WORDS[line.state],
        "amounts": amounts,
        "refunds": refunds,
        "milestones": list(line.milestones.all()),
        "acts": acts if is_operator(request.user, DESK) else set(),
        "timeline": [
            {
                "title": TRANSITION_WORDS.get(entry.transition, entry.transition),
                "at": entry.at,
                "who": str(entry.actor) if entry.actor else str(ROLE_WORDS.get(entry.role, "")),
                "text": " · ".join(
                    part
                    for part in (entry.milestone.shown_label if entry.milestone else "", entry.note)
                    if part
                ),
            }
            for entry in line.timeline.all()
        ],
    }


def _counted(count: int, label: str, url: str) -> dict[str, Any]:
    return {"count": count, "label": label, "url": url}
