"""Who may see and change the list of tenants."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from tenants.accounts.models import User
from tenants.directory.current import in_tenant
from tenants.directory.models import Tenant


def require_platform_owner(user: User | AnonymousUser) -> None:
    """Active staff of the platform, on the platform's own site only. Raises Http404 for anybody else."""
    if in_tenant() or not (user.is_authenticated and user.is_active and user.is_staff):
        raise Http404


def get_tenant_for(user: User | AnonymousUser, slug: str) -> Tenant:
    """A tenant with its addresses, for the platform's owner. Raises Http404."""
    require_platform_owner(user)
    tenant = Tenant.objects.prefetch_related("domains").filter(slug=slug).first()
    if tenant is None:
        raise Http404
    return tenant
