"""Uploaded files: one folder a tenant, no public address."""

from __future__ import annotations

import os

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django_tenants.files.storage import TenantFileSystemStorage


class TenantFileStorage(TenantFileSystemStorage):
    """Stores below `STATE_DIR/files/<schema>/`; files go out through views that know who may see them."""

    @property
    def relative_media_root(self) -> str:
        """All tenants' folder, the schema left open; the library would keep a changed one."""
        return os.path.join(settings.MEDIA_ROOT, settings.MULTITENANT_RELATIVE_MEDIA_ROOT)

    def url(self, name: str | None) -> str:
        """Refuse: a file has no address of its own. Raises SuspiciousFileOperation."""
        raise SuspiciousFileOperation("files are served by a view that knows who may see them")
