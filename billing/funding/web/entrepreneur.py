"""Which public co-funding is there, and is it for me?"""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.funding.eligibility import conditions, term_conditions
from billing.funding.models import Programme
from billing.funding.operations import answer_facts
from billing.funding.queries import all_programmes, get_programme
from billing.funding.situation import situation_of
from billing.funding.vocabulary import funding_vocabulary
from billing.funding.web.question_forms import QuestionForm, question_form, questions_about
from kernel.errors import DomainError
from kernel.rules.evaluation import Outcome
from kernel.rules.explained import shown_step
from kernel.rules.facts import write_facts
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.acting import acting_party
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
    return _programme_page(request, found)


@login_required
@require_POST
def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer what the programme's rule asks of the business one acts for."""
    found = get_programme(slug)
    party = acting_party(request, "business")
    if found is None or party is None or not isinstance(request.user, User):
        raise Http404
    form = question_form(funding_vocabulary(), request.POST)
    if not form.is_valid:
        return _programme_page(request, found, form)
    try:
        answer_facts(party=party, answers=write_facts(form.facts), user=request.user)
        messages.success(request, _("Réponses enregistrées."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("funding:programme", slug=slug)


def _programme_page(
    request: HttpRequest, found: Programme, refused: QuestionForm | None = None
) -> HttpResponse:
    on = legal_date(current_tenant(), timezone.now())
    codes = found.eligibility.get("departments") or []
    context = {
        **_shown(found),
        "is_running": found.starts_on <= on <= found.ends_on,
        "conditions": conditions(found, on),
        "terms": term_conditions(found),
        "departments": list(Department.objects.filter(code__in=codes)),
        "category_slugs": found.eligibility.get("categories") or [],
        **_situation(request, found, on, refused),
    }
    status = 422 if refused is not None else 200
    return render(request, "funding/entrepreneur/programme.html", context, status=status)


def _situation(
    request: HttpRequest, found: Programme, on: datetime.date, refused: QuestionForm | None
) -> dict[str, Any]:
    """Where the business one acts for stands; nothing for visitors and for programmes that ended."""
    party = acting_party(request, "business") if request.user.is_authenticated else None
    situation = situation_of(found, party, on) if party is not None and on <= found.ends_on else None
    if situation is None:
        return {"situation": None, "questions": refused}
    return {
        "situation": situation,
        "party": party,
        "situation_words": SITUATION_WORDS[situation.outcome],
        "steps": [shown_step(step, situation.evaluation) for step in situation.steps],
        "questions": refused or questions_about(situation.asked),
    }


SITUATION_WORDS = {
    Outcome.YES: ("done", gettext_lazy("Vous remplissez les conditions")),
    Outcome.NO: ("bad", gettext_lazy("Vous ne remplissez pas toutes les conditions")),
    Outcome.NEEDS_FACTS: ("act", gettext_lazy("Il manque des réponses")),
    Outcome.NEEDS_PERSON: ("wait", gettext_lazy("L’équipe examinera votre demande")),
}


def _shown(programme: Programme) -> dict[str, Any]:
    english = get_language() == "en"
    return {
        "programme": programme,
        "name": (english and programme.name_en) or programme.name,
        "description": (english and programme.description_en) or programme.description,
    }
