"""Orders: who bought, under which terms; the state is that of the lines."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OrderSequence(models.Model):
    """The last number given in a legal year; its row is locked by whoever takes the next one."""

    year = models.IntegerField(unique=True)
    last_number = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(last_number__gte=0), name="orders_sequence_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


class AcceptedTerms(models.Model):
    """The very text that buyers accepted, kept once for each hash."""

    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    first_accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("conditions acceptées")
        verbose_name_plural = _("conditions acceptées")
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="orders_terms_hash_form"
            ),
        ]

    def __str__(self) -> str:
        return self.sha256


class Order(models.Model):
    """Services bought together, paid by one charge; by `form_token` a second click finds the first order."""

    number = models.CharField(max_length=32, unique=True)
    buyer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="orders")
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(default=timezone.now)
    charge_reference = models.CharField(max_length=120, unique=True)
    terms_sha256 = models.CharField(max_length=64)
    form_token = models.UUIDField(unique=True)
    # In which the buyer ordered; mails go in each reader's own language.
    language = models.CharField(max_length=5, default="fr")

    class Meta:
        verbose_name = _("commande")
        verbose_name_plural = _("commandes")
        ordering = ("-placed_at", "-id")
        constraints = [
            models.CheckConstraint(
                condition=Q(terms_sha256__regex=r"^[0-9a-f]{64}$"), name="orders_order_terms_hash_form"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[A-Z0-9]{2,4}-[0-9]{4}-[0-9]{6,}$"),
                name="orders_order_number_form",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-placed_at", "-id"], name="orders_order_by_buyer"),
            models.Index(fields=["-placed_at", "-id"], name="orders_order_newest"),
        ]

    def __str__(self) -> str:
        return self.number
