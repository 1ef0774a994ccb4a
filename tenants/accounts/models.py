"""Users who log in by e-mail, the roles of staff, and tokens for programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a hashed password (unusable when None). Raises ValueError without an address."""
        if not email:
            raise ValueError("a user needs an e-mail address")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with all rights in the back office."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Addresses compare without case."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. What the person may do comes from memberships (parties) and staff roles.

    `is_staff` opens the platform's back office and exists for Django's admin only.
    """

    email = models.EmailField(_("adresse e-mail"))
    full_name = models.CharField(_("nom complet"), max_length=150, blank=True)
    language = models.CharField(
        _("langue"), max_length=5, choices=[("fr", _("Français")), ("en", _("Anglais"))], default="fr"
    )
    is_active = models.BooleanField(_("actif"), default=True)
    is_staff = models.BooleanField(_("accès au back-office"), default=False)
    date_joined = models.DateTimeField(_("inscrit le"), default=timezone.now)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Public schema and tenants."""

        verbose_name = _("utilisateur")
        verbose_name_plural = _("utilisateurs")
        ordering = ("email",)
        constraints = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_lower_case"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.email

    def clean(self) -> None:
        """Addresses are compared in lower case."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """The name to greet with."""
        return self.full_name or self.email

    def get_short_name(self) -> str:
        """The same: French forms of address need no first name."""
        return self.get_full_name()


class StaffRole(models.Model):
    """What a person may do for the operator of this tenant. An administrator may do all."""

    class Role(models.TextChoices):
        """The four desks of an operator."""

        ADMINISTRATOR = "administrator", _("Administration")
        CATALOGUE = "catalogue", _("Catalogue")
        FINANCE = "finance", _("Finances")
        SUPPORT = "support", _("Assistance")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="staff_roles")
    role = models.CharField(_("rôle"), max_length=14, choices=Role.choices)
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        """Public schema and tenants."""

        ordering = ("user", "role")
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="staff_role_once_a_user"),
            models.CheckConstraint(
                condition=Q(role__in=["administrator", "catalogue", "finance", "support"]),
                name="staff_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class ApiToken(models.Model):
    """A secret for a program that acts as its user: its SHA-256, and a `prefix` to recognise it by."""

    class Scope(models.TextChoices):
        """What the program may do."""

        READ = "read", _("Lire")
        WRITE = "write", _("Lire et modifier")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("nom"), max_length=80)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20), default=list)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Public schema and tenants."""

        ordering = ("-created_at", "-pk")
        constraints = [models.UniqueConstraint(fields=["digest"], name="api_token_digest_unique")]
        indexes = [models.Index(fields=["user", "-created_at"], name="api_token_of_user")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
