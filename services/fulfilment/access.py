"""Who may have a deliverable: its provider always, its client from the delivery on, staff. 404 otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404

from services.fulfilment.models import Deliverable
from services.orders.access import side_of
from services.orders.lifecycle import PROVIDER


def get_deliverable_for(user: Any, public_id: UUID) -> Deliverable:
    """A file or link that was handed over, or is being prepared by the user's own party."""
    found = Deliverable.objects.select_related("milestone__line__order").filter(public_id=public_id).first()
    side = side_of(user, found.milestone.line) if found is not None else None
    if found is None or side is None or (found.delivered_at is None and side != PROVIDER):
        raise Http404
    return found
