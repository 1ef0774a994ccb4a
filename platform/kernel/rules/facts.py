"""Facts: what can be known of a case, and the vocabulary a subject brings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kernel.rules.errors import FactRefused, ValueRefused
from kernel.rules.kinds import MANY, Kind, Value, read_value, write_value

Words = str | Promise
Facts = Mapping[str, Value]


class Source(StrEnum):
    """Where a fact comes from."""

    ACCOUNT = "account"
    REGISTER = "register"
    ASKED = "asked"
    COMPUTED = "computed"


@dataclass(frozen=True)
class Fact:
    """One fact. `unit` is a word of `kernel.rules.words`; `counts_from` names the date an age counts from."""

    key: str
    kind: Kind
    label: Words
    question: Words = ""
    help: Words = ""
    source: Source = Source.ACCOUNT
    unit: str = ""
    choices: tuple[tuple[str, Words], ...] = ()
    counts_from: str = ""

    def word_for(self, code: str) -> str:
        """The words for one of its codes; the code itself where it has none."""
        return next((str(words) for known, words in self.choices if known == code), code)

    def read(self, raw: Any) -> Value:
        """A value of this fact from JSON. Raises ValueRefused."""
        if self.kind == Kind.CHOICE and self.choices and raw not in [code for code, _words in self.choices]:
            raise ValueRefused(reason=_("Choisissez une des réponses proposées."))
        return read_value(self.kind, raw)


class Vocabulary(Mapping[str, Fact]):
    """The facts that rules of one subject may speak of, in the order in which people are shown them."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = {fact.key: fact for fact in facts}

    def __getitem__(self, key: str) -> Fact:
        return self._facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)


def read_facts(vocabulary: Vocabulary, raw: Mapping[str, Any]) -> dict[str, Value]:
    """Facts from JSON; None says that a fact is not known. Raises FactRefused."""
    found: dict[str, Value] = {}
    for key, value in raw.items():
        fact = vocabulary.get(key) if isinstance(key, str) else None
        if fact is None:
            raise FactRefused(key=str(key)[:80], reason=_("Ce fait n’existe pas."))
        if value is None:
            continue
        try:
            found[key] = fact.read(value)
        except ValueRefused as error:
            raise FactRefused(key=key, reason=str(error)) from error
    return found


def write_facts(facts: Facts) -> dict[str, Any]:
    """Facts as JSON, by key."""
    return {key: write_value(facts[key]) for key in sorted(facts)}


def is_many(fact: Fact) -> bool:
    """Whether the fact holds codes rather than one value."""
    return fact.kind in MANY
