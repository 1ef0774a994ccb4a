"""From a page of HTML to its PDF. Imported in the documents worker only: WeasyPrint is heavy."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

from kernel.web.formats import NARROW_SPACE, SPACE

PAPER_FOLDER = Path(__file__).parent
PAPER, REGISTER = PAPER_FOLDER / "paper.css", PAPER_FOLDER / "register.css"
DEFAULT_ACCENT = "#1f4e5f"
_HEX = re.compile(r"^#[0-9a-fA-F]{6}$")


class OwnFilesOnly(URLFetcher):
    """Fetches the files of our paper and nothing else, from nowhere else."""

    def fetch(self, url: str, headers: Any = None) -> Any:
        """Raises ValueError for anything but a file of the paper's folder."""
        if url not in {file.as_uri() for file in PAPER_FOLDER.iterdir()}:
            raise ValueError(f"a document fetches nothing: {url}")
        return super().fetch(url, headers)


def print_pdf(
    html: str, *, stylesheets: tuple[Path, ...], accent: str, variant: str, fingerprint: str
) -> bytes:
    """The tagged PDF of a page, the same bytes each time.

    `stylesheets` come after the shared one; `accent` is a colour `#rrggbb` (another text gives the product's
    own); `variant` is WeasyPrint's, as "pdf/ua-1"; `fingerprint` is a SHA-256 in hexadecimal digits, the
    PDF's identifier.
    """
    fonts, fetcher, sheets = _look(stylesheets)
    colours = CSS(string=f":root {{ --accent: {accent if _HEX.match(accent) else DEFAULT_ACCENT} }}")
    page = HTML(
        # The embedded typeface has no narrow no-break space.
        string=html.replace(NARROW_SPACE, SPACE),
        base_url=PAPER_FOLDER.as_uri() + "/",
        url_fetcher=fetcher,
    )
    return bytes(
        page.write_pdf(
            stylesheets=[*sheets, colours],
            font_config=fonts,
            pdf_variant=variant,
            pdf_identifier=bytes.fromhex(fingerprint)[:16],
        )
    )


@lru_cache(maxsize=8)
def _look(stylesheets: tuple[Path, ...]) -> tuple[FontConfiguration, URLFetcher, list[CSS]]:
    fonts, fetcher = FontConfiguration(), OwnFilesOnly(allowed_protocols={"file"})
    sheets = [CSS(filename=path, font_config=fonts, url_fetcher=fetcher) for path in (PAPER, *stylesheets)]
    return fonts, fetcher, sheets
