"""The life of a charge and of its releases; nothing else assigns their state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class ChargeState(models.TextChoices):
    """Where a charge stands."""

    AWAITING_PAYMENT = "awaiting_payment", _("En attente de paiement")
    PART_PAID = "part_paid", _("Acompte payé")
    PAID = "paid", _("Payé")
    CANCELLED = "cancelled", _("Annulée")
    LAPSED = "lapsed", _("Délai de paiement dépassé")


class InstalmentState(models.TextChoices):
    """Where an instalment stands."""

    PENDING = "pending", _("À venir")
    DUE = "due", _("À payer")
    PAID = "paid", _("Payé")
    LAPSED = "lapsed", _("Délai de paiement dépassé")
    CANCELLED = "cancelled", _("Annulé")


OPEN_INSTALMENTS = (InstalmentState.PENDING, InstalmentState.DUE)


class ReleaseState(models.TextChoices):
    """Where a part of an item stands."""

    HELD = "held", _("Retenu")
    RELEASED = "released", _("Libéré")
    CANCELLED = "cancelled", _("Annulé")


BILLING = frozenset({"billing"})

CHARGE = Lifecycle(
    field="state",
    transitions=(
        Transition(
            name="settle",
            sources=(ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED, ChargeState.PART_PAID),
            target=ChargeState.PAID,
            by=BILLING,
            refusal=_("Cette commande ne peut plus être payée."),
        ),
        # One of several instalments was received; the first holds the order.
        Transition(
            name="pay_part",
            sources=(ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED, ChargeState.PART_PAID),
            target=ChargeState.PART_PAID,
            by=BILLING,
            refusal=_("Cette commande ne peut plus être payée."),
        ),
        Transition(
            name="lapse",
            sources=(ChargeState.AWAITING_PAYMENT,),
            target=ChargeState.LAPSED,
            by=BILLING,
            refusal=_("Cette commande n’attend plus de paiement."),
        ),
        Transition(
            name="cancel",
            sources=(ChargeState.AWAITING_PAYMENT,),
            target=ChargeState.CANCELLED,
            by=BILLING,
            refusal=_("Cette commande ne peut plus être annulée avant paiement."),
        ),
    ),
)

RELEASE = Lifecycle(
    field="state",
    transitions=(
        Transition(
            name="release",
            sources=(ReleaseState.HELD,),
            target=ReleaseState.RELEASED,
            by=BILLING,
            refusal=_("Cette étape n’est plus réservée."),
        ),
        Transition(
            name="cancel",
            sources=(ReleaseState.HELD,),
            target=ReleaseState.CANCELLED,
            by=BILLING,
            refusal=_("Cette étape n’est plus réservée."),
        ),
    ),
)

INSTALMENT_OVER = _("Cette échéance n’est plus à payer.")

INSTALMENT = Lifecycle(
    field="state",
    transitions=(
        Transition("call", (InstalmentState.PENDING,), InstalmentState.DUE, BILLING, INSTALMENT_OVER),
        Transition(
            "pay",
            (InstalmentState.DUE, InstalmentState.LAPSED),
            InstalmentState.PAID,
            BILLING,
            INSTALMENT_OVER,
        ),
        Transition("lapse", (InstalmentState.DUE,), InstalmentState.LAPSED, BILLING, INSTALMENT_OVER),
        # Another one of the lapsed order was paid late: the order lives again, and all of it is to be paid.
        Transition("revive", (InstalmentState.LAPSED,), InstalmentState.DUE, BILLING, INSTALMENT_OVER),
        # Parts of the order that it would have paid were cancelled.
        Transition("waive", OPEN_INSTALMENTS, InstalmentState.CANCELLED, BILLING, INSTALMENT_OVER),
        Transition("cancel", OPEN_INSTALMENTS, InstalmentState.CANCELLED, BILLING, INSTALMENT_OVER),
    ),
)
