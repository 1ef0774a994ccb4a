"""The workshop: a provider's own services."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.errors import DomainError
from services.catalogue.access import acting_user, get_own_service
from services.catalogue.lifecycle import PROVIDER, SERVICE
from services.catalogue.operations import pause_service, submit_service
from services.catalogue.queries import services_of
from tenants.parties.acting import acting_party

ACTS = {"suspendre": pause_service, "envoyer": submit_service}


@require_safe
@login_required
def own_services(request: HttpRequest) -> HttpResponse:
    """What do I offer, and what of it is in the shop?"""
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    rows = [
        {
            "service": service,
            "state": service.get_state_display(),
            "tone": STATE_TONES[service.state],
            "acts": {transition.name for transition in SERVICE.actions_for(service, PROVIDER)},
        }
        for service in services_of(party.pk)
    ]
    return render(request, "catalogue/provider/services.html", {"rows": rows, "party": party})


@require_POST
@login_required
def act(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Submit a draft or take a published service out of the shop."""
    operation = ACTS.get(verb)
    if operation is None:
        raise Http404
    service = get_own_service(acting_party(request, "provider"), slug)
    try:
        moved = operation(service_id=service.pk, actor=acting_user(request), role=PROVIDER)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("« %(name)s » : %(state)s.") % {"name": moved.name, "state": moved.get_state_display()},
        )
    return redirect("catalogue:provider_services")


# Review is the operator's turn; what buyers see is done.
STATE_TONES = {"draft": "act", "review": "wait", "published": "done", "paused": "wait", "archived": "wait"}
