"""The console page of payouts that do not leave and events not delivered, each with its next act."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.charges.delivery import redeliver_event
from billing.charges.queries import undelivered_events
from billing.payments.errors import GatewayMissing
from billing.payments.gateways.base import GatewayError
from billing.payouts.access import (
    get_event_to_handle,
    get_leg_to_handle,
    get_reversal_to_handle,
    require_finance,
)
from billing.payouts.credit_transfers import record_credit_transfer, transfers_awaited, transfers_to_make
from billing.payouts.lifecycle import LegState
from billing.payouts.models import PayoutLeg
from billing.payouts.operations import open_payout_account, retry_leg
from billing.payouts.queries import payouts_in_dispute, stuck_legs, stuck_reversals
from billing.payouts.reversals import send_reversal
from billing.payouts.sending import BLOCKED_NO_ACCOUNT, send_leg
from billing.payouts.web import words
from kernel.errors import DomainError
from kernel.web.lists import Listing, read_lists
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

PART = ("payout__release__item__charge__reference", "payout__release__item__description")
SELLER = ("payout__seller__legal_name", "payout__seller__trade_name")


@login_required
@require_safe
def stuck(request: HttpRequest) -> HttpResponse:
    """What does not leave by itself."""
    require_finance(request.user)
    lists = read_lists(
        [
            Listing("legs", _("Versements"), stuck_legs(), (*PART, *SELLER), _leg_row),
            Listing(
                "reversals",
                _("Reprises de versements"),
                stuck_reversals(),
                tuple(f"leg__{name}" for name in (*PART, *SELLER)),
                lambda reversal: {"reversal": reversal, "word": words.reversal_word(reversal)},
            ),
            Listing(
                "disputed",
                _("Retenus pendant une contestation"),
                payouts_in_dispute(),
                tuple(name.removeprefix("payout__") for name in (*PART, *SELLER)),
            ),
            Listing("transfers", _("Virements à faire à la banque"), transfers_to_make(), (*PART, *SELLER)),
            Listing("awaited", _("Attendent le financeur"), transfers_awaited(), (*PART, *SELLER)),
            Listing(
                "events",
                _("Suites non transmises aux commandes"),
                undelivered_events(),
                ("charge__reference", "charge__buyer__legal_name", "charge__buyer__trade_name"),
                lambda event: {"event": event, "title": words.EVENTS[event.kind]},
            ),
        ],
        request.GET,
    )
    return render(request, "payouts/operator/stuck.html", {"lists": lists, "shown": lists.by_name})


def _leg_row(leg: PayoutLeg) -> dict[str, Any]:
    row = {"leg": leg, "word": words.leg_word(leg), "reason": words.leg_reason(leg)}
    if leg.state == LegState.FAILED:
        return {**row, "act": _("Relancer"), "act_url": reverse("payouts:retry", args=[leg.public_id])}
    if leg.state in {LegState.UNKNOWN, LegState.SENDING}:
        return {
            **row,
            "act": _("Interroger la passerelle"),
            "act_url": reverse("payouts:check", args=[leg.public_id]),
        }
    if leg.reason_code == BLOCKED_NO_ACCOUNT:
        return {
            **row,
            "act": _("Ouvrir le compte"),
            "act_url": reverse("payouts:open_account_of", args=[leg.public_id]),
        }
    return {**row, "act": _("Virement à faire par la banque"), "act_url": ""}


@login_required
@require_POST
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try a failed leg again."""
    leg = get_leg_to_handle(request.user, public_id)
    try:
        retry_leg(leg_id=leg.pk)
        messages.success(request, _("Versement relancé."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payouts:stuck")


@login_required
@require_POST
def transfer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Staff made the transfer of a funded share at the bank."""
    leg = get_leg_to_handle(request.user, public_id)
    user = request.user if isinstance(request.user, User) else None
    try:
        record_credit_transfer(
            leg_id=leg.pk,
            paid_on=legal_date(current_tenant(), timezone.now()),
            reference=request.POST.get("reference", ""),
            user=user,
        )
        messages.success(request, _("Virement noté : le versement est envoyé."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payouts:stuck")


@login_required
@require_POST
def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway now about a leg of unknown outcome, or one whose sender is gone."""
    leg = get_leg_to_handle(request.user, public_id)
    try:
        if stuck_legs().filter(pk=leg.pk, state__in=(LegState.UNKNOWN, LegState.SENDING)).exists():
            send_leg(leg_id=leg.pk)
        leg.refresh_from_db()
        messages.success(
            request, _("La passerelle a répondu : %(state)s.") % {"state": leg.get_state_display()}
        )
    except (GatewayError, GatewayMissing):
        messages.error(request, _("La passerelle ne répond pas. Une nouvelle demande partira bientôt."))
    return redirect("payouts:stuck")


@login_required
@require_POST
def check_reversal(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway now about a transfer that is being taken back and of which nobody hears any more."""
    reversal = get_reversal_to_handle(request.user, public_id)
    try:
        if stuck_reversals().filter(pk=reversal.pk).exists():
            send_reversal(reversal_id=reversal.pk)
        reversal.refresh_from_db()
        messages.success(
            request, _("La passerelle a répondu : %(state)s.") % {"state": reversal.get_state_display()}
        )
    except (GatewayError, GatewayMissing):
        messages.error(request, _("La passerelle ne répond pas. Une nouvelle demande partira bientôt."))
    return redirect("payouts:stuck")


@login_required
@require_POST
def open_account_of(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open the payout account of the seller for whom a leg waits."""
    leg = get_leg_to_handle(request.user, public_id)
    try:
        open_payout_account(party=leg.payout.seller)
        messages.success(request, _("Compte de versement ouvert."))
    except GatewayError:
        messages.error(request, _("La passerelle ne répond pas. Réessayez dans une minute."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payouts:stuck")


@login_required
@require_POST
def redeliver(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give an event again to who has refused it."""
    event = get_event_to_handle(request.user, public_id)
    if redeliver_event(event_id=event.pk):
        messages.success(request, _("Suite transmise."))
    else:
        messages.error(request, _("La suite est encore refusée : la raison est affichée dans la liste."))
    return redirect("payouts:stuck")
