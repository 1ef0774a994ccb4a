"""The questions asked at order time, and which of them some answers call for, by the rule engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.rules.document import SCHEMA, parse_rule
from kernel.rules.errors import RuleInvalid, ValueRefused
from kernel.rules.evaluation import evaluate
from kernel.rules.explained import lines_of
from kernel.rules.facts import Fact, Vocabulary
from kernel.rules.kinds import Kind, Value
from kernel.rules.operators import Operator
from kernel.rules.parameters import NO_PARAMETERS
from kernel.rules.tree import Rule
from kernel.rules.truth import Truth

Field = Mapping[str, Any]
# No condition on an answer depends on the day.
_ANY_DAY = datetime.date.min


class QuestionType(TextChoices):
    """What a question may ask for."""

    TEXT = "text", _("Texte court")
    LONG_TEXT = "long_text", _("Texte long")
    CHOICE = "choice", _("Une réponse parmi plusieurs")
    MULTI_CHOICE = "multi_choice", _("Plusieurs réponses possibles")
    NUMBER = "number", _("Nombre")
    DATE = "date", _("Date")
    FILE = "file", _("Fichier")
    ADDRESS = "address", _("Adresse postale")
    URL = "url", _("Adresse d’un site")
    EMAIL = "email", _("Adresse e-mail")


# The answers on which a later question may depend, and how they are compared.
COMPARED = {
    QuestionType.CHOICE: (Kind.CHOICE, Operator.EQ),
    QuestionType.MULTI_CHOICE: (Kind.SET, Operator.OVERLAPS),
    QuestionType.NUMBER: (Kind.NUMBER, Operator.GTE),
}


def condition_on(field: Field, value: str) -> dict[str, Any]:
    """The rule document « this question was answered so »; for a number, at least so much."""
    kind, operator = COMPARED[QuestionType(field["type"])]
    compared: Any = [value] if kind == Kind.SET else value
    row = {"fact": field["key"], "operator": operator.value, "value": compared}
    return {"schema": SCHEMA, "root": {"group": "all", "rows": [row]}}


def simple_condition(field: Field) -> tuple[str, str] | None:
    """Key and value of a condition such as ``condition_on`` writes; None for a composed one, or none."""
    rows = (field.get("condition") or {}).get("root", {}).get("rows", [])
    if len(rows) != 1 or "fact" not in rows[0]:
        return None
    value = rows[0].get("value")
    return str(rows[0]["fact"]), str(value[0] if isinstance(value, list) and len(value) == 1 else value)


def vocabulary_of(fields: Iterable[Field]) -> Vocabulary:
    """The answers that a condition may speak of."""
    return Vocabulary(
        Fact(
            key=field["key"],
            kind=COMPARED[QuestionType(field["type"])][0],
            label=_label(field),
            choices=tuple((choice["value"], _label(choice)) for choice in field.get("choices", ())),
        )
        for field in fields
        if field["type"] in COMPARED
    )


def condition_of(field: Field, before: Iterable[Field]) -> Rule | None:
    """The condition under which a question is asked, None without one.

    Raises RuleInvalid for a condition on what is not asked before, or not asked at all.
    """
    return parse_rule(field["condition"], vocabulary_of(before)) if field.get("condition") else None


def condition_words(field: Field, before: Iterable[Field]) -> str:
    """The condition in the active language, empty without one."""
    known = list(before)
    try:
        rule = condition_of(field, known)
    except RuleInvalid:
        return ""
    return "" if rule is None else " ; ".join(lines_of(rule.root, vocabulary_of(known), NO_PARAMETERS))


def asked_fields(fields: Iterable[Field], answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions that these answers call for, in order.

    A question waits for the answer that it depends on; one that is not asked has no answer either. A
    condition that can no longer be read asks.
    """
    before: list[Field] = []
    asked: list[dict[str, Any]] = []
    facts: dict[str, Value] = {}
    for field in fields:
        if _is_called_for(field, before, facts):
            asked.append(dict(field))
            value = _fact_of(field, answers.get(field["key"]))
            if value is not None:
                facts[field["key"]] = value
        before.append(field)
    return asked


def _is_called_for(field: Field, before: list[Field], facts: Mapping[str, Value]) -> bool:
    try:
        rule = condition_of(field, before)
    except RuleInvalid:
        return True
    if rule is None:
        return True
    return evaluate(rule, facts=facts, vocabulary=vocabulary_of(before), on=_ANY_DAY).truth == Truth.TRUE


def _fact_of(field: Field, answer: Any) -> Value | None:
    """The answer as the rule engine knows it; None where there is none that it could compare."""
    if answer in (None, "", [], {}) or field["type"] not in COMPARED:
        return None
    try:
        return vocabulary_of([field])[field["key"]].read(answer)
    except ValueRefused:
        return None


def _label(words: Field) -> str:
    return str((get_language() == "en" and words.get("label_en")) or words["label"])
