"""The console: which programmes are there, and by which rules do they decide?"""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.funding.access import get_programme_to_rule, require_finance
from billing.funding.models import Programme, RuleRevision
from billing.funding.queries import programmes_with_rules, revisions_of
from billing.funding.revisions import draft_revision
from billing.funding.rules import in_force
from kernel.errors import DomainError
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

PAGE_SIZE = 25


@login_required
@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """Programmes, searched, each with the rule that decides today and the one being prepared."""
    require_finance(request.user)
    query = request.GET.get("q", "").strip()
    page = Paginator(programmes_with_rules(query), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [_row(programme) for programme in page], "query": query}
    return render(request, "funding/operator/programmes.html", context)


@login_required
@require_safe
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme: its terms and the history of its rule."""
    found = get_programme_to_rule(request.user, slug)
    revisions = revisions_of(found)
    now = in_force(revisions, today())
    context = {
        "programme": found,
        "word": state_word(found),
        "can_close": found.starts_on <= today() < found.ends_on,
        "draft": next((revision for revision in revisions if revision.is_draft), None),
        "history": [{"revision": revision, "word": revision_word(revision, now)} for revision in revisions],
    }
    return render(request, "funding/operator/programme.html", context)


@login_required
@require_POST
def prepare(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the next revision of a programme's rule."""
    user = require_finance(request.user)
    found = get_programme_to_rule(request.user, slug)
    try:
        draft = draft_revision(programme=found, user=user, on=today())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("funding:console_programme", slug=slug)
    return redirect("funding:console_rule_edit", slug=slug, number=draft.number)


def today() -> datetime.date:
    """The tenant's legal date."""
    return legal_date(current_tenant(), timezone.now())


def state_word(programme: Programme) -> tuple[str, str]:
    """Tone and word for whether a programme runs."""
    if programme.starts_on > today():
        return "wait", _("À venir")
    return ("run", _("En cours")) if today() <= programme.ends_on else ("wait", _("Terminé"))


def revision_word(revision: RuleRevision, now: RuleRevision | None) -> tuple[str, str]:
    """Tone and word for what a revision does today."""
    if revision.is_draft:
        return "act", _("Brouillon")
    if now is not None and revision.pk == now.pk:
        return "done", _("En vigueur")
    if revision.valid_from > today():
        return "run", _("Publiée, à venir")
    return "wait", _("Remplacée")


def _row(programme: Programme) -> dict[str, Any]:
    revisions = list(programme.revisions.all())
    return {
        "programme": programme,
        "word": state_word(programme),
        "in_force": in_force(revisions, today()),
        "draft": next((revision for revision in revisions if revision.is_draft), None),
    }
