"""The editor's rows: a form posts what a document said, and each button does one thing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rules.document import parse_rule
from kernel.rules.editing import HUMAN_MARK, Row, act_on, document_of, read_rows, row_of, settle
from kernel.rules.kinds import Kind
from kernel.rules.typed import from_typed, to_typed
from tests.kernel.rules.making import PARAMETERS, VOCABULARY, documents, rows
from tests.kernel.rules.test_document import read_or_refused

AGE = {"fact": "age", "operator": "lt", "value": "3"}
SIGNED = {"fact": "signed", "operator": "eq", "value": True}


def posted(row: Row, path: str = "n") -> dict[str, list[str]]:
    """What a browser posts for the rows."""
    fields: dict[str, list[str]] = {f"{path}-kind": ["group" if row.is_group else "clause"]}
    if row.is_group:
        fields |= {f"{path}-combine": [row.combine], f"{path}-count": [row.count]}
        for place, inner in enumerate(row.rows, start=1):
            fields |= posted(inner, f"{path}-{place}")
        return fields
    fields |= {f"{path}-{name}": [text] for name, text in row.sentences.items()}
    fields |= {
        f"{path}-fact": [HUMAN_MARK if row.operator == "human" else row.fact],
        f"{path}-operator": [row.operator],
        f"{path}-parameter": [row.parameter],
        f"{path}-reference": [row.reference],
    }
    return {**fields, f"{path}-value": row.values} if row.values else fields


@given(documents)
def test_a_form_says_what_its_document_said(document: dict[str, Any]) -> None:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    again = read_rows(posted(row_of(rule.document, VOCABULARY)))
    settle(again, VOCABULARY)
    assert parse_rule(document_of(again, VOCABULARY), VOCABULARY, PARAMETERS).sha256 == rule.sha256


names = st.sampled_from(["n", "n-1", "n-1-1", "n-2", "n-1-1-1-1-1"])
suffixes = st.sampled_from(["kind", "combine", "count", "fact", "operator", "value", "parameter", "met_fr"])
texts = st.sampled_from(
    ["group", "clause", "all", "at_least", "age", "lt", "eq", "human", "3", "²"]
) | st.text(max_size=5)
forms = st.dictionaries(st.builds("{}-{}".format, names, suffixes), st.lists(texts, max_size=3), max_size=25)
acts = st.builds(
    "{}:{}".format, st.sampled_from(["add", "group", "remove", "up", "down", "x"]), texts | names
)


@given(forms, st.lists(acts | texts, max_size=4))
def test_whatever_is_posted_is_read_or_refused(form: dict[str, list[str]], todo: list[str]) -> None:
    root = read_rows(form)
    for act in todo:
        act_on(root, act)
    settle(root, VOCABULARY)
    read_or_refused(lambda: parse_rule(document_of(root, VOCABULARY), VOCABULARY, PARAMETERS))


def facts_of(root: Row) -> list[Any]:
    return [facts_of(row) if row.is_group else row.fact for row in root.rows]


@pytest.mark.parametrize(
    ("act", "after"),
    [
        ("add:", ["age", ["signed", "age"], ""]),
        ("add:2", ["age", ["signed", "age", ""]]),
        ("group:", ["age", ["signed", "age"], [""]]),
        ("remove:1", [["signed", "age"]]),
        ("remove:2-1", ["age", ["age"]]),
        ("up:2", [["signed", "age"], "age"]),
        ("down:2-1", ["age", ["age", "signed"]]),
    ],
)
def test_a_button_does_one_thing(act: str, after: list[Any]) -> None:
    root = row_of(rows(AGE, {"group": "any", "rows": [SIGNED, AGE]}), VOCABULARY)
    assert act_on(root, act)
    assert facts_of(root) == after


@pytest.mark.parametrize(
    "act", ["up:1", "down:2", "remove:", "remove:9", "add:1", "up:2-9", "save", "add:²", "x:1"]
)
def test_what_cannot_be_done_changes_nothing(act: str) -> None:
    root = row_of(rows(AGE, {"group": "any", "rows": [SIGNED, AGE]}), VOCABULARY)
    assert not act_on(root, act)
    assert facts_of(root) == ["age", ["signed", "age"]]


def test_another_fact_gets_an_operator_that_fits() -> None:
    root = Row(is_group=True, rows=[Row(fact="signed", operator="lt", values=["3"])])
    settle(root, VOCABULARY)
    assert (root.rows[0].operator, root.rows[0].values) == ("eq", [])


def test_several_numbers_stand_between_semicolons() -> None:
    root = Row(is_group=True, combine="all", rows=[Row(fact="age", operator="in", values=["2,5 ; 3"])])
    document = document_of(root, VOCABULARY)
    assert document["root"]["rows"][0]["value"] == ["2.5", "3"]


def test_a_person_instead_of_a_fact_and_back() -> None:
    human = read_rows({"n-combine": ["all"], "n-1-kind": ["clause"], "n-1-fact": [HUMAN_MARK]})
    assert human.rows[0].operator == "human"
    back = {"n-combine": ["all"], "n-1-kind": ["clause"], "n-1-fact": ["age"], "n-1-operator": ["human"]}
    again = read_rows(back)
    settle(again, VOCABULARY)
    assert again.rows[0].operator == "eq"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.CENTS, "1\u202f234,56\u00a0€", 123_456),
        (Kind.CENTS, "10,005", "10,005"),
        (Kind.CENTS, "beaucoup", "beaucoup"),
        (Kind.CENTS, "NaN", "NaN"),
        (Kind.NUMBER, "2,5", "2.5"),
        (Kind.BOOL, "true", True),
        (Kind.PLACE, "79, R75,79", ["79", "R75"]),
        (Kind.SET, "aucun", []),
        (Kind.SET, "aucun, site", ["site"]),
        (Kind.TEXT, "  ", None),
    ],
)
def test_values_as_people_type_them(kind: Kind, text: str, value: Any) -> None:
    assert from_typed(kind, [text]) == value


@given(st.integers(-(10**9), 10**9))
def test_amounts_survive_their_field(cents: int) -> None:
    assert from_typed(Kind.CENTS, [to_typed(Kind.CENTS, cents)]) == cents
