"""Which public co-funding is there, and is it for me?"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from billing.funding.eligibility import conditions
from billing.funding.models import Programme
from billing.funding.queries import all_programmes, get_programme
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.reference.models import Department


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """The programmes that run, then those to come and those that ended."""
    on = legal_date(current_tenant(), timezone.now())
    shown = [_shown(programme) for programme in all_programmes()]
    context = {
        "running": [p for p in shown if p["programme"].starts_on <= on <= p["programme"].ends_on],
        "later": [p for p in shown if p["programme"].starts_on > on],
        "ended": [p for p in shown if p["programme"].ends_on < on],
    }
    return render(request, "funding/entrepreneur/programmes.html", context)


@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme: how much, for whom, for what, until when."""
    found = get_programme(slug)
    if found is None:
        raise Http404
    on = legal_date(current_tenant(), timezone.now())
    codes = found.eligibility.get("departments") or []
    context = {
        **_shown(found),
        "is_running": found.starts_on <= on <= found.ends_on,
        "conditions": conditions(found, on),
        "departments": list(Department.objects.filter(code__in=codes)),
        "category_slugs": found.eligibility.get("categories") or [],
    }
    return render(request, "funding/entrepreneur/programme.html", context)


def _shown(programme: Programme) -> dict[str, Any]:
    english = get_language() == "en"
    return {
        "programme": programme,
        "name": (english and programme.name_en) or programme.name,
        "description": (english and programme.description_en) or programme.description,
    }
