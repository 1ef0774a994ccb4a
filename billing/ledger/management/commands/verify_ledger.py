"""`manage verify_ledger`: does the ledger agree with itself and with the rows that it tells of?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django_tenants.utils import tenant_context

from billing.ledger.models import RunTrigger
from billing.ledger.verification import verify_and_record, verify_ledger
from tenants.directory.models import Tenant

FINDINGS_SHOWN = 20


class Command(BaseCommand):
    """Print one line a tenant; exit with 1 when anything does not agree."""

    help = "Check the ledger of one tenant or of all: entries, balances, charges, payments, payouts, gateway."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One tenant by slug, or all that are served."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", metavar="SLUG", help="check this tenant")
        which.add_argument(
            "--all-tenants", action="store_true", help="check every tenant that has its tables"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the tenants asked for; the exit code says whether all agreed."""
        tenants = Tenant.objects.filter(state__in=["ready", "suspended"]).order_by("slug")
        if not options["all_tenants"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"No tenant is called {options['tenant']}.")
        failed = sum(not self._verify(tenant) for tenant in tenants)
        if failed:
            raise CommandError(f"{failed} ledger(s) do not agree.", returncode=1)

    def _verify(self, tenant: Tenant) -> bool:
        with tenant_context(tenant):
            # Inside a transaction nobody outside is asked and nothing is kept.
            report = (
                verify_ledger()
                if connection.in_atomic_block
                else verify_and_record(trigger=RunTrigger.COMMAND)[0]
            )
        verdict = "ok" if report.is_clean else f"{len(report.findings)} finding(s)"
        verdict += "".join(f", {name} not asked ({reason})" for name, reason in report.unasked)
        self.stdout.write(f"{tenant.slug}: {report.entries} entries, {len(report.checks)} checks, {verdict}")
        for finding in report.findings[:FINDINGS_SHOWN]:
            self.stdout.write(f"  {finding}")
        return report.is_clean
