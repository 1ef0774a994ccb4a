"""A rule in the hands of its author: rows as a form posts them, changed row by row, turned into a document.

A row may be half written; only `document_of` makes a document, and only `parse_rule` judges it. Field names
begin with the row's path: `n2-1-fact` is the fact of row 2.1, `n-combine` belongs to the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kernel.rules.document import DEEPEST, LANGUAGES, MOST_ROWS, SCHEMA
from kernel.rules.facts import Fact, Vocabulary
from kernel.rules.kinds import Kind
from kernel.rules.operators import SHAPES, Operator, Takes, operand_kind, operators_for
from kernel.rules.tree import Combine
from kernel.rules.typed import codes_of, from_typed, separator_of, to_typed

Posted = Mapping[str, Sequence[str]]
_SENTENCES = tuple(f"{name}_{language}" for name in ("met", "unmet") for language in LANGUAGES)
# Among the facts of a row: no fact, a person verifies.
HUMAN_MARK = "@human"
_WHERE = ("add", "group", "remove", "up", "down")


@dataclass
class Row:
    """A row being edited: a group with rows of its own, or a condition. Everything is text as typed."""

    is_group: bool = False
    combine: str = Combine.ALL.value
    count: str = ""
    rows: list[Row] = field(default_factory=list)
    fact: str = ""
    operator: str = ""
    values: list[str] = field(default_factory=list)
    parameter: str = ""
    sentences: dict[str, str] = field(default_factory=dict)
    reference: str = ""

    def __getitem__(self, name: str) -> str:
        """A sentence by field name, as templates ask for it. Raises KeyError for anything else."""
        if name not in _SENTENCES:
            raise KeyError(name)
        return self.sentences.get(name, "")


def row_of(document: Mapping[str, Any], vocabulary: Vocabulary) -> Row:
    """The rows of a valid document."""
    return _row(document["root"], vocabulary)


def read_rows(posted: Posted, path: str = "n", depth: int = 0) -> Row:
    """The rows of a posted form, at most as deep and as many as a document may have."""
    if depth and _one(posted, f"{path}-kind") != "group":
        fact, operator = _one(posted, f"{path}-fact"), _one(posted, f"{path}-operator")
        if fact == HUMAN_MARK:
            fact, operator = "", Operator.HUMAN.value
        elif operator == Operator.HUMAN:
            operator = ""
        return Row(
            fact=fact,
            operator=operator,
            values=list(posted.get(f"{path}-value", ())),
            parameter=_one(posted, f"{path}-parameter"),
            sentences={name: _one(posted, f"{path}-{name}") for name in _SENTENCES},
            reference=_one(posted, f"{path}-reference"),
        )
    group = Row(is_group=True, combine=_one(posted, f"{path}-combine"), count=_one(posted, f"{path}-count"))
    place = 1
    while depth <= DEEPEST and place <= MOST_ROWS and f"{path}-{place}-kind" in posted:
        group.rows.append(read_rows(posted, f"{path}-{place}", depth + 1))
        place += 1
    return group


def act_on(root: Row, act: str) -> bool:
    """Do what a button of the editor says: `add:1-2`, `group:`, `remove:3`, `up:2`, `down:2`. False for
    anything else, or a row that is not there."""
    verb, colon, where = act.partition(":")
    if not colon or verb not in _WHERE:
        return False
    path = where.split("-") if where else []
    if not all(place.isascii() and place.isdigit() and len(place) < 4 for place in path):
        return False
    places = [int(place) for place in path]
    if verb in ("add", "group"):
        return _add(_at(root, places), is_group=verb == "group")
    if not places:
        return False
    parent, place = _at(root, places[:-1]), places[-1] - 1
    return parent is not None and 0 <= place < len(parent.rows) and _move(parent.rows, place, verb)


def settle(root: Row, vocabulary: Vocabulary) -> None:
    """Give every condition an operator that fits its fact, and drop values that were another fact's kind."""
    for row in root.rows:
        if row.is_group:
            settle(row, vocabulary)
            continue
        fact = vocabulary.get(row.fact)
        if row.operator == Operator.HUMAN or fact is None:
            continue
        fitting = [operator.value for operator in operators_for(fact.kind)]
        if row.operator not in fitting:
            row.operator, row.values, row.parameter = fitting[0], [], ""


def document_of(root: Row, vocabulary: Vocabulary) -> dict[str, Any]:
    """The document that the rows say, faults and all."""
    return {"schema": SCHEMA, "root": _written(root, vocabulary)}


def takes_of(row: Row) -> Takes | None:
    """What stands on the right of a row's operator; None where none is chosen."""
    return SHAPES[Operator(row.operator)].takes if row.operator in set(Operator) else None


def _written(row: Row, vocabulary: Vocabulary) -> dict[str, Any]:
    if row.is_group:
        written: dict[str, Any] = {
            "group": row.combine,
            "rows": [_written(inner, vocabulary) for inner in row.rows],
        }
        if row.combine == Combine.AT_LEAST:
            written["count"] = int(row.count) if row.count.isascii() and row.count.isdigit() else row.count
        return written
    written = {"operator": row.operator}
    if row.operator != Operator.HUMAN:
        written["fact"] = row.fact
        written |= _right_side(row, vocabulary.get(row.fact))
    for name in ("met", "unmet"):
        said = {language: row[f"{name}_{language}"] for language in LANGUAGES if row[f"{name}_{language}"]}
        if said:
            written[name] = said
    return {**written, "reference": row.reference} if row.reference else written


def _right_side(row: Row, fact: Fact | None) -> dict[str, Any]:
    takes = takes_of(row)
    if fact is None or takes is None or takes == Takes.NOTHING:
        return {}
    if row.parameter and takes == Takes.ONE:
        return {"parameter": row.parameter}
    kind = operand_kind(fact.kind)
    if takes == Takes.ONE:
        value = from_typed(kind, row.values)
    elif takes == Takes.TWO:
        value = [from_typed(kind, [text]) for text in [*row.values, "", ""][:2]]
    else:
        value = [from_typed(kind, [text]) for text in codes_of(row.values, separator_of(kind)) or []]
    return {} if value is None else {"value": value}


def _row(node: Mapping[str, Any], vocabulary: Vocabulary) -> Row:
    if "group" in node:
        rows = [_row(inner, vocabulary) for inner in node["rows"]]
        return Row(is_group=True, combine=node["group"], count=str(node.get("count", "")), rows=rows)
    fact = vocabulary.get(node.get("fact", ""))
    kind = operand_kind(fact.kind) if fact else Kind.TEXT
    raw = node.get("value")
    many = raw if isinstance(raw, list) else [] if raw is None else [raw]
    return Row(
        fact=node.get("fact", ""),
        operator=node["operator"],
        values=[to_typed(kind, one) for one in many],
        parameter=node.get("parameter", ""),
        sentences={
            f"{name}_{language}": said
            for name in ("met", "unmet")
            for language, said in node.get(name, {}).items()
        },
        reference=node.get("reference", ""),
    )


def _one(posted: Posted, name: str) -> str:
    texts = posted.get(name, ())
    return texts[-1].strip() if texts else ""


def _at(root: Row, places: Sequence[int]) -> Row | None:
    for place in places:
        if not 1 <= place <= len(root.rows):
            return None
        root = root.rows[place - 1]
    return root


def _add(group: Row | None, *, is_group: bool) -> bool:
    if group is None or not group.is_group:
        return False
    group.rows.append(Row(is_group=True, combine=Combine.ANY.value, rows=[Row()]) if is_group else Row())
    return True


def _move(rows: list[Row], place: int, verb: str) -> bool:
    if verb == "remove":
        del rows[place]
        return True
    other = place - 1 if verb == "up" else place + 1
    if not 0 <= other < len(rows):
        return False
    rows[place], rows[other] = rows[other], rows[place]
    return True
