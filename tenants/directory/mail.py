"""The sender of a tenant's mail, and the mailbox into which the embedded mode delivers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import formataddr
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection

from tenants.directory.current import current_tenant, in_tenant
from tenants.directory.models import Tenant


def sender_address(tenant: Tenant | None = None) -> str:
    """The `From` of mail sent for ``tenant``, or for the current one, or for the platform."""
    if tenant is None and in_tenant():
        tenant = current_tenant()
    if tenant is None:
        return formataddr(("Pépinière", settings.DEFAULT_FROM_EMAIL))
    return formataddr((tenant.sender_name or tenant.name, tenant.sender_email or settings.DEFAULT_FROM_EMAIL))


def mailbox_directory(schema_name: str) -> Path:
    """Where the embedded mode keeps the messages sent from ``schema_name``."""
    return Path(settings.MAILBOX_DIR) / schema_name


class MailboxBackend(BaseEmailBackend):
    """Writes each message to `<MAILBOX_DIR>/<schema>/<instant>-<random>.eml`, newest name last."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store the messages; the number of those stored."""
        folder = mailbox_directory(connection.schema_name)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
            unfinished = folder / f".{uuid.uuid4().hex}"
            unfinished.write_bytes(message.message().as_bytes())
            # Readers list *.eml: they never see half a message.
            os.replace(unfinished, folder / f"{stamp}-{uuid.uuid4().hex[:8]}.eml")
        return len(email_messages)
