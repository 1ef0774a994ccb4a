"""`manage load_reference --from DIR`: load places, activities and VAT rates."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tenants.reference.loading import load_reference


class Command(BaseCommand):
    """Thin caller of `load_reference`."""

    help = "Load regions, departments, communes, activity codes and VAT rates into the public schema."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="folder", type=Path, required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = load_reference(options["folder"])
        except FileNotFoundError as error:
            raise CommandError(f"{error.filename} is missing") from error
        self.stdout.write(", ".join(f"{count} {name}" for name, count in counts.items()))
