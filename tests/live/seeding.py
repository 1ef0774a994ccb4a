"""`python -m tests.live.seeding`: two spaces of the same data, told apart by a word in every text.

Runs beside a live stack, in its environment, and prints what it made as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import Any

SPACES = {"canari-a": "CANARI-A", "canari-b": "CANARI-B"}
MODEL = "nouvelle-aquitaine"
OWNER = "proprietaire@pepiniere.example"


def main() -> None:
    """Make both spaces and a platform owner; print accounts and addresses."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pepiniere.settings")
    import django

    django.setup()
    from pepiniere.demonstration.accounts import AccountBook
    from pepiniere.demonstration.source import DATA
    from tenants.reference.loading import load_reference

    load_reference(DATA)
    book = AccountBook()
    owner = _platform_owner(book)
    spaces = {slug: _space(slug, word, book) for slug, word in SPACES.items()}
    book.save()
    told = {"spaces": spaces, "accounts": [asdict(account) for account in book.all()], "owner": asdict(owner)}
    json.dump(told, sys.stdout)


def _platform_owner(book: Any) -> Any:
    from django.conf import settings

    from pepiniere.demonstration.accounts import PLATFORM
    from pepiniere.demonstration.provisioning.people import ensure_user
    from pepiniere.demonstration.roles import PLATFORM_OWNER

    account = book.account(
        space=PLATFORM,
        host=settings.PLATFORM_HOST,
        role=PLATFORM_OWNER,
        email=OWNER,
        full_name="Ada Propriétaire",
        party="Pépinière",
    )
    ensure_user(account, superuser=True, staff_role="administrator")
    return account


def _space(slug: str, word: str, book: Any) -> dict[str, str]:
    from django.conf import settings
    from django.db import connection

    from pepiniere.demonstration.playing.scenes import play_space
    from pepiniere.demonstration.provisioning.space import provision_space
    from pepiniere.demonstration.source import tenant_rows
    from tenants.directory.current import tenant_context
    from tenants.provisioning.operations import provision_tenant
    from tests.isolation.twins import mark_texts

    row: dict[str, Any] = next(row for row in tenant_rows() if row["slug"] == MODEL)
    row = {**row, "slug": slug, "host_prefix": slug, "people": MODEL, "name": f"Région {word}"}
    brand = {key: row["brand"][key].lower() for key in ("primary", "accent")}
    host = f"{slug}.{settings.BASE_DOMAIN}"
    # The people of the data bring a code for numbers, which two spaces cannot share.
    provision_tenant(
        slug=slug,
        name=row["name"],
        host=host,
        number_code=f"C{slug[-1].upper()}",
        is_demo=True,
        brand=brand,
        region_code=row["region_code"],
        departments=row["departments"],
        sender_name=row["name"],
        sender_email=f"bonjour@{slug}.example",
    )
    tenant = provision_space(row, book=book, say=lambda line: print(line, file=sys.stderr))
    with tenant_context(tenant):
        mark_texts(word)
        play_space(book=book)
    connection.set_schema_to_public()
    return {"host": host, "schema": tenant.schema_name, "word": word}


if __name__ == "__main__":
    main()
