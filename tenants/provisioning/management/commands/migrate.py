"""`migrate`: without arguments the same as `migrate_tenants`, else what django-tenants does."""

from __future__ import annotations

from typing import Any

from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from tenants.provisioning.migrating import migrate_tenants

PLAIN = (
    "app_label",
    "schema_name",
    "fake",
    "fake_initial",
    "plan",
    "prune",
    "check_unapplied",
    "shared",
    "tenant",
)


class Command(MigrateSchemasCommand):
    """Comparing all schemas at once is the rule; one schema or one app by hand stays possible."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Choose between both."""
        if any(options.get(name) for name in PLAIN):
            super().handle(*args, **options)
            return
        migrate_tenants(say=self.stdout.write, verbosity=max(0, options["verbosity"] - 1))
