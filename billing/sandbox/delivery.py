"""Posting of events to webhook endpoints, from the store, until each is answered with 2xx."""

from __future__ import annotations

import http.client
import json
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.db import connection
from django.utils import timezone

from billing.sandbox.models import Delivery
from billing.sandbox.objects import event_object
from billing.sandbox.signing import HEADER, signature_header

if TYPE_CHECKING:
    from collections.abc import Sequence

ANSWER_SECONDS = 10
LONGEST_PAUSE_SECONDS = 300
MOST_TRIES = 200

_wake = threading.Event()


def wake() -> None:
    """Make the thread look for due deliveries now."""
    _wake.set()


def wait(seconds: float) -> None:
    """Sleep until woken, or so many seconds."""
    _wake.wait(seconds)
    _wake.clear()


def due_deliveries() -> Sequence[int]:
    """Primary keys of the deliveries due now, oldest first."""
    open_rows = Delivery.objects.filter(delivered_at=None, abandoned_at=None, due_at__lte=timezone.now())
    return list(open_rows.order_by("due_at", "pk").values_list("pk", flat=True)[:50])


def seconds_until_next() -> float:
    """How long the thread may sleep: at most one second, so that expiry needs no timer of its own."""
    following = Delivery.objects.filter(delivered_at=None, abandoned_at=None).order_by("due_at").first()
    if following is None:
        return 1.0
    return min(1.0, max(0.02, (following.due_at - timezone.now()).total_seconds()))


def post_and_close(pk: int) -> None:
    """`post_delivery` in a thread of a pool, which keeps no connection."""
    try:
        post_delivery(pk)
    finally:
        connection.close()


def post_delivery(pk: int) -> None:
    """Post one delivery once and write down the answer; a refusal makes it due again, later each time."""
    row = Delivery.objects.select_related("event__account", "endpoint").get(pk=pk)
    body = json.dumps(event_object(row.event), ensure_ascii=False, separators=(",", ":")).encode()
    header = signature_header(secret=row.endpoint.secret, body=body, at=int(time.time()))
    row.tries += 1
    try:
        status = post(
            row.endpoint.url, body, {HEADER: header, "Content-Type": "application/json; charset=utf-8"}
        )
        row.last_answer = f"HTTP {status}"
        accepted = 200 <= status < 300
    except (OSError, http.client.HTTPException) as error:
        row.last_answer = f"{type(error).__name__}: {error}"[:200]
        accepted = False
    if accepted:
        row.delivered_at = timezone.now()
    elif row.tries >= MOST_TRIES:
        row.abandoned_at = timezone.now()
    else:
        row.due_at = timezone.now() + timedelta(seconds=min(2.0 ** (row.tries - 1), LONGEST_PAUSE_SECONDS))
    row.save(update_fields=["tries", "last_answer", "delivered_at", "abandoned_at", "due_at"])


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """POST ``body``; names under ``.localhost`` are this machine, whatever the resolver says (RFC 6761)."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    target = "127.0.0.1" if host == "localhost" or host.endswith(".localhost") else host
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    link = kind(target, parts.port, timeout=ANSWER_SECONDS)
    try:
        path = parts.path or "/"
        link.request(
            "POST", f"{path}?{parts.query}" if parts.query else path, body, {**headers, "Host": parts.netloc}
        )
        answer = link.getresponse()
        answer.read(65536)
        return answer.status
    finally:
        link.close()
