"""The life of a voucher as one table; nothing else assigns its state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class VoucherState(models.TextChoices):
    """Where a programme's help for one business stands."""

    GRANTED = "granted", _("Accordée")
    RESERVED = "reserved", _("Réservée")
    CONSUMED = "consumed", _("Utilisée")
    RELEASED = "released", _("Libérée")
    EXPIRED = "expired", _("Échue")
    REVOKED = "revoked", _("Retirée")


HOLDING = (VoucherState.GRANTED, VoucherState.RESERVED, VoucherState.CONSUMED)
"""States in which a voucher may hold money of its budget."""
BILLING = frozenset({"billing"})
MOVED_ON = _("Cette aide a changé d’état.")

VOUCHER = Lifecycle(
    field="state",
    transitions=(
        # A granted voucher pays for an order that is placed.
        Transition("attach", (VoucherState.GRANTED,), VoucherState.RESERVED, BILLING, MOVED_ON),
        # Each part was approved or freed, and at least one was approved.
        Transition("consume", (VoucherState.RESERVED,), VoucherState.CONSUMED, BILLING, MOVED_ON),
        # Nothing of it was, or is any more, of use: cancelled, lapsed, declined, refunded whole.
        Transition(
            "release",
            (VoucherState.RESERVED, VoucherState.CONSUMED),
            VoucherState.RELEASED,
            BILLING,
            MOVED_ON,
        ),
        # An order that had lapsed turned out paid, and the budget still has room.
        Transition("revive", (VoucherState.RELEASED,), VoucherState.RESERVED, BILLING, MOVED_ON),
        Transition("expire", (VoucherState.GRANTED,), VoucherState.EXPIRED, frozenset({"clock"}), MOVED_ON),
        # By staff, or by billing when the order that a grant stands in for turned out paid.
        Transition(
            "revoke",
            (VoucherState.GRANTED,),
            VoucherState.REVOKED,
            frozenset({"operator", "billing"}),
            MOVED_ON,
        ),
    ),
)
