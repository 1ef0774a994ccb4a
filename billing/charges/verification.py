"""Checks of charges: every level sums to the one above, and the ledger holds what is not given out yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Model, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.charges.lifecycle import OPEN_INSTALMENTS, ChargeState, InstalmentState, ReleaseState
from billing.charges.models import (
    Charge,
    ChargeInstalment,
    ChargeItem,
    ChargeLine,
    ChargeRelease,
    ChargeReleaseLine,
    ChargeReleaseVat,
    ChargeReturn,
)
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.ledger.verification import Finding

RECEIVED = (ChargeState.PAID, ChargeState.PART_PAID)

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
    """What the ledger holds for orders is what buyers paid for parts that are not given out yet."""
    held = (
        ChargeRelease.objects.filter(item__charge__state__in=RECEIVED, state=ReleaseState.HELD).aggregate(
            total=Sum(F("incl_cents") - F("cofunded_cents"))
        )["total"]
        or 0
    )
    # Of a charge paid in part, what its instalments still ask for is not there yet.
    held -= (
        ChargeInstalment.objects.filter(
            charge__state=ChargeState.PART_PAID, state__in=OPEN_INSTALMENTS
        ).aggregate(total=Sum("amount_cents"))["total"]
        or 0
    )
    booked = -balance(AccountCode.HELD)
    if held != booked:
        yield Finding("charges.held", AccountCode.HELD, f"ledger {booked}, held parts {held}")


def check_refunded() -> Iterator[Finding]:
    """What an item says was refunded is what its cancelled parts and its returns are worth."""
    cancelled = (
        ChargeRelease.objects.filter(item=OuterRef("pk"), state=ReleaseState.CANCELLED)
        .order_by()
        .values("item")
        .annotate(total=Sum("incl_cents"))
        .values("total")
    )
    returned = (
        ChargeReturn.objects.filter(release__item=OuterRef("pk"))
        .order_by()
        .values("release__item")
        .annotate(total=Sum("incl_cents"))
        .values("total")
    )
    differing = (
        ChargeItem.objects.filter(charge__state__in=RECEIVED)
        .annotate(parts=Coalesce(Subquery(cancelled), 0) + Coalesce(Subquery(returned), 0))
        .exclude(parts=F("refunded_cents"))
    )
    for item in differing:
        yield Finding(
            "charges.refunded",
            item.key,
            f"refunded {item.refunded_cents}, cancelled and returned parts {item.parts}",
        )


def check_returns() -> Iterator[Finding]:
    """Returns of a part are within it, and their VAT breakdown sums to them."""
    beyond = (
        ChargeRelease.objects.annotate(given=Coalesce(Sum("returns__incl_cents"), 0))
        .filter(given__gt=0)
        .exclude(given__lte=F("incl_cents"), state=ReleaseState.RELEASED)
    )
    for part in beyond:
        yield Finding("charges.returns", f"ChargeRelease {part.pk}", f"returned {part.given}")
    split = ChargeReturn.objects.filter(corrects_sale=True).annotate(
        bases=Coalesce(Sum("vat_breakdown__base_cents"), 0),
        taxes=Coalesce(Sum("vat_breakdown__vat_cents"), 0),
    )
    for made in split.exclude(bases=F("excl_cents"), taxes=F("vat_cents")):
        yield Finding("charges.returns", f"ChargeReturn {made.pk}", f"VAT rows {made.bases}, {made.taxes}")


def check_instalments() -> Iterator[Finding]:
    """Instalments pay the charge: whole before anything is cancelled, and never less than was released."""
    shown = [ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED]
    asked = Charge.objects.filter(instalments__isnull=False, state__in=shown).annotate(
        asked=Sum("instalments__amount_cents", filter=~Q(instalments__state=InstalmentState.CANCELLED))
    )
    for charge in asked.exclude(asked=F("to_pay_cents")):
        yield Finding(
            "charges.instalments", charge.reference, f"asked {charge.asked}, to pay {charge.to_pay_cents}"
        )
    for one in ChargeInstalment.objects.exclude(whole_cents=F("charge__to_pay_cents")).select_related(
        "charge"
    ):
        yield Finding("charges.instalments", str(one), f"of {one.whole_cents}, {one.charge.to_pay_cents}")
    released = (
        ChargeRelease.objects.filter(item__charge=OuterRef("pk"), state=ReleaseState.RELEASED)
        .order_by()
        .values("item__charge")
        .annotate(total=Sum(F("incl_cents") - F("cofunded_cents")))
        .values("total")
    )
    received = (
        Charge.objects.filter(instalments__isnull=False)
        .annotate(
            received=Coalesce(
                Sum("instalments__amount_cents", filter=Q(instalments__state=InstalmentState.PAID)), 0
            ),
            released=Coalesce(Subquery(released), 0),
        )
        .filter(released__gt=F("received"))
    )
    for beyond in received:
        yield Finding(
            "charges.instalments", beyond.reference, f"released {beyond.released}, received {beyond.received}"
        )


def verify_charges() -> list[Finding]:
    """All checks of charges in the current tenant."""
    return [*check_sums(), *check_held(), *check_refunded(), *check_returns(), *check_instalments()]


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
