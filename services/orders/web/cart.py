"""The cart's page and what can be done on it; also for somebody who is not logged in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from billing.funding.web.question_forms import QuestionForm
from kernel.errors import DomainError
from services.catalogue.errors import ServiceNotOffered
from services.catalogue.queries import get_service
from services.orders.aid import aided_totals
from services.orders.current import cart_to_change, current_cart
from services.orders.operations.carts import (
    add_to_cart,
    change_cart_line,
    remove_cart_line,
    restore_cart_line,
)
from services.orders.pricing import PricedCart, price_cart, remember_prices
from services.orders.web.aid import aid_of_page
from services.orders.web.forms import CodeForm
from tenants.parties.acting import acting_party, my_parties


def priced_cart(request: HttpRequest) -> PricedCart:
    """The cart of a request with the prices of now."""
    return price_cart(
        current_cart(request),
        buyer=acting_party(request, "business") if request.user.is_authenticated else None,
        own_parties={party.pk for party in my_parties(request)} if request.user.is_authenticated else (),
    )


@never_cache
@require_safe
def cart(request: HttpRequest) -> HttpResponse:
    """Combien vais-je vraiment payer ?"""
    return cart_page(request)


def cart_page(
    request: HttpRequest, *, questions: QuestionForm | None = None, code: CodeForm | None = None
) -> HttpResponse:
    """The cart with what aid leaves to pay; what was typed and refused stays."""
    priced = priced_cart(request)
    buyer = acting_party(request, "business") if request.user.is_authenticated else None
    totals = aided_totals(priced, buyer)
    context = {
        "basket": priced,
        "totals": totals,
        "aid": aid_of_page(totals.aid, buyer, back="cart", questions=questions, code=code),
        "removed": request.session.get("removed_cart_line"),
    }
    refused = questions is not None or code is not None
    return render(request, "orders/entrepreneur/cart.html", context, status=422 if refused else 200)


@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """Put a service in, from its page: `service` is its slug, `option` repeated, `quantity`."""
    service = get_service(request.POST.get("service", ""))
    try:
        if service is None:
            raise ServiceNotOffered(name=request.POST.get("service", ""))
        line = add_to_cart(
            cart=cart_to_change(request),
            service=service,
            quantity=_quantity(request),
            options=request.POST.getlist("option"),
        )
    except DomainError as error:
        messages.error(request, str(error))
        back = reverse("catalogue:service", args=[service.slug]) if service else reverse("catalogue:services")
        return redirect(back)
    remember_prices(priced_cart(request))
    messages.success(request, _("« %(name)s » est dans votre panier.") % {"name": line.service.name})
    return redirect("orders:cart")


@require_POST
def change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Other quantity or options."""
    try:
        line = change_cart_line(
            cart=cart_to_change(request),
            public_id=public_id,
            quantity=_quantity(request),
            options=request.POST.getlist("option"),
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        remember_prices(priced_cart(request))
        messages.success(request, _("« %(name)s » est mis à jour.") % {"name": line.service.name})
    return redirect("orders:cart")


@require_POST
def remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take out; the page offers to put it back."""
    try:
        line = remove_cart_line(cart=cart_to_change(request), public_id=public_id)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("orders:cart")
    request.session["removed_cart_line"] = {"id": str(line.public_id), "name": line.service.name}
    return redirect("orders:cart")


@require_POST
def restore(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put back what was taken out."""
    request.session.pop("removed_cart_line", None)
    try:
        line = restore_cart_line(cart=cart_to_change(request), public_id=public_id)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request, format_html(_("« {} » est de nouveau dans votre panier."), line.service.name)
        )
    return redirect("orders:cart")


def _quantity(request: HttpRequest) -> str:
    """What was typed, without spaces between thousands; nothing typed is one."""
    return "".join(request.POST.get("quantity", "").split()) or "1"
