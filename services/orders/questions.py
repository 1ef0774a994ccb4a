"""The questions of all providers in a cart, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.orders.intake import fields_of, shown_label
from services.orders.models import CartLine
from services.orders.pricing import CartItem, PricedCart


@dataclass(frozen=True)
class Question:
    """One question of one line of a cart."""

    item: CartItem
    field: Mapping[str, Any]

    @property
    def line(self) -> CartLine:
        """The line that it is asked for."""
        return self.item.line

    @property
    def label(self) -> str:
        """The question in the active language."""
        return shown_label(self.field)

    @property
    def is_seen(self) -> bool:
        """Whether it was answered or passed over."""
        return self.field["key"] in self.line.answers


def questions_of(priced: PricedCart) -> list[Question]:
    """The questions that the answers so far call for, in the order of the cart and of the forms."""
    return [
        Question(item, field)
        for item in priced.items
        if item.offer is not None and item.offer.get("intake")
        for field in fields_of(item.offer)
    ]


def first_open(questions: list[Question]) -> Question | None:
    """The first question that was not seen, or that is required and has no answer."""
    return next(
        (
            question
            for question in questions
            if not question.is_seen or question.field in question.item.missing
        ),
        None,
    )


def find_question(questions: list[Question], public_id: UUID, key: str) -> int | None:
    """The place of a question among all, None when it is not asked (any more)."""
    for place, question in enumerate(questions):
        if question.line.public_id == public_id and question.field["key"] == key:
            return place
    return None
