"""The console page of tasks given up after their last try, each with a button that gives it new ones."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kernel.outbox.models import OutboxTask
from kernel.outbox.operations import revive_task
from tenants.accounts.access import require_operator

PAGE_SIZE = 50
DESK = "support"


@login_required
@require_safe
def abandoned_tasks(request: HttpRequest) -> HttpResponse:
    """Which work has stopped?"""
    require_operator(request.user, DESK)
    page = Paginator(OutboxTask.objects.dead(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "site/abandoned.html", {"page": page})


@login_required
@require_POST
def revive(request: HttpRequest, task_id: int) -> HttpResponse:
    """Try a dead task again from now."""
    require_operator(request.user, DESK)
    if revive_task(task_id=task_id) is None:
        messages.info(request, _("Cette tâche n’est plus à l’arrêt : elle a été relancée entre-temps."))
    else:
        messages.success(request, _("La tâche est relancée. Elle a de nouveau dix essais."))
    return redirect("operations:abandoned")
