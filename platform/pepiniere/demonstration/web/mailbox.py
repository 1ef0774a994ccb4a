"""The mailbox: what this site would have sent, for whoever tries it out."""

from __future__ import annotations

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_replace
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from pepiniere.demonstration.mailbox import Letter, letter, letters

# Links of a message open beside the mailbox, not inside the frame that shows it.
_BASE = '<base target="_blank">'


@require_safe
@never_cache
def mailbox(request: HttpRequest) -> HttpResponse:
    """The latest messages of this site, those of one recipient when asked."""
    recipient = request.GET.get("a", "")
    found = letters(connection.schema_name)
    context = {
        "letters": [one for one in found if not recipient or recipient in one.recipients],
        "recipients": sorted({address for one in found for address in one.recipients}),
        "recipient": recipient,
    }
    return render(request, "demonstration/mailbox.html", context)


@require_safe
@never_cache
@csp_replace({"frame-src": [SELF]})  # type: ignore[arg-type]
def read(request: HttpRequest, name: str) -> HttpResponse:
    """One message: its text with links that work, and its layout in a frame of its own."""
    return render(request, "demonstration/letter.html", {"letter": _found(name)})


@require_safe
@never_cache
@xframe_options_sameorigin
@csp(  # type: ignore[arg-type]
    {
        "default-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "img-src": ["data:", SELF],
        "frame-ancestors": [SELF],
        "form-action": [NONE],
    }
)
def layout(request: HttpRequest, name: str) -> HttpResponse:
    """The HTML part as it was sent, able to run and load nothing."""
    found = _found(name)
    if not found.html:
        raise Http404
    return HttpResponse(_BASE + found.html)


def _found(name: str) -> Letter:
    found = letter(connection.schema_name, name)
    if found is None:
        raise Http404
    return found
