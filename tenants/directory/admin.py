"""The back office of the directory, for the platform's staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin, TabularInline

from tenants.directory.errors import TenantNotReady
from tenants.directory.models import Domain, Tenant, TenantQuerySet
from tenants.directory.operations import resume_tenant, suspend_tenant


class DomainInline(TabularInline):
    """The addresses of a tenant."""

    model = Domain
    extra = 0


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):
    """Look up and correct; tenants are made by provisioning and never deleted."""

    list_display = ("name", "slug", "kind", "state", "schema_name", "number_code", "created_at")
    list_filter = ("state", "kind", "is_demo")
    search_fields = ("name", "slug", "domains__domain")
    readonly_fields = ("slug", "schema_name", "number_code", "state", "failure", "is_demo", "created_at")
    inlines = (DomainInline,)
    actions = ("suspend", "resume")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A row without a schema would be no tenant."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted."""
        return False

    @admin.action(description=_("Suspendre les espaces choisis"))
    def suspend(self, request: HttpRequest, queryset: TenantQuerySet) -> None:
        """Close the pages of the chosen tenants."""
        self._for_each(request, queryset, suspend_tenant)

    @admin.action(description=_("Rouvrir les espaces choisis"))
    def resume(self, request: HttpRequest, queryset: TenantQuerySet) -> None:
        """Open the pages of the chosen tenants again."""
        self._for_each(request, queryset, resume_tenant)

    def _for_each(self, request: HttpRequest, queryset: TenantQuerySet, operation: Any) -> None:
        for tenant in queryset:
            try:
                operation(tenant_id=tenant.pk)
            except TenantNotReady as error:
                self.message_user(request, str(error), messages.ERROR)
