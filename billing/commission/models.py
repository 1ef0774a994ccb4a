"""Commission rules: what the operator keeps, by programme, provider or category, with dates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RuleScope(models.TextChoices):
    """What a rule looks at; the order is from the narrowest to the widest."""

    PROGRAMME = "programme", _("Dispositif")
    PROVIDER = "provider", _("Prestataire")
    CATEGORY = "category", _("Rubrique")
    DEFAULT = "default", _("Toutes les prestations")


class CommissionRule(models.Model):
    """One rule; the fitting one with the lowest priority number wins."""

    priority = models.IntegerField()
    scope = models.CharField(max_length=12, choices=RuleScope)
    target = models.CharField(max_length=120, blank=True)
    """Slug of the programme or category, public id of the provider, empty for the default."""
    rate_percent = models.DecimalField(max_digits=5, decimal_places=2)
    fixed_cents = models.BigIntegerField(default=0)
    min_cents = models.BigIntegerField(default=0)
    max_cents = models.BigIntegerField(null=True, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    """Last day on which the rule applies, a legal date of the tenant."""

    class Meta:
        ordering = ["priority", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=RuleScope.values), name="commission_scope_known"),
            models.CheckConstraint(
                condition=Q(scope=RuleScope.DEFAULT, target="")
                | (~Q(scope=RuleScope.DEFAULT) & ~Q(target="")),
                name="commission_target_fits_scope",
            ),
            models.CheckConstraint(
                condition=Q(rate_percent__gte=0, rate_percent__lte=100), name="commission_rate_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(fixed_cents__gte=0, min_cents__gte=0), name="commission_amounts_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(max_cents__isnull=True) | Q(max_cents__gte=F("min_cents")),
                name="commission_max_from_min",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="commission_dates_in_order",
            ),
            models.UniqueConstraint(
                fields=["priority", "scope", "target", "valid_from"], name="commission_rule_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.priority} {self.scope} {self.target} {self.rate_percent} %"
