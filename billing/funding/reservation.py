"""Opening a charge with its aid: vouchers are reserved under the locks of business and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from billing.charges.cofunding import Cofunding, Share
from billing.charges.inputs import ChargeItemInput, InstalmentInput
from billing.charges.models import Charge, ChargeRelease
from billing.charges.operations import open_charge
from billing.charges.pricing import PricedCharge
from billing.funding.budgets import hold, lock_budgets, lock_standing
from billing.funding.errors import AidChanged
from billing.funding.estimate import Assessment, ProgrammeEstimate, assess
from billing.funding.lifecycle import VOUCHER, VoucherState
from billing.funding.models import ProgrammeBudget, Voucher, VoucherPart
from billing.funding.usage import usage_of
from kernel.rules.facts import Facts
from kernel.web.formats import format_money
from tenants.parties.models import Party

if TYPE_CHECKING:
    from datetime import date


@transaction.atomic
def open_funded_charge(
    *,
    reference: str,
    buyer: Party,
    items: Sequence[ChargeItemInput],
    item_facts: Mapping[str, Facts],
    expires_at: datetime | None = None,
    expected_to_pay_cents: int | None = None,
    instalments: Sequence[InstalmentInput] = (),
) -> Charge:
    """Open a charge of which programmes pay what they can, and reserve that in their budgets.

    ``item_facts`` are by item key what the caller knows of each (`service.categories`).
    ``expected_to_pay_cents`` is what the buyer saw to be left to pay, incl. VAT: with another amount
    nothing is opened. The caller settles a charge with nothing left to pay: `settle_funded`.
    Locks the business's standing, then the budgets. Raises AidChanged, and what `open_charge` refuses.
    """
    reservation = _Reservation(buyer, item_facts, expected_to_pay_cents)
    return open_charge(
        reference=reference,
        buyer=buyer,
        items=items,
        expires_at=expires_at,
        instalments=instalments,
        cofund=reservation.decide,
        stored=reservation.store,
    )


@dataclass
class _Reservation:
    """What is decided for one charge and then stored with it."""

    buyer: Party
    item_facts: Mapping[str, Facts]
    expected_to_pay_cents: int | None
    granted: list[ProgrammeEstimate] = field(default_factory=list)
    budgets: dict[int, ProgrammeBudget] = field(default_factory=dict)

    def decide(self, priced: PricedCharge) -> Cofunding:
        """Who pays how much of each release, weighed under the locks. Raises AidChanged."""
        found = assess(priced=priced, buyer=self.buyer, item_facts=self.item_facts, on=priced.on)
        if found is not None and found.candidates():
            self._weigh(found, priced.on)
        to_pay = priced.incl_cents - sum(one.cents for one in self.granted)
        if self.expected_to_pay_cents is not None and self.expected_to_pay_cents != to_pay:
            raise AidChanged(old=format_money(self.expected_to_pay_cents), new=format_money(to_pay))
        shares: dict[tuple[str, str], list[Share]] = {}
        for one in self.granted:
            for place, cents in one.parts.items():
                shares.setdefault(place, []).append(_share(one, cents))
        return shares

    def _weigh(self, found: Assessment, on: date) -> None:
        lock_standing(self.buyer)
        usage = usage_of(self.buyer)
        candidates = found.candidates()
        of_the_year = {
            programme.pk: budget.pk
            for programme in candidates
            for budget in programme.budgets.all()
            if budget.year == on.year
        }
        grants = [grant for one in candidates if (grant := usage.grant(one, on)) is not None]
        self.budgets = lock_budgets([*of_the_year.values(), *(grant.budget_id for grant in grants)])
        locked = {programme: self.budgets[key] for programme, key in of_the_year.items()}
        self.granted = [one for one in found.estimate(usage, locked).programmes if one.cents]

    def store(self, charge: Charge, releases: list[ChargeRelease]) -> None:
        """Write the vouchers with their parts, and take them off the budgets."""
        by_place = {(release.item.key, release.key): release for release in releases}
        made = [
            self._used(one, charge) if one.verdict.grant is not None else self._new(one, charge)
            for one in self.granted
        ]
        fresh = Voucher.objects.bulk_create(voucher for voucher in made if voucher.pk is None)
        stored = iter(fresh)
        vouchers = [voucher if voucher.pk is not None else next(stored) for voucher in made]
        VoucherPart.objects.bulk_create(
            VoucherPart(voucher=voucher, release=by_place[place], amount_cents=cents)
            for voucher, one in zip(vouchers, self.granted, strict=True)
            for place, cents in one.parts.items()
        )

    def _new(self, one: ProgrammeEstimate, charge: Charge) -> Voucher:
        year = charge.priced_on.year
        budget = next(
            budget
            for budget in self.budgets.values()
            if budget.programme_id == one.programme.pk and budget.year == year
        )
        hold(budget, one.cents)
        return Voucher(
            programme=one.programme,
            budget=budget,
            party=self.buyer,
            charge=charge,
            state=VoucherState.RESERVED,
            amount_cents=one.cents,
            held_cents=one.cents,
            currency=charge.currency,
            is_de_minimis=one.programme.is_de_minimis,
            reserved_at=charge.opened_at,
            decision=one.verdict.records(),
        )

    def _used(self, one: ProgrammeEstimate, charge: Charge) -> Voucher:
        """A granted voucher pays; what it grants beyond that is free again."""
        grant = Voucher.objects.select_for_update(of=("self",)).get(pk=one.verdict.grant.pk)  # type: ignore[union-attr]
        if grant.state != VoucherState.GRANTED:
            # Taken back by staff in this very moment: the buyer is shown the price without it.
            raise AidChanged(
                old=format_money(charge.to_pay_cents), new=format_money(charge.to_pay_cents + one.cents)
            )
        VOUCHER.apply(grant, "attach", "billing")
        hold(self.budgets[grant.budget_id], one.cents - grant.held_cents)
        grant.charge, grant.decision = charge, one.verdict.records()
        grant.amount_cents = grant.held_cents = one.cents
        grant.save()
        return grant


def _share(one: ProgrammeEstimate, cents: int) -> Share:
    programme = one.programme
    return Share(
        programme=programme.slug,
        name=programme.name,
        name_en=programme.name_en,
        funder=programme.funder.display_name,
        cents=cents,
    )
