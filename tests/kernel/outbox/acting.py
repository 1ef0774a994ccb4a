"""Tasks that only tests know, and what they did."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from kernel.outbox.operations import enqueue
from kernel.outbox.registry import outbox_task


@dataclass
class Calls:
    """What the tasks of this test were called with."""

    words: list[str] = field(default_factory=list)


_calls = Calls()


@outbox_task("tests.note")
def note(word: str) -> None:
    """Remember a word."""
    _calls.words.append(word)


@outbox_task("tests.money", queue="money")
def money(word: str) -> None:
    """Remember a word, on another queue."""
    _calls.words.append(word)


@outbox_task("tests.chain")
def chain(word: str) -> None:
    """Enqueue another task."""
    enqueue("tests.note", word=word)


@outbox_task("tests.write_and_fail")
def write_and_fail() -> None:
    """Write, then raise."""
    enqueue("tests.note", word="never")
    raise RuntimeError("no paper")


@outbox_task("tests.save_and_fail", own_transactions=True)
def save_and_fail() -> None:
    """Save, then raise."""
    enqueue("tests.note", word="kept")
    raise RuntimeError("no paper")


@pytest.fixture
def calls() -> Iterator[Calls]:
    """An empty list of calls."""
    _calls.words.clear()
    yield _calls
    _calls.words.clear()
