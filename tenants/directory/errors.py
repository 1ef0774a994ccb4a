"""What goes wrong around tenants."""

from __future__ import annotations


class NotInTenant(RuntimeError):
    """Something that belongs to a tenant was asked for while none was chosen: a programming fault."""
