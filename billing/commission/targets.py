"""What a rule can look at, as choices; subjects that billing does not know lend theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from billing.commission.models import RuleScope
from tenants.parties.models import Party, PartyRole


@dataclass(frozen=True)
class Target:
    """One provider, category or programme; `path` is what it is found by, from itself to its widest."""

    value: str
    label: str
    path: tuple[str, ...] = ()


Lender = Callable[[], Sequence[Target]]
_lenders: dict[str, Lender] = {}


def lend_targets(scope: str, lender: Lender) -> None:
    """Lend the choices of a scope; called in `AppConfig.ready()` by who owns them."""
    _lenders[scope] = lender


def targets_of(scope: str) -> list[Target]:
    """The choices of a scope in the current tenant; empty where nobody lends any."""
    if scope == RuleScope.PROVIDER:
        providers = Party.objects.filter(roles__role=PartyRole.Role.PROVIDER).exclude(roles__role="operator")
        return [
            Target(str(party.public_id), party.display_name)
            for party in providers.order_by("legal_name", "pk").distinct()
        ]
    lender = _lenders.get(scope)
    return list(lender()) if lender else []


def label_of(scope: str, target: str, known: dict[str, list[Target]]) -> str:
    """What a rule's target is called; the bare key where it is not known any more."""
    return next((one.label for one in known.get(scope, []) if one.value == target), target)
