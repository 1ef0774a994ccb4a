"""The console: which services may be published, which providers may sell?"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from services.catalogue.access import DESK
from services.catalogue.models import ServiceState
from services.catalogue.queries import count_by_state, providers_for_review, services_for_review
from tenants.accounts.access import require_operator
from tenants.parties.models import Party
from tenants.parties.operations import approve_provider, suspend_provider

PAGE_SIZE = 50
# Review is this desk's own turn.
STATE_TONES = {"draft": "wait", "review": "act", "published": "done", "paused": "wait", "archived": "wait"}
PROVIDER_TONES = {"pending": "act", "active": "done", "suspended": "wait"}


@require_safe
@login_required
def review_list(request: HttpRequest) -> HttpResponse:
    """Services in every state, those to check first."""
    require_operator(request.user, DESK)
    state = request.GET.get("etat", "")
    state = state if state in ServiceState.values else ""
    counts = count_by_state()
    page = Paginator(services_for_review(state), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {"service": one, "state": one.get_state_display(), "tone": STATE_TONES[one.state]} for one in page
        ],
        "state": state,
        "tabs": [
            {"url": "?", "label": _("Tous"), "count": sum(counts.values()), "current": not state},
            *(
                {
                    "url": f"?etat={value}",
                    "label": label,
                    "count": counts.get(value, 0),
                    "current": state == value,
                }
                for value, label in ServiceState.choices
            ),
        ],
    }
    return render(request, "catalogue/operator/services.html", context)


@require_safe
@login_required
def provider_list(request: HttpRequest) -> HttpResponse:
    """Providers, those to check first."""
    require_operator(request.user, DESK)
    page = Paginator(providers_for_review(), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "role": role,
            "party": role.party,
            "state": role.get_state_display(),
            "tone": PROVIDER_TONES[role.state],
        }
        for role in page
    ]
    return render(request, "catalogue/operator/providers.html", {"page": page, "rows": rows})


@require_POST
@login_required
def provider_act(request: HttpRequest, public_id: UUID, verb: str) -> HttpResponse:
    """Let a provider sell, or stop its new sales."""
    require_operator(request.user, DESK)
    operation = {"activer": approve_provider, "suspendre": suspend_provider}.get(verb)
    if operation is None:
        raise Http404
    party = get_object_or_404(Party, public_id=public_id, roles__role="provider")
    role = operation(party=party)
    messages.success(
        request,
        _("%(name)s : %(state)s.") % {"name": party.display_name, "state": role.get_state_display()},
    )
    return redirect("catalogue:console_providers")
