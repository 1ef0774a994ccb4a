"""Reading the messages that the embedded mode keeps as files instead of sending them."""

from __future__ import annotations

import datetime
import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import getaddresses
from pathlib import Path

from tenants.directory.mail import mailbox_directory

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_LATEST = 100


@dataclass(frozen=True)
class Letter:
    """One message; ``html`` is empty when it has a text part only."""

    name: str
    at: datetime.datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    attachments: tuple[str, ...]


def letters(schema_name: str) -> list[Letter]:
    """The latest hundred messages of a space, newest first."""
    paths = sorted(mailbox_directory(schema_name).glob("*.eml"), reverse=True)
    named = [path for path in paths if _NAME.fullmatch(path.stem)]
    return [_read(path) for path in named[:_LATEST]]


def letter(schema_name: str, name: str) -> Letter | None:
    """One message of a space, or None; a name that is no message's never reaches the file system."""
    if not _NAME.fullmatch(name):
        return None
    path = mailbox_directory(schema_name) / f"{name}.eml"
    return _read(path) if path.is_file() else None


def _read(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what this policy returns
    stamp = path.stem.partition("-")[0]
    return Letter(
        name=path.stem,
        at=datetime.datetime.strptime(f"{stamp}+0000", "%Y%m%dT%H%M%S%f%z"),
        sender=str(message["From"] or ""),
        recipients=tuple(address for _, address in getaddresses(message.get_all("To", []))),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        attachments=tuple(part.get_filename() or "" for part in message.iter_attachments()),
    )


def _part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body(preferencelist=(subtype,))
    return str(body.get_content()) if body is not None else ""
