"""Work of orders that waits for a commit or a clock."""

from __future__ import annotations

from kernel.outbox import outbox_task
from services.orders import mail
from services.orders.operations import close


@outbox_task("orders.close_line")
def close_line(key: str) -> None:
    """Close a line that was approved some days ago."""
    close.close_line(key=key)


@outbox_task("orders.send_notice", own_transactions=True)
def send_notice(notice_id: int) -> None:
    """Send one e-mail."""
    mail.send_notice(notice_id=notice_id)
