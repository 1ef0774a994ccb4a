"""From snapshot to PDF/A-3. Imported in the documents worker only: WeasyPrint is heavy."""

from __future__ import annotations

import json
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation

from billing.invoicing.document import document_context
from kernel.paper.printing import print_pdf

TEMPLATE_VERSION = "2026-11"
STYLESHEET = Path(__file__).parent / "print" / "invoice.css"


def render_html(snapshot_text: str, *, sha256: str) -> str:
    """The page of a snapshot as HTML."""
    return render_to_string(
        "invoicing/invoice.html", document_context(json.loads(snapshot_text), sha256=sha256)
    )


def render_pdf(snapshot_text: str, *, sha256: str) -> bytes:
    """The PDF of a snapshot: tagged PDF/A-3a, the same bytes each time.

    Generated as PDF/A-3, its structure checked by tests; no validator has certified it.
    """
    snapshot = json.loads(snapshot_text)
    with translation.override(snapshot["language"]):
        html = render_html(snapshot_text, sha256=sha256)
    return print_pdf(
        html,
        stylesheets=(STYLESHEET,),
        accent=snapshot["issuer"]["accent"],
        variant="pdf/a-3a",
        fingerprint=sha256,
    )
