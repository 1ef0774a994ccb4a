"""The choices of the search's filters."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from services.catalogue.web.search import Choice

register = template.Library()
SELECTED, DISABLED = SafeString(" selected"), SafeString(" disabled")


@register.simple_tag
def counted_options(choices: Iterable[Choice]) -> SafeString:
    """`<option>`s with how many services each would leave; one that would leave none cannot be taken.

    A list has dozens of them: a partial template for each costs more than the rest of the page.
    """
    return format_html_join(
        "",
        '<option value="{}"{}>{} ({})</option>',
        ((one.value, _state(one), one.label, one.count) for one in choices),
    )


def _state(choice: Choice) -> str:
    if choice.chosen:
        return SELECTED
    return "" if choice.count else DISABLED
