"""`manage provision_demo [--port N] [--json] [--tenants slug…]`: lay out the demonstration's spaces."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pepiniere.demonstration.accounts import PLATFORM
from pepiniere.demonstration.provisioning.everything import chosen_rows, provision_demonstration, sites


class Command(BaseCommand):
    """Thin caller of `provision_demonstration`; progress goes to standard error, the result to output."""

    help = "Make the demonstration's spaces, people and services, or complete them (embedded mode only)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, help="the port in the printed addresses")
        parser.add_argument("--json", action="store_true", help="print sites and accounts as JSON")
        parser.add_argument("--tenants", nargs="*", default=[], metavar="SLUG", help="only these spaces")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("The demonstration exists in the embedded mode only.")
        if options["port"] and options["port"] != settings.SITE_PORT:
            raise CommandError(f"Sites answer at port {settings.SITE_PORT}: set PEPINIERE_PORT to change it.")
        try:
            rows = chosen_rows(options["tenants"])
        except KeyError as error:
            raise CommandError(f"No space of the demonstration is called {error.args[0]}.") from error
        book = provision_demonstration(slugs=options["tenants"], say=self._say)
        places = sites(rows)
        shown = {row["slug"] for row in rows} | {PLATFORM}
        accounts = [
            {
                "space": account.space,
                "host": account.host,
                "role": account.role,
                "party": account.party,
                "full_name": account.full_name,
                "email": account.email,
                "password": account.password,
            }
            for account in book.all()
            if account.space in shown
        ]
        if options["json"]:
            result = {"sites": places, "accounts": accounts, "mailbox": "/boite-aux-lettres/"}
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=1))
            return
        for site in places:
            self.stdout.write(f"{site['name']}: {settings.ENVIRONMENT.origin(site['host'])}/")
            for account in accounts:
                if account["host"] == site["host"]:
                    self.stdout.write(
                        "  {role:<16} {email:<52} {password}  {full_name}, {party}".format(**account)
                    )

    def _say(self, line: str) -> None:
        self.stderr.write(f"  {line}")
        sys.stderr.flush()
