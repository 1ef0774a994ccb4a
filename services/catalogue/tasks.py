"""Work of the catalogue after commit."""

from kernel.outbox import outbox_task
from services.catalogue import mail, pictures
from services.catalogue.exchange import imports
from services.catalogue.finding import vocabulary


@outbox_task("catalogue.refresh_vocabulary", queue="default")
def refresh_vocabulary() -> None:
    """Read the words of the published services again."""
    vocabulary.refresh_vocabulary()


@outbox_task("catalogue.tell_provider", own_transactions=True)
def tell_provider(entry_id: int, user_id: int) -> None:
    """Send one e-mail about a step in the life of a service."""
    mail.send_told(entry_id=entry_id, user_id=user_id)


@outbox_task("catalogue.prepare_picture", queue="default")
def prepare_picture(digest: str) -> None:
    """Draw a picture anew in its widths, without what the camera wrote into it."""
    pictures.prepare_picture(digest=digest)


@outbox_task("catalogue.read_import", queue="default")
def read_import(import_id: int) -> None:
    """Draw up the report of a file of services."""
    imports.read_import(import_id=import_id)


@outbox_task("catalogue.apply_import", queue="default")
def apply_import(import_id: int) -> None:
    """Write what a report says, whole or not at all."""
    imports.apply_import(import_id=import_id)
