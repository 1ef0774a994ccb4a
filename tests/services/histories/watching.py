"""Which rows of the product's tables of transitions were walked, by whom and for which payment method."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import models

from billing.charges.lifecycle import CHARGE, RELEASE
from billing.claims.lifecycle import CLAIM
from billing.funding.lifecycle import VOUCHER
from billing.payments import lifecycle as payments
from billing.payouts.lifecycle import LEG, PAYOUT, REVERSAL
from kernel.lifecycle import Change, Lifecycle
from services.orders import lifecycle as orders

TABLES: dict[str, Lifecycle] = {
    "line": orders.LINE,
    "milestone": orders.MILESTONE,
    "dispute of a line": orders.DISPUTE,
    "charge": CHARGE,
    "release": RELEASE,
    "payment": payments.PAYMENT,
    "refund": payments.REFUND,
    "dispute at the bank": payments.DISPUTE,
    "payout": PAYOUT,
    "leg": LEG,
    "reversal": REVERSAL,
    "voucher": VOUCHER,
    "claim": CLAIM,
}
Step = tuple[str, str, str, str]


class Watch:
    """Counts transitions: `walked[table, act, role, method]`."""

    def __init__(self) -> None:
        self.walked: Counter[Step] = Counter()
        self.method = ""

    def rows(self) -> set[tuple[str, str, str]]:
        """Each act of each table with each role that has it."""
        return {(table, row.name, role) for table, rows in TABLES.items() for row in rows for role in row.by}

    def never_walked(self) -> list[tuple[str, str, str]]:
        """The rows that nothing has walked."""
        return sorted(self.rows() - {(table, act, role) for table, act, role, _method in self.walked})

    def never_walked_by(self, table: str, method: str) -> set[str]:
        """The acts of a table that no order with this payment method has had."""
        walked = {act for name, act, _role, used in self.walked if (name, used) == (table, method)}
        return {row.name for row in TABLES[table]} - walked

    def report(self, methods: tuple[str, ...]) -> str:
        """The whole table, one line an act and role, one column a method."""
        head = f"{'table':20} {'act':18} {'role':9}" + "".join(f"{method:>12}" for method in methods)
        lines = [
            f"{table:20} {act:18} {role:9}"
            + "".join(f"{self.walked[table, act, role, method]:>12}" for method in methods)
            for table, act, role in sorted(self.rows())
        ]
        return "\n".join((head, *lines))


@contextmanager
def watched() -> Iterator[Watch]:
    """Every table tells what it does meanwhile; what it does is its own."""
    watch, apply = Watch(), Lifecycle.apply
    names = {id(table): name for name, table in TABLES.items()}

    def told(self: Lifecycle, obj: models.Model, name: str, role: str) -> Change:
        change = apply(self, obj, name, role)
        if id(self) in names:
            watch.walked[names[id(self)], name, role, watch.method] += 1
        return change

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lifecycle, "apply", told)
        yield watch
