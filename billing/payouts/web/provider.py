"""The provider's page of payouts: what is held, due and sent, and the account where it is paid."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.payments.gateways.base import GatewayError
from billing.payouts.access import get_seller_for
from billing.payouts.operations import open_payout_account
from billing.payouts.queries import can_be_paid, money_of, payouts_of
from billing.payouts.web import words
from kernel.errors import DomainError


@login_required
@require_safe
def payouts(request: HttpRequest) -> HttpResponse:
    """Pending and available money apart, then every payout, newest first."""
    seller = get_seller_for(request)
    page = payouts_of(seller, before=_key(request))
    context = {
        "money": money_of(seller),
        "can_be_paid": can_be_paid(seller),
        "rows": [
            {"payout": payout, "word": words.payout_word(payout), "awaited": words.awaited_leg(payout)}
            for payout in page.rows
        ],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
    }
    return render(request, "payouts/provider/payouts.html", context)


@login_required
@require_POST
def open_account(request: HttpRequest) -> HttpResponse:
    """Open the account at the gateway where the provider is paid."""
    seller = get_seller_for(request)
    try:
        open_payout_account(party=seller)
        messages.success(
            request, _("Votre compte de versement est ouvert. Les versements prêts partent maintenant.")
        )
    except GatewayError:
        messages.error(request, _("La passerelle ne répond pas. Réessayez dans une minute."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payouts:payouts")


def _key(request: HttpRequest) -> int | None:
    after = request.GET.get("after")
    if not after:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Http404
    return int(after)
