"""Checks of the ledger against payouts and their legs."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q, Sum

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.queries import balance, balances_by_party
from billing.ledger.verification import Finding, Unasked, compare_with_entries
from billing.payments.errors import GatewayMissing
from billing.payments.gateways.base import BalanceSeen, Gateway, GatewayError
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payments.lifecycle import OPEN, RefundState
from billing.payments.models import Payment, Refund
from billing.payouts.lifecycle import LegState, PayoutState
from billing.payouts.models import Payout, PayoutLeg

GONE = [LegState.SENT, LegState.RECEIVED]
LOOKS = 3


def check_releases() -> Iterator[Finding]:
    """Each released part has a payout of its amounts and an entry that takes it from the held funds."""
    yield from compare_with_entries(
        "payouts.releases",
        ((f"release:{row.release_id}", row.gross_cents) for row in Payout.objects.order_by("id").iterator()),
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
    with_legs = Payout.objects.annotate(sent=Sum("legs__amount_cents"))
    for payout in with_legs.filter(~Q(sent=F("net_cents"))):
        yield Finding("payouts.legs", str(payout.public_id), f"legs {payout.sent}, net {payout.net_cents}")
    for payout in with_legs.filter(sent__isnull=True, state__in=[PayoutState.READY, PayoutState.SENT]):
        yield Finding("payouts.legs", str(payout.public_id), "no leg")
    unsent = dict(
        PayoutLeg.objects.exclude(state__in=GONE)
        .order_by()
        .values_list("payout__seller_id")
        .annotate(total=Sum("amount_cents"))
    )
    owed = {party: -cents for party, cents in balances_by_party(AccountCode.OWED_TO_PROVIDERS).items()}
    for seller_id in sorted(unsent.keys() | owed.keys()):
        if unsent.get(seller_id, 0) != owed.get(seller_id, 0):
            yield Finding(
                "payouts.owed",
                f"party:{seller_id}",
                f"ledger {owed.get(seller_id, 0)}, legs {unsent.get(seller_id, 0)}",
            )


def check_gateway_balance() -> Iterator[Finding]:
    """What the gateway says it holds for us is what the ledger says lies there.

    Asks again while the ledger moves under the question. Raises Unasked when the gateway does not answer;
    must not run inside a transaction.
    """
    try:
        gateway = gateway_for(active_account())
    except GatewayMissing as missing:
        if balance(AccountCode.GATEWAY) == 0:
            return
        raise Unasked("no gateway is connected") from missing
    for _look in range(LOOKS):
        before = balance(AccountCode.GATEWAY)
        seen = _balance(gateway)
        if balance(AccountCode.GATEWAY) == before:
            break
    held = seen.available_cents + seen.pending_cents
    if held != before:
        yield Finding(
            "payouts.gateway",
            AccountCode.GATEWAY,
            f"ledger {before}, gateway {held} (available {seen.available_cents}, "
            f"pending {seen.pending_cents}); under way: {_under_way()}",
        )


def _balance(gateway: Gateway) -> BalanceSeen:
    try:
        return gateway.balance()
    except GatewayError as error:
        raise Unasked(f"the gateway does not answer: {error}") from error


def _under_way() -> str:
    payments = Payment.objects.filter(state__in=OPEN).count()
    refunds = Refund.objects.filter(state__in=(RefundState.REQUESTED, RefundState.PENDING)).count()
    legs = PayoutLeg.objects.filter(state__in=(LegState.SENDING, LegState.UNKNOWN)).count()
    return f"{payments} payments, {refunds} refunds, {legs} transfers"
