"""Giving a tenant its logo and taking it away."""

from __future__ import annotations

import hashlib
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from tenants.directory.current import current_tenant
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Tenant
from tenants.identity.images import redrawn_logo

DIGEST_LENGTH = 16


def logo_file(digest: str) -> str:
    """The name under which the current tenant's storage keeps a logo."""
    return f"identity/logo-{digest}.png"


@transaction.atomic
def change_logo(*, source: IO[bytes], size_bytes: int) -> Tenant:
    """Redraw a picture and show it as the current tenant's logo. Raises LogoRefused."""
    drawn = redrawn_logo(source, size_bytes)
    digest = hashlib.sha256(drawn).hexdigest()[:DIGEST_LENGTH]
    if not default_storage.exists(logo_file(digest)):
        default_storage.save(logo_file(digest), ContentFile(drawn))
    return _show(digest)


@transaction.atomic
def remove_logo() -> Tenant:
    """Show the monogram again; the file stays for what was sent with it."""
    return _show("")


def _show(digest: str) -> Tenant:
    tenant = Tenant.objects.select_for_update(of=("self",)).get(pk=current_tenant().pk)
    tenant.logo_digest = digest
    tenant.save(update_fields=["logo_digest"])
    transaction.on_commit(forget_hosts)
    return tenant
