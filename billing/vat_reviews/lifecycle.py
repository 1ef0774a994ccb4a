"""The life of a VAT review; nothing else assigns its state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class ReviewState(models.TextChoices):
    """Where a review stands."""

    WAITING = "waiting", _("À confirmer")
    CONFIRMED = "confirmed", _("Confirmée")
    UNCHANGED = "unchanged", _("Sans changement")


OPERATOR = frozenset({"operator"})
SETTLED = _("La TVA de cette étape est déjà réglée.")

REVIEW = Lifecycle(
    field="state",
    transitions=(
        Transition("confirm", (ReviewState.WAITING,), ReviewState.CONFIRMED, OPERATOR, SETTLED),
        # Looked at again, nothing differs any more: what was expected holds.
        Transition("keep", (ReviewState.WAITING,), ReviewState.UNCHANGED, OPERATOR, SETTLED),
    ),
)
