"""Services, and how their life was."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.charges.inputs import VatKind
from services.catalogue.models.categories import Category


class PriceKind(models.TextChoices):
    """How the price of a service is said."""

    FIXED = "fixed", _("Forfait")
    UNIT = "unit", _("À l’unité")
    QUOTE = "quote", _("Sur devis")
    SUBSCRIPTION = "subscription", _("Abonnement")


class BillingPeriod(models.TextChoices):
    """How often a subscription is paid."""

    MONTH = "month", _("Tous les mois")
    YEAR = "year", _("Tous les ans")


class ServiceState(models.TextChoices):
    """Where a service stands between the provider's draft and the shop; moved by ``lifecycle`` only."""

    DRAFT = "draft", _("Brouillon")
    REVIEW = "review", _("À vérifier")
    PUBLISHED = "published", _("Publié")
    PAUSED = "paused", _("Suspendu")
    ARCHIVED = "archived", _("Archivé")


class ServiceQuerySet(models.QuerySet["Service"]):
    """What services are asked for."""

    def published(self) -> ServiceQuerySet:
        """Services that the shop shows: published, of a provider who is active."""
        return self.filter(
            state=ServiceState.PUBLISHED,
            provider__roles__role="provider",
            provider__roles__state="active",
        )

    def of_provider(self, party_id: int) -> ServiceQuerySet:
        """Services of one party, whatever their state."""
        return self.filter(provider_id=party_id)

    def listed(self) -> ServiceQuerySet:
        """Services as people count them: without the versions that follow or preceded one."""
        return self.filter(revises__isnull=True)

    def to_review(self) -> ServiceQuerySet:
        """Services that wait for the operator."""
        return self.filter(state=ServiceState.REVIEW)


class Service(models.Model):
    """What one provider offers; placed orders keep a frozen copy of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=160, db_index=False)
    provider = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="services")
    # The ready-made service of the library that this one was copied from.
    blueprint_slug = models.SlugField(max_length=80, blank=True, db_index=False)
    # The next version of a service is a service of its own until it is published.
    revises = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="versions"
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="services")

    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    summary = models.CharField(max_length=240)
    summary_en = models.CharField(max_length=240, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)

    price_kind = models.CharField(max_length=16, choices=PriceKind.choices)
    unit = models.CharField(max_length=60)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4, null=True, blank=True)
    # Of a price by the unit: the least that is sold at once, and in which steps.
    minimum_quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    quantity_step = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    billing_period = models.CharField(max_length=8, choices=BillingPeriod.choices, blank=True)
    indicative_min_cents = models.BigIntegerField(null=True, blank=True)
    indicative_max_cents = models.BigIntegerField(null=True, blank=True)
    vat_kind = models.CharField(max_length=16, choices=VatKind.choices, default=VatKind.STANDARD)
    vat_exemption_reason = models.CharField(max_length=240, blank=True)

    lead_time_days = models.IntegerField()
    rounds_of_changes = models.IntegerField(default=0)
    deliverables = models.JSONField(default=list, blank=True)
    cancellation_terms = models.TextField()
    # Departments served; an empty list means everywhere in the tenant.
    departments = ArrayField(models.CharField(max_length=3), default=list, blank=True)

    # The stem of its first picture that is ready: lists show it without asking for pictures.
    cover = models.CharField(max_length=48, blank=True)
    # Of the reviews that are shown: how many, and their average in hundredths, None without any.
    review_count = models.IntegerField(default=0)
    rating_hundredths = models.IntegerField(null=True, blank=True)

    state = models.CharField(max_length=16, choices=ServiceState.choices, default=ServiceState.DRAFT)
    # Unaccented and casefolded: what names sort by, and what a search looks into, the telling texts apart.
    sort_key = models.CharField(max_length=160)
    search_key = models.TextField(blank=True)
    search_text = models.TextField(blank=True)
    search_vector = models.GeneratedField(
        # French from the folded texts, for people leave accents out; English as it is written.
        expression=SearchVector("sort_key", config="french", weight="A")
        + SearchVector("search_key", config="french", weight="B")
        + SearchVector("search_text", config="french", weight="D")
        + SearchVector("name_en", config="english", weight="A")
        + SearchVector("summary_en", config="english", weight="B")
        + SearchVector("description_en", config="english", weight="D"),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="service_slug_unique"),
            models.CheckConstraint(
                condition=Q(price_kind__in=PriceKind.values), name="service_price_kind_known"
            ),
            models.CheckConstraint(condition=Q(state__in=ServiceState.values), name="service_state_known"),
            models.CheckConstraint(condition=Q(vat_kind__in=VatKind.values), name="service_vat_kind_known"),
            models.CheckConstraint(
                condition=Q(price_kind="quote", unit_price__isnull=True)
                | (~Q(price_kind="quote") & Q(unit_price__isnull=False, unit_price__gt=0))
                # What is being written may not have its price yet.
                | Q(state__in=["draft", "archived"], unit_price__isnull=True),
                name="service_price_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(indicative_min_cents__isnull=True, indicative_max_cents__isnull=True)
                | Q(
                    indicative_min_cents__isnull=False,
                    indicative_max_cents__isnull=False,
                    indicative_min_cents__gt=0,
                    indicative_max_cents__gte=F("indicative_min_cents"),
                ),
                name="service_indicative_range",
            ),
            models.CheckConstraint(
                condition=Q(lead_time_days__gt=0) | Q(state__in=["draft", "archived"], lead_time_days=0),
                name="service_lead_time_positive",
            ),
            models.CheckConstraint(
                condition=Q(minimum_quantity__isnull=True) | Q(minimum_quantity__gt=0),
                name="service_minimum_positive",
            ),
            models.CheckConstraint(
                condition=Q(quantity_step__isnull=True) | Q(quantity_step__gt=0),
                name="service_step_positive",
            ),
            models.CheckConstraint(
                condition=Q(billing_period__in=["", *BillingPeriod.values]),
                name="service_billing_period_known",
            ),
            models.CheckConstraint(
                condition=Q(revises__isnull=True) | Q(state__in=["draft", "review", "archived"]),
                name="service_version_not_shown",
            ),
            models.UniqueConstraint(
                fields=["revises"],
                condition=Q(state__in=["draft", "review"]),
                name="service_one_open_version",
            ),
            models.CheckConstraint(
                condition=Q(review_count=0, rating_hundredths__isnull=True)
                | Q(review_count__gt=0, rating_hundredths__gte=100, rating_hundredths__lte=500),
                name="service_rating_range",
            ),
            models.CheckConstraint(condition=Q(rounds_of_changes__gte=0), name="service_rounds_not_negative"),
            models.CheckConstraint(
                condition=~Q(vat_kind__in=["exempt", "outside_scope"]) | ~Q(vat_exemption_reason=""),
                name="service_exemption_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["category", "sort_key", "id"], name="service_category_idx"),
            models.Index(
                fields=["sort_key", "id"], condition=Q(state="published"), name="service_published_name_idx"
            ),
            models.Index(fields=["provider", "state", "sort_key"], name="service_provider_idx"),
            models.Index(fields=["state", "updated_at"], name="service_state_idx"),
            GinIndex(fields=["departments"], name="service_departments_idx"),
            GinIndex(fields=["search_vector"], name="service_vector_idx"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_orderable(self) -> bool:
        """Whether a cart may hold it: a price that is known before anybody talks."""
        return self.price_kind in (PriceKind.FIXED, PriceKind.UNIT)


class ServiceLogEntry(models.Model):
    """One change of state of a service: who, when, from, to, why."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="log")
    at = models.DateTimeField(auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    # On which side the actor stood; empty for what came before this was kept.
    role = models.CharField(max_length=16, blank=True)
    transition = models.CharField(max_length=24)
    from_state = models.CharField(max_length=16)
    to_state = models.CharField(max_length=16)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("changement d’état d’un service")
        verbose_name_plural = _("changements d’état des services")
        ordering = ("-at", "-id")
        indexes = [models.Index(fields=["service", "-at"], name="servicelog_service_idx")]

    @property
    def shown_label(self) -> str:
        """What happened, in words: the new state, or what leaves the state as it was."""
        return str(_("Nouvelle version publiée")) if self.transition == "renew" else self.to_label

    @property
    def to_label(self) -> str:
        """The state it went to, in words."""
        return str(ServiceState(self.to_state).label)

    def __str__(self) -> str:
        return f"{self.service_id} {self.from_state} → {self.to_state}"
