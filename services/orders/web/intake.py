"""The workshop: a provider tries the questions of a service as a client will answer them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from services.catalogue.access import get_own_service
from services.catalogue.intake import asked_fields, condition_words
from services.orders.intake import shown_label
from services.orders.web.forms import QuestionForm
from tenants.parties.acting import acting_party

TRIED = "essai"


@require_safe
@login_required
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Every question that the answers tried so far call for, and those that they pass over; keeps nothing."""
    service = get_own_service(acting_party(request, "provider"), slug)
    form = service.intake_forms.first()
    fields: list[dict[str, Any]] = list(form.fields) if form else []
    answers: dict[str, Any] = {}
    shown: dict[str, dict[str, Any]] = {}
    for place, field in enumerate(fields):
        before = fields[:place]
        called_for = any(asked["key"] == field["key"] for asked in asked_fields([*before, field], answers))
        asked = _form(field, request) if called_for else None
        if asked is not None and asked.is_bound and asked.is_valid() and asked.answer not in ("", None):
            answers[field["key"]] = asked.answer
        shown[field["key"]] = {
            "field": field,
            "label": shown_label(field),
            "form": asked,
            "condition": condition_words(field, before),
        }
    context = {
        "service": service,
        "asked": [one for one in shown.values() if one["form"] is not None],
        "passed_over": [one for one in shown.values() if one["form"] is None],
        "tried": TRIED in request.GET,
    }
    return render(request, "orders/provider/intake_preview.html", context)


def _form(field: dict[str, Any], request: HttpRequest) -> QuestionForm:
    key = field["key"]
    # No file is sent by an address: its question is shown and not tried.
    tried = request.GET if TRIED in request.GET and field["type"] != "file" else None
    form = QuestionForm(field, tried, prefix=key)
    form.use_required_attribute = False
    if "answer" in form.fields:
        form.fields["answer"].widget.attrs["aria-labelledby"] = f"q-{key}"
    return form
