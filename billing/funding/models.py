"""Programmes of public co-funding, their budgets by year, their rules by revision, what is answered."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.funding.voucher_models import (
    BeneficiaryStanding,
    Voucher,
    VoucherPart,
    VoucherReturn,
    VoucherSeries,
)
from kernel.rules.evaluation import Outcome

__all__ = [
    "Advance",
    "BeneficiaryStanding",
    "DecisionMode",
    "FactAnswer",
    "FundingBase",
    "Programme",
    "ProgrammeBudget",
    "RevisionState",
    "RuleExample",
    "RuleRevision",
    "Voucher",
    "VoucherPart",
    "VoucherReturn",
    "VoucherSeries",
]


class FundingBase(models.TextChoices):
    """On which price the rate applies."""

    EXCL_VAT = "excl_vat", _("prix hors taxes")
    INCL_VAT = "incl_vat", _("prix toutes taxes comprises")


class DecisionMode(models.TextChoices):
    """Who decides once the rule is met."""

    FIRST_COME = "first_come", _("premier arrivé, premier servi")
    REVIEWED = "reviewed", _("après examen du dossier")


class Advance(models.TextChoices):
    """When the seller gets the funded share of an approved part."""

    ON_APPROVAL = "on_approval", _("dès la validation, avancée par l’espace")
    WHEN_FUNDER_PAYS = "when_funder_pays", _("quand le financeur a payé")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """What programmes are asked for."""

    def open_on(self, day: datetime.date) -> ProgrammeQuerySet:
        """Programmes that run on a legal date of the tenant."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Programme(models.Model):
    """A funder pays a part of what businesses order, within rates, caps and budgets."""

    slug = models.SlugField(max_length=80, db_index=False)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)
    funder = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="programmes")
    rate_percent = models.DecimalField(max_digits=5, decimal_places=2)
    # The most that one voucher, hence one order, gets.
    cap_cents = models.BigIntegerField()
    # The most that one business gets over the whole programme, and in one budget year.
    cap_business_cents = models.BigIntegerField(null=True, blank=True)
    cap_year_cents = models.BigIntegerField(null=True, blank=True)
    min_spend_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    base = models.CharField(max_length=12, choices=FundingBase.choices, default=FundingBase.EXCL_VAT)
    max_vouchers_per_business = models.IntegerField(default=1)
    stackable = models.BooleanField(default=False)
    # Stacked programmes are applied from low to high, each on what the former left.
    stacking_order = models.IntegerField(default=100)
    decision = models.CharField(max_length=12, choices=DecisionMode.choices, default=DecisionMode.FIRST_COME)
    # Whether its aid counts against the European ceiling of small aids.
    is_de_minimis = models.BooleanField(default=True)
    # How long a granted voucher can be used.
    reservation_days = models.IntegerField(default=30)
    advance = models.CharField(max_length=20, choices=Advance.choices, default=Advance.WHEN_FUNDER_PAYS)
    # How long after an approval the funder's money is expected: shown to sellers who wait for it.
    expected_payment_days = models.IntegerField(default=60)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # What lists need of the rule in force, see ``coverage``: the ``categories`` and ``departments`` that it
    # may allow; a missing one restricts nothing. The rule alone decides.
    eligibility = models.JSONField(default=dict, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispositif")
        verbose_name_plural = _("dispositifs")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="programme_slug_unique"),
            models.CheckConstraint(
                condition=Q(rate_percent__gt=0, rate_percent__lte=100), name="programme_rate_range"
            ),
            models.CheckConstraint(condition=Q(cap_cents__gt=0), name="programme_cap_positive"),
            models.CheckConstraint(
                condition=Q(min_spend_cents__gte=0), name="programme_min_spend_not_negative"
            ),
            models.CheckConstraint(condition=Q(base__in=FundingBase.values), name="programme_base_known"),
            models.CheckConstraint(
                condition=Q(decision__in=DecisionMode.values), name="programme_decision_known"
            ),
            models.CheckConstraint(
                condition=Q(cap_business_cents=None) | Q(cap_business_cents__gt=0),
                name="programme_cap_business_positive",
            ),
            models.CheckConstraint(
                condition=Q(cap_year_cents=None) | Q(cap_year_cents__gt=0),
                name="programme_cap_year_positive",
            ),
            models.CheckConstraint(
                condition=Q(max_vouchers_per_business__gte=1), name="programme_vouchers_positive"
            ),
            models.CheckConstraint(
                condition=Q(reservation_days__gte=1), name="programme_reservation_positive"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="programme_dates_in_order"),
            models.CheckConstraint(condition=Q(advance__in=Advance.values), name="programme_advance_known"),
            models.CheckConstraint(
                condition=Q(expected_payment_days__gte=0, expected_payment_days__lte=730),
                name="programme_expected_payment_range",
            ),
        ]
        indexes = [models.Index(fields=["ends_on", "starts_on"], name="programme_open_idx")]

    def __str__(self) -> str:
        return self.name


class ProgrammeBudget(models.Model):
    """What a programme may spend in one budget year, the year of reservation."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="budgets")
    year = models.IntegerField()
    amount_cents = models.BigIntegerField()
    # What vouchers of the year hold: the sum of their `held_cents`, kept by the operations of vouchers.
    reserved_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        verbose_name = _("budget annuel")
        verbose_name_plural = _("budgets annuels")
        ordering = ("year",)
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="programmebudget_year_unique"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="programmebudget_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved_cents__gte=0, reserved_cents__lte=F("amount_cents")),
                name="programmebudget_reserved_within",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2200), name="programmebudget_year_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year}"

    @property
    def left_cents(self) -> int:
        """What can still be reserved, in cents."""
        return self.amount_cents - self.reserved_cents


class RevisionState(models.TextChoices):
    """A draft may change, a published revision never does."""

    DRAFT = "draft", _("Brouillon")
    PUBLISHED = "published", _("Publiée")


class RuleRevisionQuerySet(models.QuerySet["RuleRevision"]):
    """What revisions are asked for."""

    def published(self) -> RuleRevisionQuerySet:
        """Those that decide, or did, or will."""
        return self.filter(state=RevisionState.PUBLISHED)


class RuleRevision(models.Model):
    """Who may get a programme, from a legal date until the next published revision begins.

    `document` is a canonical document of `kernel.rules`, `document_sha256` its hash. A published revision
    is never changed: kept decisions name it and are replayed with it.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="revisions")
    number = models.IntegerField()
    state = models.CharField(max_length=10, choices=RevisionState.choices, default=RevisionState.DRAFT)
    document = models.JSONField()
    document_sha256 = models.CharField(max_length=64)
    valid_from = models.DateField()
    review_by = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    published_at = models.DateTimeField(null=True)

    objects = RuleRevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("révision de règle")
        verbose_name_plural = _("révisions de règle")
        ordering = ("programme", "-number")
        constraints = [
            models.UniqueConstraint(fields=["programme", "number"], name="rulerevision_number_unique"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state="draft"), name="rulerevision_one_draft"
            ),
            models.UniqueConstraint(
                fields=["programme", "valid_from"],
                condition=Q(state="published"),
                name="rulerevision_one_a_day",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RevisionState.values), name="rulerevision_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="draft") ^ Q(published_at__isnull=False), name="rulerevision_published_at"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="rulerevision_number_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} n° {self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it may still change."""
        return self.state == RevisionState.DRAFT

    @property
    def reference(self) -> str:
        """The name under which kept decisions know it."""
        return f"funding.rule:{self.pk}"


class RuleExample(models.Model):
    """A case whose answer people know; it must come out so before its revision is published."""

    revision = models.ForeignKey(RuleRevision, on_delete=models.CASCADE, related_name="examples")
    position = models.IntegerField()
    name = models.CharField(max_length=120)
    facts = models.JSONField()
    judged_on = models.DateField()
    expected = models.CharField(
        max_length=12, choices=[(outcome.value, outcome.value) for outcome in Outcome]
    )

    class Meta:
        verbose_name = _("exemple")
        verbose_name_plural = _("exemples")
        ordering = ("revision", "position", "id")
        constraints = [
            models.UniqueConstraint(fields=["revision", "position"], name="ruleexample_position_unique"),
            models.CheckConstraint(
                condition=Q(expected__in=[outcome.value for outcome in Outcome]),
                name="ruleexample_expected_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FactAnswer(models.Model):
    """What somebody who acts for a business answered to a question of a rule; the latest one counts."""

    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="fact_answers")
    key = models.CharField(max_length=80)
    value = models.JSONField()
    answered_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        ordering = ("party", "key", "answered_at")
        indexes = [models.Index(fields=["party", "key", "-answered_at"], name="factanswer_latest_idx")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.key}"
