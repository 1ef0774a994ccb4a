"""The table decides: every state, act and role, and nothing beside it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from kernel.lifecycle import Change, Lifecycle, RoleRefused, Transition, TransitionRefused

STATES = ("draft", "sent", "signed", "void")
ROLES = ("author", "signer", "clerk")
LETTER = Lifecycle(
    "state",
    [
        Transition("send", ("draft",), "sent", frozenset({"author"}), "Cette lettre est déjà partie."),
        Transition("sign", ("sent",), "signed", frozenset({"signer"}), "Cette lettre n’attend pas."),
        Transition("void", ("draft", "sent"), "void", frozenset({"author", "clerk"}), "Trop tard."),
        Transition("void", ("signed",), "void", frozenset({"clerk"}), "Trop tard."),
    ],
)
NAMES = ("send", "sign", "void")


@dataclass
class Letter:
    """Something that has a state."""

    state: str = "draft"

    def get_state_display(self) -> str:
        """The word for the state."""
        return {"sent": "envoyée", "signed": "signée"}.get(self.state, self.state)


def allowed(state: str, name: str, role: str) -> str | None:
    """The target by a second reading of the rows."""
    rows = [row for row in LETTER if row.name == name and role in row.by and state in row.sources]
    return rows[0].target if rows else None


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(ROLES)), max_size=12))
def test_a_random_life_follows_the_table(acts):
    letter = Letter()
    for name, role in acts:
        before, target = letter.state, allowed(letter.state, name, role)
        offered = {row.name for row in LETTER.actions_for(letter, role)}
        assert (name in offered) == (target is not None)
        if target is None:
            with pytest.raises((TransitionRefused, RoleRefused)):
                LETTER.apply(letter, name, role)
            assert letter.state == before
        else:
            LETTER.check(letter, name, role)
            assert LETTER.apply(letter, name, role) == Change(name, before, target)
            assert letter.state == target


def test_a_refusal_tells_what_happened_meanwhile():
    with translation.override("fr"), pytest.raises(TransitionRefused) as refused:
        LETTER.apply(Letter("sent"), "send", "author")
    assert str(refused.value) == "Cette lettre est déjà partie. Entre-temps : envoyée."
    assert refused.value.transition == "send"
    assert refused.value.as_dict()["code"] == "transition_refused"


def test_another_role_is_refused_as_such():
    with pytest.raises(RoleRefused) as refused:
        LETTER.check(Letter(), "send", "clerk")
    assert refused.value.status == 403


def test_one_act_may_have_rows_by_role():
    assert LETTER.apply(Letter("signed"), "void", "clerk").target == "void"
    with pytest.raises(TransitionRefused):
        LETTER.apply(Letter("signed"), "void", "author")


def test_an_act_that_does_not_exist_is_a_programming_fault():
    with pytest.raises(KeyError):
        LETTER.check(Letter(), "burn", "author")


def test_actions_keep_the_order_of_the_table():
    assert [row.name for row in LETTER.actions_for(Letter(), "author")] == ["send", "void"]
