"""`manage reseal_secrets`: gateway secrets under the newest data key, so that old keys may go."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_tenants.utils import tenant_context

from billing.payments.errors import SecretUnreadable
from billing.payments.operations.accounts import reseal_secrets
from tenants.directory.models import Tenant


class Command(BaseCommand):
    """Print one line a tenant; exit with 1 when a secret was sealed with a key that is not listed."""

    help = "Seal the gateway secrets of one tenant or of all anew, with the first key of PEPINIERE_DATA_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One tenant by slug, or all that are served."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--tenant", metavar="SLUG", help="reseal this tenant's secrets")
        which.add_argument(
            "--all-tenants", action="store_true", help="reseal those of every tenant that has its tables"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Reseal tenant by tenant, each in a transaction; one that fails does not keep the others from it."""
        tenants = Tenant.objects.operating().order_by("slug")
        if not options["all_tenants"]:
            tenants = tenants.filter(slug=options["tenant"])
            if not tenants:
                raise CommandError(f"No tenant is called {options['tenant']}.")
        failed = sum(not self._reseal(tenant) for tenant in tenants)
        if failed:
            raise CommandError(
                f"{failed} tenant(s) keep secrets under a key that is not listed.", returncode=1
            )

    def _reseal(self, tenant: Tenant) -> bool:
        with tenant_context(tenant):
            try:
                count = reseal_secrets()
            except SecretUnreadable:
                self.stdout.write(
                    f"{tenant.slug}: nothing resealed, a secret cannot be read with the listed keys"
                )
                return False
        self.stdout.write(f"{tenant.slug}: {count} account(s) resealed")
        return True
