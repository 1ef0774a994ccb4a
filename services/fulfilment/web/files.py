"""Deliverables go out to those who may have them, as attachments."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from services.fulfilment.access import get_deliverable_for
from services.fulfilment.models import Deliverable
from services.orders.uploads import TYPES, as_attachment, safe_name


@login_required
@require_safe
def deliverable(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A delivered file, for saving. A link is no file: 404."""
    answer = attachment_of(get_deliverable_for(request.user, public_id))
    if answer is None:
        raise Http404
    return answer


def attachment_of(deliverable: Deliverable) -> HttpResponse | None:
    """The file as an answer; None for a link, and for a file that is not in the store."""
    if not deliverable.file:
        return None
    try:
        answer = as_attachment(
            deliverable.file, name=saved_name(deliverable), content_type=deliverable.content_type
        )
    except FileNotFoundError:
        return None
    return answer  # type: ignore[return-value]


def saved_name(deliverable: Deliverable) -> str:
    """The title as a file's name: with an extension of its type, so that a double click opens it."""
    extensions = [known for known, kind in TYPES.items() if kind == deliverable.content_type]
    name = safe_name(deliverable.title)
    if not extensions or name.lower().endswith(tuple(f".{extension}" for extension in extensions)):
        return name
    return f"{name.rstrip('.')}.{extensions[0]}"
