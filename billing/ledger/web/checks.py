"""Console pages of the checks of the books: each night's result, and a check on demand."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.ledger.access import get_run_for, require_finance
from billing.ledger.models import RunTrigger, VerificationRun
from kernel.outbox.operations import enqueue

PAGE_SIZE = 50


@login_required
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """Every check, newest first."""
    require_finance(request.user)
    found = VerificationRun.objects.defer("findings", "checks")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "ledger/operator/runs.html", {"page": page})


@login_required
@require_safe
def run(request: HttpRequest, run_id: int) -> HttpResponse:
    """One check with what it found."""
    found = get_run_for(request.user, run_id)
    context = {"run": found, "more": found.finding_count - len(found.findings)}
    return render(request, "ledger/operator/run.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Have the books checked now, by a worker."""
    require_finance(request.user)
    enqueue("ledger.verify", dedupe_key="ledger.verify:staff", trigger=RunTrigger.STAFF)
    messages.success(request, _("Le contrôle est lancé. Son résultat s’affiche ici dans la minute."))
    return redirect("ledger:runs")
