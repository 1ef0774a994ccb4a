"""Work of charges after commit."""

from billing.charges.delivery import redeliver_event
from kernel.outbox import outbox_task


@outbox_task("charges.deliver_event", queue="money")
def deliver_event(event_id: int) -> None:
    """Give an event to the subscribers that have not had it; a further refusal enqueues the next try."""
    redeliver_event(event_id=event_id)
