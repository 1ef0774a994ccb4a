"""Taking files in: type, size and name are checked while they stream, and they go out as attachments only."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.uploadedfile import UploadedFile
from django.db.models.fields.files import FieldFile
from django.http import FileResponse
from django.utils.translation import gettext as _

from kernel.web.formats import format_number
from services.orders.errors import FileRefused

LARGEST_BYTES = 25 * 1024 * 1024
MOST_FILES = 10

# Extension to media type; what a browser could run (HTML, SVG, scripts) is only ever sent as an attachment.
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "svg": "image/svg+xml",
    "txt": "text/plain",
    "csv": "text/csv",
    "md": "text/markdown",
    "zip": "application/zip",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "mp4": "video/mp4",
    "mp3": "audio/mpeg",
}
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
# How the content begins where the type says so; text has no beginning of its own.
_BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"),
    "webp": (b"RIFF",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"),
    **dict.fromkeys(("zip", "odt", "ods", "odp", "docx", "xlsx", "pptx"), _ZIP),
}
ACCEPT = ",".join(f".{extension}" for extension in TYPES)


@dataclass(frozen=True)
class CheckedFile:
    """What is known of an accepted file; ``sha256`` in hexadecimal."""

    name: str
    content_type: str
    size_bytes: int
    sha256: str


def check_upload(upload: UploadedFile) -> CheckedFile:
    """Check a file without holding it in memory, and leave it at its beginning. Raises FileRefused."""
    name = safe_name(upload.name or "")
    extension = PurePosixPath(name).suffix.lstrip(".").lower()
    if extension not in TYPES:
        raise FileRefused(
            name=name,
            why=_("ce type de fichier n’est pas accepté. Envoyez un PDF, une image ou une archive zip."),
        )
    size = upload.size or 0
    if size == 0:
        raise FileRefused(name=name, why=_("le fichier est vide."))
    if size > LARGEST_BYTES:
        most = format_number(LARGEST_BYTES // 1024 // 1024)
        raise FileRefused(
            name=name,
            why=_("le fichier dépasse %(most)s Mo. Réduisez-le ou donnez un lien.") % {"most": most},
        )
    digest = hashlib.sha256()
    beginning = b""
    for chunk in upload.chunks():
        if not beginning:
            beginning = bytes(chunk[:16])
        digest.update(chunk)
    upload.seek(0)
    wanted = _BEGINNINGS.get(extension)
    if wanted is not None and not beginning.startswith(wanted):
        raise FileRefused(name=name, why=_("le contenu ne correspond pas à l’extension du fichier."))
    return CheckedFile(name, TYPES[extension], size, digest.hexdigest())


def safe_name(name: str) -> str:
    """A name to show and to download: letters, digits, points and dashes, 120 characters at most."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = re.sub(r"[^\w.\-() ]+", "_", plain).strip(" ._")
    stem, dot, extension = plain.rpartition(".")
    return f"{stem[: 119 - len(extension)]}.{extension}" if dot else plain[:120] or "fichier"


def as_attachment(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """The file, streamed for saving: never shown inside the site."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
