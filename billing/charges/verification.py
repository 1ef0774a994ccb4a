"""Checks of charges: every level sums to the one above, and the ledger holds what is not given out yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.charges.lifecycle import ChargeState, ReleaseState
from billing.charges.models import (
    Charge,
    ChargeItem,
    ChargeLine,
    ChargeRelease,
    ChargeReleaseLine,
    ChargeReleaseVat,
)
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.ledger.verification import Finding

LEVELS: tuple[tuple[type[Model], type[Model], str, tuple[tuple[str, str], ...]], ...] = (
    (
        Charge,
        ChargeItem,
        "charge",
        tuple((name, name) for name in ("excl_cents", "vat_cents", "incl_cents", "cofunded_cents")),
    ),
    (
        ChargeItem,
        ChargeRelease,
        "item",
        tuple(
            (name, name)
            for name in (
                "excl_cents",
                "vat_cents",
                "incl_cents",
                "cofunded_cents",
                "commission_excl_cents",
                "commission_vat_cents",
            )
        ),
    ),
    (ChargeItem, ChargeLine, "item", (("excl_cents", "excl_cents"),)),
    (ChargeRelease, ChargeReleaseLine, "release", (("excl_cents", "excl_cents"),)),
    (
        ChargeRelease,
        ChargeReleaseVat,
        "release",
        (("excl_cents", "base_cents"), ("vat_cents", "vat_cents")),
    ),
    (ChargeLine, ChargeReleaseLine, "line", (("excl_cents", "excl_cents"),)),
)
"""Parent table, child table, name of the key, and which sums of the child the parent holds."""


def check_sums() -> Iterator[Finding]:
    """Each amount equals the sum of its parts, from the charge down to the shares."""
    for parent, child, link, columns in LEVELS:
        for column, part in columns:
            differing = (
                _all(parent)
                .annotate(parts=Coalesce(Subquery(_sums(child, link, part)), 0))
                .exclude(parts=F(column))
            )
            for row in differing:
                yield Finding(
                    "charges.sums",
                    f"{parent.__name__} {row}",
                    f"{column} {getattr(row, column)}, parts {row.parts}",
                )


def check_held() -> Iterator[Finding]:
    """What the ledger holds for orders is what paid charges have not given out yet."""
    held = (
        ChargeRelease.objects.filter(item__charge__state=ChargeState.PAID, state=ReleaseState.HELD).aggregate(
            total=Sum("incl_cents")
        )["total"]
        or 0
    )
    booked = -balance(AccountCode.HELD)
    if held != booked:
        yield Finding("charges.held", AccountCode.HELD, f"ledger {booked}, held parts {held}")


def check_refunded() -> Iterator[Finding]:
    """What an item says was refunded is what its cancelled parts were worth."""
    cancelled = (
        ChargeRelease.objects.filter(item=OuterRef("pk"), state=ReleaseState.CANCELLED)
        .order_by()
        .values("item")
        .annotate(total=Sum("incl_cents"))
        .values("total")
    )
    differing = (
        ChargeItem.objects.filter(charge__state=ChargeState.PAID)
        .annotate(parts=Coalesce(Subquery(cancelled), 0))
        .exclude(parts=F("refunded_cents"))
    )
    for item in differing:
        yield Finding(
            "charges.refunded", item.key, f"refunded {item.refunded_cents}, cancelled parts {item.parts}"
        )


def verify_charges() -> list[Finding]:
    """All checks of charges in the current tenant."""
    return [*check_sums(), *check_held(), *check_refunded()]


def _all(model: type[Model]) -> QuerySet[Model]:
    return model._default_manager.all()  # noqa: SLF001 - Django's documented name for it


def _sums(child: type[Model], link: str, column: str) -> QuerySet[Model]:
    return (
        _all(child)
        .filter(**{link: OuterRef("pk")})
        .order_by()
        .values(link)
        .annotate(total=Sum(column))
        .values("total")
    )
