"""What somebody is about to order, kept before and after log-in."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Cart(models.Model):
    """One cart a person and acting party; an anonymous one is known by the public id in its session."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    party = models.ForeignKey(
        "parties.Party", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("panier")
        verbose_name_plural = _("paniers")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "party"], condition=Q(party__isnull=False), name="orders_cart_one_a_party"
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(user__isnull=False, party__isnull=True),
                name="orders_cart_one_without_party",
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(party__isnull=True), name="orders_cart_party_has_user"
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class CartLine(models.Model):
    """A service with the choices made; the price is computed each time, `seen_excl_cents` was last shown.

    `quantity` has 3 decimals; `options` are option keys; `answers` those of the intake form by field key.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    service = models.ForeignKey("catalogue.Service", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    options = models.JSONField(default=list, blank=True)
    answers = models.JSONField(default=dict, blank=True)
    seen_excl_cents = models.BigIntegerField(null=True, blank=True)
    added_at = models.DateTimeField(default=timezone.now)
    # Taken out, but its answers and choices come back with one click.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("ligne de panier")
        verbose_name_plural = _("lignes de panier")
        ordering = ("added_at", "id")
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="orders_cartline_quantity_positive"),
        ]
        indexes = [models.Index(fields=["cart", "added_at"], name="orders_cartline_by_cart")]

    def __str__(self) -> str:
        return f"{self.service_id} × {self.quantity}"
