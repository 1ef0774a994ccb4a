"""What buyers, banks, the gateway, funders, staff and clocks do to the money of an order."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from billing.charges.models import Charge
from billing.charges.operations import lapse_charge, lock_charge
from billing.claims.covering import asking_lines, uncovered_cents
from billing.claims.models import Claim, ClaimPayment, ClaimRefusal
from billing.claims.operations import correct_claim_payment, withdraw_claim
from billing.claims.refusal_models import Fate
from billing.claims.refusals import Refused, refuse_rest, undo_refusal
from billing.funding.grants import expire_voucher, grant_voucher, revoke_voucher
from billing.payments.models import GatewayDispute, Payment, Refund
from billing.payments.operations.disputes import decide_dispute
from billing.payments.operations.expiry import expire_charge
from billing.payments.operations.foreign_refunds import bear_found
from billing.payments.operations.refunds import give_back_payment, retry_refund
from billing.payments.tasks import reconcile_payment
from billing.payouts.credit_transfers import record_credit_transfer, transfers_to_make
from billing.payouts.holds import end_hold
from billing.payouts.models import Payout, PayoutAccount
from billing.payouts.operations import open_payout_account, retry_leg
from billing.sandbox.accounts import TEST_ACCOUNTS
from kernel.outbox.models import OutboxTask
from tests.billing.claims import making as claims
from tests.sandbox import DECLINED

if TYPE_CHECKING:
    from tests.services.histories.region import Deal, Region

SEPA = TEST_ACCOUNTS[0].iban
_numbers = itertools.count(1)


class Nothing(Exception):
    """There is nothing that this act could be done to."""


def _refused(region: Region, deal: Deal) -> None:
    region.shop.pay(region.started(deal), DECLINED)


def _sign(region: Region, deal: Deal) -> None:
    payment = region.started(deal)
    region.api.post(f"test/checkout/sessions/{payment.session_id}/pay", {"iban": SEPA})


def _late(region: Region, deal: Deal) -> None:
    """The clock is a moment too early: the page was still open and is paid."""
    payment = region.started(deal)
    with transaction.atomic():
        lapse_charge(charge=lock_charge(charge_id=deal.charge.pk))
    region.shop.pay(payment)


def _twice(region: Region, deal: Deal) -> None:
    """A page that we believed closed is paid as well."""
    first = region.started(deal)
    Payment.objects.filter(pk=first.pk).update(state="expired")
    region.shop.pay(region.started(deal))
    region.shop.post_new_events()
    region.shop.pay(first)


def _other_amount(region: Region, deal: Deal) -> None:
    payment = region.started(deal)
    region.api.knob("settles", amount=1_234, session=payment.session_id)
    region.shop.pay(payment)


def _close_dispute(region: Region, deal: Deal, status: str) -> None:
    found = GatewayDispute.objects.filter(payment__in=deal.payments(), state="open").first()
    if found is None:
        raise Nothing
    region.api.post(f"test/disputes/{found.gateway_dispute_id}/close", {"status": status})


def _decide(region: Region, deal: Deal, bearer: str) -> None:
    found = GatewayDispute.objects.filter(payment__in=deal.payments(), state="lost").first()
    if found is None:
        raise Nothing
    decide_dispute(dispute_id=found.pk, bearer=bearer, actor=region.finance)


def _bear_found(region: Region, deal: Deal) -> None:
    found = Refund.objects.filter(payment__in=deal.payments(), origin="gateway", cleared_at=None).first()
    if found is None:
        raise Nothing
    bear_found(refund_id=found.pk)


def _give_back_payment(region: Region, deal: Deal) -> None:
    found = deal.payments().filter(state="quarantined").first()
    if found is None:
        raise Nothing
    give_back_payment(payment_id=found.pk, reason="Autre montant")


def _expire(region: Region, deal: Deal) -> None:
    Charge.objects.filter(pk=deal.charge.pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    expire_charge(charge_id=deal.charge.pk)


def _answers_lost(region: Region, deal: Deal) -> None:
    """The gateway does the next thing of each kind for this order, and its answer never comes."""
    session = _session(deal)
    lost = {"operation": "checkout.sessions.create"}, {"operation": "transfers.reversals.create"}
    for values in (
        ({"operation": "refunds.create", **session}, {"operation": "transfers.create", **session}, lost[1])
        if session
        else (lost[0],)
    ):
        region.api.knob("timeout_after_success", times=1, hold_seconds=0, **values)


def _session(deal: Deal) -> dict[str, str]:
    """The page on which the order was or will be paid, for knobs that go by it, if there is one yet."""
    found = deal.payments().exclude(session_id="").first()
    return {"session": found.session_id} if found else {}


def _turn(region: Region, deal: Deal, knob: str, mode: str) -> None:
    region.api.knob(knob, mode=mode, times=1, **_session(deal))


def _refund_fails(region: Region, deal: Deal) -> None:
    """A refund comes back from the bank, whether it was told done or waits."""
    found = (
        Refund.objects.filter(payment__in=deal.payments(), state__in=("pending", "done"))
        .exclude(gateway_refund_id="")
        .first()
    )
    if found is None:
        raise Nothing
    region.api.post(f"test/refunds/{found.gateway_refund_id}/settle", {"status": "failed"})


def _retry_refund(region: Region, deal: Deal) -> None:
    for found in Refund.objects.filter(payment__in=deal.payments(), state="failed"):
        retry_refund(refund_id=found.pk)


def _restrict(region: Region, deal: Deal, restricted: bool) -> None:
    for account in PayoutAccount.objects.all():
        region.api.post(f"accounts/{account.gateway_account_id}", {"restricted": restricted})


def _legs(deal: Deal, *states: str) -> Any:
    payouts = Payout.objects.filter(release__item__charge__reference=deal.order.charge_reference)
    return [leg for payout in payouts for leg in payout.legs.filter(state__in=states)]


def _retry_leg(region: Region, deal: Deal) -> None:
    for leg in _legs(deal, "failed"):
        retry_leg(leg_id=leg.pk)


def _end_holds(region: Region, deal: Deal) -> None:
    held = Payout.objects.filter(
        release__item__charge__reference=deal.order.charge_reference, state="held", held_until__isnull=False
    )
    for payout in held:
        Payout.objects.filter(pk=payout.pk).update(held_until=timezone.now() - timedelta(minutes=1))
        end_hold(payout_id=payout.pk)


def _programme(region: Region, deal: Deal) -> Any:
    found = region.programmes.get(deal.method)
    if found is None:
        raise Nothing
    return found


def _withdraw_claim(region: Region, deal: Deal) -> None:
    for claim in Claim.objects.filter(programme=_programme(region, deal), state__in=("draft", "submitted")):
        withdraw_claim(claim_id=claim.pk, reason="Erreur de période", user=region.finance)


def _funder_pays(region: Region, deal: Deal, share: int) -> None:
    for claim in Claim.objects.filter(
        programme=_programme(region, deal), state__in=("submitted", "partly_paid")
    ):
        claims.paid(claim, max(1, abs(claim.left_cents) // share), reference=f"VIR {next(_numbers)}")


def _correct_claim(region: Region, deal: Deal) -> None:
    """The latest payment of the funder was noted by mistake."""
    paid = ClaimPayment.objects.filter(claim__programme=_programme(region, deal), corrected_at=None)
    found = paid.order_by("-pk").first()
    if found is None:
        raise Nothing
    correct_claim_payment(payment_id=found.pk, reason="Autre demande", user=region.finance)


def _refuse(region: Region, deal: Deal, fate: Fate) -> None:
    """The funder pays nothing more of its open claims."""
    for claim in Claim.objects.filter(
        programme=_programme(region, deal), state__in=("submitted", "partly_paid"), asked_cents__gt=0
    ):
        left = uncovered_cents(claim)
        refused = {
            line.position: Refused(left[line.pk], fate) for line in asking_lines(claim) if left[line.pk]
        }
        refuse_rest(claim_id=claim.pk, refused=refused, reason="Pièce manquante", user=region.finance)


def _admit(region: Region, deal: Deal) -> None:
    refusals = ClaimRefusal.objects.filter(claim__programme=_programme(region, deal), undone_at=None)
    found = refusals.order_by("-pk").first()
    if found is None:
        raise Nothing
    undo_refusal(refusal_id=found.pk, reason="Payée après tout", user=region.finance)


def _bank_transfers(region: Region, deal: Deal) -> None:
    for leg in transfers_to_make():
        record_credit_transfer(
            leg_id=leg.pk, paid_on=claims.today(), reference=f"VIR {next(_numbers)}", user=region.finance
        )


def _third_opens(region: Region, deal: Deal) -> None:
    open_payout_account(party=region.market.extra["third"])


def _grant(region: Region, deal: Deal) -> Any:
    return grant_voucher(
        programme=_programme(region, deal),
        amount_cents=20_000,
        user=region.finance,
        party=region.market.buyer,
    )


def _revoke(region: Region, deal: Deal) -> None:
    revoke_voucher(voucher_id=_grant(region, deal).pk, reason="Erreur")


def _outlast(region: Region, deal: Deal) -> None:
    granted = _grant(region, deal)
    expire_voucher(voucher_id=granted.pk, on=granted.expires_on + timedelta(days=1))


def _retry_unknown(region: Region, deal: Deal) -> None:
    """What is due later is done now: payments and refunds whose answer was lost are asked about."""
    OutboxTask.objects.open().update(due_at=timezone.now())
    for payment in deal.payments():
        reconcile_payment(payment_id=payment.pk, round=1)


ACTIONS: dict[str, Callable[[Region, Deal], object]] = {
    "refused": _refused,
    "sign": _sign,
    "bank_yes": lambda region, deal: region.settle(deal, "succeeded"),
    "bank_no": lambda region, deal: region.settle(deal, "failed"),
    "bank_returns": lambda region, deal: region.at_gateway(deal, "return"),
    "late": _late,
    "twice": _twice,
    "other_amount": _other_amount,
    "charge_back": lambda region, deal: region.at_gateway(deal, "dispute"),
    "win": lambda region, deal: _close_dispute(region, deal, "won"),
    "lose": lambda region, deal: _close_dispute(region, deal, "lost"),
    "operator_bears": lambda region, deal: _decide(region, deal, "operator"),
    "provider_bears": lambda region, deal: _decide(region, deal, "provider"),
    "by_hand": lambda region, deal: region.at_gateway(deal, "refund", {"amount": 500}),
    "bear_found": _bear_found,
    "give_back_payment": _give_back_payment,
    "expire": _expire,
    "answers_lost": _answers_lost,
    "refunds_wait": lambda region, deal: _turn(region, deal, "refunds", "pending"),
    "refund_fails": _refund_fails,
    "retry_refund": _retry_refund,
    "no_balance": lambda region, deal: _turn(region, deal, "transfers", "balance_insufficient"),
    "restricted": lambda region, deal: _restrict(region, deal, True),
    "open_again": lambda region, deal: _restrict(region, deal, False),
    "retry_leg": _retry_leg,
    "end_holds": _end_holds,
    "claim": lambda region, deal: claims.submitted(_programme(region, deal)),
    "withdraw_claim": _withdraw_claim,
    "funder_pays": lambda region, deal: _funder_pays(region, deal, 1),
    "funder_pays_half": lambda region, deal: _funder_pays(region, deal, 2),
    "correct_claim": _correct_claim,
    "funder_refuses": lambda region, deal: _refuse(region, deal, Fate.LOST),
    "asked_again": lambda region, deal: _refuse(region, deal, Fate.AGAIN),
    "admit": _admit,
    "bank_transfers": _bank_transfers,
    "work": _retry_unknown,
    "no_reversal": lambda region, deal: _turn(region, deal, "reversals", "balance_insufficient"),
    "third_opens": _third_opens,
    "revoke": _revoke,
    "outlast": _outlast,
}

MONEY_ACTS = tuple(ACTIONS)
