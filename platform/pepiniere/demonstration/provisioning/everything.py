"""The whole demonstration: reference data, spaces, people; done again only when something changed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.db import connection

from pepiniere.demonstration.accounts import PLATFORM, AccountBook, DemoAccount
from pepiniere.demonstration.provisioning.people import ensure_user
from pepiniere.demonstration.provisioning.space import Say, host_of, provision_space
from pepiniere.demonstration.roles import PLATFORM_OWNER
from pepiniere.demonstration.source import DATA, Row, platform_owner, tenant_rows
from pepiniere.embedded.digests import product_digest
from pepiniere.embedded.places import read_json, write_json
from tenants.directory.models import Tenant
from tenants.reference.loading import load_reference
from tenants.reference.models import Commune


def provision_demonstration(*, slugs: Sequence[str] = (), say: Say) -> AccountBook:
    """Make or complete the spaces named by ``slugs`` (all by default) and the accounts of everybody.

    Nothing is touched when code, data, port and database are those of the last run. Must not run inside a
    transaction. Raises KeyError for a slug that the data does not have.
    """
    rows = chosen_rows(slugs)
    book = AccountBook()
    if _is_done(rows):
        say("Everything is there already")
        return book
    connection.set_schema_to_public()
    if not Commune.objects.exists():
        counts = load_reference(DATA)
        say("Reference data: " + ", ".join(f"{count} {name}" for name, count in counts.items()))
    # Kept after each step: an interrupted first run gives nobody a second password.
    ensure_user(_platform_account(book), superuser=True, staff_role="administrator")
    book.save()
    for row in rows:
        provision_space(row, book=book, say=say)
        book.save()
    write_json(_stamp(), {"key": _key(), "spaces": [row["slug"] for row in rows]})
    return book


def chosen_rows(slugs: Sequence[str]) -> list[Row]:
    """The spaces of the data, all or those named. Raises KeyError."""
    known = {row["slug"]: row for row in tenant_rows()}
    return [known[slug] for slug in slugs] if slugs else list(known.values())


def sites(rows: Sequence[Row]) -> list[dict[str, str]]:
    """Host and name of each space and of the platform's own site."""
    spaces = [{"host": host_of(row), "name": row["name"], "slug": row["slug"]} for row in rows]
    return [*spaces, {"host": settings.PLATFORM_HOST, "name": "Pépinière", "slug": PLATFORM}]


def _platform_account(book: AccountBook) -> DemoAccount:
    return book.account(
        space=PLATFORM,
        host=settings.PLATFORM_HOST,
        role=PLATFORM_OWNER,
        party="Pépinière",
        **platform_owner(),
    )


def _is_done(rows: Sequence[Row]) -> bool:
    stamp = read_json(_stamp())
    wanted = {row["slug"] for row in rows}
    if not isinstance(stamp, dict) or stamp["key"] != _key() or not wanted <= set(stamp["spaces"]):
        return False
    # The databases may have been wiped since.
    connection.set_schema_to_public()
    return Tenant.objects.serving().filter(slug__in=wanted).count() == len(wanted)


def _key() -> str:
    return f"{product_digest()}:{settings.SITE_PORT}:{settings.BASE_DOMAIN}"


def _stamp() -> Path:
    return Path(settings.STATE_DIR) / "run" / "demonstration-spaces.json"
