"""What a programme's rule may allow, kept for lists: which rubrics and departments it does not rule out.

Lists ask it in SQL; whether a business is helped is the rule's own to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from billing.funding import vocabulary as keys
from billing.funding.rules import Reading
from kernel.rules.evaluation import evaluate
from kernel.rules.tree import Rule
from kernel.rules.truth import Truth
from tenants.reference.models import Department


def coverage_of(rule: Rule, reading: Reading, on: date) -> dict[str, list[str]]:
    """`categories` and `departments` that the rule may allow; a key is missing where nothing is ruled out."""
    covered: dict[str, list[str]] = {}
    rubrics = _named(rule, keys.CATEGORIES)
    if not _allows(rule, reading, on, keys.CATEGORIES, frozenset()):
        covered["categories"] = [
            code for code in rubrics if _allows(rule, reading, on, keys.CATEGORIES, frozenset({code}))
        ]
    if not _allows(rule, reading, on, keys.PLACE, frozenset()):
        named = _named(rule, keys.PLACE)
        covered["departments"] = [
            code
            for code, places in _departments(named)
            if any(_allows(rule, reading, on, keys.PLACE, place) for place in places)
        ]
    return covered


def _named(rule: Rule, fact: str) -> list[str]:
    """The codes that conditions on a fact name, each once, in the order of reading."""
    codes: dict[str, None] = {}
    for clause in rule.clauses():
        if clause.fact == fact and isinstance(clause.operand, tuple):
            codes.update(dict.fromkeys(str(code) for code in clause.operand))
    return list(codes)


def _allows(rule: Rule, reading: Reading, on: date, fact: str, value: Any) -> bool:
    answer = evaluate(
        rule, facts={fact: value}, vocabulary=reading.vocabulary, on=on, parameters=reading.parameters
    )
    return answer.truth != Truth.FALSE


def _departments(named: Iterable[str]) -> list[tuple[str, list[frozenset[str]]]]:
    """Each department with the places in it that a rule may tell apart."""
    known = dict(Department.objects.values_list("code", "region_code"))
    communes = [code for code in named if len(code) == 5]
    for code in named:
        if len(code) <= 3 and not code.startswith("R"):
            known.setdefault(code, "")
    places: list[tuple[str, list[frozenset[str]]]] = []
    for code in sorted(known):
        around = frozenset({code, *([keys.region_code(known[code])] if known[code] else [])})
        inside = [around | {commune} for commune in communes if commune.startswith(code)]
        places.append((code, [around, *inside]))
    return places
