"""What a seller owes: recovered from transfers already sent, then from its next payouts, then by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, Sum

from billing.charges.models import ChargeRelease
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import credit, debit, post_entry
from billing.payouts.errors import DebtAmountWrong, ReasonMissing
from billing.payouts.lifecycle import LEG, PAYOUT, LegState, PayoutState, ReversalState
from billing.payouts.models import (
    DebtRecovery,
    Payout,
    PayoutLeg,
    Rail,
    RecoveryWay,
    SellerDebt,
    SellerStanding,
    TransferReversal,
)
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User
    from tenants.parties.models import Party

UNSENT = (LegState.AWAITS_FUNDER, LegState.READY, LegState.BLOCKED, LegState.FAILED)
"""Legs of which nothing has left and nothing is on its way: they can still be made smaller."""
UNDER_WAY = (ReversalState.REQUESTED, ReversalState.SENDING, ReversalState.UNKNOWN)


def lock_standing(party: Party) -> None:
    """Queue behind whoever weighs this seller's payouts against its debts: after charge, before payouts."""
    SellerStanding.objects.bulk_create([SellerStanding(party=party)], ignore_conflicts=True)
    SellerStanding.objects.select_for_update(of=("self",)).get(party=party)


def open_debts(party: Party) -> list[SellerDebt]:
    """A seller's debts that are not recovered whole, oldest first."""
    return list(SellerDebt.objects.filter(party=party, recovered_cents__lt=F("amount_cents")).order_by("id"))


def open_cents_of(party: Party) -> int:
    """What a seller owes, in cents."""
    return sum(debt.open_cents for debt in open_debts(party))


def owe(*, release: ChargeRelease, amount_cents: int, source: str, reason: str) -> SellerDebt:
    """Write what the seller of a part owes, and recover it at once as far as can be.

    The caller holds the charge and the seller's standing, and books the debit of `467200` under `source`.
    First the part's own payout pays if it has not left; of one that was sent the transfer is asked back;
    what then remains is kept from the seller's other payouts, now or later.
    """
    debt = SellerDebt.objects.create(
        party=release.item.seller,
        source=source,
        release=release,
        amount_cents=amount_cents,
        currency=release.item.charge.currency,
        reason=reason[:500],
    )
    own = Payout.objects.filter(release=release).values_list("pk", flat=True)
    _net(debt, _unsent_legs(Q(payout__in=own)))
    _ask_back(debt, PayoutLeg.objects.filter(payout__in=own))
    settle_debt(debt)
    return debt


def settle_debt(debt: SellerDebt) -> None:
    """Keep what no reversal is to bring from the seller's payouts that have not left, oldest first."""
    _net(debt, _unsent_legs(Q(payout__seller=debt.party_id)))


def net_new_payout(payout: Payout) -> int:
    """Cents of a new payout, without legs yet, that open debts of its seller take; the standing is locked."""
    taken = 0
    for debt in open_debts(payout.seller):
        share = min(_uncovered(debt), payout.net_cents - taken)
        if share > 0:
            _recover(debt, share, RecoveryWay.PAYOUT, payout=payout)
            taken += share
    payout.netted_cents = taken
    return taken


@transaction.atomic
def record_repayment(*, debt_id: int, amount_cents: int, note: str, user: User) -> SellerDebt:
    """The seller has paid a debt back by bank transfer. Raises DebtAmountWrong, ReasonMissing."""
    return _by_hand(
        debt_id,
        amount_cents,
        note,
        user,
        RecoveryWay.BANK,
        EntryKind.DEBT_REPAID,
        AccountCode.BANK,
    )


@transaction.atomic
def give_up_debt(*, debt_id: int, amount_cents: int, note: str, user: User) -> SellerDebt:
    """The operator gives up (a part of) a debt: a loss of its own. Raises DebtAmountWrong, ReasonMissing."""
    return _by_hand(
        debt_id, amount_cents, note, user, RecoveryWay.LOSS, EntryKind.DEBT_LOST, AccountCode.DEBTS_LOST
    )


def recover_by_reversal(reversal: TransferReversal) -> None:
    """A transfer came back: the debt is smaller; debt and standing are locked by the caller."""
    _recover(reversal.debt, reversal.amount_cents, RecoveryWay.REVERSAL, reversal=reversal)


def _by_hand(
    debt_id: int, amount_cents: int, note: str, user: User, way: str, kind: str, account: str
) -> SellerDebt:
    if not note.strip():
        raise ReasonMissing()
    party = SellerDebt.objects.select_related("party").get(pk=debt_id).party
    lock_standing(party)
    debt = SellerDebt.objects.select_for_update(of=("self",)).get(pk=debt_id)
    if not 0 < amount_cents <= _uncovered(debt):
        raise DebtAmountWrong()
    recovery = _recover(debt, amount_cents, way, note=note.strip()[:255], user=user)
    post_entry(
        source=f"debt-recovery:{recovery.pk}",
        kind=kind,
        occurred_on=legal_date(current_tenant(), recovery.recovered_at),
        memo=note.strip(),
        postings=[
            debit(account, amount_cents),
            credit(AccountCode.OWED_TO_PROVIDERS, amount_cents, party),
        ],
        recorded_by=user,
    )
    return debt


def _recover(
    debt: SellerDebt,
    cents: int,
    way: str,
    *,
    payout: Payout | None = None,
    reversal: TransferReversal | None = None,
    note: str = "",
    user: User | None = None,
) -> DebtRecovery:
    debt.recovered_cents += cents
    debt.save(update_fields=["recovered_cents"])
    return DebtRecovery.objects.create(
        debt=debt, way=way, amount_cents=cents, payout=payout, reversal=reversal, note=note, recorded_by=user
    )


def _uncovered(debt: SellerDebt) -> int:
    """What of a debt is open and not expected back by a reversal under way."""
    expected = debt.reversals.filter(state__in=UNDER_WAY).aggregate(total=Sum("amount_cents"))["total"] or 0
    return debt.open_cents - expected


def _unsent_legs(of: Q) -> Iterable[PayoutLeg]:
    """Legs that can be made smaller, their payouts locked first, in order of key."""
    found = PayoutLeg.objects.filter(of, state__in=UNSENT)
    payouts = {
        payout.pk: payout
        for payout in Payout.objects.select_for_update(of=("self",))
        .filter(pk__in=found.values("payout"))
        .order_by("pk")
    }
    legs = PayoutLeg.objects.select_for_update(of=("self",)).filter(payout__in=payouts, state__in=UNSENT)
    for leg in legs.order_by("payout_id", "pk"):
        leg.payout = payouts[leg.payout_id]
        yield leg


def _net(debt: SellerDebt, legs: Iterable[PayoutLeg]) -> None:
    for leg in legs:
        share = min(_uncovered(debt), leg.amount_cents)
        if share <= 0:
            return
        payout = leg.payout
        payout.netted_cents += share
        if share == leg.amount_cents:
            LEG.apply(leg, "net", "billing")
            leg.reason_code = ""
            leg.save(update_fields=["state", "reason_code"])
        else:
            leg.amount_cents -= share
            leg.save(update_fields=["amount_cents"])
        if payout.netted_cents == payout.net_cents:
            PAYOUT.apply(payout, "net", "billing")
        payout.save(update_fields=["netted_cents", "state"])
        _recover(debt, share, RecoveryWay.PAYOUT, payout=payout)


def _ask_back(debt: SellerDebt, legs: Iterable[PayoutLeg]) -> None:
    """Ask back, of transfers that were sent, what is left of them."""
    for leg in legs:
        if leg.state not in {LegState.SENT, LegState.RECEIVED} or leg.rail != Rail.STRIPE_TRANSFER:
            continue
        earlier = leg.reversals.exclude(state=ReversalState.FAILED)
        left = leg.amount_cents - (earlier.aggregate(total=Sum("amount_cents"))["total"] or 0)
        share = min(_uncovered(debt), left)
        if share > 0:
            reversal = TransferReversal.objects.create(
                debt=debt,
                leg=leg,
                amount_cents=share,
                idempotency_key=f"reversal-{debt.public_id}-{leg.pk}",
            )
            enqueue("payouts.send_reversal", reversal_id=reversal.pk)


def is_settled(payout: Payout) -> bool:
    """Whether nothing of a payout is left to send."""
    return payout.state in {PayoutState.SENT, PayoutState.RECEIVED, PayoutState.NETTED}
