"""Parties, their dated VAT regimes, their roles and their members."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Party(models.Model):
    """A legal person or a natural one. Documents never read it live: they keep a snapshot of it.

    `share_capital_cents` is in cents; `founded_on` a legal date; `electronic_address` is EN 16931's BT-34
    or BT-49 (scheme 0225 in France). A party without `siren` is a person in creation or abroad.
    """

    class Kind(models.TextChoices):
        """Organisation or natural person."""

        ORGANISATION = "organisation", _("Personne morale")
        PERSON = "person", _("Personne physique")

    class TaxTerritory(models.TextChoices):
        """Where French VAT rules differ; empty outside France."""

        MAINLAND = "mainland", _("France continentale")
        CORSICA = "corsica", _("Corse")
        GUADELOUPE = "guadeloupe", _("Guadeloupe")
        MARTINIQUE = "martinique", _("Martinique")
        REUNION = "reunion", _("La Réunion")
        GUYANE = "guyane", _("Guyane")
        MAYOTTE = "mayotte", _("Mayotte")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("nature"), max_length=12, choices=Kind.choices, default=Kind.ORGANISATION)
    legal_name = models.CharField(_("nom légal"), max_length=200)
    trade_name = models.CharField(_("nom commercial"), max_length=200, blank=True, default="")
    legal_form = models.CharField(_("forme juridique"), max_length=80, blank=True, default="")
    share_capital_cents = models.BigIntegerField(_("capital social (centimes)"), null=True, blank=True)
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, default="")
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, default="")
    register_town = models.CharField(_("ville du greffe"), max_length=80, blank=True, default="")
    vat_number = models.CharField(_("numéro de TVA"), max_length=16, blank=True, default="")
    naf_code = models.CharField(_("code d’activité"), max_length=7, blank=True, default="")
    street = models.CharField(_("adresse"), max_length=200, blank=True, default="")
    street_2 = models.CharField(_("complément d’adresse"), max_length=200, blank=True, default="")
    postal_code = models.CharField(_("code postal"), max_length=10, blank=True, default="")
    town = models.CharField(_("ville"), max_length=100, blank=True, default="")
    commune_code = models.CharField(max_length=5, blank=True, default="")
    department_code = models.CharField(max_length=3, blank=True, default="")
    country_code = models.CharField(_("pays"), max_length=2, default="FR")
    tax_territory = models.CharField(
        _("territoire fiscal"),
        max_length=12,
        choices=TaxTerritory.choices,
        blank=True,
        default=TaxTerritory.MAINLAND,
    )
    email = models.EmailField(_("adresse e-mail"), blank=True, default="")
    phone = models.CharField(_("téléphone"), max_length=20, blank=True, default="")
    electronic_address = models.CharField(
        _("adresse de facturation électronique"), max_length=50, blank=True, default=""
    )
    founded_on = models.DateField(_("date de création"), null=True, blank=True)
    headcount = models.IntegerField(_("effectif"), null=True, blank=True)
    about = models.TextField(_("présentation"), blank=True, default="")
    is_fictitious = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Tenants."""

        verbose_name = _("structure ou personne")
        ordering = ("legal_name", "pk")
        constraints = [
            models.UniqueConstraint(fields=["siret"], condition=~Q(siret=""), name="party_siret_unique"),
            models.CheckConstraint(
                condition=Q(siren="") | Q(siren__regex=r"^\d{9}$"), name="party_siren_form"
            ),
            models.CheckConstraint(
                condition=Q(siret="") | Q(siret__regex=r"^\d{14}$", siret__startswith=F("siren")),
                name="party_siret_begins_with_siren",
            ),
            models.CheckConstraint(condition=Q(country_code__regex=r"^[A-Z]{2}$"), name="party_country_form"),
            models.CheckConstraint(
                condition=Q(tax_territory="") ^ Q(country_code="FR"), name="party_territory_inside_france"
            ),
            models.CheckConstraint(
                condition=Q(share_capital_cents=None) | Q(share_capital_cents__gte=0),
                name="party_capital_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(headcount=None) | Q(headcount__gte=0), name="party_headcount_not_negative"
            ),
        ]
        indexes = [models.Index(fields=["siren"], name="party_siren")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        """The name customers know, else the legal one."""
        return self.trade_name or self.legal_name

    @property
    def is_business_person(self) -> bool:
        """Whether it has a SIREN: professionals see and owe other things than private persons."""
        return bool(self.siren)


class VatRegimePeriod(models.Model):
    """The party's VAT regime from and to a legal date, both inclusive; periods never overlap."""

    class Regime(models.TextChoices):
        """Liable, or exempt as a small business (franchise en base)."""

        NORMAL = "normal", _("Redevable de la TVA")
        FRANCHISE = "franchise", _("Franchise en base de TVA")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="vat_regime_periods")
    regime = models.CharField(_("régime de TVA"), max_length=10, choices=Regime.choices)
    starts_on = models.DateField(_("à partir du"))
    ends_on = models.DateField(_("jusqu’au"), null=True, blank=True)

    class Meta:
        """Tenants."""

        ordering = ("party", "starts_on")
        constraints = [
            models.CheckConstraint(condition=Q(regime__in=["normal", "franchise"]), name="vat_regime_known"),
            ExclusionConstraint(
                name="vat_regime_periods_do_not_overlap",
                expressions=[
                    ("party", RangeOperators.EQUAL),
                    (
                        Func(
                            "starts_on",
                            "ends_on",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party}: {self.regime} {self.starts_on}–{self.ends_on or ''}"


class PartyRole(models.Model):
    """What a party is in this tenant, and how far it has come in it."""

    class Role(models.TextChoices):
        """The four roles."""

        BUSINESS = "business", _("Entreprise")
        PROVIDER = "provider", _("Prestataire")
        FUNDER = "funder", _("Financeur")
        OPERATOR = "operator", _("Opérateur")

    class State(models.TextChoices):
        """Businesses are active or in creation; providers are pending until the operator approves them."""

        IN_CREATION = "in_creation", _("En création")
        PENDING = "pending", _("À vérifier")
        ACTIVE = "active", _("Actif")
        SUSPENDED = "suspended", _("Suspendu")

    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="roles")
    role = models.CharField(max_length=10, choices=Role.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Tenants."""

        ordering = ("party", "role")
        constraints = [
            models.UniqueConstraint(fields=["party", "role"], name="party_role_once"),
            models.UniqueConstraint(fields=["role"], condition=Q(role="operator"), name="party_one_operator"),
            models.CheckConstraint(
                condition=Q(role="business", state__in=["in_creation", "active", "suspended"])
                | Q(role="provider", state__in=["pending", "active", "suspended"])
                | Q(role__in=["funder", "operator"], state="active"),
                name="party_role_state_fits",
            ),
        ]
        indexes = [models.Index(fields=["role", "state", "party"], name="party_role_list")]

    def __str__(self) -> str:
        return f"{self.party}: {self.role} ({self.state})"


class Membership(models.Model):
    """A person who acts for a party; an owner also manages its members."""

    class Role(models.TextChoices):
        """Two are enough for one or two people."""

        OWNER = "owner", _("Responsable")
        MEMBER = "member", _("Membre")

    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=6, choices=Role.choices, default=Role.MEMBER)
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Tenants."""

        ordering = ("party", "joined_at")
        constraints = [
            models.UniqueConstraint(fields=["party", "user"], name="membership_once"),
            models.CheckConstraint(condition=Q(role__in=["owner", "member"]), name="membership_role_known"),
        ]
        indexes = [models.Index(fields=["user", "party"], name="membership_of_user")]

    def __str__(self) -> str:
        return f"{self.user} → {self.party}"
