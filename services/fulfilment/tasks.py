"""Work on lines that waits for a clock."""

from __future__ import annotations

from kernel.outbox import outbox_task
from services.fulfilment import clocks


@outbox_task("fulfilment.run_clock")
def run_clock(key: str, changed_at: str) -> None:
    """Remind somebody who should act on a line, or act in their place."""
    clocks.run_clock(key=key, changed_at=changed_at)
