"""Sentences in the reader's language, made from the rule itself, so that text and rule cannot drift."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from kernel.rules.evaluation import Evaluation, Outcome, Step
from kernel.rules.facts import Fact, Vocabulary
from kernel.rules.kinds import Kind, Value
from kernel.rules.operators import Operand, Operator
from kernel.rules.parameters import Parameters
from kernel.rules.tree import Clause, Combine, Group
from kernel.rules.truth import Truth
from kernel.web.formats import format_money, format_number, format_short_day

OPERATOR_WORDS = {
    Operator.EQ: _("est"),
    Operator.NE: _("n’est pas"),
    Operator.IN: _("est l’un de"),
    Operator.GTE: _("au moins"),
    Operator.GT: _("plus de"),
    Operator.LTE: _("au plus"),
    Operator.LT: _("moins de"),
    Operator.BETWEEN: _("entre (bornes comprises)"),
    Operator.PREFIX: _("commence par"),
    Operator.WITHIN: _("est situé dans"),
    Operator.OVERLAPS: _("comprend l’un de"),
    Operator.ROOM_LEFT: _("n’est pas épuisé"),
    Operator.HUMAN: _("vérifié par une personne"),
}
COMBINE_WORDS = {
    Combine.ALL: _("toutes les lignes"),
    Combine.ANY: _("au moins une ligne"),
    Combine.NONE: _("aucune ligne"),
    Combine.AT_LEAST: _("au moins un nombre de lignes"),
}
TRUTH_WORDS = {
    Truth.TRUE: _("Remplie"),
    Truth.FALSE: _("Non remplie"),
    Truth.UNKNOWN: _("À préciser"),
}
TRUTH_TONES = {Truth.TRUE: "done", Truth.FALSE: "bad", Truth.UNKNOWN: "act"}
OUTCOME_WORDS = {
    Outcome.YES: _("Oui"),
    Outcome.NO: _("Non"),
    Outcome.NEEDS_FACTS: _("Il manque des réponses"),
    Outcome.NEEDS_PERSON: _("Une personne doit décider"),
}
OUTCOME_TONES = {
    Outcome.YES: "done",
    Outcome.NO: "bad",
    Outcome.NEEDS_FACTS: "act",
    Outcome.NEEDS_PERSON: "act",
}


def format_value(value: Value, fact: Fact) -> str:
    """A value as people read it, with its unit."""
    if isinstance(value, bool):
        return gettext("oui") if value else gettext("non")
    if isinstance(value, Decimal):
        return _with_unit(value, fact.unit)
    if isinstance(value, date):
        return format_short_day(value)
    if isinstance(value, int):
        return format_money(value)
    if isinstance(value, str):
        return fact.word_for(value)
    return ", ".join(fact.word_for(code) for code in sorted(value)) or gettext("aucun")


def format_operand(operand: Operand, fact: Fact) -> str:
    """What stands on the right of an operator, as people read it."""
    if operand is None:
        return ""
    if not isinstance(operand, tuple):
        return format_value(operand, fact)
    return ", ".join(format_value(one, fact) for one in operand)


def condition(clause: Clause, vocabulary: Vocabulary, operand: Operand = None, named: str = "") -> str:
    """What a condition asks: « Effectif : moins de 10 salariés »; ``named`` says a parameter's name instead
    of the value that is in force."""
    if clause.operator == Operator.HUMAN:
        return _in_language(clause.met, "") or gettext("À vérifier par une personne")
    fact = vocabulary[clause.fact]
    return gettext("%(fact)s : %(asked)s") % {
        "fact": fact.label,
        "asked": _asked(clause.operator, operand if operand is not None else clause.operand, fact, named),
    }


def sentence(step: Step, vocabulary: Vocabulary) -> str:
    """What became of a condition: its own sentence where it has one, else what it asks."""
    clause = step.node
    if not isinstance(clause, Clause):
        return group_words(clause)
    texts = clause.unmet if step.truth == Truth.FALSE and clause.unmet else clause.met
    shown = ""
    if clause.fact:
        shown = format_operand(step.operand, vocabulary[clause.fact])
    unknown = gettext("valeur pas encore connue") if clause.parameter and step.operand is None else ""
    return _in_language(texts, shown or unknown) or condition(clause, vocabulary, step.operand, unknown)


def found(step: Step, vocabulary: Vocabulary) -> str:
    """What was found where a condition is not met, and from when it will be where that can be told."""
    clause = step.node
    if not isinstance(clause, Clause) or step.truth != Truth.FALSE or step.value is None:
        return ""
    return gettext("Constaté : %(value)s.") % {"value": format_value(step.value, vocabulary[clause.fact])}


def met_from(step: Step, evaluation: Evaluation) -> date | None:
    """The day from which an age will be enough, for a condition not met; None where time does not help."""
    clause = step.node
    if not isinstance(clause, Clause) or step.truth != Truth.FALSE:
        return None
    fact = evaluation.vocabulary.get(clause.fact)
    since = evaluation.known.get(fact.counts_from) if fact and fact.counts_from else None
    if fact is None or not isinstance(since, date) or not isinstance(step.operand, Decimal):
        return None
    needed = step.operand if step.operand == int(step.operand) else step.operand + 1
    if clause.operator == Operator.GT:
        needed = Decimal(int(step.operand) + 1)
    if clause.operator not in {Operator.GTE, Operator.GT} or fact.unit != "years":
        return None
    return _years_later(since, int(needed))


def group_words(group: Group) -> str:
    """How a group decides: « Au moins 2 de ces conditions »."""
    if group.combine == Combine.AT_LEAST:
        return ngettext(
            "Au moins %(count)s de ces conditions", "Au moins %(count)s de ces conditions", group.count
        ) % {"count": group.count}
    return {
        Combine.ALL: gettext("Toutes ces conditions"),
        Combine.ANY: gettext("Au moins une de ces conditions"),
        Combine.NONE: gettext("Aucune de ces situations"),
    }[group.combine]


def parameter_words(key: str, parameters: Parameters, on: date) -> str:
    """A parameter with what is in force on a legal date: « Plafond de minimis (300 000 €) »."""
    parameter = parameters[key]
    dated = parameter.on(on)
    if dated is None or dated.value is None:
        return gettext("%(name)s (aucune valeur en vigueur)") % {"name": parameter.label}
    as_fact = Fact(key, parameter.kind, parameter.label, unit=parameter.unit)
    return f"{parameter.label} ({format_value(dated.value, as_fact)})"


def _asked(operator: Operator, operand: Operand, fact: Fact, named: str = "") -> str:
    value = named or format_operand(operand, fact)
    if operator == Operator.BETWEEN and isinstance(operand, tuple):
        first, last = (format_value(one, fact) for one in operand)
        return gettext("entre %(first)s et %(last)s") % {"first": first, "last": last}
    patterns = _DATES if fact.kind == Kind.DATE else _PATTERNS
    return str(patterns.get(operator, _PATTERNS[operator])) % {"value": value}


_PATTERNS = {
    Operator.EQ: _("%(value)s"),
    Operator.NE: _("autre que %(value)s"),
    Operator.IN: _("l’un de : %(value)s"),
    Operator.GTE: _("au moins %(value)s"),
    Operator.GT: _("plus de %(value)s"),
    Operator.LTE: _("au plus %(value)s"),
    Operator.LT: _("moins de %(value)s"),
    Operator.PREFIX: _("commence par %(value)s"),
    Operator.WITHIN: _("dans %(value)s"),
    Operator.OVERLAPS: _("l’un de : %(value)s"),
    Operator.ROOM_LEFT: _("il en reste"),
}
_DATES = {
    Operator.EQ: _("le %(value)s"),
    Operator.GTE: _("à partir du %(value)s"),
    Operator.GT: _("après le %(value)s"),
    Operator.LTE: _("jusqu’au %(value)s"),
    Operator.LT: _("avant le %(value)s"),
}


def _in_language(texts: dict[str, str] | object, value: str) -> str:
    if not isinstance(texts, dict):
        return ""
    language = "en" if (get_language() or "").startswith("en") else "fr"
    return str(texts.get(language) or texts.get("fr") or texts.get("en") or "").replace("{value}", value)


def _with_unit(value: Decimal, unit: str) -> str:
    count = int(value) if value == int(value) else 2
    shown = {"count": format_number(value)}
    if unit == "years":
        return ngettext("%(count)s an", "%(count)s ans", count) % shown
    if unit == "months":
        return ngettext("%(count)s mois", "%(count)s mois", count) % shown
    if unit == "people":
        return ngettext("%(count)s salarié", "%(count)s salariés", count) % shown
    return format_number(value)


def _years_later(since: date, years: int) -> date | None:
    if since.year + years > date.max.year:
        return None
    try:
        return since.replace(year=since.year + years)
    except ValueError:
        # Born on 29 February: the year is full on 1 March.
        return date(since.year + years, 3, 1)
