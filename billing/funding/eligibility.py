"""What a programme asks for, said in sentences, and whether it may help with a kind of service.

"May help" never means "is granted": who gets a voucher is decided when the order is placed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.funding.models import Programme


def may_help(programme: Programme, categories: Collection[str]) -> bool:
    """Whether the programme covers one of ``categories`` (slugs from child to parent)."""
    covered = programme.eligibility.get("categories") or []
    return not covered or not set(covered).isdisjoint(categories)


def may_serve(programme: Programme, department: str | None) -> bool:
    """Whether a business of ``department`` (INSEE code, None when not known) is within the territory."""
    covered = programme.eligibility.get("departments") or []
    return not covered or department is None or department in covered


def helping(
    programmes: Iterable[Programme], categories: Collection[str], department: str | None = None
) -> list[Programme]:
    """Those of ``programmes`` that may help with a service in ``categories``."""
    return [
        programme
        for programme in programmes
        if may_help(programme, categories) and may_serve(programme, department)
    ]


def conditions(programme: Programme) -> list[str]:
    """Sentences on who may ask, in the active language; territory and rubrics are listed apart."""
    facts: dict[str, Any] = programme.eligibility
    said: list[str] = []
    age = facts.get("max_age_years")
    if age:
        said.append(
            ngettext(
                "Votre entreprise a été créée il y a moins de %(count)s an.",
                "Votre entreprise a été créée il y a moins de %(count)s ans.",
                age,
            )
            % {"count": age}
        )
    headcount = facts.get("max_employees_exclusive")
    if headcount:
        said.append(_("Elle compte moins de %(count)s salariés.") % {"count": headcount})
    states = facts.get("business_states") or []
    if states == ["active"]:
        said.append(_("Elle est immatriculée ; une entreprise en création n’y a pas encore droit."))
    elif "in_creation" in states:
        said.append(_("Une entreprise en création peut aussi en bénéficier."))
    regimes = facts.get("vat_regimes") or []
    if regimes == ["franchise"]:
        said.append(_("Elle est en franchise en base de TVA."))
    elif regimes == ["normal"]:
        said.append(_("Elle est redevable de la TVA."))
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
    return said
