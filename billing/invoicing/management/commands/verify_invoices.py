"""`manage verify_invoices`: do the chains of invoices hold, and if not, where does the first break?"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from billing.invoicing.verification import verify_invoices
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant


class Command(BaseCommand):
    """Print one line a tenant and one a broken chain; exit with 1 when any is broken."""

    help = "Walk the chains of invoices of one tenant or of all and name the first broken invoice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One tenant by slug, or all that are worked for."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", metavar="SLUG", help="check this tenant")
        which.add_argument(
            "--all-tenants", action="store_true", help="check every tenant that has its tables"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check the tenants asked for; the exit code says whether all chains hold."""
        tenants = Tenant.objects.operating().order_by("slug")
        if not options["all_tenants"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"No tenant is called {options['tenant']}.")
        broken = sum(not self._verify(tenant) for tenant in tenants)
        if broken:
            raise CommandError(f"The invoices of {broken} tenant(s) do not hold.", returncode=1)

    def _verify(self, tenant: Tenant) -> bool:
        with tenant_context(tenant):
            report = verify_invoices()
        verdict = "ok" if report.is_clean else f"{len(report.findings)} broken"
        self.stdout.write(
            f"{tenant.slug}: {report.sequences} sequences, {report.invoices} invoices, {verdict}"
        )
        for finding in report.findings:
            self.stdout.write(f"  {finding}")
        return report.is_clean
