"""What goes wrong between a connection and its tenant: programming faults, never shown to users."""

from __future__ import annotations


class TenantChangedInTransaction(RuntimeError):
    """The tenant was changed while a transaction was open: its rollback could undo the change."""
