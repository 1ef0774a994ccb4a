"""What goes wrong around tenants."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class NotInTenant(RuntimeError):
    """Something that belongs to a tenant was asked for while none was chosen: a programming fault."""


class TenantNotReady(DomainError):
    """A tenant that was never opened can be neither suspended nor resumed."""

    code = "tenant_not_ready"
    message = _("L’espace « %(tenant)s » n’a pas encore été ouvert.")
