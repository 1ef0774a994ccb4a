"""Refunds after release: who bears what is shown first, then sale, commission, aid and payouts follow."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from billing.charges.models import ChargeItem, ChargeRelease, ChargeReturn, ReturnBearer
from billing.charges.operations import lock_charge
from billing.charges.returns import PricedReturn, mark_returned, price_return, returnable_cents
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, credit, debit, post_entry
from billing.payments.lifecycle import PaymentState
from billing.payments.models import Payment
from billing.payments.operations import refunds as payment_refunds
from billing.payments.operations.foreign_refunds import given_first
from billing.payouts import cofunding
from billing.payouts.debts import lock_standing, open_cents_of, owe
from billing.payouts.errors import BearerNotPossible, PaymentCannotReturn, ReasonMissing, ReleaseNotFound
from billing.payouts.lifecycle import LegState
from billing.payouts.models import PayoutLeg, ReleaseRefund
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


@dataclass(frozen=True)
class RefundPreview:
    """What a refund after release would do, in cents, before anybody confirms it."""

    priced: PricedReturn
    bearer: str
    own_sale: bool
    seller_cents: int
    """What the seller would owe; zero when the operator bears it."""
    operator_cents: int
    """What it would cost the operator: its gesture, or the commission that it gives back."""
    sent_cents: int
    """Of the seller's share, what was sent already and would be asked back."""
    already_owed_cents: int
    """What the seller owes from before."""

    @property
    def has_credit_note(self) -> bool:
        """Whether the sale is corrected: a credit note for the buyer, and one for the commission."""
        return self.own_sale or self.bearer == ReturnBearer.PROVIDER


def possible_bearers(release: ChargeRelease) -> list[str]:
    """Who may bear a refund of this part: of its own sale only the operator."""
    if _is_own_sale(release):
        return [str(ReturnBearer.OPERATOR)]
    return [str(ReturnBearer.PROVIDER), str(ReturnBearer.OPERATOR)]


def preview_refund(*, release: ChargeRelease, amount_cents: int, bearer: str) -> RefundPreview:
    """What refunding `amount_cents` (incl. VAT) of a released part would do; nothing is stored.

    Raises BearerNotPossible, NothingToRefund, RefundAmountMismatch.
    """
    if bearer not in possible_bearers(release):
        raise BearerNotPossible()
    own_sale = _is_own_sale(release)
    corrects = own_sale or bearer == ReturnBearer.PROVIDER
    priced = price_return(release=release, amount_cents=amount_cents, corrects_sale=corrects)
    seller_cents = 0 if own_sale or not corrects else amount_cents - priced.commission_incl_cents
    sent = PayoutLeg.objects.filter(
        payout__release=release, state__in=[LegState.SENT, LegState.RECEIVED]
    ).exists()
    return RefundPreview(
        priced=priced,
        bearer=bearer,
        own_sale=own_sale,
        seller_cents=seller_cents,
        operator_cents=amount_cents - seller_cents,
        sent_cents=seller_cents if sent else 0,
        already_owed_cents=open_cents_of(release.item.seller) if seller_cents else 0,
    )


@transaction.atomic
def refund_released(
    *, item_key: str, release_key: str, amount_cents: int, bearer: str, reason: str
) -> ChargeReturn:
    """Give back a released part, whole or partial (`amount_cents` incl. VAT), at the cost of `bearer`.

    The buyer's money is asked back from the gateway after the commit, the seller's debt is recovered
    (its unsent payout, a transfer taken back, its next payouts, else a debt), the commission goes back
    in proportion and credit notes are asked for. Takes the lock of the charge.
    Raises ReleaseNotFound, BearerNotPossible, ReasonMissing, NothingToRefund, RefundAmountMismatch,
    CofundedRefundUnavailable, PaymentCannotReturn.
    """
    if not reason.strip():
        raise ReasonMissing()
    release = _locked(item_key, release_key)
    if bearer not in possible_bearers(release):
        raise BearerNotPossible()
    own_sale = _is_own_sale(release)
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    if returnable_cents(release) and not own_sale:
        lock_standing(release.item.seller)
    made = mark_returned(
        release=release,
        amount_cents=amount_cents,
        bearer=bearer,
        corrects_sale=own_sale or bearer == ReturnBearer.PROVIDER,
        reason=reason.strip(),
        at=now,
        on=on,
    )
    source = made.source
    post_entry(
        source=source,
        kind=EntryKind.REFUND_AFTER_RELEASE,
        occurred_on=on,
        memo=f"{release.item.description}, {release.label}",
        postings=[
            *_debits(made, own_sale=own_sale),
            credit(AccountCode.REFUNDS_DUE, made.to_buyer_cents),
            *cofunding.give_back(release=release, amount_cents=made.cofunded_cents, source=source),
        ],
    )
    _request_money(made)
    if made.corrects_sale and not own_sale and made.seller_cents:
        owe(release=release, amount_cents=made.seller_cents, source=source, reason=made.reason)
    if made.corrects_sale:
        enqueue("invoicing.issue_credit_note", return_id=made.pk)
        if made.commission_incl_cents:
            enqueue("invoicing.issue_commission_credit_note", return_id=made.pk)
    return made


def _locked(item_key: str, release_key: str) -> ChargeRelease:
    charge_id = ChargeItem.objects.filter(key=item_key).values_list("charge_id", flat=True).first()
    if charge_id is None:
        raise ReleaseNotFound()
    charge = lock_charge(charge_id=charge_id)
    found = (
        ChargeRelease.objects.select_related("item__seller")
        .filter(item__key=item_key, key=release_key)
        .first()
    )
    if found is None:
        raise ReleaseNotFound()
    found.item.charge = charge
    return found


def _debits(made: ChargeReturn, *, own_sale: bool) -> list[PostingInput]:
    if own_sale:
        return [
            debit(AccountCode.OWN_SALES, made.excl_cents),
            debit(AccountCode.OUTPUT_VAT, made.vat_cents),
        ]
    if not made.corrects_sale:
        return [debit(AccountCode.REFUNDS_BORNE, made.incl_cents)]
    return [
        debit(AccountCode.OWED_TO_PROVIDERS, made.seller_cents, made.release.item.seller),
        debit(AccountCode.COMMISSIONS, made.commission_excl_cents),
        debit(AccountCode.OUTPUT_VAT, made.commission_vat_cents),
    ]


def _request_money(made: ChargeReturn) -> None:
    """Ask the buyer's money back from the payments that still hold it, latest first."""
    item = made.release.item
    left = made.to_buyer_cents
    payments = Payment.objects.select_for_update(of=("self",)).filter(
        charge=item.charge, state=PaymentState.SUCCEEDED
    )
    for payment in given_first(payments.order_by("-pk"), item):
        payment.charge = item.charge
        share = min(left, payment_refunds.returnable_cents(payment, item))
        if share > 0:
            refunds = payment_refunds.request_refund(
                payment,
                share,
                charge_item=item,
                bearer=made.bearer,
                reason=made.reason,
                release_key=made.release.key,
            )
            for refund in refunds:
                ReleaseRefund.objects.create(charge_return=made, refund=refund)
            left -= share
    if left:
        raise PaymentCannotReturn()


def _is_own_sale(release: ChargeRelease) -> bool:
    return bool(release.item.seller.roles.filter(role="operator").exists())
