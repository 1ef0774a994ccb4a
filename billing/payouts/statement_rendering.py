"""From a statement's snapshot to its PDF. Imported in the documents worker only: WeasyPrint is heavy."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from kernel.paper.printing import REGISTER, print_pdf

STYLESHEET = Path(__file__).parent / "print" / "statement.css"


def render_html(snapshot: dict[str, Any], *, sha256: str) -> str:
    """The page of a snapshot as HTML, in French as documents are."""
    days = {name: date.fromisoformat(snapshot[name]) for name in ("starts_on", "ends_on", "drawn_on")}
    rows = [{**row, "on": date.fromisoformat(row["on"])} for row in snapshot["rows"]]
    with translation.override("fr"):
        context = {**snapshot, **days, "rows": rows, "sha256": sha256}
        return render_to_string("payouts/print/statement.html", context)


def render_pdf(snapshot: dict[str, Any], *, sha256: str) -> bytes:
    """The tagged PDF of a snapshot."""
    return print_pdf(
        render_html(snapshot, sha256=sha256),
        stylesheets=(REGISTER, STYLESHEET),
        accent=snapshot["tenant"]["accent"],
        variant="pdf/ua-1",
        fingerprint=sha256,
    )
