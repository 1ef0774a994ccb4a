"""Instalments of a charge that is not paid at once: what is paid when, and what each has become."""

from __future__ import annotations

import uuid

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q

from billing.charges.inputs import Due
from billing.charges.lifecycle import InstalmentState


class CentsRange(Func):
    """The cents that an instalment pays, as a range: no two instalments of a charge pay the same cent."""

    function = "int8range"
    output_field = BigIntegerRangeField()


class ChargeInstalment(models.Model):
    """A part of what a charge leaves to pay, paid alone. A charge paid at once has none.

    `begins_cents` is what stands before it: instalments are stretches of the whole, so the database sees
    that together they never ask for more.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    charge = models.ForeignKey("charges.Charge", on_delete=models.PROTECT, related_name="instalments")
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    position = models.IntegerField()
    begins_cents = models.BigIntegerField()
    amount_cents = models.BigIntegerField()
    """What it asks for; less than at opening where cancelled parts took some of it."""
    whole_cents = models.BigIntegerField()
    """What the charge left to pay at opening."""
    due = models.CharField(max_length=12, choices=Due)
    state = models.CharField(max_length=12, choices=InstalmentState, default=InstalmentState.PENDING)
    called_at = models.DateTimeField(null=True, blank=True)
    """When it fell due."""
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["charge", "position"]
        constraints = [
            models.UniqueConstraint(fields=["charge", "key"], name="charges_instalment_key_unique"),
            models.UniqueConstraint(fields=["charge", "position"], name="charges_instalment_position_unique"),
            models.CheckConstraint(
                condition=Q(state__in=InstalmentState.values), name="charges_instalment_state_known"
            ),
            models.CheckConstraint(condition=Q(due__in=Due.values), name="charges_instalment_due_known"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, begins_cents__gte=0, position__gte=1),
                name="charges_instalment_has_amount",
            ),
            models.CheckConstraint(
                condition=Q(whole_cents__gte=F("begins_cents") + F("amount_cents")),
                name="charges_instalment_within_whole",
            ),
            ExclusionConstraint(
                name="charges_instalments_do_not_overlap",
                expressions=[
                    ("charge", RangeOperators.EQUAL),
                    (
                        CentsRange("begins_cents", F("begins_cents") + F("amount_cents")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(state=InstalmentState.PAID, paid_at__isnull=False)
                | (~Q(state=InstalmentState.PAID) & Q(paid_at__isnull=True)),
                name="charges_instalment_paid_has_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["charge"],
                condition=Q(state=InstalmentState.DUE),
                name="charges_instalment_due",
            )
        ]

    def __str__(self) -> str:
        return f"{self.charge_id}/{self.key}"
