"""Taking a sent transfer back: the key is saved before the call, an unknown outcome is looked up first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import credit, debit, post_entry
from billing.payments.gateways.base import Declined, InvalidRequest, OutcomeUnknown, ReversalSeen
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payouts.debts import lock_standing, recover_by_reversal, settle_debt
from billing.payouts.faults import REVERSAL_CALLED, REVERSAL_LOOKED_UP, REVERSAL_NOTED, REVERSAL_SAVED
from billing.payouts.lifecycle import REVERSAL, ReversalState
from billing.payouts.models import SellerDebt, TransferReversal
from kernel.faults import fault_point
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

OUTCOME_UNKNOWN = "outcome_unknown"


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
    try:
        seen = _make(call)
    except (Declined, InvalidRequest) as refusal:
        _note_refusal(reversal_id, refusal.code)
    except OutcomeUnknown:
        _note_unknown(reversal_id)
        raise
    else:
        _note_done(reversal_id, seen)


def _make(call: ReversalCall) -> ReversalSeen:
    gateway = gateway_for(active_account())
    if call.look_up_first:
        try:
            found = gateway.find_reversal(transfer=call.transfer, metadata=call.metadata)
        except (Declined, InvalidRequest) as refusal:
            raise OutcomeUnknown(str(refusal)) from refusal
        fault_point(REVERSAL_LOOKED_UP)
        if found is not None:
            return found
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
    if reversal.state == ReversalState.SENDING:
        # The process that was asking is gone, or still waits: what it did is for the gateway to say.
        REVERSAL.apply(reversal, "lose_sight", "billing")
    if reversal.state not in {ReversalState.REQUESTED, ReversalState.UNKNOWN}:
        return None
    look_up_first = reversal.state == ReversalState.UNKNOWN
    REVERSAL.apply(reversal, "attempt", "billing")
    reversal.save(update_fields=["state"])
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
    if reversal.state != ReversalState.SENDING:
        return
    REVERSAL.apply(reversal, "fail", "billing")
    reversal.reason_code = code[:80]
    reversal.save(update_fields=["state", "reason_code"])
    settle_debt(reversal.debt)


@transaction.atomic
def _note_unknown(reversal_id: int) -> None:
    reversal = lock_reversal(reversal_id)
    if reversal.state != ReversalState.SENDING:
        return
    REVERSAL.apply(reversal, "lose_sight", "billing")
    reversal.reason_code = OUTCOME_UNKNOWN
    reversal.save(update_fields=["state", "reason_code"])
