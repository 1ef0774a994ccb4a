"""Console pages of the chart of accounts: which number and label the tenant's accountant uses."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.ledger.access import get_account_for, require_finance
from billing.ledger.accounts import CLASSES, seed_of
from billing.ledger.chart import rename_account
from billing.ledger.errors import LabelMissing
from billing.ledger.models import Account, AccountChange
from billing.ledger.web.forms import AccountForm
from kernel.errors import DomainError
from tenants.accounts.models import User

CHANGES_SHOWN = 50


@login_required
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account with its number, the account of the plan comptable that it subdivides, and why."""
    require_finance(request.user)
    rows = [{"account": account, "seed": seed_of(account.code)} for account in Account.objects.all()]
    changes = AccountChange.objects.select_related("account", "changed_by")[:CHANGES_SHOWN]
    return render(request, "ledger/operator/chart.html", {"rows": rows, "changes": changes})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change an account's number or label; entries and balances stay what they are."""
    found = get_account_for(request.user, code)
    form = AccountForm(request.POST or None, initial={"number": found.number, "label": found.title})
    if request.method == "POST" and form.is_valid():
        try:
            rename_account(account=found, user=cast(User, request.user), **form.cleaned_data)
        except DomainError as error:
            form.add_error("label" if isinstance(error, LabelMissing) else "number", str(error))
        else:
            messages.success(
                request, _("Le compte est modifié. Les écritures déjà passées restent les mêmes.")
            )
            return redirect("ledger:chart")
    context = {
        "account": found,
        "seed": seed_of(found.code),
        "classes": " / ".join(CLASSES[found.kind]),
        "form": form,
        "errors": form.errors if form.is_bound else None,
        "changes": found.changes.select_related("changed_by"),
    }
    return render(request, "ledger/operator/account_edit.html", context, status=422 if form.errors else 200)
