"""The thread that does what falls due: postings of events, ends of debits and of pages nobody paid."""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

from django.db import close_old_connections
from django.utils import timezone

from billing.sandbox import delivery
from billing.sandbox.checkout import expire_session
from billing.sandbox.debits import end_due_charges
from billing.sandbox.models import CheckoutSession

logger = logging.getLogger(__name__)

POSTERS = 4


def start_clock() -> threading.Thread:
    """Start the daemon thread; rows left by an earlier process are seen to by this one."""
    thread = threading.Thread(target=_go_round_for_ever, name="clock", daemon=True)
    thread.start()
    return thread


def _go_round_for_ever() -> None:
    with ThreadPoolExecutor(POSTERS, thread_name_prefix="webhook-post") as posters:
        while True:
            try:
                end_due_charges()
                expire_overdue_sessions()
                list(posters.map(delivery.post_and_close, delivery.due_deliveries()))
            except Exception:
                logger.exception("The round failed; the next one tries again")
            finally:
                close_old_connections()
            delivery.wait(delivery.seconds_until_next())


def expire_overdue_sessions() -> None:
    """Close the checkout sessions whose time is over."""
    for session in CheckoutSession.objects.filter(status="open", expires_at__lte=timezone.now())[:50]:
        expire_session(identifier=session.identifier)
