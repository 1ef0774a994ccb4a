"""Rules in an editor as templates show them: rows with their fields and their faults."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from kernel.rules.editing import HUMAN_MARK, Row, takes_of
from kernel.rules.errors import RowError
from kernel.rules.facts import Fact, Vocabulary, is_many
from kernel.rules.kinds import Kind
from kernel.rules.operators import Operator, Takes, operand_kind, operators_for
from kernel.rules.parameters import Parameters
from kernel.rules.typed import NO_CODE, codes_of, separator_of
from kernel.rules.words import COMBINE_WORDS, OPERATOR_WORDS, parameter_words

MOST_CHECKS = 60
# What a fault of the document is about, as fields of the form are called.
_FIELDS = {"": "fact", "group": "combine", "met": "met_fr", "unmet": "unmet_fr"}


@dataclass(frozen=True)
class Choice:
    """An option of a list."""

    value: str
    label: str
    chosen: bool


@dataclass
class Input:
    """The field for a value: its widget, what it holds, its choices, its hint."""

    widget: str
    values: list[str]
    choices: list[Choice] = field(default_factory=list)
    hint: str = ""


@dataclass
class ShownRow:
    """A row of the editor; `name` begins its fields' names, `number` is what people call it."""

    name: str
    number: str
    act: str
    row: Row
    depth: int
    is_first: bool
    is_last: bool
    combines: list[Choice] = field(default_factory=list)
    facts: list[Choice] = field(default_factory=list)
    operators: list[Choice] = field(default_factory=list)
    parameters: list[Choice] = field(default_factory=list)
    input: Input | None = None
    rows: list[ShownRow] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_human(self) -> bool:
        """Whether a person verifies instead of a fact."""
        return self.row.operator == Operator.HUMAN

    @property
    def has_more(self) -> bool:
        """Whether its sentences or reference are written, or at fault."""
        return bool(
            any(self.row.sentences.values())
            or self.row.reference
            or {"met_fr", "met_en", "unmet_fr", "unmet_en", "reference"} & set(self.faults)
        )


class Shower:
    """Shows the rows of one editor with the faults of its document."""

    def __init__(
        self, vocabulary: Vocabulary, parameters: Parameters, on: date, errors: Iterable[RowError] = ()
    ) -> None:
        self.vocabulary = vocabulary
        self.parameters = parameters
        self.on = on
        self.errors = list(errors)

    def show(
        self, row: Row, path: tuple[int, ...] = (), *, is_first: bool = True, is_last: bool = True
    ) -> ShownRow:
        """A row with everything under it."""
        number = ".".join(str(place) for place in path)
        shown = ShownRow(
            name="-".join(["n", *map(str, path)]),
            number=number,
            act="-".join(map(str, path)),
            row=row,
            depth=len(path),
            is_first=is_first,
            is_last=is_last,
        )
        for error in self.errors:
            if error.path == number:
                name = self._field(row, error)
                shown.faults.setdefault(name, []).append(error.message)
        if row.is_group:
            shown.combines = [
                Choice(value.value, str(words), value.value == row.combine)
                for value, words in COMBINE_WORDS.items()
            ]
            last = len(row.rows) - 1
            shown.rows = [
                self.show(inner, (*path, place + 1), is_first=place == 0, is_last=place == last)
                for place, inner in enumerate(row.rows)
            ]
        else:
            self._show_clause(shown, row)
        return shown

    def summary(self, root: Row) -> list[dict[str, str]]:
        """Every fault for the summary above the page, linked to its field."""
        listed = []
        for error in self.errors:
            row = _row_at(root, error.path)
            name = "-".join(["n", *error.path.split(".")]) if error.path else "n"
            where = _("Ligne %(number)s : ") % {"number": error.path} if error.path else ""
            listed.append(
                {"message": f"{where}{error.message}", "target": f"{name}-{self._field(row, error)}"}
            )
        return listed

    def _field(self, row: Row | None, error: RowError) -> str:
        if row is not None and row.is_group:
            return error.field if error.field == "count" else "combine"
        return _FIELDS.get(error.field, error.field)

    def _show_clause(self, shown: ShownRow, row: Row) -> None:
        shown.facts = [
            *(
                Choice(fact.key, str(fact.label), fact.key == row.fact and not shown.is_human)
                for fact in self.vocabulary.values()
            ),
            Choice(HUMAN_MARK, _("Vérification par une personne"), shown.is_human),
        ]
        fact = self.vocabulary.get(row.fact)
        if fact is None or shown.is_human:
            return
        shown.operators = [
            Choice(operator.value, str(OPERATOR_WORDS[operator]), operator.value == row.operator)
            for operator in operators_for(fact.kind)
        ]
        takes = takes_of(row)
        if takes == Takes.ONE:
            shown.parameters = [
                Choice(key, parameter_words(key, self.parameters, self.on), key == row.parameter)
                for key, parameter in self.parameters.items()
                if parameter.kind == fact.kind and parameter.unit == fact.unit
            ]
        if takes not in (None, Takes.NOTHING):
            shown.input = operand_input(fact, takes, row.values)


def operand_input(fact: Fact, takes: Takes | None, values: Sequence[str]) -> Input:
    """The field for what stands on the right of a fact."""
    if takes == Takes.TWO:
        return Input("dates" if fact.kind == Kind.DATE else "two", [*values, "", ""][:2], hint=_hint(fact))
    if takes == Takes.MANY:
        return _many(fact, values)
    return value_input(fact, values)


def value_input(fact: Fact, values: Sequence[str]) -> Input:
    """The field for one value of a fact, as for an answer or an example."""
    first = values[0] if values else ""
    if fact.kind == Kind.BOOL:
        options = [("true", _("oui")), ("false", _("non"))]
        return Input("choice", [first], [Choice(code, words, code == first) for code, words in options])
    if fact.kind == Kind.CHOICE and fact.choices:
        return Input(
            "choice", [first], [Choice(code, str(words), code == first) for code, words in fact.choices]
        )
    if is_many(fact):
        return Input("text", [", ".join(values)], hint=_codes_hint(fact))
    return Input("date" if fact.kind == Kind.DATE else "text", [first], hint=_hint(fact))


def named_codes_input(fact: Fact, codes: Iterable[str], values: Sequence[str]) -> Input:
    """The field for a fact of codes where only those that a rule names, or none of them, can matter."""
    chosen = set(codes_of(values) or []) or ({NO_CODE} if values else set())
    options = [(code, fact.word_for(code)) for code in codes]
    named = {code for code, _words in options}
    options += [(code, fact.word_for(code)) for code in sorted(chosen - named - {NO_CODE})]
    return Input(
        "checks",
        list(values),
        [
            *(Choice(code, words, code in chosen) for code, words in options),
            Choice(NO_CODE, _("aucun de ceux-là"), NO_CODE in chosen),
        ],
    )


def _many(fact: Fact, values: Sequence[str]) -> Input:
    kind = operand_kind(fact.kind)
    if fact.choices and len(fact.choices) <= MOST_CHECKS and fact.kind != Kind.PLACE:
        chosen = {code.strip() for value in values for code in value.split(",")}
        known = {code for code, _words in fact.choices}
        options = [*fact.choices, *((code, code) for code in sorted(chosen - known) if code)]
        return Input(
            "checks", list(values), [Choice(code, str(words), code in chosen) for code, words in options]
        )
    separator = separator_of(kind)
    hint = _("Plusieurs valeurs se séparent par un point-virgule.") if separator == ";" else _codes_hint(fact)
    return Input("text", [f"{separator} ".join(values)], hint=hint)


def _codes_hint(fact: Fact) -> str:
    return " ".join(
        part for part in (str(fact.help), _("Plusieurs codes se séparent par des virgules.")) if part
    )


def _hint(fact: Fact) -> str:
    if fact.kind == Kind.CENTS:
        return _("En euros.")
    return {"years": _("En années."), "months": _("En mois."), "people": _("En salariés.")}.get(fact.unit, "")


def _row_at(root: Row, path: str) -> Row | None:
    row: Row | None = root
    for place in path.split(".") if path else ():
        index = int(place) - 1
        row = row.rows[index] if row is not None and 0 <= index < len(row.rows) else None
    return row
