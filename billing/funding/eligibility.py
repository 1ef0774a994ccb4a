"""What a programme asks for, said in sentences, and whether it may help with a kind of service.

"May help" never means "is granted": who gets a voucher is decided when the order is placed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.funding import vocabulary as keys
from billing.funding.models import Programme, RuleRevision
from billing.funding.rules import Reading, in_force
from kernel.rules.errors import RuleInvalid
from kernel.rules.evaluation import Step, evaluate
from kernel.rules.tree import Clause, Combine, Group
from kernel.rules.words import group_words, sentence


def may_help(programme: Programme, categories: Collection[str]) -> bool:
    """Whether the programme covers one of ``categories`` (slugs from child to parent)."""
    covered = programme.eligibility.get("categories")
    return covered is None or not set(covered).isdisjoint(categories)


def may_serve(programme: Programme, department: str | None) -> bool:
    """Whether a business of ``department`` (INSEE code, None when not known) is within the territory."""
    covered = programme.eligibility.get("departments")
    return covered is None or department is None or department in covered


def helping(
    programmes: Iterable[Programme], categories: Collection[str], department: str | None = None
) -> list[Programme]:
    """Those of ``programmes`` that may help with a service in ``categories``."""
    return [
        programme
        for programme in programmes
        if may_help(programme, categories) and may_serve(programme, department)
    ]


def conditions(programme: Programme, on: date | None = None) -> list[str]:
    """Sentences on who may ask, in the active language: those of the rule in force on a legal date (by
    default the programme's first day), then those of its terms. Territory and rubrics are listed apart."""
    day = on or programme.starts_on
    revision = in_force(programme.revisions.all(), max(day, programme.starts_on))
    return [*(_of_rule(revision, day) if revision is not None else []), *term_conditions(programme)]


def term_conditions(programme: Programme) -> list[str]:
    """Sentences on the programme's terms beside its rule, in the active language."""
    said: list[str] = []
    if programme.max_vouchers_per_business:
        said.append(
            ngettext(
                "Une même entreprise reçoit au plus %(count)s chèque.",
                "Une même entreprise reçoit au plus %(count)s chèques.",
                programme.max_vouchers_per_business,
            )
            % {"count": programme.max_vouchers_per_business}
        )
    if not programme.stackable:
        said.append(_("L’aide ne se cumule pas avec un autre dispositif sur la même prestation."))
    if programme.is_de_minimis:
        said.append(_("L’aide compte dans le plafond européen des petites aides (de minimis)."))
    return said


def _of_rule(revision: RuleRevision, on: date) -> list[str]:
    reading = Reading()
    try:
        rule = reading.rule(revision)
    except RuleInvalid:
        return []
    nothing_known = evaluate(
        rule, facts={}, vocabulary=reading.vocabulary, on=on, parameters=reading.parameters
    )
    rows = nothing_known.root.rows if rule.root.combine == Combine.ALL else (nothing_known.root,)
    return [_said(row, reading) for row in rows if not _listed_apart(row)]


def _listed_apart(step: Step) -> bool:
    return isinstance(step.node, Clause) and step.node.fact in {keys.PLACE, keys.CATEGORIES}


def _said(step: Step, reading: Reading) -> str:
    """A condition, or a group with its conditions in brackets."""
    if not isinstance(step.node, Group):
        return sentence(step, reading.vocabulary)
    inside = " ; ".join(_said(row, reading) for row in step.rows)
    return f"{group_words(step.node)} ({inside})"
