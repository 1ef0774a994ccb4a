"""Checks of the ledger against payouts and their legs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease, ChargeReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.queries import balance, balances_by_party
from billing.ledger.verification import Finding, Unasked, compare_with_entries
from billing.payments.errors import GatewayMissing
from billing.payments.gateways.base import BalanceSeen, Gateway, GatewayError
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payments.lifecycle import OPEN, RefundState
from billing.payments.models import Payment, Refund
from billing.payments.operations.refunds import waiting_at_gateway_cents
from billing.payouts.lifecycle import LegState, PayoutState, ReversalState
from billing.payouts.models import (
    DebtRecovery,
    Payout,
    PayoutLeg,
    RecoveryWay,
    ReleaseRefund,
    SellerDebt,
    TransferReversal,
)

GONE = [LegState.SENT, LegState.RECEIVED]
LOOKS = 3


def check_releases() -> Iterator[Finding]:
    """Each released part has a payout of its amounts and an entry that takes it from the held funds."""
    yield from compare_with_entries(
        "payouts.releases",
        (
            (f"release:{row.release_id}", row.gross_cents - row.release.cofunded_cents)
            for row in Payout.objects.select_related("release").order_by("id").iterator()
        ),
        EntryKind.RELEASE,
        AccountCode.HELD,
    )
    for part in ChargeRelease.objects.filter(state=ReleaseState.RELEASED, payout__isnull=True):
        yield Finding("payouts.releases", f"release:{part.pk}", "released without a payout")
    differing = Payout.objects.exclude(
        gross_cents=F("release__incl_cents"),
        commission_cents=F("release__commission_excl_cents") + F("release__commission_vat_cents"),
        release__state=ReleaseState.RELEASED,
    )
    for payout in differing:
        yield Finding("payouts.releases", f"release:{payout.release_id}", "payout and release differ")


def check_legs() -> Iterator[Finding]:
    """Legs sum to what is due, each that left has its entry, and each seller is owed what has not left."""
    yield from compare_with_entries(
        "payouts.legs",
        ((f"payout_leg:{row.pk}", row.amount_cents) for row in PayoutLeg.objects.filter(state__in=GONE)),
        EntryKind.PAYOUT,
        AccountCode.OWED_TO_PROVIDERS,
    )
    with_legs = Payout.objects.annotate(
        sent=Sum("legs__amount_cents", filter=~Q(legs__state=LegState.CANCELLED))
    )
    for payout in with_legs.filter(~Q(sent=F("net_cents") - F("netted_cents"))):
        yield Finding(
            "payouts.legs",
            str(payout.public_id),
            f"legs {payout.sent}, net {payout.net_cents}, netted {payout.netted_cents}",
        )
    moving = [PayoutState.HELD, PayoutState.READY, PayoutState.SENT]
    for payout in with_legs.filter(sent__isnull=True, state__in=moving):
        yield Finding("payouts.legs", str(payout.public_id), "no leg")
    unsent: Counter[int] = Counter(
        dict(
            PayoutLeg.objects.exclude(state__in=[*GONE, LegState.CANCELLED])
            .order_by()
            .values_list("payout__seller_id")
            .annotate(total=Sum("amount_cents"))
        )
    )
    debts = SellerDebt.objects.order_by().values_list("party_id")
    for party_id, open_cents in debts.annotate(total=Sum(F("amount_cents") - F("recovered_cents"))):
        unsent[party_id] -= open_cents
    owed = {party: -cents for party, cents in balances_by_party(AccountCode.OWED_TO_PROVIDERS).items()}
    for seller_id in sorted(unsent.keys() | owed.keys()):
        if unsent.get(seller_id, 0) != owed.get(seller_id, 0):
            yield Finding(
                "payouts.owed",
                f"party:{seller_id}",
                f"ledger {owed.get(seller_id, 0)}, legs less debts {unsent.get(seller_id, 0)}",
            )


def check_debts() -> Iterator[Finding]:
    """Debts, what was recovered of them, transfers taken back and returns agree, and each has its entry."""
    recovered = SellerDebt.objects.annotate(parts=Coalesce(Sum("recoveries__amount_cents"), 0))
    for debt in recovered.exclude(parts=F("recovered_cents")):
        yield Finding(
            "payouts.debts", f"debt:{debt.pk}", f"recovered {debt.recovered_cents}, rows {debt.parts}"
        )
    netted = Payout.objects.annotate(parts=Coalesce(Sum("recoveries__amount_cents"), 0))
    for payout in netted.exclude(parts=F("netted_cents")):
        yield Finding(
            "payouts.debts", str(payout.public_id), f"netted {payout.netted_cents}, rows {payout.parts}"
        )
    done = TransferReversal.objects.filter(state=ReversalState.DONE)
    yield from compare_with_entries(
        "payouts.reversals",
        ((f"transfer-reversal:{row.pk}", row.amount_cents) for row in done),
        EntryKind.TRANSFER_REVERSED,
        AccountCode.GATEWAY,
    )
    for way, kind in ((RecoveryWay.BANK, EntryKind.DEBT_REPAID), (RecoveryWay.LOSS, EntryKind.DEBT_LOST)):
        yield from compare_with_entries(
            "payouts.debts",
            ((f"debt-recovery:{row.pk}", -row.amount_cents) for row in DebtRecovery.objects.filter(way=way)),
            kind,
            AccountCode.OWED_TO_PROVIDERS,
        )


def check_returns() -> Iterator[Finding]:
    """Each return has its entry, what goes to the buyer was asked for, and what the seller owes is a debt."""
    returns = ChargeReturn.objects.annotate(
        asked=Coalesce(
            Subquery(
                ReleaseRefund.objects.filter(charge_return=OuterRef("pk"))
                .order_by()
                .values("charge_return")
                .annotate(total=Sum("refund__amount_cents"))
                .values("total")
            ),
            0,
        )
    ).select_related("release__item")
    rows = list(returns)
    yield from compare_with_entries(
        "payouts.returns",
        ((f"return:{row.pk}", -row.to_buyer_cents) for row in rows),
        EntryKind.REFUND_AFTER_RELEASE,
        AccountCode.REFUNDS_DUE,
    )
    owed = dict(SellerDebt.objects.values_list("source", "amount_cents"))
    for row in rows:
        source = f"return:{row.pk}"
        if row.asked != row.to_buyer_cents:
            yield Finding("payouts.returns", source, f"asked {row.asked}, to the buyer {row.to_buyer_cents}")
        own = Payout.objects.filter(release=row.release, state=PayoutState.RECEIVED).exists()
        if not own and owed.get(source, 0) != row.seller_cents:
            yield Finding("payouts.returns", source, f"debt {owed.get(source, 0)}, owed {row.seller_cents}")


def check_gateway_balance() -> Iterator[Finding]:
    """What the gateway says it holds for us is what the ledger says lies there.

    A refund that waits for the bank has left the gateway's balance and not the ledger: what the gateway
    itself says of those is added to what it holds. Asks again while the ledger or the refunds move under the
    question. Raises Unasked when the gateway does not answer; must not run inside a transaction.
    """
    try:
        gateway = gateway_for(active_account())
    except GatewayMissing as missing:
        if balance(AccountCode.GATEWAY) == 0:
            return
        raise Unasked("no gateway is connected") from missing
    for _look in range(LOOKS):
        before = (balance(AccountCode.GATEWAY), _waiting())
        seen = _balance(gateway)
        if (balance(AccountCode.GATEWAY), _waiting()) == before:
            break
    booked, waiting = before
    held = seen.available_cents + seen.pending_cents + waiting
    if held != booked:
        yield Finding(
            "payouts.gateway",
            AccountCode.GATEWAY,
            f"ledger {booked}, gateway {held} (available {seen.available_cents}, "
            f"pending {seen.pending_cents}, refunds that wait for the bank {waiting}); "
            f"under way: {_under_way()}",
        )


def _balance(gateway: Gateway) -> BalanceSeen:
    try:
        return gateway.balance()
    except GatewayError as error:
        raise Unasked(f"the gateway does not answer: {error}") from error


def _waiting() -> int:
    try:
        return waiting_at_gateway_cents()
    except GatewayError as error:
        raise Unasked(f"the gateway does not answer about a refund: {error}") from error


def _under_way() -> str:
    payments = Payment.objects.filter(state__in=OPEN).count()
    refunds = Refund.objects.filter(state__in=(RefundState.REQUESTED, RefundState.PENDING)).count()
    legs = PayoutLeg.objects.filter(state__in=(LegState.SENDING, LegState.UNKNOWN)).count()
    return f"{payments} payments, {refunds} refunds, {legs} transfers"
