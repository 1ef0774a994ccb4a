"""Sends notices as e-mails: the tenant's sender, the reader's language, a text and an HTML part."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from services.orders.models import Notice, Order, OrderLine
from tenants.accounts.letters import letter, site_origin
from tenants.directory.current import current_tenant


def send_notice(*, notice_id: int) -> None:
    """Send one notice unless it was sent. A repeat after a lost answer carries the same Message-ID."""
    notice = Notice.objects.select_related("user").filter(pk=notice_id, sent_at=None).first()
    if notice is None or not notice.user.is_active:
        return
    build_message(notice).send()
    Notice.objects.filter(pk=notice_id).update(sent_at=timezone.now())


def build_message(notice: Notice) -> EmailMultiAlternatives:
    """The message in its reader's language and the tenant's zone."""
    return letter(
        reader=notice.user,
        template=f"orders/mail/{notice.kind}",
        key=notice.public_id,
        context=lambda: _context(notice),
    )


def _context(notice: Notice) -> dict[str, Any]:
    told = notice.context
    origin = site_origin(current_tenant())
    order = (
        Order.objects.select_related("buyer").prefetch_related("lines__provider").get(number=told["order"])
    )
    line = None
    if told.get("line"):
        line = OrderLine.objects.select_related("provider", "order__buyer").get(key=told["line"])
    if told.get("review") and line is not None:
        path = _review_path(line, told)
    elif told.get("side") == "provider" and line is not None:
        path = reverse("fulfilment:line", args=[line.key], urlconf="pepiniere.urls.tenant")
    else:
        path = reverse("orders:order", args=[order.number], urlconf="pepiniere.urls.tenant")
    for name in ("due_at", "pay_until"):
        if told.get(name):
            told = {**told, name: parse_datetime(told[name])}
    seller = told.get("side") == "provider" and line is not None
    return {
        **told,
        "sent": [sold for sold in order.lines.all() if sold.answer_due_at is not None],
        **_milestone(line, told.get("milestone")),
        "for_whom": (line.provider if seller and line is not None else order.buyer).display_name,
        "order": order,
        "line": line,
        "origin": origin,
        "url": origin + path,
    }


def _review_path(line: OrderLine, told: dict[str, Any]) -> str:
    """Where a review is written, read or answered."""
    name, parts = "orders:review", [line.order.number, line.position]
    if told.get("side") == "provider":
        name, parts = "orders:provider_review", [told["review"]]
    return reverse(name, args=parts, urlconf="pepiniere.urls.tenant")


def _milestone(line: OrderLine | None, key: str | None) -> dict[str, Any]:
    """The name of a milestone in the reader's language, and whether there are others."""
    parts = line.offer["milestones"] if line is not None else []
    part = next((part for part in parts if part["key"] == key), None)
    english = translation.get_language() == "en"
    label = ((english and part["label_en"]) or part["label"]) if part else ""
    return {"milestone": label, "several": len(parts) > 1}
