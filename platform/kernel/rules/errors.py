"""What the rule engine refuses; nothing else leaves it, whatever it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class RuleError(DomainError):
    """The family of all refusals of the engine."""

    code = "rules.refused"
    message = _("La règle ne peut pas être lue.")
    status = 422


class ValueRefused(RuleError):
    """A value does not have the kind of its fact or parameter."""

    code = "rules.value_refused"
    message = _("%(reason)s")


class FactRefused(RuleError):
    """A fact that the vocabulary does not know, or a value that does not fit it."""

    code = "rules.fact_refused"
    message = _("Fait « %(key)s » : %(reason)s")


class RecordRefused(RuleError):
    """A kept evaluation that cannot be read, or that was made by another rule."""

    code = "rules.record_refused"
    message = _("Cette évaluation ne peut pas être rejouée : %(reason)s")


class ReplayDiffers(RuleError):
    """The same rule, facts and parameters gave another answer than the one kept."""

    code = "rules.replay_differs"
    message = _("Rejouée, l’évaluation donne « %(now)s » au lieu de « %(kept)s ».")
    status = 409


@dataclass(frozen=True)
class RowError:
    """One fault of a document: the path of its row (`""` is the whole), its field, a code, a sentence."""

    path: str
    field: str
    code: str
    message: str


class RuleInvalid(RuleError):
    """A document with faults, each at its row."""

    code = "rules.invalid"
    message = _("La règle a %(count)s point(s) à corriger.")

    def __init__(self, errors: Sequence[RowError]) -> None:
        self.errors = tuple(errors)
        super().__init__(count=len(self.errors))
