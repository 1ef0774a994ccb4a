"""Answers and rules in sentences: what became of each row, and a rule as lines to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from kernel.rules.evaluation import Evaluation, Step
from kernel.rules.facts import Vocabulary
from kernel.rules.parameters import Parameters
from kernel.rules.tree import Clause, Combine, Node
from kernel.rules.truth import Truth
from kernel.rules.words import TRUTH_TONES, TRUTH_WORDS, condition, found, group_words, met_from, sentence


@dataclass(frozen=True)
class ShownStep:
    """What became of a row: its sentence, its truth in a word and a tone, what was found, from when."""

    number: str
    words: str
    tone: str
    truth: str
    found: str = ""
    met_from: date | None = None
    reference: str = ""
    rows: tuple[ShownStep, ...] = ()


def shown_answer(evaluation: Evaluation) -> ShownStep:
    """An evaluation as a tree of sentences in the active language."""
    return shown_step(evaluation.root, evaluation)


def shown_step(step: Step, evaluation: Evaluation) -> ShownStep:
    """One step with everything below it."""
    node = step.node
    words = group_words(node) if not isinstance(node, Clause) else sentence(step, evaluation.vocabulary)
    tone, truth = TRUTH_TONES[step.truth], str(TRUTH_WORDS[step.truth])
    if step.truth == Truth.UNKNOWN and not step.matters:
        tone, truth = "wait", _("Sans effet")
    return ShownStep(
        number=node.path,
        words=words,
        tone=tone,
        truth=truth,
        found=found(step, evaluation.vocabulary),
        met_from=met_from(step, evaluation),
        reference=node.reference if isinstance(node, Clause) else "",
        rows=tuple(shown_step(row, evaluation) for row in step.rows),
    )


def lines_of(node: Node, vocabulary: Vocabulary, parameters: Parameters, depth: int = 0) -> list[str]:
    """A rule as lines of text, one a row, for comparing revisions."""
    indent = "\u2003" * depth
    if isinstance(node, Clause):
        own = " / ".join(text for texts in (node.met, node.unmet) for text in texts.values())
        more = " · ".join(part for part in (own, node.reference) if part)
        named = str(parameters[node.parameter].label) if node.parameter else ""
        asked = condition(node, vocabulary, named=named)
        return [f"{indent}{asked} ({more})" if more else f"{indent}{asked}"]
    if depth == 0 and node.combine == Combine.ALL:
        return [line for row in node.rows for line in lines_of(row, vocabulary, parameters)]
    inside = [line for row in node.rows for line in lines_of(row, vocabulary, parameters, depth + 1)]
    return [f"{indent}{group_words(node)}", *inside]
