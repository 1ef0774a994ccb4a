"""`manage play_demo [--tenants slug…]`: orders in several states, once the sandbox and the workers are up."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from pepiniere.demonstration.accounts import AccountBook
from pepiniere.demonstration.playing.scenes import play_space
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant


class Command(BaseCommand):
    """Plays in each space of the demonstration what was not played there before."""

    help = "Order, pay, accept, deliver and approve in the demonstration's spaces (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--tenants", nargs="*", default=[], metavar="SLUG", help="only these spaces")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("The demonstration exists in the embedded mode only.")
        book = AccountBook()
        connection.set_schema_to_public()
        spaces = Tenant.objects.serving().filter(is_demo=True)
        if options["tenants"]:
            spaces = spaces.filter(slug__in=options["tenants"])
        for tenant in spaces:
            if not book.of_space(tenant.slug):
                continue
            with tenant_context(tenant):
                orders = play_space(book=book)
            self.stderr.write(f"  {tenant.name}: {len(orders)} orders played")
            sys.stderr.flush()
