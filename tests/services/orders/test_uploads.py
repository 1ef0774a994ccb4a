"""Files: what is taken, what is refused, how names become harmless."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from services.orders.errors import FileRefused
from services.orders.uploads import check_upload, safe_name

PDF = b"%PDF-1.7\n%" + bytes(range(256))


def test_an_accepted_file_is_known_by_its_hash() -> None:
    upload = SimpleUploadedFile("Devis signé.pdf", PDF)
    checked = check_upload(upload)
    assert checked.name == "Devis signé.pdf"
    assert checked.content_type == "application/pdf"
    assert checked.size_bytes == len(PDF)
    assert checked.sha256 == hashlib.sha256(PDF).hexdigest()
    assert upload.read() == PDF


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("virus.exe", b"MZ", "n’est pas accepté"),
        ("page.html", b"<html>", "n’est pas accepté"),
        ("noname", b"x", "n’est pas accepté"),
        ("vide.pdf", b"", "vide"),
        ("faux.pdf", b"MZ not a pdf", "ne correspond pas"),
        ("faux.png", PDF, "ne correspond pas"),
        ("faux.docx", b"plain", "ne correspond pas"),
    ],
)
def test_what_is_refused(name: str, content: bytes, why: str) -> None:
    with pytest.raises(FileRefused, match=why):
        check_upload(SimpleUploadedFile(name, content))


def test_a_file_that_is_too_large_is_refused(monkeypatch: Any) -> None:
    from services.orders import uploads

    monkeypatch.setattr(uploads, "LARGEST_BYTES", 100)
    with pytest.raises(FileRefused, match="dépasse"):
        check_upload(SimpleUploadedFile("grand.pdf", PDF))


@given(st.text(max_size=300))
def test_any_name_becomes_harmless(name: str) -> None:
    safe = safe_name(name)
    assert safe
    assert len(safe) <= 120
    assert not set(safe) & set('/\\\0\r\n"<>:|?*')
    assert not safe.startswith(".")
