"""The rule of a programme: which revision is in force, and how its document is read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from billing.funding.models import RuleRevision
from billing.funding.vocabulary import funding_vocabulary
from kernel.rules.document import parse_rule
from kernel.rules.facts import Vocabulary
from kernel.rules.parameters import Parameters
from kernel.rules.tree import Rule
from tenants.reference.parameters import known_parameters


class Reading:
    """What rules are read with: the vocabulary and the parameters, each asked of the database once."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary = funding_vocabulary()
        self.parameters: Parameters = known_parameters()

    def rule(self, revision: RuleRevision) -> Rule:
        """The rule of a revision. Raises RuleInvalid where a fact or parameter is no longer known."""
        return parse_rule(revision.document, self.vocabulary, self.parameters)


def in_force(revisions: Iterable[RuleRevision], on: date) -> RuleRevision | None:
    """The published revision that decides on a legal date; None before the first."""
    begun = [revision for revision in revisions if not revision.is_draft and revision.valid_from <= on]
    return max(begun, key=lambda revision: revision.valid_from, default=None)
