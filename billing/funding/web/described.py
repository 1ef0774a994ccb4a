"""A revision in words: its rows, its examples with what came of them, what is missing, what changed."""

from __future__ import annotations

import difflib
from typing import Any

from django.utils.translation import gettext as _

from billing.funding.models import RuleRevision
from billing.funding.queries import revisions_of
from billing.funding.revisions import Check, check_revision, suggested_cases
from billing.funding.rules import Reading, in_force
from billing.funding.web.case_forms import case_name, hidden_facts, said_facts
from billing.funding.web.operator import revision_word, today
from kernel.rules.errors import FactRefused, RuleInvalid
from kernel.rules.evaluation import Evaluation, Outcome
from kernel.rules.examples import Gap, Tried
from kernel.rules.explained import lines_of, shown_answer
from kernel.rules.facts import read_facts
from kernel.rules.words import OUTCOME_TONES, OUTCOME_WORDS, condition, format_value

KEPT, ADDED, REMOVED = " ", "+", "-"


def described(revision: RuleRevision, reading: Reading) -> dict[str, Any]:
    """All that the pages of a revision show. Raises RuleInvalid, FactRefused."""
    check = check_revision(revision, reading)
    revisions = revisions_of(revision.programme)
    kept = list(revision.examples.all())
    return {
        "revision": revision,
        "programme": revision.programme,
        "word": revision_word(revision, in_force(revisions, today())),
        "lines": lines_of(check.rule.root, reading.vocabulary, reading.parameters),
        "examples": [
            {"kept": example, **_example(tried, reading)}
            for example, tried in zip(kept, check.tried, strict=True)
        ],
        "check": check,
        "gaps": [_gap(gap, reading) for gap in check.gaps],
        "suggestions": _suggestions(revision, reading) if revision.is_draft else [],
        **_changes(revision, revisions, check, reading),
    }


def said_answer(evaluation: Evaluation, reading: Reading) -> dict[str, Any]:
    """An answer with the sentence of each row and the facts that are missing."""
    return {
        "outcome": str(OUTCOME_WORDS[evaluation.outcome]),
        "tone": OUTCOME_TONES[evaluation.outcome],
        "steps": [shown_answer(evaluation)],
        "missing": [str(reading.vocabulary[key].label) for key in evaluation.missing],
        "facts": said_facts(evaluation.facts, reading),
    }


def expectations() -> list[dict[str, str]]:
    """The answers that an example can expect."""
    return [{"value": outcome.value, "label": str(OUTCOME_WORDS[outcome])} for outcome in Outcome]


def _example(tried: Tried, reading: Reading) -> dict[str, Any]:
    expected = tried.example.expected
    return {
        "expected": (OUTCOME_TONES[expected], str(OUTCOME_WORDS[expected])),
        "agrees": tried.agrees,
        "facts": said_facts(tried.example.facts, reading),
        "answer": said_answer(tried.evaluation, reading),
    }


def _gap(gap: Gap, reading: Reading) -> str:
    if gap.clause is None or gap.limit is None:
        return _("un cas accepté") if gap.wanted == "in" else _("un cas refusé")
    return _("un cas sur la limite de la condition %(number)s (%(condition)s) : %(value)s") % {
        "number": gap.clause.path,
        "condition": condition(gap.clause, reading.vocabulary),
        "value": format_value(gap.limit, reading.vocabulary[gap.clause.fact]),
    }


def _suggestions(revision: RuleRevision, reading: Reading) -> list[dict[str, Any]]:
    shown = []
    for raw in suggested_cases(revision, reading, max(today(), revision.valid_from)):
        facts = read_facts(reading.vocabulary, raw)
        shown.append(
            {
                "name": case_name(facts, reading),
                "facts": said_facts(facts, reading),
                "hidden": hidden_facts(raw, reading),
            }
        )
    return shown


def _changes(
    revision: RuleRevision, revisions: list[RuleRevision], check: Check, reading: Reading
) -> dict[str, Any]:
    """What differs from the revision before, row by row."""
    before = next((one for one in revisions if one.number < revision.number), None)
    if before is None:
        return {"before": None, "changes": []}
    now = lines_of(check.rule.root, reading.vocabulary, reading.parameters)
    try:
        old_rule = reading.rule(before)
    except (RuleInvalid, FactRefused):
        return {"before": None, "changes": []}
    old = lines_of(old_rule.root, reading.vocabulary, reading.parameters)
    changes = [
        {"sign": line[0], "text": line[2:]}
        for line in difflib.ndiff(old, now)
        if line[0] in (KEPT, ADDED, REMOVED)
    ]
    return {"before": before, "changes": changes if old != now else []}
