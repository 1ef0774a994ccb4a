"""Files of services: CSV as spreadsheets write it, and JSON."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Any

from django.utils.translation import gettext as _

from services.catalogue.errors import FileNotRead
from services.catalogue.exchange.columns import BY_NAME, COLUMNS, Cell, Cells, Column

LARGEST_BYTES = 5 * 1024 * 1024
MOST_LINES = 500
# A cell that begins so is run as a formula by spreadsheets; an apostrophe before it keeps it text.
_MARKED = ("=", "+", "-", "@", "\t", "\r", "'")
_SEPARATORS = (";", ",", "\t")


def csv_cells(lines: Iterable[Cells]) -> Iterator[list[str]]:
    """Headers, then a line a service, for ``csv_response``."""
    yield [column.header for column in COLUMNS]
    for cells in lines:
        yield [_marked(_as_text(column, cells.get(column.code, ""))) for column in COLUMNS]


def json_text(lines: Iterable[Cells]) -> str:
    """The same as a list of objects."""
    return json.dumps(list(lines), ensure_ascii=False, indent=1)


def read_file(content: bytes, name: str) -> list[dict[str, Any]]:
    """The lines of a file as {line, cells}: cells by code, those the file does not speak of left out.

    Lines are numbered as people see them. Raises FileNotRead.
    """
    if len(content) > LARGEST_BYTES:
        raise FileNotRead(why=_("il pèse plus de 5 Mo. Découpez-le."))
    text = _decoded(content)
    if "\0" in text:
        raise FileNotRead(why=_("ce n’est ni un fichier CSV, ni un fichier JSON."))
    is_json = name.lower().endswith(".json") or text.lstrip()[:2] in ("[{", "[]", "[\n")
    found = _read_json(text) if is_json else _read_csv(text)
    if not found:
        raise FileNotRead(why=_("il ne contient aucun service."))
    if len(found) > MOST_LINES:
        raise FileNotRead(why=_("il compte plus de %(most)s services. Découpez-le.") % {"most": MOST_LINES})
    return found


def _decoded(content: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else what French Windows writes."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_csv(text: str) -> list[dict[str, Any]]:
    first = text.split("\n", 1)[0]
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator)
    try:
        headers = next(reader, [])
        columns = _columns([header.strip() for header in headers])
        found = []
        start = reader.line_num + 1
        for row in reader:
            if any(cell.strip() for cell in row):
                found.append({"line": start, "cells": _csv_line(columns, row, start)})
            start = reader.line_num + 1
            if len(found) > MOST_LINES:
                break
    except csv.Error:
        raise FileNotRead(why=_("une cellule n’y est pas fermée par des guillemets.")) from None
    return found


def _csv_line(columns: list[Column | None], row: list[str], line: int) -> Cells:
    if any(cell.strip() for cell in row[len(columns) :]):
        raise FileNotRead(why=_("la ligne %(line)s a plus de cellules que d’en-têtes.") % {"line": line})
    return {
        column.code: _from_text(column, _unmarked(cell), line)
        for column, cell in zip(columns, row, strict=False)
        if column is not None
    }


def _read_json(text: str) -> list[dict[str, Any]]:
    try:
        loaded = json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise FileNotRead(why=_("ce n’est pas un fichier JSON lisible.")) from None
    if not isinstance(loaded, list) or not all(isinstance(one, dict) for one in loaded):
        raise FileNotRead(why=_("un fichier JSON contient une liste d’objets, un par service."))
    names = list(dict.fromkeys(name for one in loaded[: MOST_LINES + 1] for name in one))
    columns = dict(zip(names, _columns(names), strict=True))
    found = []
    for number, one in enumerate(loaded[: MOST_LINES + 1], start=1):
        cells = {
            column.code: _from_json(column, one[name], number)
            for name, column in columns.items()
            if column is not None and name in one
        }
        found.append({"line": number, "cells": cells})
    return found


def _columns(headers: list[str]) -> list[Column | None]:
    columns = [BY_NAME.get(header.casefold()) if header else None for header in headers]
    unknown = [header[:40] for header, column in zip(headers, columns, strict=True) if header and not column]
    if not any(columns):
        raise FileNotRead(why=_("sa première ligne ne dit pas les noms des colonnes."))
    if unknown:
        raise FileNotRead(why=_("colonne inconnue : %(names)s.") % {"names": ", ".join(unknown[:5])})
    known = [column.code for column in columns if column]
    if len(set(known)) < len(known):
        raise FileNotRead(why=_("une colonne y est deux fois."))
    return columns


def _as_text(column: Column, cell: Cell) -> str:
    if isinstance(cell, list):
        if column.code == "questions":
            return json.dumps(cell, ensure_ascii=False) if cell else ""
        lines = StringIO()
        writer = csv.writer(lines, delimiter="|", lineterminator="\n")
        writer.writerows([row.get(name, "") for name in column.rows] for row in cell)
        return lines.getvalue().rstrip("\n")
    if column.is_number:
        return cell.replace(".", ",")
    return (column.words or {}).get(cell, cell)


def _from_text(column: Column, cell: str, line: int) -> Cell:
    if not column.rows:
        return cell
    if not cell.strip():
        return []
    if column.code == "questions":
        try:
            return _from_json(column, json.loads(cell, parse_float=str, parse_int=str), line)
        except (ValueError, RecursionError):
            raise _not_rows(column, line) from None
    lines = csv.reader(StringIO(cell, newline=""), delimiter="|")
    return [
        dict(zip(column.rows, (*(part.strip() for part in row), *[""] * 9), strict=False))
        for row in lines
        if row
    ]


def _from_json(column: Column, value: Any, line: int) -> Cell:
    if not column.rows:
        if isinstance(value, list) and column.code in ("departments", "deliverables"):
            return ("\n" if column.code == "deliverables" else " ").join(map(str, value))
        if isinstance(value, dict | list):
            raise _not_rows(column, line)
        return "" if value is None or value is False else str(value)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise _not_rows(column, line)
    return [
        {name: "" if row.get(name) in (None, False) else str(row[name]) for name in column.rows}
        for row in value
    ]


def _not_rows(column: Column, line: int) -> FileNotRead:
    return FileNotRead(
        why=_("ligne %(line)s, colonne « %(column)s » : ce n’est pas ce qu’un export y écrit.")
        % {"line": line, "column": column.header}
    )


def _marked(cell: str) -> str:
    return f"'{cell}" if cell.startswith("'") else cell


def _unmarked(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(_MARKED) else cell
