"""The console opens programmes and says what they may spend each year."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.funding.access import get_programme_to_rule, require_finance
from billing.funding.changes import change_programme, close_programme
from billing.funding.models import Programme
from billing.funding.operations import change_budget, open_programme
from billing.funding.web.programme_forms import BudgetsForm, ProgrammeForm, TermsForm
from kernel.errors import DomainError
from tenants.parties.operations import create_funder


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A programme with its funder, terms and first rule, in one form."""
    require_finance(request.user)
    form = ProgrammeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            programme = _open(form)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request, _("Le dispositif est ouvert. Sa règle peut être précisée avant son premier jour.")
            )
            return redirect("funding:console_programme", slug=programme.slug)
    return render(request, "funding/operator/new.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def budgets(request: HttpRequest, slug: str) -> HttpResponse:
    """What a programme may spend, year by year; never less than is promised."""
    programme = get_programme_to_rule(request.user, slug)
    form = BudgetsForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid() and _change(programme, form):
        messages.success(request, _("Les budgets sont enregistrés."))
        return redirect("funding:console_programme", slug=slug)
    context = {"form": form, "programme": programme}
    return render(request, "funding/operator/budgets.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Terms from now on; what vouchers hold stays as it was promised."""
    programme = get_programme_to_rule(request.user, slug)
    form = TermsForm(request.POST or None, programme=programme)
    if request.method == "POST" and form.is_valid():
        try:
            change_programme(programme=programme, **form.changes())
        except DomainError as error:
            form.add_error("ends_on", str(error))
        else:
            messages.success(request, _("Les conditions sont enregistrées ; elles valent pour la suite."))
            return redirect("funding:console_programme", slug=slug)
    context = {"form": form, "programme": programme}
    return render(request, "funding/operator/terms.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, slug: str) -> HttpResponse:
    """Say what follows, then make today the last day."""
    programme = get_programme_to_rule(request.user, slug)
    if request.method == "POST":
        try:
            close_programme(programme=programme)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Aujourd’hui est le dernier jour de ce dispositif."))
        return redirect("funding:console_programme", slug=slug)
    return render(request, "funding/operator/close.html", {"programme": programme})


@transaction.atomic
def _open(form: ProgrammeForm) -> Programme:
    funder = form.chosen_funder or create_funder(legal_name=form.cleaned_data["funder_name"].strip())
    return open_programme(funder=funder, **form.terms())


def _change(programme: Programme, form: BudgetsForm) -> bool:
    """All years or none; what is refused is said at its year."""
    try:
        with transaction.atomic():
            for year, cents in form.amounts().items():
                place = str(year)
                change_budget(programme=programme, year=year, amount_cents=cents)
    except DomainError as error:
        form.add_error(place, str(error))
        return False
    return True
