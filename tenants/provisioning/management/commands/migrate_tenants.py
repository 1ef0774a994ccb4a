"""`migrate_tenants`: brings the public schema and every differing tenant to the migrations of this code."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.errors import SchemasDiffer
from tenants.provisioning.migrating import migrate_tenants


class Command(BaseCommand):
    """Exit code 1 when a schema still lacks migrations afterwards."""

    help = __doc__
    # The caller runs `check`; a command without work to do costs as little as can be.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, telling each schema unless asked to be silent."""
        chosen = options["verbosity"]
        try:
            touched = migrate_tenants(
                say=self.stdout.write if chosen > 0 else lambda line: None, verbosity=max(0, chosen - 1)
            )
        except SchemasDiffer as error:
            raise CommandError(str(error)) from error
        if chosen > 0:
            self.stdout.write(
                f"{len(touched)} schemas migrated." if touched else "All schemas are up to date."
            )
