"""A refusal has a stable code and a sentence in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class BudgetSpent(DomainError):
    """An example."""

    code = "tests.budget_spent"
    message = _("Il reste %(left)s.")
    status = 409


def test_the_sentence_holds_its_parameters():
    error = BudgetSpent(left="12,00 €")
    assert str(error) == "Il reste 12,00 €."
    assert error.as_dict() == {"code": "tests.budget_spent", "message": "Il reste 12,00 €."}


def test_a_percent_sign_needs_no_parameters():
    class Half(DomainError):
        message = "50 % seulement"

    assert str(Half()) == "50 % seulement"


def test_the_default_is_a_conflict():
    assert (DomainError.status, DomainError.code) == (409, "refused")
