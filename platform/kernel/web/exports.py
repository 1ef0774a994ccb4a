"""Lists as CSV files: streamed row by row, readable by spreadsheets, without formulas from strangers."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.db import connection, transaction
from django.http import StreamingHttpResponse
from django.utils import translation

# A cell that begins so is run as a formula by spreadsheets.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BOM = "\ufeff"


def cents_text(cents: int) -> str:
    """Cents as French spreadsheets read them: « 1234,56 »; no grouping, so that it stays a number."""
    return str(Decimal(cents).scaleb(-2).quantize(Decimal("0.01"))).replace(".", ",")


def csv_response(name: str, rows: Iterable[list[str]]) -> StreamingHttpResponse:
    """A file `name.csv`, written while it is read: UTF-8 with its mark, semicolons, one snapshot.

    The rows are read after the view has returned, in one transaction of the tenant of the request.
    """
    response = StreamingHttpResponse(
        _lines(rows, connection.schema_name, translation.get_language() or "fr"),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class _Echo:
    """What a CSV writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(rows: Iterable[list[str]], schema: str, language: str) -> Iterator[str]:
    if connection.schema_name != schema:
        # The answer would be read in somebody else's tenant: better none at all.
        raise RuntimeError("the tenant changed before the file was written")
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield _BOM
    with translation.override(language), transaction.atomic():
        for row in rows:
            yield writer.writerow([_safe(cell) for cell in row])


def _safe(cell: str) -> str:
    if cell.startswith(_FORMULA) and not cell[1:].replace(",", "").isdigit():
        return f"'{cell}"
    return cell
