"""Taking a sent transfer back: the key is saved before the call, an unknown outcome is looked up first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import credit, debit, post_entry
from billing.payments.gateways.base import Gateway, ReversalSeen
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payouts.asking import ask_once, lose_sight_of_gone, note_refusal, note_unknown
from billing.payouts.debts import lock_standing, recover_by_reversal, settle_debt
from billing.payouts.faults import REVERSAL_CALLED, REVERSAL_LOOKED_UP, REVERSAL_NOTED, REVERSAL_SAVED
from billing.payouts.lifecycle import REVERSAL, ReversalState
from billing.payouts.models import SellerDebt, TransferReversal
from kernel.faults import fault_point
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


@dataclass(frozen=True)
class ReversalCall:
    """One call to make: all of it was saved before."""

    transfer: str
    amount_cents: int
    metadata: dict[str, str]
    idempotency_key: str
    look_up_first: bool


def send_reversal(*, reversal_id: int) -> None:
    """Take back what was asked for; safe to repeat at any point, for it never takes twice.

    Must not run inside a transaction. Raises OutcomeUnknown when the gateway did not tell. A refusal (the
    seller's balance there is too low) leaves the debt to the seller's next payouts.
    """
    call = _prepare(reversal_id)
    if call is None:
        return
    fault_point(REVERSAL_SAVED)
    gateway = gateway_for(active_account())
    ask_once(
        look_up=(lambda: _look_up(gateway, call)) if call.look_up_first else None,
        ask=lambda: _take_back(gateway, call),
        note_done=lambda seen: _note_done(reversal_id, seen),
        note_refused=lambda code: _note_refusal(reversal_id, code),
        note_lost=lambda: _note_unknown(reversal_id),
    )


def _look_up(gateway: Gateway, call: ReversalCall) -> ReversalSeen | None:
    found = gateway.find_reversal(transfer=call.transfer, metadata=call.metadata)
    fault_point(REVERSAL_LOOKED_UP)
    return found


def _take_back(gateway: Gateway, call: ReversalCall) -> ReversalSeen:
    seen = gateway.reverse_transfer(
        transfer=call.transfer,
        amount_cents=call.amount_cents,
        metadata=call.metadata,
        idempotency_key=call.idempotency_key,
    )
    fault_point(REVERSAL_CALLED)
    return seen


def lock_reversal(reversal_id: int) -> TransferReversal:
    """The reversal with its debt, standing, debt and reversal locked in this order."""
    party = TransferReversal.objects.select_related("debt__party").get(pk=reversal_id).debt.party
    lock_standing(party)
    reversal = TransferReversal.objects.select_for_update(of=("self",)).get(pk=reversal_id)
    reversal.debt = (
        SellerDebt.objects.select_for_update(of=("self",)).select_related("party").get(pk=reversal.debt_id)
    )
    return reversal


@transaction.atomic
def _prepare(reversal_id: int) -> ReversalCall | None:
    reversal = lock_reversal(reversal_id)
    lose_sight_of_gone(reversal, REVERSAL)
    if reversal.state not in {ReversalState.REQUESTED, ReversalState.UNKNOWN}:
        return None
    look_up_first = reversal.state == ReversalState.UNKNOWN
    REVERSAL.apply(reversal, "attempt", "billing")
    reversal.attempted_at = timezone.now()
    reversal.save(update_fields=["state", "attempted_at"])
    return ReversalCall(
        transfer=reversal.leg.gateway_transfer_id,
        amount_cents=reversal.amount_cents,
        metadata={"reversal": str(reversal.public_id)},
        idempotency_key=reversal.idempotency_key,
        look_up_first=look_up_first,
    )


@transaction.atomic
def _note_done(reversal_id: int, seen: ReversalSeen) -> None:
    reversal = lock_reversal(reversal_id)
    if reversal.state == ReversalState.DONE:
        return
    now = timezone.now()
    REVERSAL.apply(reversal, "finish", "billing")
    reversal.done_at = now
    reversal.gateway_reversal_id = seen.identifier
    reversal.reason_code = ""
    reversal.save(update_fields=["state", "done_at", "gateway_reversal_id", "reason_code"])
    recover_by_reversal(reversal)
    post_entry(
        source=f"transfer-reversal:{reversal.pk}",
        kind=EntryKind.TRANSFER_REVERSED,
        occurred_on=legal_date(current_tenant(), now),
        memo=reversal.debt.party.display_name,
        postings=[
            debit(AccountCode.GATEWAY, reversal.amount_cents),
            credit(AccountCode.OWED_TO_PROVIDERS, reversal.amount_cents, reversal.debt.party),
        ],
    )
    fault_point(REVERSAL_NOTED)


@transaction.atomic
def _note_refusal(reversal_id: int, code: str) -> None:
    reversal = lock_reversal(reversal_id)
    if note_refusal(reversal, REVERSAL, code):
        settle_debt(reversal.debt)


@transaction.atomic
def _note_unknown(reversal_id: int) -> None:
    note_unknown(lock_reversal(reversal_id), REVERSAL)
