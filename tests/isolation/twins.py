"""Two tenants with the same ids, slugs, numbers, e-mails and passwords, told apart by a word in every text.

The first is filled by the operations that pages call; the second is a row-by-row copy in which the word of
the first is replaced by its own, so that every key of one exists in the other.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.db.models import F, TextField, Value
from django.db.models.functions import Concat
from django.test import Client
from django_tenants.utils import tenant_context
from PIL import Image

from tests.isolation.filling import (
    BRACKETS,
    files_of_services,
    marked,
    orders,
    public_pages,
    reviews,
    settlement,
    troubles,
)
from tests.services.ordering import Market, open_market

CANARIES = {"a": "CANARI-A", "b": "CANARI-B"}
CAST = ("buyer_user", "provider_user", "other_user", "staff")
BACKEND = "tenants.accounts.backends.AccountBackend"
# What a person would see; slugs, e-mails, numbers and keys stay alike in both.
TEXTS = {
    "parties.Party": ("legal_name", "trade_name", "about"),
    "accounts.User": ("full_name",),
    "catalogue.Category": ("name", "name_en"),
    "catalogue.Service": ("name", "name_en", "summary", "description", "cancellation_terms"),
    "catalogue.ServiceOption": ("label",),
    "catalogue.ServiceMilestone": ("label", "label_en"),
    "invoicing.LegalWording": ("text",),
}
# A log-in and a token belong to one tenant by their very secret; migrations are the same list anyway.
NOT_COPIED = (
    "django_session",
    "accounts_apitoken",
    "django_migrations",
    "django_content_type",
    "auth_permission",
)


@dataclass
class Twin:
    """One of the two: its word, how to log in, its API token."""

    tenant: Any
    word: str
    users: dict[str, int] = field(default_factory=dict)
    token: str = ""
    market: Market | None = None

    @property
    def host(self) -> str:
        return f"{self.tenant.slug}.localhost"

    def client(self, member: str = "") -> Client:
        """A browser on this site, logged in as somebody of the cast; CSRF is checked."""
        client = Client(SERVER_NAME=self.host, enforce_csrf_checks=True)
        if member:
            from tenants.accounts.models import User

            with tenant_context(self.tenant):
                client.force_login(User.objects.get(pk=self.users[member]), backend=BACKEND)
        return client


@dataclass
class Twins:
    """Both of them."""

    a: Twin
    b: Twin


def fill(twin: Twin) -> None:
    """A whole little market with one of everything that has an address; runs in the twin's tenant."""
    market = open_market(twin.tenant)
    mark_texts(twin.word)
    for member in ("buyer", "provider", "other_provider", "service", "other_service", *CAST):
        getattr(market, member).refresh_from_db()
    for member in CAST:
        user = getattr(market, member)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        twin.users[member] = user.pk
    twin.market = market
    public_pages(market, twin.word)
    orders(market, twin.word)
    settlement(market, twin.word)
    troubles(market, twin.word)
    files_of_services(market, twin.word)
    reviews(market, twin.word)


def mark_texts(word: str) -> None:
    """Put the word at the end of every text of the current tenant that people wrote."""
    for label, names in TEXTS.items():
        model = apps.get_model(label)
        for name in names:
            before, after = ("⟦", "⟧") if word == BRACKETS else ("", f" {word}")
            model.objects.exclude(**{name: ""}).update(
                **{name: Concat(Value(before), F(name), Value(after), output_field=TextField())}
            )
    for form in apps.get_model("catalogue.IntakeForm").objects.all():
        for question in form.fields:
            question |= {name: marked(question[name], word) for name in ("label", "help") if question[name]}
        form.save()


def order_more(twin: Twin, twin_of: Twin) -> None:
    """Orders that only this one of the two has; runs in the twin's tenant."""
    assert twin_of.market is not None
    theirs = {name: value for name, value in vars(twin_of.market).items() if name not in ("tenant", "extra")}
    mine = {name: type(value).objects.get(pk=value.pk) for name, value in theirs.items()}
    orders(Market(tenant=twin.tenant, **mine), twin.word)


def give_token(twin: Twin) -> None:
    """An API token of the buyer; runs in the twin's tenant."""
    from tenants.accounts.models import User
    from tenants.accounts.tokens import create_token

    buyer = User.objects.get(pk=twin.users["buyer_user"])
    twin.token = create_token(user=buyer, name=marked("Caisse", twin.word), scopes=["read", "write"])[1]


def give_logo(twin: Twin) -> None:
    """A logo that only this one has; runs in the twin's tenant."""
    from tenants.identity.operations import change_logo

    colour = f"#{hashlib.sha256(twin.word.encode()).hexdigest()[:6]}"
    drawn = BytesIO()
    Image.new("RGB", (200, 64), colour).save(drawn, "PNG")
    twin.tenant = change_logo(source=BytesIO(drawn.getvalue()), size_bytes=len(drawn.getvalue()))


def give_picture(twin: Twin) -> None:
    """A picture that only this one has, on a service that both have; runs in the twin's tenant."""
    from services.catalogue.inputs import PictureInput
    from services.catalogue.models import Service
    from services.catalogue.pictures import prepare_picture, put_pictures, take_picture

    colour = f"#{hashlib.sha256(twin.word.encode()).hexdigest()[:6]}"
    drawn = BytesIO()
    Image.new("RGB", (400, 300), colour).save(drawn, "PNG")
    with transaction.atomic():
        taken = take_picture(upload=SimpleUploadedFile("image.png", drawn.getvalue()))
        service = Service.objects.earliest("pk")
        put_pictures(service, [PictureInput(taken.digest, marked("Une image", twin.word))])
    prepare_picture(digest=taken.digest)


def copy(source: Twin, target: Twin) -> None:
    """Make ``target`` the same as ``source`` but for the word; tables, sequences and files."""
    target.users = dict(source.users)
    old, new = source.tenant.schema_name, target.tenant.schema_name
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [old])
        tables = [row[0] for row in cursor.fetchall() if row[0] not in NOT_COPIED]
        # Append-only rows are replaced and rows come in any order: what triggers judged once stands.
        _triggers(cursor, new, tables, "DISABLE")
        try:
            with transaction.atomic():
                for table in tables:
                    cursor.execute(f'DELETE FROM "{new}"."{table}"')
                    changed = "replace(to_jsonb(t)::text, %s, %s)::jsonb"
                    row = f'jsonb_populate_record(NULL::"{new}"."{table}", {changed})'
                    written = ", ".join(_written_columns(cursor, new, table))
                    cursor.execute(
                        f'INSERT INTO "{new}"."{table}" ({written}) OVERRIDING SYSTEM VALUE '
                        f'SELECT {written} FROM (SELECT r.* FROM "{old}"."{table}" t, {row} r) copied',
                        [source.word, target.word],
                    )
        finally:
            _triggers(cursor, new, tables, "ENABLE")
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = %s", [old])
        for name, last in cursor.fetchall():
            if last is not None:
                cursor.execute("SELECT setval(%s, %s)", [f'"{new}"."{name}"', last])
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.MAILBOX_DIR)):
        shutil.rmtree(folder / new, ignore_errors=True)
        for path in (folder / old).rglob("*"):
            if path.is_file():
                copied = folder / new / path.relative_to(folder / old)
                copied.parent.mkdir(parents=True, exist_ok=True)
                content = path.read_bytes().replace(source.word.encode(), target.word.encode())
                copied.write_bytes(content)


def _written_columns(cursor: Any, schema: str, table: str) -> list[str]:
    """All but those that PostgreSQL computes itself."""
    cursor.execute(
        "SELECT quote_ident(column_name) FROM information_schema.columns "
        "WHERE table_schema = %s AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [schema, table],
    )
    return [name for (name,) in cursor.fetchall()]


def _triggers(cursor: Any, schema: str, tables: list[str], verb: str) -> None:
    for table in tables:
        cursor.execute(f'ALTER TABLE "{schema}"."{table}" {verb} TRIGGER USER')
