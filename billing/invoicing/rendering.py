"""From snapshot to PDF/A-3. Imported in the documents worker only: WeasyPrint is heavy."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from billing.invoicing.document import document_context
from kernel.web.formats import NARROW_SPACE, SPACE

TEMPLATE_VERSION = "2026-11"
PRINT_FOLDER = Path(__file__).parent / "print"
DEFAULT_ACCENT = "#1f4e5f"
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")


class _OwnFilesOnly(URLFetcher):
    """Fetches the stylesheet's fonts and nothing else, from nowhere else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Raises ValueError for anything but a file of our print folder."""
        if url not in {file.as_uri() for file in PRINT_FOLDER.iterdir()}:
            raise ValueError(f"an invoice fetches nothing: {url}")
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _look() -> tuple[FontConfiguration, CSS, URLFetcher]:
    fonts, fetcher = FontConfiguration(), _OwnFilesOnly(allowed_protocols={"file"})
    css = CSS(filename=PRINT_FOLDER / "invoice.css", font_config=fonts, url_fetcher=fetcher)
    return fonts, css, fetcher


def render_html(snapshot_text: str, *, sha256: str) -> str:
    """The page of a snapshot as HTML."""
    context = document_context(json.loads(snapshot_text), sha256=sha256)
    html = render_to_string("invoicing/invoice.html", context)
    # The embedded typeface has no narrow no-break space.
    return html.replace(NARROW_SPACE, SPACE)


def render_pdf(snapshot_text: str, *, sha256: str) -> bytes:
    """The PDF of a snapshot: tagged PDF/A-3a, the same bytes each time.

    Generated as PDF/A-3, its structure checked by tests; no validator has certified it.
    """
    snapshot = json.loads(snapshot_text)
    fonts, css, fetcher = _look()
    accent = snapshot["issuer"]["accent"]
    colours = CSS(string=f":root {{ --accent: {accent if _HEX.match(accent) else DEFAULT_ACCENT} }}")
    with translation.override(snapshot["language"]):
        html = render_html(snapshot_text, sha256=sha256)
        page = HTML(string=html, base_url=PRINT_FOLDER.as_uri() + "/", url_fetcher=fetcher)
    return bytes(
        page.write_pdf(
            stylesheets=[css, colours],
            font_config=fonts,
            pdf_variant="pdf/a-3a",
            pdf_identifier=bytes.fromhex(sha256)[:16],
        )
    )
