"""What co-funding refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ProgrammeInvalid(DomainError):
    """Dates, rate, caps or budgets that contradict each other."""

    code = "funding.programme_invalid"
    message = _("Corrigez le dispositif : %(reason)s.")
    status = 422
