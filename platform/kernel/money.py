"""The only functions of the house that round or divide money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_HUNDRED = Decimal(100)


def round_half_up(value: Decimal) -> int:
    """The nearest integer; a half goes away from zero, as French invoices round."""
    return int(value.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_cents(euros: Decimal) -> int:
    """Euros to cents, rounded once, half up."""
    return round_half_up(euros * _HUNDRED)


def to_euros(cents: int) -> Decimal:
    """Cents to euros with exactly two decimals."""
    return (Decimal(cents) / _HUNDRED).quantize(CENT)


def line_amount_cents(quantity: Decimal, unit_price: Decimal) -> int:
    """Amount in cents of ``quantity`` (3 decimals) at ``unit_price`` euros (4 decimals), rounded once."""
    return to_cents(quantity * unit_price)


def vat_cents(base_cents: int, rate: Decimal) -> int:
    """VAT in cents on a base in cents at ``rate`` percent (EN 16931, BR-CO-17), rounded half up."""
    return round_half_up(Decimal(base_cents) * rate / _HUNDRED)


def allocate(total_cents: int, weights: Sequence[int]) -> list[int]:
    """Divide ``total_cents`` in proportion to ``weights``, by largest remainder; the parts sum to it exactly.

    Ties go to the earlier part. A negative total is the mirror image of the positive one. Raises ValueError
    without weights, for a negative weight, or when all are zero.
    """
    whole = sum(weights)
    if not weights or whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must be non-negative and not all zero")
    sign = -1 if total_cents < 0 else 1
    total = abs(total_cents)
    parts = [total * weight // whole for weight in weights]
    remainders = [total * weight % whole for weight in weights]
    missing = total - sum(parts)
    for index in sorted(range(len(weights)), key=lambda i: (-remainders[i], i))[:missing]:
        parts[index] += 1
    return [sign * part for part in parts]
