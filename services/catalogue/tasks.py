"""Work of the catalogue after commit."""

from kernel.outbox import outbox_task
from services.catalogue.finding import vocabulary


@outbox_task("catalogue.refresh_vocabulary", queue="default")
def refresh_vocabulary() -> None:
    """Read the words of the published services again."""
    vocabulary.refresh_vocabulary()
