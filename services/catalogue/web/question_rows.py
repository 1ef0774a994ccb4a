"""Rows that are the questions of an intake form: typed, grouped, each asked always or after an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from services.catalogue.inputs import ServiceInput
from services.catalogue.intake import COMPARED, QuestionType, condition_on, condition_words, simple_condition
from services.catalogue.web.row_forms import Rows
from services.catalogue.web.section_forms import FrenchDecimalField, answered

MOST_QUESTIONS = 40
MOST_CHOICES = 30
WITH_CHOICES = (QuestionType.CHOICE, QuestionType.MULTI_CHOICE)
ALWAYS, COMPOSED = "", "composed"
NUMBER = "number"


class QuestionRowForm(forms.Form):
    """One question."""

    label = forms.CharField(
        label=gettext_lazy("Question"),
        max_length=200,
        error_messages={"required": gettext_lazy("Indiquez la question.")},
    )
    type = forms.ChoiceField(label=gettext_lazy("Type de réponse"), choices=QuestionType.choices)
    choices = forms.CharField(
        label=gettext_lazy("Réponses proposées"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Une par ligne ; en anglais après une barre : « Oui | Yes »."),
    )
    required = answered(
        forms.ChoiceField(
            label=gettext_lazy("Réponse"),
            required=False,
            choices=[("", gettext_lazy("Facultative")), ("oui", gettext_lazy("Obligatoire"))],
        )
    )
    condition = answered(
        forms.ChoiceField(
            label=gettext_lazy("Poser cette question"),
            required=False,
            error_messages={
                "invalid_choice": gettext_lazy("Choisissez une réponse à une question posée avant.")
            },
        )
    )
    at_least = FrenchDecimalField(
        label=gettext_lazy("À partir de quel nombre"),
        required=False,
        max_digits=12,
        decimal_places=3,
        help_text=gettext_lazy("Si la question dépend d’un nombre."),
    )
    group = forms.CharField(
        label=gettext_lazy("Partie du questionnaire"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Le même nom réunit des questions qui se suivent."),
    )
    help = forms.CharField(label=gettext_lazy("Précision pour le client"), max_length=300, required=False)
    label_en = forms.CharField(
        label=gettext_lazy("Question en anglais"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"lang": "en"}),
    )
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def clean_choices(self) -> list[tuple[str, str]]:
        """French and English words of each line that says something."""
        found = []
        for line in self.cleaned_data["choices"].splitlines():
            words, _bar, english = (" ".join(part.split()) for part in line.partition("|"))
            if words:
                found.append((words[:120], english[:120]))
        return found

    def clean(self) -> dict[str, Any]:
        """A choice proposes several answers, all different; a number to reach is said."""
        typed: dict[str, Any] = super().clean() or {}
        choices = typed.get("choices", [])
        if typed.get("type") in WITH_CHOICES and "choices" in typed:
            if not 2 <= len(choices) <= MOST_CHOICES:
                self.add_error("choices", _("Indiquez de 2 à 30 réponses, une par ligne."))
            elif len({words.casefold() for words, _english in choices}) < len(choices):
                self.add_error("choices", _("Indiquez chaque réponse une seule fois."))
        if (typed.get("condition") or "").endswith(f":{NUMBER}") and typed.get("at_least") is None:
            self.add_error("at_least", _("Indiquez le nombre à partir duquel la question est posée."))
        return typed

    @property
    def has_more(self) -> bool:
        """Whether the question depends on something: the settings folded away are then in sight."""
        return any(self[name].value() or self[name].errors for name in ("condition", "at_least", "group"))

    @property
    def number_conditions(self) -> str:
        """The conditions with which a number is typed, for the script that shows its field."""
        choices: Any = self.fields["condition"]
        return " ".join(value for value, _words in choices.choices if value.endswith(f":{NUMBER}"))


class QuestionRows(Rows):
    """Rows of questions: every one has a key, and may depend on those before it."""

    most = MOST_QUESTIONS

    def __init__(self, kind: type[forms.Form], *, written: ServiceInput, **typed: Any) -> None:
        super().__init__(kind, **typed)
        self.written = {question["key"]: question for question in written.questions}
        self._give_keys()

    def act(self, do: str) -> None:
        """As rows do; a new one gets its key at once."""
        super().act(do)
        self._give_keys()

    def questions(self) -> tuple[dict[str, Any], ...]:
        """What was typed, as intake forms keep it; after ``is_valid``."""
        found: list[dict[str, Any]] = []
        for row in self.cleaned():
            before = self.written.get(row["key"], {})
            question = {
                "key": row["key"],
                "label": row["label"],
                "label_en": row["label_en"],
                "type": row["type"],
                "required": row["required"] == "oui",
                "help": row["help"],
            }
            if row["type"] in WITH_CHOICES:
                question["choices"] = _choices(row["choices"], before.get("choices", ()))
            if row["group"]:
                question["group"] = row["group"]
            condition = self._condition(row, found, before)
            if condition:
                question["condition"] = condition
            found.append(question)
        return tuple(found)

    def _condition(
        self, row: Mapping[str, Any], asked: Sequence[Mapping[str, Any]], before: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        if row["condition"] == ALWAYS:
            return None
        if row["condition"] == COMPOSED:
            return before.get("condition")
        key, _colon, value = row["condition"].rpartition(":")
        on = next(question for question in asked if question["key"] == key)
        return condition_on(on, f"{row['at_least'].normalize():f}" if value == NUMBER else value)

    def is_valid(self) -> bool:
        """Whether each question can be kept; rows in which nobody wrote are dropped."""
        written = ("label", "label_en", "choices", "help")
        self.typed = [row for row in self.typed if any(str(row.get(name, "")).strip() for name in written)]
        return super().is_valid()

    def _give_keys(self) -> None:
        # The key of a former question is not given to another one: carts keep answers by key.
        known = {*self.written, *(str(row.get("key") or "") for row in self.typed)}
        taken: set[str] = set()
        number = 0
        for row in self.typed:
            key = slugify(str(row.get("key") or ""))[:40]
            while not key or key in taken:
                number += 1
                key = "" if f"question-{number}" in known else f"question-{number}"
            row["key"] = key
            taken.add(key)

    def _form(self, number: int, row: dict[str, Any]) -> forms.Form:
        form = super()._form(number, row)
        field: Any = form.fields["condition"]
        field.choices = [(ALWAYS, _("Toujours")), *self._composed(row), *self._answers_before(number)]
        if row.get("condition", "") not in dict(field.choices):
            # Shown, not taken: moving a question never drops its condition without a word.
            lost = (
                row["condition"],
                _("À choisir à nouveau : la question dont elle dépend n’est plus avant"),
            )
            field.widget.choices = [*field.choices, lost]
        return form

    def _composed(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """A condition that is more than one answer is kept as it is, or dropped."""
        before = self.written.get(row["key"], {})
        if not before.get("condition") or simple_condition(before) is not None:
            return []
        return [(COMPOSED, condition_words(before, self.written.values()))]

    def _answers_before(self, number: int) -> list[tuple[str, str]]:
        found = []
        for row in self.typed[:number]:
            label = str(row.get("label") or "").strip()
            if not label or row.get("type") not in COMPARED:
                continue
            if row["type"] == QuestionType.NUMBER:
                found.append((f"{row['key']}:{NUMBER}", _("Si « %(label)s » atteint…") % {"label": label}))
                continue
            form = self.kind({**row, "label": label})
            form.full_clean()
            stored = self.written.get(row["key"], {}).get("choices", ())
            found.extend(
                (
                    f"{row['key']}:{choice['value']}",
                    _("Si « %(label)s » : %(answer)s") % {"label": label, "answer": choice["label"]},
                )
                for choice in _choices(form.cleaned_data.get("choices") or [], stored)
            )
        return found


def question_rows(written: ServiceInput) -> list[dict[str, Any]]:
    """The questions as the page shows them."""
    return [_row(question, written) for question in written.questions]


def _row(question: Mapping[str, Any], written: ServiceInput) -> dict[str, Any]:
    condition, at_least = ALWAYS, ""
    simple = simple_condition(question)
    if simple is not None:
        key, value = simple
        types = {one["key"]: one["type"] for one in written.questions}
        if types.get(key) == QuestionType.NUMBER:
            value, at_least = NUMBER, value.replace(".", ",")
        condition = f"{key}:{value}"
    elif question.get("condition"):
        condition = COMPOSED
    return {
        "key": question["key"],
        "label": question["label"],
        "label_en": question.get("label_en", ""),
        "type": question["type"],
        "required": "oui" if question.get("required") else "",
        "help": question.get("help", ""),
        "group": question.get("group", ""),
        "choices": "\n".join(_line(choice) for choice in question.get("choices", ())),
        "condition": condition,
        "at_least": at_least,
    }


def _line(choice: Mapping[str, Any]) -> str:
    return " | ".join(filter(None, (choice["label"], choice.get("label_en", ""))))


def _choices(typed: Sequence[tuple[str, str]], stored: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Choices with their values: those of a known label keep theirs."""
    known = {choice["label"]: choice["value"] for choice in stored}
    taken: set[str] = set()
    found = []
    for words, english in typed:
        wanted = known.get(words) or slugify(words)[:40].strip("-") or "reponse"
        value, number = wanted, 2
        while value in taken:
            value, number = f"{wanted}-{number}", number + 1
        taken.add(value)
        found.append({"value": value, "label": words, "label_en": english})
    return found
