"""Refusals of the commission rules."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class RuleInvalid(DomainError):
    """A rule's values contradict each other."""

    code = "commission.rule_invalid"
    message = _("Cette règle de commission n’est pas cohérente : %(reason)s")
    status = 422


class RuleAlreadyEnded(DomainError):
    """A rule is ended once, and not before it began."""

    code = "commission.rule_already_ended"
    message = _("Cette règle de commission est déjà terminée.")
