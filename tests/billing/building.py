"""Parties, rates and items for the tests of billing."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

from billing.charges.inputs import ChargeItemInput, ChargeLineInput, ReleaseInput
from billing.commission.terms import NO_COMMISSION, CommissionTerms

EARLY = date(2020, 1, 1)
FIVE_PERCENT = CommissionTerms(
    rule_id=1,
    scope="default",
    target="",
    rate_percent=Decimal("5.00"),
    min_cents=100,
    max_cents=15000,
)
_numbers = itertools.count(1)


def vat_rates() -> None:
    """The dated rates of the French territories, where they are not loaded yet."""
    from tenants.reference.rates import load_vat_rates

    load_vat_rates()


def party(
    *, regime: str | None = "normal", role: str | None = None, siren: bool = True, **values: Any
) -> Any:
    """A party of mainland France with a VAT regime and a role."""
    from tenants.parties.models import Party, PartyRole, VatRegimePeriod

    number = next(_numbers)
    fields: dict[str, Any] = {
        "kind": "organisation",
        "legal_name": f"Structure {number}",
        "street": f"{number} rue de l'Exemple",
        "postal_code": "79000",
        "town": "Niort",
        "country_code": "FR",
        "tax_territory": "mainland",
        "email": f"structure{number}@exemple.example",
        "is_fictitious": True,
    }
    if values.get("country_code", "FR") != "FR":
        fields["tax_territory"] = ""
    if siren:
        fields["siren"] = f"{900000000 + number}"
    made = Party.objects.create(**{**fields, **values})
    if regime is not None:
        VatRegimePeriod.objects.create(party=made, regime=regime, starts_on=EARLY)
    if role is not None:
        PartyRole.objects.create(party=made, role=role, state="active")
    return made


def cast() -> tuple[Any, Any, Any]:
    """An operator, a seller and a buyer, with the rates they need."""
    vat_rates()
    return party(role="operator"), party(role="provider"), party(role="business")


def line(price: str = "100.00", quantity: str = "1", vat_kind: str = "standard") -> ChargeLineInput:
    """One line at a price in euros."""
    return ChargeLineInput(
        description="Prestation",
        quantity=Decimal(quantity),
        unit="forfait",
        unit_price=Decimal(price),
        vat_kind=vat_kind,
    )


def item(
    seller: Any,
    *lines: ChargeLineInput,
    key: str = "line-1",
    shares: tuple[int, ...] = (100,),
    commission: CommissionTerms = NO_COMMISSION,
) -> ChargeItemInput:
    """One item with as many releases as there are shares, called `step-1`, `step-2`…"""
    return ChargeItemInput(
        key=key,
        seller=seller,
        description="Prestation",
        lines=lines or (line(),),
        releases=tuple(
            ReleaseInput(key=f"step-{number}", label=f"Étape {number}", weight=share)
            for number, share in enumerate(shares, start=1)
        ),
        commission=commission,
    )


def receive(charge: Any) -> None:
    """Money for a charge arrives: booked as payments do it, and the charge is settled."""
    from django.db import transaction
    from django.utils import timezone

    from billing.charges.operations import lock_charge, settle_charge
    from billing.ledger.accounts import AccountCode
    from billing.ledger.operations import credit, debit, post_entry

    with transaction.atomic():
        locked = lock_charge(charge_id=charge.pk)
        if locked.to_pay_cents:
            post_entry(
                source=f"payment:{charge.pk}",
                kind="payment",
                occurred_on=charge.priced_on,
                postings=[
                    debit(AccountCode.GATEWAY, locked.to_pay_cents),
                    credit(AccountCode.HELD, locked.to_pay_cents),
                ],
            )
        settle_charge(charge=locked, paid_at=timezone.now())


def give_back(charge: Any, item_key: str) -> int:
    """What is held of an item goes back: to the buyer, booked as refunds do it, and to budgets; the cents."""
    from django.db import transaction

    from billing.charges.operations import lock_charge, mark_refunded, refundable_cents, refundable_to_buyer
    from billing.ledger.accounts import AccountCode
    from billing.ledger.operations import credit, debit, post_entry

    with transaction.atomic():
        locked = lock_charge(charge_id=charge.pk)
        found = locked.items.get(key=item_key)
        found.charge = locked
        amount, to_buyer = refundable_cents(found), refundable_to_buyer(found)
        mark_refunded(item=found, amount_cents=amount)
        if to_buyer:
            post_entry(
                source=f"refund:{found.pk}:{found.refunded_cents}",
                kind="refund_requested",
                occurred_on=charge.priced_on,
                postings=[
                    debit(AccountCode.HELD, to_buyer),
                    credit(AccountCode.REFUNDS_DUE, to_buyer),
                ],
            )
    return amount


def findings() -> list[str]:
    """What the checks of the ledger found; `receive` and `give_back` book money without rows of payments."""
    from billing.ledger.verification import verify_ledger

    return [str(finding) for finding in verify_ledger().findings if not finding.check.startswith("payments.")]
