"""From a claim's snapshot to its PDF. Imported in the documents worker only: WeasyPrint is heavy."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from kernel.web.formats import NARROW_SPACE, SPACE

PRINT_FOLDER = Path(__file__).parent / "print"
# The typeface is that of the invoices, stored once.
FONT_FOLDER = Path(__file__).parents[1] / "invoicing" / "print"
DEFAULT_ACCENT = "#1f4e5f"
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")


class _OwnFilesOnly(URLFetcher):
    """Fetches our fonts and nothing else, from nowhere else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Raises ValueError for anything but a file of the two folders."""
        own = {file.as_uri() for folder in (PRINT_FOLDER, FONT_FOLDER) for file in folder.iterdir()}
        if url not in own:
            raise ValueError(f"a claim fetches nothing: {url}")
        return super().fetch(url, headers)


@lru_cache(maxsize=1)
def _look() -> tuple[FontConfiguration, CSS, URLFetcher]:
    fonts, fetcher = FontConfiguration(), _OwnFilesOnly(allowed_protocols={"file"})
    css = CSS(filename=PRINT_FOLDER / "claim.css", font_config=fonts, url_fetcher=fetcher)
    return fonts, css, fetcher


def render_html(snapshot: dict[str, Any], *, sha256: str) -> str:
    """The page of a snapshot as HTML, in French as documents are."""
    context = {
        **snapshot,
        "starts_on": date.fromisoformat(snapshot["starts_on"]),
        "ends_on": date.fromisoformat(snapshot["ends_on"]),
        "submitted_on": date.fromisoformat(snapshot["submitted_on"]),
        "rows": [{**row, "on": date.fromisoformat(row["on"])} for row in snapshot["rows"]],
        "sha256": sha256,
    }
    with translation.override("fr"):
        html = render_to_string("claims/print/claim.html", context)
    # The embedded typeface has no narrow no-break space.
    return html.replace(NARROW_SPACE, SPACE)


def render_pdf(snapshot: dict[str, Any], *, sha256: str) -> bytes:
    """The tagged PDF of a snapshot."""
    fonts, css, fetcher = _look()
    accent = snapshot["tenant"]["accent"]
    colours = CSS(string=f":root {{ --accent: {accent if _HEX.match(accent) else DEFAULT_ACCENT} }}")
    page = HTML(
        string=render_html(snapshot, sha256=sha256),
        base_url=PRINT_FOLDER.as_uri() + "/",
        url_fetcher=fetcher,
    )
    return bytes(
        page.write_pdf(
            stylesheets=[css, colours],
            font_config=fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=bytes.fromhex(sha256)[:16],
        )
    )
