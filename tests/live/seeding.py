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
        _claim(book, word)
    connection.set_schema_to_public()
    return {"host": host, "schema": tenant.schema_name, "word": word}


def _claim(book: Any, word: str) -> None:
    """An order that a programme helped; its funder refused the claim but for a cent, and was asked again."""
    from datetime import date
    from decimal import Decimal

    from billing.claims.covering import asking_lines, uncovered_cents
    from billing.claims.refusal_models import Fate
    from billing.claims.refusals import Refused, refuse_rest
    from billing.funding.operations import open_programme
    from pepiniere.demonstration.playing import scenes
    from pepiniere.demonstration.playing.payment import pay_order
    from tenants.directory.current import current_tenant
    from tests.billing.building import party
    from tests.billing.claims.making import paid, submitted
    from tests.isolation.filling import marked

    programme = open_programme(
        slug="coup-de-main",
        name=marked("Coup de main", word),
        description=marked("Une aide.", word),
        funder=party(role="funder", legal_name=marked("Financeur", word)),
        rate_percent=Decimal(50),
        cap_cents=100_000,
        budget_cents=100_000_000,
        starts_on=date(2020, 1, 1),
        ends_on=date(2099, 12, 31),
        eligibility={"max_age_years": 90},
        # The one order of this story: prices of all others stay as they are.
        max_vouchers_per_business=1,
        is_de_minimis=False,
    )
    accounts = {account.role: account for account in reversed(book.of_space(current_tenant().slug))}
    scene = scenes.Scene("helped", scenes.ENTREPRENEUR, 1, scenes._through_to_the_end)
    buyer = scenes._buyer(accounts[scene.role].email)
    order, _new = scenes._order(scene, buyer, scenes.orderable_services()[:1])
    pay_order(order)
    for line in order.lines.all():
        scene.then(line)
    claim = submitted(programme)
    paid(claim, 1, reference=marked("VIR 1", word))
    claim.refresh_from_db()
    left = uncovered_cents(claim)
    refuse_rest(
        claim_id=claim.pk,
        refused={line.position: Refused(left[line.pk], Fate.AGAIN) for line in asking_lines(claim)},
        reason=marked("Pièce manquante", word),
        user=None,
    )
    paid(submitted(programme), 1, reference=marked("VIR 2", word))


if __name__ == "__main__":
    main()
