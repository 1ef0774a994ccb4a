"""Numbers without gaps: one locked row per seller, mandatary, kind and year."""

from __future__ import annotations

from datetime import date

from billing.invoicing.errors import NumberTooLong
from billing.invoicing.models import InvoiceKind, InvoiceSequence
from tenants.directory.models import Tenant
from tenants.parties.models import Party

LONGEST = 35
DIGITS = 6


def sequence_prefix(*, tenant: Tenant, seller: Party, mandatary: bool, kind: str, year: int) -> str:
    """`NA-M012-2026-`: the tenant's code, which no other tenant ever gets, series and seller, year.

    The series is M for invoices issued under mandate, F for the tenant's own sales, C for commissions. So a
    number is unique for the seller even when another platform invoices for it as well.
    """
    series = "C" if kind == InvoiceKind.COMMISSION else "M" if mandatary else "F"
    return f"{tenant.number_code}-{series}{seller.pk:03d}-{year}-"


def lock_sequence(*, tenant: Tenant, seller: Party, mandatary: bool, kind: str, on: date) -> InvoiceSequence:
    """The sequence of a legal date, locked until the transaction ends; the last lock of any operation.

    A database sequence would leave gaps after a rollback; a row does not.
    """
    key = {"seller": seller, "mandatary": mandatary, "kind": kind, "year": on.year}
    found = InvoiceSequence.objects.select_for_update(of=("self",)).filter(**key).first()
    if found is not None:
        return found
    prefix = sequence_prefix(tenant=tenant, seller=seller, mandatary=mandatary, kind=kind, year=on.year)
    InvoiceSequence.objects.get_or_create(**key, defaults={"prefix": prefix})
    return InvoiceSequence.objects.select_for_update(of=("self",)).get(**key)


def number_at(sequence: InvoiceSequence, position: int) -> str:
    """The number at a position, counted from 1. Raises NumberTooLong."""
    number = f"{sequence.prefix}{position:0{DIGITS}d}"
    if len(number) > LONGEST:
        raise NumberTooLong()
    return number
