"""Sending one leg: its key is saved before the call, an unknown outcome is looked up before a repeat."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import credit, debit, post_entry
from billing.payments.gateways.base import Gateway, InvalidRequest, TransferSeen
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payments.queries import has_standing_dispute, transfer_source
from billing.payouts.asking import ask_once, lose_sight_of_gone, note_refusal, note_unknown
from billing.payouts.faults import LEG_CALLED, LEG_LOOKED_UP, LEG_NOTED, LEG_SAVED
from billing.payouts.holds import hold_for_dispute
from billing.payouts.lifecycle import LEG, AccountState, LegState, PayoutState
from billing.payouts.models import PayoutAccount, Rail
from billing.payouts.operations import follow_legs, lock_leg
from kernel.faults import fault_point
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

BLOCKED_NO_ACCOUNT = "no_payout_account"
BLOCKED_NO_SOURCE = "no_gateway_payment"
DISPUTED = "payment_disputed"


@dataclass(frozen=True)
class Transfer:
    """One call to make: all of it was saved before."""

    leg_id: int
    amount_cents: int
    currency: str
    destination: str
    source_charge: str
    transfer_group: str
    idempotency_key: str
    look_up_first: bool
    hindrance: str = ""
    """Why it may not be asked for anew when the gateway knows nothing of it."""


def send_leg(*, leg_id: int) -> None:
    """Send one leg; safe to repeat at any point, for it never sends twice.

    Must not run inside a transaction. Raises OutcomeUnknown when the gateway did not tell: the leg stays
    `unknown` and the next run asks the gateway before it sends again.
    """
    transfer = _prepare(leg_id)
    if transfer is None:
        return
    fault_point(LEG_SAVED)
    gateway = gateway_for(active_account())
    ask_once(
        look_up=(lambda: _look_up(gateway, transfer)) if transfer.look_up_first else None,
        ask=lambda: _move(gateway, transfer),
        note_done=lambda seen: _note_sent(leg_id, seen),
        note_refused=lambda code: _note_refusal(leg_id, code),
        note_lost=lambda: _note_unknown(leg_id),
    )


def _look_up(gateway: Gateway, transfer: Transfer) -> TransferSeen | None:
    found = gateway.find_transfer(transfer_group=transfer.transfer_group)
    fault_point(LEG_LOOKED_UP)
    return found


def _move(gateway: Gateway, transfer: Transfer) -> TransferSeen:
    if transfer.hindrance:
        raise InvalidRequest("an attempted transfer never left and can no longer leave", transfer.hindrance)
    seen = gateway.create_transfer(
        destination=transfer.destination,
        amount_cents=transfer.amount_cents,
        currency=transfer.currency,
        source_charge=transfer.source_charge,
        transfer_group=transfer.transfer_group,
        metadata={"payout_leg": transfer.transfer_group},
        idempotency_key=transfer.idempotency_key,
    )
    fault_point(LEG_CALLED)
    return seen


@transaction.atomic
def _prepare(leg_id: int) -> Transfer | None:
    """Save that an attempt begins, with its key; None when nothing is to be sent or the leg is blocked."""
    leg = lock_leg(leg_id=leg_id)
    if leg.payout.state == PayoutState.HELD or leg.rail != Rail.STRIPE_TRANSFER:
        return None
    lose_sight_of_gone(leg, LEG)
    if leg.state not in {LegState.READY, LegState.UNKNOWN}:
        return None
    charge_id = leg.payout.release.item.charge_id
    # One that may have left already must be asked for, dispute or not.
    if leg.state == LegState.READY and has_standing_dispute(charge_id):
        hold_for_dispute(leg.payout)
        return None
    look_up_first = leg.state == LegState.UNKNOWN
    account = PayoutAccount.objects.filter(party=leg.payout.seller, state=AccountState.ACTIVE).first()
    source = leg.source.gateway_charge_id if leg.source is not None else transfer_source(charge_id)
    hindrance = BLOCKED_NO_ACCOUNT if account is None else "" if source else BLOCKED_NO_SOURCE
    if look_up_first:
        hindrance = hindrance or (DISPUTED if has_standing_dispute(charge_id) else "")
    elif hindrance:
        LEG.apply(leg, "block", "billing")
        leg.reason_code = hindrance
        leg.save(update_fields=["state", "reason_code"])
        return None
    else:
        leg.attempt += 1
        leg.idempotency_key = f"payout-leg-{leg.public_id}-{leg.attempt}"
    LEG.apply(leg, "attempt", "billing")
    leg.attempted_at = timezone.now()
    leg.save(update_fields=["state", "attempt", "idempotency_key", "attempted_at"])
    return Transfer(
        leg_id=leg.pk,
        amount_cents=leg.amount_cents,
        currency=leg.currency,
        destination=account.gateway_account_id if account else "",
        source_charge=source or "",
        transfer_group=leg.transfer_group,
        idempotency_key=leg.idempotency_key,
        look_up_first=look_up_first or leg.attempt > 1,
        hindrance=hindrance,
    )


@transaction.atomic
def _note_sent(leg_id: int, seen: TransferSeen) -> None:
    leg = lock_leg(leg_id=leg_id)
    if leg.state in {LegState.SENT, LegState.RECEIVED}:
        return
    now = timezone.now()
    LEG.apply(leg, "send", "billing")
    leg.sent_at = now
    leg.gateway_transfer_id = seen.identifier
    leg.reason_code = ""
    leg.save(update_fields=["state", "sent_at", "gateway_transfer_id", "reason_code"])
    post_entry(
        source=f"payout_leg:{leg.pk}",
        kind=EntryKind.PAYOUT,
        occurred_on=legal_date(current_tenant(), now),
        memo=leg.payout.seller.display_name,
        postings=[
            debit(AccountCode.OWED_TO_PROVIDERS, leg.amount_cents, leg.payout.seller),
            credit(AccountCode.GATEWAY, leg.amount_cents),
        ],
    )
    follow_legs(leg.payout)
    fault_point(LEG_NOTED)


@transaction.atomic
def _note_refusal(leg_id: int, code: str) -> None:
    leg = lock_leg(leg_id=leg_id)
    if note_refusal(leg, LEG, code):
        follow_legs(leg.payout)


@transaction.atomic
def _note_unknown(leg_id: int) -> None:
    note_unknown(lock_leg(leg_id=leg_id), LEG)
