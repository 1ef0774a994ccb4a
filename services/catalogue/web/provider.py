"""The workshop: a provider's own services, and each of them whole."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from services.catalogue.access import acting_user, get_own_service
from services.catalogue.completeness import gaps
from services.catalogue.fields import SECTIONS
from services.catalogue.lifecycle import PROVIDER, SERVICE
from services.catalogue.models import Service, ServiceState
from services.catalogue.operations import (
    archive_service,
    pause_service,
    resume_service,
    submit_service,
    withdraw_service,
)
from services.catalogue.queries import paused_by_provider, services_of
from services.catalogue.remarks import said_remarks
from services.catalogue.web.entrepreneur import described_service, page_of_service, today
from services.catalogue.web.prices import price_of_unit
from services.catalogue.writing import open_version, start_version
from tenants.parties.acting import acting_party

PAGE_SIZE = 30
ACTS = {
    "suspendre": pause_service,
    "envoyer": submit_service,
    "reprendre": withdraw_service,
    "remettre": resume_service,
    "archiver": archive_service,
}
# Review is the operator's turn; what buyers see is done.
STATE_TONES = {"draft": "act", "review": "wait", "published": "done", "paused": "wait", "archived": "wait"}


@require_safe
@login_required
def own_services(request: HttpRequest) -> HttpResponse:
    """What do I offer, and what of it is in the shop?"""
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    words = request.GET.get("q", "").strip()[:80]
    page = Paginator(services_of(party.pk, words), PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {
            "service": service,
            "state": service.get_state_display(),
            "tone": STATE_TONES[service.state],
            "version": next(iter(getattr(service, "open_versions", ())), None),
            "remarks": getattr(service, "remark_count", 0),
            "acts": {transition.name for transition in SERVICE.actions_for(service, PROVIDER)},
        }
        for service in page
    ]
    context = {"rows": rows, "page": page, "party": party, "words": words}
    return render(request, "catalogue/provider/services.html", context)


@require_safe
@login_required
def whole_service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service as buyers will see it: what is missing, what was remarked, what can be done."""
    service = get_own_service(acting_party(request, "provider"), slug)
    version = open_version(service)
    remarks, writable = said_remarks(service), service.state == ServiceState.DRAFT
    context = {
        **described_service(service),
        **_state(service),
        "version": version,
        "version_state": version.get_state_display() if version else "",
        "unit_price": price_of_unit(service, buyer=None, on=today()),
        "tasks": _tasks(service, {remark[0] for remark in remarks}) if writable else [],
        "remarks": [
            {
                "url": reverse("catalogue:provider_service_section", args=[service.slug, section]),
                "field": field,
                "text": text,
            }
            for section, field, text in remarks
        ],
        "log": service.log.select_related("actor")[:50],
    }
    return render(request, "catalogue/provider/service.html", context)


@require_safe
@login_required
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The page of the shop as a visitor will see it, whatever the state of the service."""
    service = get_own_service(acting_party(request, "provider"), slug)
    context = page_of_service(service, request, buyer=None, for_preview=True)
    if request.headers.get("HX-Target") == "price":
        return render(request, "catalogue/shop/_price.html", context)
    return render(request, "catalogue/provider/preview.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Submit or take back a draft, take a service out of the shop for a while or, after asking, for good."""
    operation = ACTS.get(verb)
    if operation is None:
        raise Http404
    service = get_own_service(acting_party(request, "provider"), slug)
    if request.method != "POST":
        return render(request, "catalogue/provider/confirm.html", {"service": service, "verb": verb})
    try:
        moved = operation(service_id=service.pk, actor=acting_user(request), role=PROVIDER)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("« %(name)s » : %(state)s.") % {"name": moved.name, "state": moved.get_state_display()},
        )
    return redirect("catalogue:provider_service", slug=slug)


@require_POST
@login_required
def revise(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the next version of a published service; what the shop shows stays until it is published."""
    service = get_own_service(acting_party(request, "provider"), slug)
    try:
        version = start_version(service_id=service.pk)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalogue:provider_service", slug=slug)
    return redirect("catalogue:provider_service", slug=version.slug)


def _state(service: Service) -> dict[str, Any]:
    acts = {transition.name for transition in SERVICE.actions_for(service, PROVIDER)}
    if "resume" in acts and not paused_by_provider(service):
        acts.remove("resume")
    return {"state": service.get_state_display(), "tone": STATE_TONES[service.state], "acts": acts}


def _tasks(service: Service, remarked: set[str]) -> list[dict[str, Any]]:
    """The pages of the draft, each done or with what it lacks, or what was remarked there."""
    missing: dict[str, list[str]] = {}
    for gap in gaps(service):
        missing.setdefault(gap.section, []).append(str(gap.what))
    return [
        {
            "id": section,
            "label": label,
            "hint": _hint(missing.get(section, []), remarked=section in remarked),
            "done": section not in missing and section not in remarked,
            "url": reverse("catalogue:provider_service_section", args=[service.slug, section]),
        }
        for section, label in SECTIONS.items()
    ]


def _hint(missing: list[str], *, remarked: bool) -> str:
    if missing:
        return _("Il manque : %(what)s") % {"what": ", ".join(missing)}
    return _("Correction demandée") if remarked else ""
