"""A message to one person: their language, the tenant's zone and sender, a text and an HTML part."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation

from kernel.web.sites import site_for
from tenants.directory.current import current_tenant
from tenants.directory.mail import sender_address

if TYPE_CHECKING:
    from tenants.accounts.models import User
    from tenants.directory.models import Tenant


def site_host(tenant: Tenant) -> str:
    """The tenant's first host name."""
    domain = tenant.domains.order_by("-is_primary", "pk").first()
    return domain.domain if domain else settings.BASE_DOMAIN


def site_origin(tenant: Tenant) -> str:
    """Scheme, host and port of the tenant's site, for links in messages."""
    return settings.ENVIRONMENT.origin(site_host(tenant))


def letter(
    *, reader: User, template: str, key: object, context: Callable[[], Mapping[str, Any]]
) -> EmailMultiAlternatives:
    """The message of ``template`` (`<subject>/mail/<event>`), not sent yet.

    ``context`` is asked in the reader's language. The same ``key`` gives the same Message-ID: a repeat
    after a lost answer is known for one.
    """
    tenant = current_tenant()
    with translation.override(reader.language), timezone.override(tenant.time_zone):
        told = {"here": site_for(tenant), "tenant": tenant, "reader": reader, **context()}
        # One line; no-break spaces stay.
        subject = re.sub(r"[ \t\r\n]+", " ", render_to_string(f"{template}.subject.txt", told)).strip()
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"{template}.txt", told),
            from_email=sender_address(tenant),
            to=[reader.email],
            headers={"Message-ID": f"<{key}@{site_host(tenant)}>", "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(
            render_to_string(f"{template}.html", {**told, "subject": subject}), "text/html"
        )
    return message
