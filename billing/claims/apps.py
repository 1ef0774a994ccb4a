"""The Django app of claims."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    """Tables in tenants only."""

    name = "billing.claims"
    label = "claims"
    verbose_name = _("Demandes de versement")

    def ready(self) -> None:
        """Check claims with the ledger."""
        from billing.claims.verification import check_claims, check_entries, check_marks, check_refusals
        from billing.ledger.verification import register_check

        register_check("claims.sums", check_claims)
        register_check("claims.marks", check_marks)
        register_check("claims.entries", check_entries)
        register_check("claims.refusals", check_refusals)
