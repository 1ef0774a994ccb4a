"""What becomes of reserved aid: consumed at approval, freed before, given back after, reserved again.

Each function runs in a transaction that holds the charge, which is also the lock of its vouchers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from billing.charges.models import Charge, ChargeRelease
from billing.funding.budgets import hold, lock_budgets, lock_standing
from billing.funding.errors import ReturnTooLarge, VoucherCeilingReached
from billing.funding.grants import expire_after, require_room
from billing.funding.lifecycle import VOUCHER, VoucherState
from billing.funding.models import Advance, ProgrammeBudget, Voucher, VoucherPart, VoucherReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.operations import PostingInput, credit, debit
from billing.payouts.cofunding import Consumed
from kernel.money import allocate
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


def consume(*, release: ChargeRelease, at: datetime, on: date) -> Consumed:
    """A part was approved: its funders owe their shares; the debits, and until when the seller waits."""
    parts = list(
        VoucherPart.objects.filter(release=release, freed_cents=0)
        .select_related("voucher__programme__funder")
        .order_by("pk")
    )
    waits = [
        part.voucher.programme.expected_payment_days
        for part in parts
        if part.voucher.programme.advance == Advance.WHEN_FUNDER_PAYS
    ]
    for part in parts:
        part.consumed_cents, part.consumed_at, part.consumed_on = part.amount_cents, at, on
        part.save(update_fields=["consumed_cents", "consumed_at", "consumed_on"])
    _follow(part.voucher for part in parts)
    return Consumed(
        debits=tuple(_by_funder(parts, [part.amount_cents for part in parts], AccountCode.OWED_BY_FUNDERS)),
        expected_on=on + timedelta(days=max(waits)) if waits else None,
    )


def free(charge: Charge, releases: Sequence[ChargeRelease]) -> None:
    """Parts that will not be approved: their aid is back in its budgets; a repeat changes nothing."""
    parts = VoucherPart.objects.filter(
        release__in=[release.pk for release in releases], freed_cents=0, consumed_cents=0
    ).select_related("voucher")
    found = list(parts.order_by("pk"))
    if not found:
        return
    budgets = _lock_budgets_of(charge)
    by_voucher: dict[int, int] = defaultdict(int)
    for part in found:
        by_voucher[part.voucher_id] += part.amount_cents
        part.freed_cents = part.amount_cents
    VoucherPart.objects.bulk_update(found, ["freed_cents"])
    _shrink({part.voucher_id: part.voucher for part in found}, by_voucher, budgets)


def give_back(*, release: ChargeRelease, amount_cents: int, source: str) -> list[PostingInput]:
    """An approved part was refunded: its aid, in the stored proportion, is back in its budgets.

    The credit postings: what was not claimed is owed no more by the funder, what was is owed to it, but for
    what it refused of that for good, in proportion: the space bore it and has it back. Raises ReturnTooLarge.
    """
    parts = list(
        VoucherPart.objects.select_for_update(of=("self",))
        .filter(release=release, consumed_cents__gt=0)
        .select_related("voucher__programme__funder")
        .order_by("pk")
    )
    left = [part.returnable_cents for part in parts]
    if amount_cents > sum(left):
        raise ReturnTooLarge()
    budgets = _lock_budgets_of(release.item.charge)
    shares = allocate(amount_cents, left)
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    by_voucher: dict[int, int] = defaultdict(int)
    # What becomes of each share: owed no more, owed back, borne no more.
    unclaimed, owed_back, regained = ([0] * len(parts) for _way in range(3))
    for place, (part, share) in enumerate(zip(parts, shares, strict=True)):
        if not share:
            continue
        if part.claimed_at is None:
            unclaimed[place] = share
        else:
            borne = part.borne_cents
            owed_back[place], regained[place] = allocate(share, [part.returnable_cents - borne, borne])
        VoucherReturn.objects.create(
            part=part,
            source=source,
            amount_cents=share,
            owed_to_funder=part.claimed_at is not None,
            regained_cents=regained[place],
            returned_at=now,
            returned_on=on,
        )
        part.returned_cents += share
        part.owed_back_cents += owed_back[place]
        part.regained_cents += regained[place]
        part.save(update_fields=["returned_cents", "owed_back_cents", "regained_cents"])
        by_voucher[part.voucher_id] += share
    _shrink({part.voucher_id: part.voucher for part in parts}, by_voucher, budgets)
    given = [
        PostingInput(posting.account, -posting.amount_cents, posting.party)
        for cents, account in (
            (unclaimed, AccountCode.OWED_BY_FUNDERS),
            (owed_back, AccountCode.FUNDER_ADVANCES),
        )
        for posting in _by_funder(parts, cents, account)
    ]
    return given + ([credit(AccountCode.DEBTS_LOST, sum(regained))] if sum(regained) else [])


def given_back(*, release: ChargeRelease, source: str) -> dict[str, int]:
    """Cents that the refund `source` gave back of an approved part, by programme slug."""
    returned = VoucherReturn.objects.filter(part__release=release, source=source)
    sums: dict[str, int] = defaultdict(int)
    for slug, cents in returned.values_list("part__voucher__programme__slug", "amount_cents"):
        sums[slug] += cents
    return dict(sums)


def revive(charge: Charge) -> frozenset[str]:
    """A lapsed charge turned out paid: reserve its aid again where budget and ceilings still allow it.

    The keys of the items of which some aid could not be had.
    """
    vouchers = list(
        Voucher.objects.filter(charge=charge, state=VoucherState.RELEASED)
        .select_related("programme", "party")
        .prefetch_related("parts__release__item")
        .order_by("pk")
    )
    if not vouchers:
        return frozenset()
    party = vouchers[0].party
    if party is not None:
        lock_standing(party)
    budgets = _lock_budgets_of(charge)
    lost: set[str] = set()
    for voucher in vouchers:
        if not _revived(voucher, budgets[voucher.budget_id]):
            lost |= {part.release.item.key for part in voucher.parts.all()}
    return frozenset(lost)


def _revived(voucher: Voucher, budget: ProgrammeBudget) -> bool:
    standing_in = Voucher.objects.select_for_update(of=("self",)).filter(renews=voucher).first()
    if standing_in is not None:
        at_hand = budget.left_cents + standing_in.held_cents
        if standing_in.state != VoucherState.GRANTED or at_hand < voucher.amount_cents:
            return False
        VOUCHER.apply(standing_in, "revoke", "billing")
        hold(budget, -standing_in.held_cents)
        standing_in.held_cents, standing_in.ended_at = 0, timezone.now()
        standing_in.code, standing_in.end_reason = "", "order_paid_late"
        standing_in.save()
    elif voucher.party is not None:
        try:
            require_room(voucher.programme, voucher.party, voucher.amount_cents, budget.year)
        except VoucherCeilingReached:
            return False
    if budget.left_cents < voucher.amount_cents:
        return False
    VOUCHER.apply(voucher, "revive", "billing")
    voucher.held_cents, voucher.ended_at, voucher.end_reason = voucher.amount_cents, None, ""
    voucher.save()
    voucher.parts.update(freed_cents=0)
    hold(budget, voucher.amount_cents)
    return True


def _shrink(vouchers: dict[int, Voucher], cents: dict[int, int], budgets: dict[int, ProgrammeBudget]) -> None:
    """Take what was freed or returned off vouchers and budgets, and let the vouchers follow their parts."""
    touched = [vouchers[key] for key in sorted(cents)]
    for voucher in touched:
        voucher.held_cents -= cents[voucher.pk]
        hold(budgets[voucher.budget_id], -cents[voucher.pk])
        voucher.save(update_fields=["held_cents"])
    for voucher in _follow(touched):
        _renew(voucher, budgets[voucher.budget_id])


def _follow(vouchers: Iterable[Voucher]) -> list[Voucher]:
    """Bring vouchers to where their parts are; those that end here, holding nothing and never used."""
    known = {voucher.pk: voucher for voucher in vouchers}
    parts: dict[int, list[VoucherPart]] = defaultdict(list)
    for part in VoucherPart.objects.filter(voucher__in=known):
        parts[part.voucher_id].append(part)
    unused = []
    for key, voucher in known.items():
        if any(not part.freed_cents and not part.consumed_cents for part in parts[key]):
            continue
        consumed = any(part.consumed_cents for part in parts[key])
        if voucher.held_cents == 0:
            VOUCHER.apply(voucher, "release", "billing")
            voucher.ended_at = timezone.now()
            voucher.save(update_fields=["state", "ended_at"])
            if not consumed:
                unused.append(voucher)
        elif voucher.state == VoucherState.RESERVED:
            VOUCHER.apply(voucher, "consume", "billing")
            voucher.save(update_fields=["state"])
    return unused


def _renew(voucher: Voucher, budget: ProgrammeBudget) -> None:
    """The order of a granted voucher came to nothing: grant anew what the budget still has of it."""
    on = legal_date(current_tenant(), timezone.now())
    if voucher.granted_cents is None or voucher.expires_on is None or voucher.expires_on < on:
        return
    cents = min(voucher.granted_cents, budget.left_cents)
    if cents <= 0:
        return
    code, voucher.code = voucher.code, ""
    voucher.save(update_fields=["code"])
    hold(budget, cents)
    again = Voucher.objects.create(
        programme_id=voucher.programme_id,
        budget=budget,
        party_id=voucher.party_id,
        state=VoucherState.GRANTED,
        amount_cents=cents,
        held_cents=cents,
        granted_cents=voucher.granted_cents,
        currency=voucher.currency,
        is_de_minimis=voucher.is_de_minimis,
        code=code,
        granted_by_id=voucher.granted_by_id,
        granted_at=voucher.granted_at,
        reserved_at=voucher.reserved_at,
        expires_on=voucher.expires_on,
        note=voucher.note,
        series_id=voucher.series_id,
        renews=voucher,
    )
    expire_after(again)


def _lock_budgets_of(charge: Charge) -> dict[int, ProgrammeBudget]:
    """All budgets that the charge's vouchers hold money of, always all at once: no two orders of locks."""
    return lock_budgets(Voucher.objects.filter(charge=charge).values_list("budget_id", flat=True))


def _by_funder(
    parts: Sequence[VoucherPart], cents: Sequence[int], account: AccountCode
) -> Iterable[PostingInput]:
    """One debit a funder."""
    funders = {part.voucher.programme.funder_id: part.voucher.programme.funder for part in parts}
    sums: dict[int, int] = defaultdict(int)
    for part, share in zip(parts, cents, strict=True):
        sums[part.voucher.programme.funder_id] += share
    return [debit(account, sums[key], funder) for key, funder in funders.items() if sums[key]]
