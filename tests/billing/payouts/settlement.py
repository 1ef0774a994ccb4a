"""A seller's settlement beside a naive model of it: what both do, and when they must agree.

The gateway's answers are applied by the functions that apply them; what it would have said is the caller's.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from math import floor
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.charges.operations import (
    cancel_charge,
    lapse_charge,
    lock_charge,
    open_charge,
    settle_charge,
)
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance, money_board
from billing.payments.bookings import book_receipt
from billing.payments.gateways.base import RefundSeen, ReversalSeen, TransferSeen
from billing.payments.models import Payment, Refund
from billing.payments.operations.refunds import apply_refund_state, refund_items
from billing.payouts import reversals, sending
from billing.payouts.debts import UNDER_WAY, record_repayment
from billing.payouts.holds import end_hold
from billing.payouts.models import Payout, PayoutLeg, SellerDebt, TransferReversal
from billing.payouts.operations import release
from billing.payouts.refunds import refund_released
from kernel.errors import DomainError
from tests.billing.building import FIVE_PERCENT, item, line
from tests.billing.payments.acting import assert_ledger_is_clean

_numbers = itertools.count(1)
SEEN: Counter[str] = Counter()
# In hundredths of what is left.
TOO_MUCH = 130


@dataclass
class Part:
    """One step as the model sees it, in cents."""

    gross: int
    commission_excl: int
    commission_vat: int
    state: str = "held"
    given: int = 0
    given_by_seller: int = 0
    back: tuple[int, int] = (0, 0)


@dataclass
class Deal:
    """One charge as the model sees it."""

    charge: Any
    key: str
    parts: dict[str, Part]
    method: str
    state: str = "awaiting_payment"


def rounded(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


@dataclass
class Model:
    """Plain additions, and what the seller is due by itself: no legs, no debts, no netting."""

    balances: Counter[str] = field(default_factory=Counter)

    def move(self, debit: str, credit: str, cents: int) -> None:
        self.balances[debit] += cents
        self.balances[credit] -= cents

    def pay(self, deal: Deal) -> bool:
        if deal.state not in {"awaiting_payment", "lapsed"}:
            return False
        self.move(AccountCode.GATEWAY, AccountCode.HELD, deal.charge.to_pay_cents)
        deal.state = "paid"
        return True

    def release(self, deal: Deal, step: str) -> bool:
        part = deal.parts.get(step)
        if part is None or deal.state != "paid" or part.state != "held":
            return False
        part.state = "released"
        self.move(
            AccountCode.HELD,
            AccountCode.OWED_TO_PROVIDERS,
            part.gross - part.commission_excl - part.commission_vat,
        )
        self.move(AccountCode.HELD, AccountCode.COMMISSIONS, part.commission_excl)
        self.move(AccountCode.HELD, AccountCode.OUTPUT_VAT, part.commission_vat)
        return True

    def refund(self, deal: Deal) -> bool:
        held = [part for part in deal.parts.values() if part.state == "held"]
        if deal.state != "paid" or not held:
            return False
        for part in held:
            part.state = "cancelled"
            self.move(AccountCode.HELD, AccountCode.REFUNDS_DUE, part.gross)
        return True

    def give_back(self, deal: Deal, step: str, cents: int, bearer: str) -> bool:
        part = deal.parts.get(step)
        if part is None or part.state != "released" or not 0 < cents <= part.gross - part.given:
            return False
        part.given += cents
        if bearer == "operator":
            self.move(AccountCode.REFUNDS_BORNE, AccountCode.REFUNDS_DUE, cents)
            return True
        part.given_by_seller += cents
        upto = part.given_by_seller
        excl = rounded(Fraction(part.commission_excl * upto, part.gross))
        rest = part.gross - part.commission_excl
        vat = rounded(Fraction(part.commission_vat * (upto - excl), rest)) if rest else 0
        excl_now, vat_now = excl - part.back[0], vat - part.back[1]
        part.back = (excl, vat)
        self.move(AccountCode.COMMISSIONS, AccountCode.REFUNDS_DUE, excl_now)
        self.move(AccountCode.OUTPUT_VAT, AccountCode.REFUNDS_DUE, vat_now)
        self.move(AccountCode.OWED_TO_PROVIDERS, AccountCode.REFUNDS_DUE, cents - excl_now - vat_now)
        return True


@dataclass
class World:
    """A seller and what the gateway would say."""

    seller: Any
    buyer: Any
    account: Any
    user: Any

    def deal(self, price: str, shares: list[int], method: str) -> Deal:
        reference = f"settle-{next(_numbers)}"
        charge = open_charge(
            reference=reference,
            buyer=self.buyer,
            items=[
                item(
                    self.seller,
                    line(price),
                    key=f"{reference}-line",
                    shares=tuple(shares),
                    commission=FIVE_PERCENT,
                )
            ],
        )
        parts = charge.items.get().releases.all()
        return Deal(
            charge,
            f"{reference}-line",
            {
                part.key: Part(part.incl_cents, part.commission_excl_cents, part.commission_vat_cents)
                for part in parts
            },
            method,
        )

    def pay(self, deal: Deal) -> None:
        """Money arrives as payments book it."""
        charge = lock_charge(charge_id=deal.charge.pk)
        now = timezone.now()
        payment = Payment(
            charge=charge,
            account=self.account,
            attempt=1,
            method=deal.method,
            amount_cents=charge.to_pay_cents,
            idempotency_key=f"payment:{charge.reference}",
            request={},
            gateway_charge_id=f"ch_{charge.pk}",
            hosted_until=now,
            state="succeeded",
            received_cents=charge.to_pay_cents,
            received_currency="EUR",
            received_at=now,
        )
        if charge.state not in {"awaiting_payment", "lapsed"}:
            raise DomainError
        payment.save()
        book_receipt(payment)
        settle_charge(charge=charge, paid_at=now)

    def send(self, model: Model) -> None:
        """Every leg that may leave does; the gateway says yes."""
        for leg in PayoutLeg.objects.filter(payout__seller=self.seller, state="ready").order_by("pk"):
            call = sending._prepare(leg.pk)
            if call is None:
                continue
            sending._note_sent(
                leg.pk, TransferSeen(f"tr_{leg.pk}", call.amount_cents, "EUR", call.destination)
            )
            model.move(AccountCode.OWED_TO_PROVIDERS, AccountCode.GATEWAY, call.amount_cents)
            SEEN["sent"] += 1

    def end_holds(self) -> None:
        held = Payout.objects.filter(seller=self.seller, state="held")
        for payout in held:
            Payout.objects.filter(pk=payout.pk).update(held_until=timezone.now() - timedelta(minutes=1))
            end_hold(payout_id=payout.pk)
            SEEN["hold over"] += 1

    def take_back(self, model: Model, *, granted: bool) -> None:
        """The gateway answers the oldest reversal."""
        reversal = TransferReversal.objects.filter(
            debt__party=self.seller, state__in=("requested", "unknown")
        ).first()
        if reversal is None:
            return
        assert reversals._prepare(reversal.pk) is not None
        if granted:
            seen = ReversalSeen(
                f"trr_{reversal.pk}", reversal.leg.gateway_transfer_id, reversal.amount_cents, "EUR"
            )
            reversals._note_done(reversal.pk, seen)
            reversals._note_done(reversal.pk, seen)
            model.move(AccountCode.GATEWAY, AccountCode.OWED_TO_PROVIDERS, reversal.amount_cents)
            SEEN["taken back"] += 1
        else:
            reversals._note_refusal(reversal.pk, "balance_insufficient")
            SEEN["refused"] += 1

    def repay(self, model: Model) -> None:
        """The seller pays the oldest debt back that nothing else is expected to cover."""
        for debt in SellerDebt.objects.filter(party=self.seller):
            if debt.open_cents and not debt.reversals.filter(state__in=UNDER_WAY).exists():
                cents = debt.open_cents
                record_repayment(debt_id=debt.pk, amount_cents=cents, note="virement", user=self.user)
                model.move(AccountCode.BANK, AccountCode.OWED_TO_PROVIDERS, cents)
                SEEN["repaid"] += 1
                return

    def finish_refunds(self, model: Model) -> None:
        for refund in Refund.objects.filter(state="requested"):
            seen = RefundSeen(f"re_{refund.pk}", "succeeded", refund.amount_cents, "EUR")
            for _again in range(2):
                apply_refund_state(refund_id=refund.pk, seen=seen)
            model.move(AccountCode.REFUNDS_DUE, AccountCode.GATEWAY, refund.amount_cents)


def act(world: World, model: Model, kind: str, deal: Deal, step: str, share: int) -> None:
    """One act on both; both refuse or both do it."""
    part = deal.parts.get(step)
    left = (part.gross - part.given) if part else 1
    cents = max(1, left * share // 100)
    acts: dict[str, tuple[Callable[[], bool], Callable[[], object]]] = {
        "pay": (lambda: model.pay(deal), lambda: world.pay(deal)),
        "release": (
            lambda: model.release(deal, step),
            lambda: release(item_key=deal.key, release_key=step),
        ),
        "refund": (
            lambda: model.refund(deal),
            lambda: refund_items(item_keys=[deal.key], bearer="provider", reason="essai"),
        ),
        **{
            f"return by {bearer}": (
                lambda bearer=bearer: model.give_back(deal, step, cents, bearer),
                lambda bearer=bearer: refund_released(
                    item_key=deal.key,
                    release_key=step,
                    amount_cents=cents,
                    bearer=bearer,
                    reason="essai",
                ),
            )
            for bearer in ("provider", "operator")
        },
        "lapse": (
            lambda: _end(deal, "lapsed"),
            lambda: lapse_charge(charge=lock_charge(charge_id=deal.charge.pk)),
        ),
        "cancel": (
            lambda: _end(deal, "cancelled"),
            lambda: cancel_charge(reference=deal.charge.reference, reason="essai"),
        ),
    }
    wanted, real = acts[kind]
    allowed = wanted()
    try:
        with transaction.atomic():
            real()
    except DomainError:
        assert not allowed, f"{kind} was refused in state {deal.state}"
        SEEN[f"{kind} refused"] += 1
    else:
        assert allowed, f"{kind} passed in state {deal.state}"
        SEEN[kind] += 1


def _end(deal: Deal, state: str) -> bool:
    if deal.state != "awaiting_payment":
        return False
    deal.state = state
    return True


def assert_settled_rightly(world: World, model: Model) -> None:
    """The ledger is the model's; nothing leaves while a debt is open that nothing else will cover."""
    booked = {
        line.code: line.balance_cents * (-1 if line.kind in {"liability", "income"} else 1)
        for line in money_board().lines
    }
    assert {code: cents for code, cents in booked.items() if cents} == {
        code: cents for code, cents in model.balances.items() if cents
    }
    debts = list(SellerDebt.objects.filter(party=world.seller))
    uncovered = sum(
        debt.open_cents
        - sum(reversal.amount_cents for reversal in debt.reversals.filter(state__in=UNDER_WAY))
        for debt in debts
    )
    unsent = PayoutLeg.objects.filter(payout__seller=world.seller, state__in=("ready", "blocked", "failed"))
    waiting = sum(leg.amount_cents for leg in unsent)
    assert not (uncovered and waiting)
    assert -balance(AccountCode.OWED_TO_PROVIDERS, world.seller) == waiting - sum(
        debt.open_cents for debt in debts
    )
    assert_ledger_is_clean()


def coda(world: World, model: Model) -> None:
    """However it went: what comes after pays what can no longer be taken back, and so does what waits."""

    def released(price: str) -> Deal:
        deal = world.deal(price, [1], "card")
        act(world, model, "pay", deal, "", 0)
        act(world, model, "release", deal, "step-1", 0)
        return deal

    def refuse_all() -> None:
        while TransferReversal.objects.filter(debt__party=world.seller, state="requested").exists():
            world.take_back(model, granted=False)
        assert_settled_rightly(world, model)

    gone = released("300.00")
    world.end_holds()
    world.send(model)
    act(world, model, "return by provider", gone, "step-1", TOO_MUCH)
    act(world, model, "return by provider", gone, "step-1", 100)
    act(world, model, "return by provider", gone, "step-1", 100)
    refuse_all()
    released("100.00")
    assert_settled_rightly(world, model)
    later = released("5000.00")
    world.send(model)
    act(world, model, "return by provider", later, "step-1", 50)
    released("50.00")
    refuse_all()
