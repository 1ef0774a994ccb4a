"""How questions and answers of a frozen form read."""

from __future__ import annotations

from typing import Any

from django import template

from services.orders.intake import shown_answer, shown_label

register = template.Library()


@register.filter
def question(field: dict[str, Any]) -> str:
    """The question in the active language."""
    return shown_label(field)


@register.simple_tag
def answer(field: dict[str, Any], given: Any) -> str:
    """The answer in words, empty without one."""
    return shown_answer(field, given)
