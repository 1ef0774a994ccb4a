"""The fresh tenant of one tour: its row of data, its platform owner, its end."""

from __future__ import annotations

import copy
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import connection, transaction

from pepiniere.demonstration.accounts import AccountBook, DemoAccount, drawn_password
from pepiniere.demonstration.provisioning.space import provision_space
from pepiniere.demonstration.source import DATA, Row, tenant_rows
from tenants.accounts.models import User
from tenants.directory.mail import mailbox_directory
from tenants.directory.models import Tenant
from tenants.provisioning.operations import discard_tenant
from tenants.reference.loading import load_reference
from tenants.reference.models import Commune

MODEL = "nouvelle-aquitaine"
# The platform owner of all tours; able to log in only while one is under way.
OWNER = "owner@tour.example"


@dataclass
class Place:
    """Names that no other tour and no demonstration has, and the passwords of its people."""

    code: str = field(default_factory=lambda: secrets.token_hex(3))
    password: str = field(default_factory=drawn_password)

    @property
    def slug(self) -> str:
        """Of the tenant."""
        return f"tour-{self.code}"

    @property
    def number_code(self) -> str:
        """Of its orders and invoices; drawn again when taken."""
        return f"T{int(self.code, 16) % 46656:03X}"[-4:].upper()

    @property
    def host(self) -> str:
        """Of its site."""
        return f"{self.slug}.{settings.BASE_DOMAIN}"

    @property
    def folder(self) -> Path:
        """Where the tour leaves its invoices."""
        return Path(settings.STATE_DIR) / "tour"

    def row(self) -> Row:
        """The demonstration's first region under the tour's own names."""
        row: Row = copy.deepcopy(next(row for row in tenant_rows() if row["slug"] == MODEL))
        row |= {"slug": self.slug, "host_prefix": self.slug, "people": MODEL, "name": f"Tour {self.code}"}
        return row

    def prepare(self) -> None:
        """Have reference data, an empty folder and a platform owner."""
        connection.set_schema_to_public()
        if not Commune.objects.exists():
            load_reference(DATA)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        with transaction.atomic():
            owner, _created = User.objects.get_or_create(
                email=OWNER, defaults={"full_name": "Tour", "is_staff": True, "is_superuser": True}
            )
            owner.is_active = True
            owner.set_password(self.password)
            owner.save()
            EmailAddress.objects.get_or_create(
                user=owner, email=OWNER, defaults={"verified": True, "primary": True}
            )

    def lay_out(self) -> list[DemoAccount]:
        """Fill the open tenant with the region's catalogue, providers and staff; their accounts."""
        book = AccountBook(self.folder / "accounts.json")
        provision_space(self.row(), book=book, say=lambda _line: None)
        return book.all()

    def clear(self) -> None:
        """Leave nothing but the invoices."""
        connection.set_schema_to_public()
        tenant = Tenant.objects.filter(slug=self.slug).first()
        if tenant is not None:
            shutil.rmtree(mailbox_directory(tenant.schema_name), ignore_errors=True)
            shutil.rmtree(Path(settings.MEDIA_ROOT) / tenant.schema_name, ignore_errors=True)
            discard_tenant(tenant=tenant)
        User.objects.filter(email=OWNER).update(is_active=False)
        (self.folder / "accounts.json").unlink(missing_ok=True)
