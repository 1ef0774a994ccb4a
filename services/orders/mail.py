"""Sends notices as e-mails: the tenant's sender, the reader's language, a text and an HTML part."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from kernel.web.sites import site_for
from services.orders.models import Notice, Order, OrderLine
from tenants.directory.current import current_tenant
from tenants.directory.mail import sender_address
from tenants.directory.models import Tenant


def send_notice(*, notice_id: int) -> None:
    """Send one notice unless it was sent. A repeat after a lost answer carries the same Message-ID."""
    notice = Notice.objects.select_related("user").filter(pk=notice_id, sent_at=None).first()
    if notice is None or not notice.user.is_active:
        return
    build_message(notice).send()
    Notice.objects.filter(pk=notice_id).update(sent_at=timezone.now())


def build_message(notice: Notice) -> EmailMultiAlternatives:
    """The message in its reader's language and the tenant's zone."""
    tenant = current_tenant()
    folder = f"orders/mail/{notice.kind}"
    with translation.override(notice.user.language), timezone.override(tenant.time_zone):
        context = _context(notice, tenant)
        # One line; no-break spaces stay.
        subject = re.sub(r"[ \t\r\n]+", " ", render_to_string(f"{folder}.subject.txt", context)).strip()
        message = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string(f"{folder}.txt", context),
            from_email=sender_address(tenant),
            to=[notice.user.email],
            headers={
                "Message-ID": f"<{notice.public_id}@{site_host(tenant)}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        message.attach_alternative(
            render_to_string(f"{folder}.html", {**context, "subject": subject}), "text/html"
        )
    return message


def site_host(tenant: Tenant) -> str:
    """The tenant's first host name."""
    domain = tenant.domains.order_by("-is_primary", "pk").first()
    return domain.domain if domain else settings.BASE_DOMAIN


def _context(notice: Notice, tenant: Tenant) -> dict[str, Any]:
    told = notice.context
    origin = settings.ENVIRONMENT.origin(site_host(tenant))
    order = (
        Order.objects.select_related("buyer").prefetch_related("lines__provider").get(number=told["order"])
    )
    line = None
    if told.get("line"):
        line = OrderLine.objects.select_related("provider", "order__buyer").get(key=told["line"])
    if told.get("side") == "provider" and line is not None:
        path = reverse("fulfilment:line", args=[line.key], urlconf="pepiniere.urls.tenant")
    else:
        path = reverse("orders:order", args=[order.number], urlconf="pepiniere.urls.tenant")
    for name in ("due_at", "pay_until"):
        if told.get(name):
            told = {**told, name: parse_datetime(told[name])}
    seller = told.get("side") == "provider" and line is not None
    return {
        **told,
        "here": site_for(tenant),
        "sent": [sold for sold in order.lines.all() if sold.answer_due_at is not None],
        **_milestone(line, told.get("milestone")),
        "for_whom": (line.provider if seller and line is not None else order.buyer).display_name,
        "tenant": tenant,
        "reader": notice.user,
        "order": order,
        "line": line,
        "origin": origin,
        "url": origin + path,
    }


def _milestone(line: OrderLine | None, key: str | None) -> dict[str, Any]:
    """The name of a milestone in the reader's language, and whether there are others."""
    parts = line.offer["milestones"] if line is not None else []
    part = next((part for part in parts if part["key"] == key), None)
    english = translation.get_language() == "en"
    label = ((english and part["label_en"]) or part["label"]) if part else ""
    return {"milestone": label, "several": len(parts) > 1}
