"""The console: may this service be published, and what must change first?"""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import DomainError
from services.catalogue.access import acting_user, get_service_for_review
from services.catalogue.comparing import field_rows
from services.catalogue.lifecycle import OPERATOR, SERVICE
from services.catalogue.models import Service
from services.catalogue.operations import archive_service, missing_parts, pause_service, publish_service
from services.catalogue.remarks import ask_for_corrections, open_remarks, said_remarks
from services.catalogue.web.entrepreneur import described_service, today
from services.catalogue.web.operator import STATE_TONES
from services.catalogue.web.prices import price_of_unit
from services.catalogue.writing import open_version

# What a verb of the address does in the table of states.
VERBS = {"publier": "publish", "suspendre": "pause", "archiver": "archive"}
REMARK = "remark-"
LONGEST = 2000


@require_safe
@login_required
def review(request: HttpRequest, slug: str) -> HttpResponse:
    """The service as buyers will see it, what is missing, what changed, what was remarked."""
    service = get_service_for_review(request.user, slug)
    acts = {transition.name for transition in SERVICE.actions_for(service, OPERATOR)}
    context = {
        **described_service(service),
        "state": service.get_state_display(),
        "tone": STATE_TONES[service.state],
        "missing": missing_parts(service),
        "acts": acts,
        # A version is published in the place of another service, or not at all.
        "can_publish": ("supersede" if service.revises_id else "publish") in acts,
        "version": open_version(service),
        "changes": [row for row in field_rows(service) if row.before is not None],
        "remarks": said_remarks(service),
        "unit_price": price_of_unit(service, buyer=None, on=today()),
        "log": service.log.all(),
    }
    return render(request, "catalogue/operator/service.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def corrections(request: HttpRequest, slug: str) -> HttpResponse:
    """A remark beside each field that must change; all are sent back at once."""
    service = get_service_for_review(request.user, slug)
    if "send_back" not in {one.name for one in SERVICE.actions_for(service, OPERATOR)}:
        messages.error(request, _("Entre-temps : %(state)s.") % {"state": service.get_state_display()})
        return redirect("catalogue:console_service", slug=slug)
    typed = {
        name.removeprefix(REMARK): text.strip()[:LONGEST]
        for name, text in request.POST.items()
        if name.startswith(REMARK) and isinstance(text, str)
    }
    errors = []
    if request.method == "POST":
        note = request.POST.get("note", "").strip()[:LONGEST]
        try:
            ask_for_corrections(service_id=service.pk, actor=acting_user(request), remarks=typed, note=note)
        except DomainError as error:
            errors = [{"message": str(error), "target": "remark-name"}]
        else:
            messages.success(request, _("Corrections demandées au prestataire."))
            return redirect("catalogue:console_service", slug=slug)
    waiting = open_remarks(service)
    rows = [
        {"row": row, "typed": typed.get(row.name, ""), "waiting": waiting.get(row.name, [])}
        for row in field_rows(service)
    ]
    context = {"service": service, "rows": rows, "errors": errors, "note": request.POST.get("note", "")}
    return render(request, "catalogue/operator/corrections.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def act(request: HttpRequest, slug: str, verb: str) -> HttpResponse:
    """Publish, pause or archive, after asking."""
    service = get_service_for_review(request.user, slug)
    if verb not in VERBS:
        raise Http404
    if request.method != "POST":
        return render(request, "catalogue/operator/confirm.html", {"service": service, "verb": verb})
    try:
        moved = _moved(request, service, verb)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalogue:console_service", slug=service.slug)
    messages.success(
        request, _("« %(name)s » : %(state)s.") % {"name": moved.name, "state": moved.get_state_display()}
    )
    return redirect("catalogue:console_service", slug=moved.slug)


def _moved(request: HttpRequest, service: Service, verb: str) -> Service:
    actor = acting_user(request)
    if verb == "publier":
        return publish_service(service_id=service.pk, actor=actor)
    note = request.POST.get("note", "").strip()[:LONGEST]
    operation = pause_service if verb == "suspendre" else archive_service
    return operation(service_id=service.pk, actor=actor, role=OPERATOR, note=note)
