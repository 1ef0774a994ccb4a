"""The console: write a rule, try it on cases, publish it."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing.funding.access import get_draft_to_rule, get_revision_to_rule, require_finance
from billing.funding.models import RuleRevision
from billing.funding.revisions import (
    add_example,
    discard_draft,
    publish_revision,
    remove_example,
    save_draft,
)
from billing.funding.rules import Reading
from billing.funding.web.case_forms import CaseForm, case_form, case_name
from billing.funding.web.described import described, expectations, said_answer
from billing.funding.web.operator import today
from billing.funding.web.rule_forms import RevisionForm
from kernel.errors import DomainError
from kernel.rules.document import parse_rule
from kernel.rules.editing import Row, act_on, document_of, read_rows, row_of, settle
from kernel.rules.errors import RowError, RuleError, RuleInvalid
from kernel.rules.evaluation import evaluate
from kernel.rules.facts import write_facts
from kernel.rules.shown import Shower


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revision(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One revision: what it asks, what its examples say, what changed; a case can be tried or kept."""
    found = get_revision_to_rule(request.user, slug, number)
    reading = Reading()
    try:
        shown = described(found, reading)
    except RuleError as error:
        context = {"revision": found, "programme": found.programme, "reason": error}
        return render(request, "funding/operator/unreadable.html", context)
    rule = shown["check"].rule
    form = case_form(rule, reading, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid:
        if request.POST.get("do") == "keep":
            return _kept(request, found, form, reading)
        on = max(today(), found.valid_from)
        answer = evaluate(
            rule, facts=form.facts, vocabulary=reading.vocabulary, on=on, parameters=reading.parameters
        )
        shown["answer"] = said_answer(answer, reading)
    context = {**shown, "case": form, "expectations": expectations()}
    status = 200 if form.is_valid else 422
    return render(request, "funding/operator/revision.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Rows of fact, comparison and value, in groups; each button posts the whole form."""
    found = get_draft_to_rule(request.user, slug, number)
    reading = Reading()
    if request.method != "POST":
        form = RevisionForm(initial=_initial(found), on=today(), is_first=_is_first(found))
        return _editor(request, found, row_of(found.document, reading.vocabulary), form, reading)
    root = read_rows({name: request.POST.getlist(name) for name in request.POST})
    settle(root, reading.vocabulary)
    act = request.POST.get("do", "")
    if act == "save":
        form = RevisionForm(request.POST, on=today(), is_first=_is_first(found))
        return _saved(request, found, root, form, reading)
    act_on(root, act)
    form = RevisionForm(initial=request.POST.dict(), on=today(), is_first=_is_first(found))
    return _editor(request, found, root, form, reading)


@login_required
@require_POST
def forget_example(request: HttpRequest, slug: str, number: int, example_id: int) -> HttpResponse:
    """Take a case out of a draft."""
    found = get_draft_to_rule(request.user, slug, number)
    try:
        remove_example(revision_id=found.pk, example_id=example_id)
        messages.success(request, _("Exemple retiré."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("funding:console_rule", slug=slug, number=number)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Is this the rule that shall decide? Shown whole before it does."""
    found = get_draft_to_rule(request.user, slug, number)
    if request.method == "POST":
        try:
            publish_revision(revision_id=found.pk, user=require_finance(request.user), on=today())
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Règle publiée."))
        return redirect("funding:console_rule", slug=slug, number=number)
    return render(request, "funding/operator/publish.html", described(found, Reading()))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def discard(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Throw a draft away, after asking."""
    found = get_draft_to_rule(request.user, slug, number)
    if request.method != "POST":
        return render(
            request, "funding/operator/discard.html", {"revision": found, "programme": found.programme}
        )
    try:
        discard_draft(revision_id=found.pk)
        messages.success(request, _("Brouillon abandonné."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("funding:console_programme", slug=slug)


def _editor(
    request: HttpRequest,
    found: RuleRevision,
    root: Row,
    form: RevisionForm,
    reading: Reading,
    errors: Sequence[RowError] = (),
) -> HttpResponse:
    shower = Shower(reading.vocabulary, reading.parameters, max(today(), found.valid_from), errors)
    context = {
        "revision": found,
        "programme": found.programme,
        "form": form,
        "group": shower.show(root),
        "row_errors": shower.summary(root),
    }
    status = 422 if errors or (form.is_bound and form.errors) else 200
    return render(request, "funding/operator/edit.html", context, status=status)


def _saved(
    request: HttpRequest, found: RuleRevision, root: Row, form: RevisionForm, reading: Reading
) -> HttpResponse:
    """Keep the draft, or show every fault at its row and field."""
    try:
        document = document_of(root, reading.vocabulary)
        parse_rule(document, reading.vocabulary, reading.parameters)
    except RuleInvalid as error:
        return _editor(request, found, root, form, reading, error.errors)
    if not form.is_valid():
        return _editor(request, found, root, form, reading)
    try:
        save_draft(
            revision_id=found.pk,
            document=document,
            valid_from=form.cleaned_data["valid_from"],
            review_by=form.cleaned_data["review_by"],
            note=form.cleaned_data["note"],
            user=require_finance(request.user),
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Brouillon enregistré."))
    return redirect("funding:console_rule", slug=found.programme.slug, number=found.number)


def _kept(request: HttpRequest, found: RuleRevision, form: CaseForm, reading: Reading) -> HttpResponse:
    try:
        add_example(
            revision_id=found.pk,
            name=request.POST.get("name", "").strip() or case_name(form.facts, reading),
            facts=write_facts(form.facts),
            judged_on=max(today(), found.valid_from),
            expected=request.POST.get("expected", ""),
        )
        messages.success(request, _("Exemple ajouté."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("funding:console_rule", slug=found.programme.slug, number=found.number)


def _initial(found: RuleRevision) -> dict[str, object]:
    return {
        "valid_from": max(found.valid_from, today()) if not _is_first(found) else found.valid_from,
        "review_by": found.review_by,
        "note": found.note,
    }


def _is_first(found: RuleRevision) -> bool:
    return not RuleRevision.objects.published().filter(programme=found.programme_id).exists()
