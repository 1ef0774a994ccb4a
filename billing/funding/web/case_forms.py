"""Cases typed into a form: facts that a rule speaks of, tried or kept as examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from billing.funding.rules import Reading
from kernel.rules.errors import ValueRefused
from kernel.rules.facts import Fact, Facts, is_many
from kernel.rules.kinds import Value
from kernel.rules.shown import Input, named_codes_input, value_input
from kernel.rules.tree import Rule
from kernel.rules.typed import from_typed, to_typed
from kernel.rules.words import format_value


@dataclass
class CaseField:
    """One fact of a case: its field and what was refused of it."""

    name: str
    label: str
    input: Input
    said: list[str] = field(default_factory=list)


@dataclass
class CaseForm:
    """The facts of a case as fields, and as values where they could be read."""

    fields: list[CaseField]
    facts: dict[str, Value]

    @property
    def is_valid(self) -> bool:
        """Whether every field could be read."""
        return not any(one.said for one in self.fields)

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary above the page."""
        return [
            {"message": f"{one.label} : {message}", "target": one.name}
            for one in self.fields
            for message in one.said
        ]


def case_form(rule: Rule, reading: Reading, posted: QueryDict | None = None) -> CaseForm:
    """A field for each fact of a rule; an empty one says that the fact is not known."""
    fields, facts = [], {}
    for key in rule.facts:
        fact = reading.vocabulary[key]
        name = f"case-{key}"
        texts = posted.getlist(name) if posted is not None else []
        shown = CaseField(name, str(fact.label), _field(fact, rule, texts))
        raw = from_typed(fact.kind, texts)
        if raw is not None:
            try:
                facts[key] = fact.read(raw)
            except ValueRefused as error:
                shown.said.append(str(error))
        fields.append(shown)
    return CaseForm(fields, facts)


def _field(fact: Fact, rule: Rule, texts: Sequence[str]) -> Input:
    if not is_many(fact):
        return value_input(fact, texts)
    named = dict.fromkeys(
        str(code)
        for clause in rule.clauses()
        if clause.fact == fact.key and isinstance(clause.operand, tuple)
        for code in clause.operand
    )
    return named_codes_input(fact, named, texts)


def said_facts(facts: Facts, reading: Reading) -> list[tuple[str, str]]:
    """Facts as pairs of label and words, in the order of the vocabulary."""
    return [
        (str(fact.label), format_value(facts[key], fact))
        for key, fact in reading.vocabulary.items()
        if key in facts
    ]


def hidden_facts(facts: Mapping[str, Any], reading: Reading) -> list[tuple[str, str]]:
    """Facts from JSON as the fields that a case form reads, for a suggestion kept with one press."""
    return [
        (f"case-{key}", to_typed(reading.vocabulary[key].kind, raw))
        for key, raw in facts.items()
        if raw != ""
    ]


def case_name(facts: Facts, reading: Reading) -> str:
    """A short name for a case: its first facts."""
    name = ", ".join(f"{label} {words}" for label, words in said_facts(facts, reading))
    return name[:117] + "…" if len(name) > 118 else name or _("Rien n’est connu")
