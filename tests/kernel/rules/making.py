"""A vocabulary with a fact of every kind, and strategies for rules and facts over it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from kernel.rules.document import SCHEMA
from kernel.rules.facts import Fact, Source, Vocabulary
from kernel.rules.kinds import Kind, write_value
from kernel.rules.operators import SHAPES, Operator, Takes, operand_kind, operators_for
from kernel.rules.parameters import DatedValue, Parameter

CHOICES = (("active", "Immatriculée"), ("in_creation", "En création"), ("closed", "Fermée"))
VOCABULARY = Vocabulary(
    [
        Fact("signed", Kind.BOOL, "Charte signée", question="Avez-vous signé ?", source=Source.ASKED),
        Fact("age", Kind.NUMBER, "Ancienneté", unit="years", counts_from="founded"),
        Fact("room", Kind.CENTS, "Reste", source=Source.COMPUTED),
        Fact("founded", Kind.DATE, "Création", source=Source.REGISTER),
        Fact("naf", Kind.TEXT, "Activité"),
        Fact("state", Kind.CHOICE, "Situation", choices=CHOICES),
        Fact("rubrics", Kind.SET, "Rubriques", choices=(("site", "Site"), ("legal", "Juridique"))),
        Fact("place", Kind.PLACE, "Territoire"),
    ]
)
CEILING = Parameter(
    "ceiling",
    Kind.CENTS,
    "Plafond",
    (
        DatedValue(date(2014, 1, 1), 20_000_000, "Ancien texte"),
        DatedValue(date(2024, 1, 1), 30_000_000, "Nouveau texte"),
    ),
)
PARAMETERS = {"ceiling": CEILING}
ON = date(2026, 11, 23)

CODES = st.sampled_from(["site", "legal", "79", "86", "62", "R75"])
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.BOOL: st.booleans(),
    Kind.NUMBER: st.integers(-3, 12).map(Decimal) | st.sampled_from([Decimal("2.5"), Decimal("10.125")]),
    Kind.CENTS: st.sampled_from([0, 1, 99, 100, 20_000_000, 30_000_000, 30_000_001]),
    Kind.DATE: st.dates(date(2020, 1, 1), date(2027, 12, 31)),
    Kind.TEXT: st.sampled_from(["62.01Z", "62.02A", "47.11B", "62"]),
    Kind.CHOICE: st.sampled_from([code for code, _words in CHOICES]),
    Kind.SET: st.frozensets(CODES, max_size=4),
    Kind.PLACE: st.frozensets(CODES, max_size=4),
}


def rows(*rows: dict[str, Any], group: str = "all", **more: Any) -> dict[str, Any]:
    """A document of one group."""
    return {"schema": SCHEMA, "root": {"group": group, "rows": list(rows), **more}}


@st.composite
def clauses(draw: st.DrawFn) -> dict[str, Any]:
    if draw(st.integers(0, 9)) == 0:
        return {"operator": "human", "met": {"fr": "Le projet est suivi."}}
    fact = VOCABULARY[draw(st.sampled_from(list(VOCABULARY)))]
    operator = draw(st.sampled_from(operators_for(fact.kind)))
    row: dict[str, Any] = {"fact": fact.key, "operator": operator.value}
    if fact.kind == Kind.CENTS and SHAPES[operator].takes == Takes.ONE and draw(st.booleans()):
        return {**row, "parameter": "ceiling"}
    one = VALUES[operand_kind(fact.kind)]
    match SHAPES[operator].takes:
        case Takes.ONE:
            row["value"] = write_value(draw(one))
        case Takes.TWO:
            row["value"] = [write_value(value) for value in sorted([draw(one), draw(one)])]
        case Takes.MANY:
            row["value"] = [write_value(value) for value in draw(st.lists(one, min_size=1, max_size=3))]
    if draw(st.booleans()):
        row["unmet"] = {"fr": "Il faudrait {value}."}
    return row


@st.composite
def groups(draw: st.DrawFn, children: st.SearchStrategy[Any]) -> dict[str, Any]:
    inside = draw(st.lists(children, min_size=1, max_size=4))
    combine = draw(st.sampled_from(["all", "any", "none", "at_least"]))
    group = {"group": combine, "rows": inside}
    return {**group, "count": draw(st.integers(1, len(inside)))} if combine == "at_least" else group


nodes = st.one_of(clauses(), groups(st.one_of(clauses(), groups(clauses()))))
documents = groups(nodes).map(lambda root: {"schema": SCHEMA, "root": root})
certain_documents = documents.filter(lambda document: Operator.HUMAN.value not in str(document))
facts = st.fixed_dictionaries({}, optional={key: VALUES[fact.kind] for key, fact in VOCABULARY.items()})
all_facts = st.fixed_dictionaries({key: VALUES[fact.kind] for key, fact in VOCABULARY.items()})
days = st.dates(date(2013, 1, 1), date(2027, 12, 31))
