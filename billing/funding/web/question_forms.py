"""Questions of a rule as fields, and their answers as facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.http import QueryDict

from kernel.rules.errors import ValueRefused
from kernel.rules.facts import Fact, Source, Vocabulary
from kernel.rules.kinds import Value
from kernel.rules.shown import Input, value_input
from kernel.rules.typed import from_typed

_NAME = "answer-{}"


@dataclass
class Question:
    """One question: its field, and what was refused of the answer."""

    name: str
    label: str
    input: Input
    said: list[str] = field(default_factory=list)


@dataclass
class QuestionForm:
    """The questions and the facts of the answers that could be read."""

    questions: list[Question]
    facts: dict[str, Value] = field(default_factory=dict)

    @property
    def is_valid(self) -> bool:
        """Whether every answer could be read."""
        return not any(question.said for question in self.questions)

    @property
    def errors(self) -> list[dict[str, str]]:
        """For the summary above the page."""
        return [
            {"message": f"{question.label} {message}", "target": question.name}
            for question in self.questions
            for message in question.said
        ]


def questions_about(facts: Iterable[Fact]) -> QuestionForm:
    """Empty fields for facts that are asked."""
    return QuestionForm([_question(fact, []) for fact in facts])


def question_form(vocabulary: Vocabulary, posted: QueryDict) -> QuestionForm:
    """The answers that were posted; an empty one answers nothing."""
    form = QuestionForm([])
    for key, fact in vocabulary.items():
        name = _NAME.format(key)
        if fact.source != Source.ASKED or name not in posted:
            continue
        texts = posted.getlist(name)
        question = _question(fact, texts)
        form.questions.append(question)
        raw = from_typed(fact.kind, texts)
        if raw is not None:
            try:
                form.facts[key] = fact.read(raw)
            except ValueRefused as error:
                question.said.append(str(error))
    return form


def _question(fact: Fact, texts: list[str]) -> Question:
    shown = value_input(fact, texts)
    if fact.help:
        shown.hint = f"{fact.help} {shown.hint}".strip()
    return Question(_NAME.format(fact.key), str(fact.question or fact.label), shown)
