"""Plain terms of a programme as a rule document with its examples: what most programmes ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext, gettext_noop, override

from billing.funding import vocabulary as keys
from billing.funding.rules import Reading
from kernel.rules.document import LANGUAGES, SCHEMA, parse_rule
from kernel.rules.evaluation import Outcome
from kernel.rules.examples import suggested
from kernel.rules.facts import write_facts

REGISTERED = gettext_noop("L’entreprise est immatriculée ; en création, elle n’y a pas encore droit.")


@dataclass(frozen=True)
class PlainRule:
    """A document and its examples as they are kept."""

    document: dict[str, Any]
    examples: tuple[dict[str, Any], ...]


def plain_rule(terms: Mapping[str, Any], reading: Reading, on: date) -> PlainRule:
    """A rule whose conditions must all be met.

    Terms: max_age_years and max_employees_exclusive (both exclusive), departments, categories, vat_regimes,
    business_states; a missing or empty one restricts nothing. Raises RuleInvalid.
    """
    document = {"schema": SCHEMA, "root": {"group": "all", "rows": _rows(terms)}}
    rule = parse_rule(document, reading.vocabulary, reading.parameters)
    cases = suggested(rule, vocabulary=reading.vocabulary, on=on, parameters=reading.parameters)
    # The first case meets everything; each other one stands where one condition is just not met.
    examples = tuple(
        {
            "name": gettext("Remplit toutes les conditions") if not place else _case_name(place),
            "facts": write_facts(facts),
            "judged_on": on,
            "expected": (Outcome.NO if place else Outcome.YES).value,
        }
        for place, facts in enumerate(cases)
    )
    return PlainRule(rule.document, examples)


def _case_name(place: int) -> str:
    return gettext("Manque la condition %(number)s") % {"number": place}


def _rows(terms: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    states = terms.get("business_states") or []
    if len(states) == 1:
        row = {"fact": keys.STATE, "operator": "eq", "value": states[0]}
        rows.append({**row, "met": _in_both(REGISTERED)} if states == ["active"] else row)
    if terms.get("max_age_years"):
        rows.append({"fact": keys.AGE, "operator": "lt", "value": str(terms["max_age_years"])})
    if terms.get("max_employees_exclusive"):
        rows.append(
            {"fact": keys.HEADCOUNT, "operator": "lt", "value": str(terms["max_employees_exclusive"])}
        )
    if terms.get("departments"):
        rows.append({"fact": keys.PLACE, "operator": "within", "value": list(terms["departments"])})
    regimes = terms.get("vat_regimes") or []
    if len(regimes) == 1:
        rows.append({"fact": keys.REGIME, "operator": "eq", "value": regimes[0]})
    if terms.get("categories"):
        rows.append({"fact": keys.CATEGORIES, "operator": "overlaps", "value": list(terms["categories"])})
    return rows


def _in_both(sentence: str) -> dict[str, str]:
    """A sentence of the product in the languages that a document keeps."""
    said: dict[str, str] = {}
    for language in LANGUAGES:
        with override(language):
            said[language] = gettext(sentence)
    return said if said["en"] != said["fr"] else {"fr": said["fr"]}
