"""`doctor_tenants`: tells what is wrong with the schemas of the public site and of all tenants."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tenants.provisioning.doctor import examine


class Command(BaseCommand):
    """Exit code 1 when there is a finding."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line a finding."""
        findings = examine()
        for finding in findings:
            self.stdout.write(finding)
        if findings:
            raise CommandError(f"{len(findings)} findings")
        self.stdout.write("All schemas are sound.")
