"""The operator finds another provider for a line that its own one declined."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.charges.amendments import amend_seller
from billing.charges.queries import programmes_of
from billing.commission.queries import commission_terms
from services.fulfilment.errors import ProviderNotActive
from services.fulfilment.operations.answer import last_step
from services.orders.errors import ReasonMissing
from services.orders.lifecycle import LINE, OPERATOR
from services.orders.locking import lock_line_and_charge
from services.orders.models import OrderLine
from services.orders.notices import notify_business, notify_provider
from services.orders.transitions import move_line
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Party
from tenants.parties.queries import has_role


@transaction.atomic
def reassign_line(*, key: str, provider: Party, actor: Any, reason: str) -> OrderLine:
    """Send a declined line to another provider, at the price that the buyer has paid. Locks the charge first.

    The new provider has a clock of its own to answer; the buyer is told and may still cancel free of charge.
    Raises LineNotFound, ReasonMissing, ProviderNotActive, TransitionRefused, and what amend_seller refuses.
    """
    if not reason.strip():
        raise ReasonMissing()
    line = lock_line_and_charge(key)
    LINE.check(line, "reassign", OPERATOR)
    if not has_role(provider, "provider", "active"):
        raise ProviderNotActive(provider=provider.display_name)
    now = timezone.now()
    former = line.provider.display_name
    amend_seller(
        key=line.key,
        seller=provider,
        commission=commission_terms(
            seller=provider,
            categories=line.offer["categories"],
            on=legal_date(current_tenant(), now),
            programmes=programmes_of(line.key),
        ),
        reason=reason,
        user=actor,
    )
    line.provider = provider
    move_line(line, "reassign", role=OPERATOR, actor=actor, note=reason.strip(), now=now)
    step = last_step(line)
    notify_business("reassigned", line, step, former=former)
    notify_provider("to_accept", line, step)
    return line
