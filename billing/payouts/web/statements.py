"""Statements for the provider and for staff: drawn up for a period, as PDF and as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.payouts.access import get_seller_for, get_statement_for, require_finance
from billing.payouts.models import Statement
from billing.payouts.statements import draw_statement
from billing.payouts.web.forms import PeriodForm
from kernel.errors import DomainError
from kernel.web.exports import cents_text, csv_response
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Party, PartyRole

PAGE_SIZE = 25


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The provider's own statements."""
    seller = get_seller_for(request)
    form = PeriodForm(request.POST or None, providers=None, initial=_last_month())
    if request.method == "POST" and form.is_valid() and _draw(request, form, seller):
        return redirect("payouts:own_statements")
    return _page(request, "payouts/provider/statements.html", form, seller)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def console(request: HttpRequest) -> HttpResponse:
    """Statements of all providers, for finance staff."""
    require_finance(request.user)
    providers = list(
        Party.objects.filter(roles__role=PartyRole.Role.PROVIDER).order_by("legal_name", "pk").distinct()
    )
    form = PeriodForm(request.POST or None, providers=providers, initial=_last_month())
    if request.method == "POST" and form.is_valid():
        chosen = next(one for one in providers if str(one.public_id) == form.cleaned_data["provider"])
        if _draw(request, form, chosen):
            return redirect("payouts:statements")
    return _page(request, "payouts/operator/statements.html", form, None)


@login_required
@require_safe
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The stored page; an answer that says so while the worker still makes it."""
    statement = get_statement_for(request.user, public_id)
    if statement.pdf is None:
        return render(request, "payouts/preparing.html", {"statement": statement}, status=202)
    response = HttpResponse(bytes(statement.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{_name(statement)}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_safe
def as_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The same rows for a spreadsheet."""
    statement = get_statement_for(request.user, public_id)
    return csv_response(_name(statement), _rows(statement))


def _draw(request: HttpRequest, form: PeriodForm, party: Party) -> bool:
    try:
        draw_statement(
            party=party,
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
            user=cast(User, request.user),
        )
    except DomainError as error:
        form.add_error("until", str(error))
        return False
    messages.success(request, _("Relevé établi. Son PDF est prêt dans la minute."))
    return True


def _page(request: HttpRequest, template: str, form: PeriodForm, seller: Party | None) -> HttpResponse:
    found = Statement.objects.select_related("party").defer("pdf", "snapshot")
    page = Paginator(found.filter(party=seller) if seller else found, PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "form": form, "party": seller}
    return render(request, template, context, status=422 if form.errors else 200)


def _rows(statement: Statement) -> Iterator[list[str]]:
    yield [
        _("Date"),
        _("Mouvement"),
        _("Objet"),
        _("Référence"),
        _("Prix TTC"),
        _("Commission TTC"),
        _("Pour vous"),
        _("Solde"),
    ]
    sums = statement.snapshot["sums"]
    opening = cents_text(sums["opening_cents"])
    yield [statement.starts_on.isoformat(), _("Solde avant la période"), "", "", "", "", "", opening]
    for row in statement.snapshot["rows"]:
        yield [
            row["on"],
            row["title"],
            row["label"],
            row["reference"],
            "" if row["gross_cents"] is None else cents_text(row["gross_cents"]),
            "" if row["commission_cents"] is None else cents_text(row["commission_cents"]),
            cents_text(row["amount_cents"]),
            cents_text(row["balance_cents"]),
        ]


def _name(statement: Statement) -> str:
    return f"releve-{statement.starts_on:%Y%m%d}-{statement.ends_on:%Y%m%d}"


def _last_month() -> dict[str, date]:
    """First and last legal date of the month before this one."""
    last = legal_date(current_tenant(), timezone.now()).replace(day=1) - timedelta(days=1)
    return {"since": last.replace(day=1), "until": last}
