"""Tenants and their host names. Both live in the public schema."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants.directory.validation import (
    validate_brand,
    validate_host,
    validate_schema_name,
    validate_time_zone,
)


class TenantQuerySet(models.QuerySet["Tenant"]):
    """The vocabulary for groups of tenants."""

    def serving(self) -> TenantQuerySet:
        """Those whose pages are open."""
        return self.filter(state=Tenant.State.READY)

    def operating(self) -> TenantQuerySet:
        """Those whose work goes on: a suspended one closes its pages, not its running orders."""
        return self.filter(state__in=[Tenant.State.READY, Tenant.State.SUSPENDED])


class Tenant(TenantMixin):
    """One region or incubator: its site, its staff, its schema.

    `slug` names it in addresses, `schema_name` in the database, `number_code` in the numbers of its
    orders and invoices (hence never changed, never given to another). `is_demo` allows fictitious
    identifiers. Schemas are made by `tenants.provisioning`, never by saving a row.
    """

    class Kind(models.TextChoices):
        """What sort of body holds the tenant."""

        REGION = "region", _("Région")
        INCUBATOR = "incubator", _("Pépinière d’entreprises")

    class State(models.TextChoices):
        """Only a ready tenant is served; only a ready or suspended one is worked for."""

        PROVISIONING = "provisioning", _("En préparation")
        READY = "ready", _("Ouvert")
        SUSPENDED = "suspended", _("Suspendu")
        FAILED = "failed", _("Préparation interrompue")

    auto_create_schema = False
    auto_drop_schema = False

    slug = models.SlugField(_("identifiant"), max_length=40, unique=True)
    name = models.CharField(_("nom"), max_length=120)
    kind = models.CharField(_("type"), max_length=12, choices=Kind.choices, default=Kind.REGION)
    state = models.CharField(_("état"), max_length=14, choices=State.choices, default=State.PROVISIONING)
    failure = models.TextField(_("cause de l’interruption"), blank=True, default="")
    time_zone = models.CharField(
        _("fuseau horaire"), max_length=40, default="Europe/Paris", validators=[validate_time_zone]
    )
    language = models.CharField(
        _("langue"), max_length=5, choices=[("fr", _("Français")), ("en", _("Anglais"))], default="fr"
    )
    brand = models.JSONField(_("couleurs"), default=dict, blank=True, validators=[validate_brand])
    # Names the file in the tenant's own storage (tenants.identity); empty: the monogram is shown.
    logo_digest = models.CharField(
        _("empreinte du logo"), max_length=16, blank=True, default="", db_default=""
    )
    number_code = models.CharField(_("code des numéros"), max_length=4, unique=True)
    is_demo = models.BooleanField(_("données fictives"), default=False)
    sender_name = models.CharField(_("nom d’expéditeur"), max_length=120, blank=True, default="")
    sender_email = models.EmailField(_("adresse d’expéditeur"), blank=True, default="")
    region_code = models.CharField(_("code INSEE de la région"), max_length=3, blank=True, default="")
    departments = models.JSONField(_("départements"), default=list, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        """Public schema."""

        verbose_name = _("espace")
        verbose_name_plural = _("espaces")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(number_code__regex=r"^[A-Z0-9]{2,4}$"), name="tenant_number_code_form"
            ),
            models.CheckConstraint(
                condition=models.Q(slug__regex=r"^[a-z][a-z0-9-]*$"), name="tenant_slug_form"
            ),
            models.CheckConstraint(
                condition=models.Q(schema_name__regex=r"^[a-z][a-z0-9_]*$"), name="tenant_schema_name_form"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["provisioning", "ready", "suspended", "failed"]),
                name="tenant_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(logo_digest__regex=r"^([0-9a-f]{16})?$"), name="tenant_logo_digest_form"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["region", "incubator"]), name="tenant_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def logo_url(self) -> str:
        """The logo's path on the tenant's own site, empty where there is none."""
        return f"/logo.{self.logo_digest}.png" if self.logo_digest else ""

    @property
    def origin(self) -> str:
        """Scheme and host of the tenant's own site, as its messages name it; costs a statement."""
        domain = self.domains.order_by("-is_primary", "pk").first()
        return str(settings.ENVIRONMENT.origin(domain.domain if domain else settings.BASE_DOMAIN))

    def clean(self) -> None:
        """Refuse a schema name that PostgreSQL or the product keeps for itself."""
        validate_schema_name(self.schema_name)


class Domain(DomainMixin):
    """A host name, in lower case and without port, that leads to a tenant."""

    class Meta:
        """Public schema."""

        verbose_name = _("adresse")
        verbose_name_plural = _("adresses")
        ordering = ("domain",)
        constraints = [
            models.UniqueConstraint(
                fields=["tenant"], condition=models.Q(is_primary=True), name="domain_one_primary_per_tenant"
            ),
            models.CheckConstraint(condition=models.Q(domain=Lower("domain")), name="domain_lower_case"),
        ]

    def __str__(self) -> str:
        return self.domain

    def clean(self) -> None:
        """Refuse what is no plain host name."""
        validate_host(self.domain)
