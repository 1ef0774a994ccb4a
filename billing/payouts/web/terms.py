"""Console page of the days that payouts wait, by method of payment."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.payouts.access import require_finance
from billing.payouts.holds import hold_terms, set_hold
from billing.payouts.web.forms import HoldForm
from tenants.accounts.models import User


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """Change the days within the platform's bounds; payouts under way keep theirs."""
    require_finance(request.user)
    rows = hold_terms()
    form = HoldForm(request.POST or None, rows=rows)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            for row in rows:
                if form.cleaned_data[row.method] != row.days:
                    set_hold(
                        method=row.method, days=form.cleaned_data[row.method], user=cast(User, request.user)
                    )
        messages.success(request, _("Délais enregistrés. Ils valent pour les prochaines validations."))
        return redirect("payouts:holds")
    return render(request, "payouts/operator/holds.html", {"form": form}, status=422 if form.errors else 200)
