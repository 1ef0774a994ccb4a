"""Words about payments for pages of other subjects that include our fragment."""

from __future__ import annotations

from django import template

from billing.payments.models import Payment
from billing.payments.web import words
from kernel.web.states import StateWord

register = template.Library()


@register.simple_tag
def payment_state(payment: Payment) -> StateWord:
    """The state of a payment with its tone, for `state_badge`."""
    return words.payment_word(payment)


@register.simple_tag
def payment_refusal(payment: Payment) -> words.Words:
    """The bank's last refusal in a sentence for the buyer; empty when there is none."""
    return words.refusal(payment)
