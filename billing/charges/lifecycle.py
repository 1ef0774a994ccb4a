"""The life of a charge and of its releases; nothing else assigns their state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class ChargeState(models.TextChoices):
    """Where a charge stands."""

    AWAITING_PAYMENT = "awaiting_payment", _("En attente de paiement")
    PAID = "paid", _("Payé")
    CANCELLED = "cancelled", _("Annulée")
    LAPSED = "lapsed", _("Délai de paiement dépassé")


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
            sources=(ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED),
            target=ChargeState.PAID,
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
