"""Deliverables go out to those who may have them, as attachments."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from services.fulfilment.access import get_deliverable_for
from services.orders.uploads import as_attachment


@login_required
@require_safe
def deliverable(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A delivered file, for saving. A link is no file: 404."""
    found = get_deliverable_for(request.user, public_id)
    if not found.file:
        raise Http404
    try:
        return as_attachment(found.file, name=found.title, content_type=found.content_type)  # type: ignore[return-value]
    except FileNotFoundError as error:
        raise Http404 from error
