"""Answering what programmes ask, and bringing a voucher's code, without leaving the order."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from billing.funding.grants import redeem_code
from billing.funding.operations import answer_facts
from billing.funding.vocabulary import funding_vocabulary
from billing.funding.web.question_forms import question_form
from kernel.errors import DomainError
from kernel.rules.facts import write_facts
from services.orders.web.cart import cart_page
from services.orders.web.forms import CodeForm
from tenants.accounts.models import User
from tenants.parties.acting import acting_party

BACK = {"cart": "orders:cart", "check": "orders:check"}


@never_cache
@login_required
@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Keep the answers of the business one acts for; the page shows what they change."""
    party = acting_party(request, "business")
    if party is None or not isinstance(request.user, User):
        return redirect("orders:cart")
    form = question_form(funding_vocabulary(), request.POST)
    if not form.is_valid:
        return cart_page(request, questions=form)
    try:
        answer_facts(party=party, answers=write_facts(form.facts), user=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if form.facts:
            messages.success(request, _("Réponses enregistrées : le prix après aide est à jour."))
    return _back(request)


@never_cache
@login_required
@require_POST
def redeem(request: HttpRequest) -> HttpResponse:
    """Bring the code of a granted voucher: it is one's own from now on, and the price follows."""
    party = acting_party(request, "business")
    if party is None or not isinstance(request.user, User):
        return redirect("orders:cart")
    form = CodeForm(request.POST, auto_id="voucher-%s")
    if form.is_valid():
        try:
            voucher = redeem_code(code=form.cleaned_data["code"], party=party, user=request.user)
        except DomainError as error:
            form.add_error("code", str(error))
        else:
            messages.success(
                request,
                _("Le chèque du dispositif « %(name)s » est à vous.") % {"name": voucher.programme.name},
            )
            return _back(request)
    return cart_page(request, code=form)


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(BACK.get(request.POST.get("back", ""), "orders:cart"))
