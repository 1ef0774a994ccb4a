"""Releasing an approved part, opening payout accounts, trying failed legs again."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from billing.charges.models import Charge, ChargeItem, ChargeRelease
from billing.charges.operations import lock_charge, mark_released
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, credit, debit, post_entry
from billing.payments.gateways.directory import active_account, gateway_for
from billing.payouts import cofunding
from billing.payouts.debts import lock_standing, net_new_payout
from billing.payouts.errors import AccountMustHaveEmail, ReleaseNotFound
from billing.payouts.faults import ACCOUNT_CALLED, ACCOUNT_SAVED
from billing.payouts.holds import held_until
from billing.payouts.lifecycle import ACCOUNT, LEG, PAYOUT, AccountState, LegState, PayoutState
from billing.payouts.models import Payout, PayoutAccount, PayoutLeg, Rail
from billing.payouts.sources import gateway_shares
from billing.vat_reviews.operations import review_vat
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.parties.models import Party


@transaction.atomic
def release(*, item_key: str, release_key: str) -> Payout:
    """A part of an item is approved: book it, owe it to the seller, ask for its transfer and its invoices.

    Where its VAT is another at the tax point the invoices wait until staff confirm; the money does not.
    Locks the charge. Raises ReleaseNotFound, ChargeNotPaid, TransitionRefused when the part is not held.
    """
    charge_id = ChargeItem.objects.filter(key=item_key).values_list("charge_id", flat=True).first()
    if charge_id is None:
        raise ReleaseNotFound()
    charge = lock_charge(charge_id=charge_id)
    part = (
        ChargeRelease.objects.select_related("item__seller")
        .filter(item__key=item_key, key=release_key)
        .first()
    )
    if part is None:
        raise ReleaseNotFound()
    part.item.charge = charge
    now = timezone.now()
    mark_released(release=part, released_at=now)
    on = legal_date(current_tenant(), now)
    own_sale = part.item.seller.roles.filter(role="operator").exists()
    if not own_sale:
        lock_standing(part.item.seller)
    consumed = cofunding.consume(release=part, at=now, on=on)
    payout = Payout.objects.create(
        seller=part.item.seller,
        release=part,
        gross_cents=part.incl_cents,
        commission_cents=part.commission_incl_cents,
        net_cents=part.net_cents,
        currency=charge.currency,
        created_at=now,
    )
    post_entry(
        source=f"release:{part.pk}",
        kind=EntryKind.RELEASE,
        occurred_on=on,
        memo=f"{part.item.description}, {part.label}",
        postings=[
            debit(AccountCode.HELD, part.paid_cents),
            *consumed.debits,
            *(_own_sale_credits(part) if own_sale else _release_credits(part)),
        ],
    )
    if own_sale or payout.net_cents == 0:
        PAYOUT.apply(payout, "keep", "billing")
        payout.received_at = now
        payout.save(update_fields=["state", "received_at"])
    else:
        _open_legs(payout, charge, consumed.expected_on, now)
    review_vat(release=part)
    enqueue("invoicing.issue_release_invoice", release_id=part.pk)
    if part.commission_excl_cents:
        enqueue("invoicing.issue_commission_invoice", release_id=part.pk)
    return payout


def _open_legs(payout: Payout, charge: Charge, expected_on: date | None, now: datetime) -> None:
    """The legs of what debts of the seller leave, by where the money lies.

    What the buyer paid lies at the gateway: it is sent now or when the payment's hold is over. The aid
    will lie at the bank: it goes by credit transfer, once the funder has paid or at once if it is advanced.
    The commission comes out of the buyer's share first, debts of the seller after it.
    """
    left = payout.net_cents - net_new_payout(payout)
    if left == 0:
        PAYOUT.apply(payout, "net", "billing")
        payout.save(update_fields=["state", "netted_cents"])
        return
    by_gateway = max(0, payout.release.paid_cents - payout.commission_cents)
    by_bank = min(left, payout.net_cents - by_gateway)
    if by_bank:
        PayoutLeg.objects.create(
            payout=payout,
            rail=Rail.CREDIT_TRANSFER,
            amount_cents=by_bank,
            currency=payout.currency,
            state=LegState.READY if expected_on is None else LegState.AWAITS_FUNDER,
            expected_on=expected_on,
        )
    if left == by_bank:
        payout.save(update_fields=["netted_cents"])
        return
    legs = [
        PayoutLeg.objects.create(
            payout=payout,
            rail=Rail.STRIPE_TRANSFER,
            source_id=source,
            amount_cents=cents,
            currency=payout.currency,
        )
        for source, cents in gateway_shares(charge, left - by_bank)
    ]
    payout.held_until = held_until(charge, now)
    if payout.held_until is not None:
        PAYOUT.apply(payout, "hold", "billing")
        enqueue("payouts.end_hold", due_at=payout.held_until, payout_id=payout.pk)
    else:
        for leg in legs:
            enqueue("payouts.send_leg", leg_id=leg.pk)
    payout.save(update_fields=["state", "netted_cents", "held_until"])


def open_payout_account(*, party: Party) -> PayoutAccount:
    """Open the party's account at the gateway, once; its blocked legs are sent after.

    The row with its idempotency key is saved before the call, so a repeat opens no second account. Must not
    run inside a transaction. Raises AccountMustHaveEmail and the gateway's errors.
    """
    if not party.email:
        raise AccountMustHaveEmail()
    account, _created = PayoutAccount.objects.get_or_create(
        party=party, defaults={"idempotency_key": f"payout-account-{uuid.uuid4()}"}
    )
    if account.state == AccountState.ACTIVE:
        return account
    fault_point(ACCOUNT_SAVED)
    identifier = gateway_for(active_account()).create_payee(
        name=party.display_name,
        email=party.email,
        metadata={"party": str(party.public_id)},
        idempotency_key=account.idempotency_key,
    )
    fault_point(ACCOUNT_CALLED)
    return _activate(account.pk, identifier)


@transaction.atomic
def retry_leg(*, leg_id: int) -> PayoutLeg:
    """The operator tries a failed leg again, under a new idempotency key. Raises TransitionRefused."""
    leg = lock_leg(leg_id=leg_id)
    LEG.apply(leg, "retry", "operator")
    leg.reason_code = ""
    leg.save(update_fields=["state", "reason_code"])
    follow_legs(leg.payout)
    enqueue("payouts.send_leg", leg_id=leg.pk)
    return leg


def lock_leg(*, leg_id: int) -> PayoutLeg:
    """The leg with its payout and seller, payout and leg locked in this order."""
    payout_id = PayoutLeg.objects.values_list("payout_id", flat=True).get(pk=leg_id)
    payout = Payout.objects.select_for_update(of=("self",)).select_related("seller").get(pk=payout_id)
    leg = PayoutLeg.objects.select_for_update(of=("self",)).get(pk=leg_id)
    leg.payout = payout
    return leg


def follow_legs(payout: Payout) -> None:
    """Bring the state of a locked payout in line with its legs."""
    states = set(payout.legs.exclude(state=LegState.CANCELLED).values_list("state", flat=True))
    if payout.state == PayoutState.NETTED:
        return
    if LegState.FAILED in states:
        if payout.state == PayoutState.READY:
            PAYOUT.apply(payout, "fail", "billing")
    elif states and states <= {LegState.SENT, LegState.RECEIVED}:
        if payout.state in {PayoutState.READY, PayoutState.FAILED}:
            PAYOUT.apply(payout, "send", "billing")
            payout.sent_at = timezone.now()
    elif payout.state == PayoutState.FAILED:
        PAYOUT.apply(payout, "retry", "billing")
    payout.save(update_fields=["state", "sent_at"])


@transaction.atomic
def _activate(account_id: int, gateway_account_id: str) -> PayoutAccount:
    account = PayoutAccount.objects.select_for_update(of=("self",)).get(pk=account_id)
    if account.state == AccountState.ACTIVE:
        return account
    account.gateway_account_id = gateway_account_id
    account.opened_at = timezone.now()
    ACCOUNT.apply(account, "activate", "billing")
    account.save(update_fields=["gateway_account_id", "opened_at", "state"])
    blocked = PayoutLeg.objects.filter(payout__seller=account.party_id, state=LegState.BLOCKED)
    for leg_id in blocked.order_by("payout_id", "id").values_list("pk", flat=True):
        leg = lock_leg(leg_id=leg_id)
        LEG.apply(leg, "unblock", "billing")
        leg.reason_code = ""
        leg.save(update_fields=["state", "reason_code"])
        enqueue("payouts.send_leg", leg_id=leg.pk)
    return account


def _release_credits(part: ChargeRelease) -> list[PostingInput]:
    return [
        credit(AccountCode.OWED_TO_PROVIDERS, part.net_cents, part.item.seller),
        credit(AccountCode.COMMISSIONS, part.commission_excl_cents),
        credit(AccountCode.OUTPUT_VAT, part.commission_vat_cents),
    ]


def _own_sale_credits(part: ChargeRelease) -> list[PostingInput]:
    """The operator sold this itself: the price is its own turnover, nothing is owed to anybody."""
    return [
        credit(AccountCode.OWN_SALES, part.excl_cents),
        credit(AccountCode.OUTPUT_VAT, part.vat_cents),
    ]
