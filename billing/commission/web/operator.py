"""Console pages of the commission rules: what applies, what a new rule would change, the end of one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.commission.access import get_rule_for, require_finance
from billing.commission.models import CommissionRule, RuleScope
from billing.commission.operations import end_rule, open_rule
from billing.commission.preview import try_rules
from billing.commission.targets import Target, label_of, targets_of
from billing.commission.web.forms import EndForm, ExampleFields, RuleForm
from kernel.errors import DomainError
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


@login_required
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Rules in force, to come and ended; any sale can be tried on them."""
    require_finance(request.user)
    on = legal_date(current_tenant(), timezone.now())
    known = _known()
    form = ExampleFields(request.GET or None, known=known)
    tried = try_rules(form.example(on)) if form.is_bound and form.is_valid() else None
    rows = [_row(rule, known) for rule in CommissionRule.objects.order_by("priority", "id")]
    context = {
        "in_force": [
            row
            for row in rows
            if row["rule"].valid_from <= on and (row["rule"].valid_to is None or on <= row["rule"].valid_to)
        ],
        "to_come": [row for row in rows if row["rule"].valid_from > on],
        "ended": [row for row in rows if row["rule"].valid_to is not None and row["rule"].valid_to < on],
        "form": form,
        "tried": tried,
        "tried_row": _row(tried.rule, known) if tried and tried.rule else None,
    }
    return render(request, "commission/operator/rules.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A new rule: filled in, checked on the example, confirmed."""
    require_finance(request.user)
    today = legal_date(current_tenant(), timezone.now())
    known = _known()
    initial = {"scope": RuleScope.DEFAULT, "priority": 100, "valid_from": today}
    form = RuleForm(request.POST or None, known=known, initial=initial)
    if request.method != "POST":
        return render(request, "commission/operator/new.html", {"form": form})
    if not form.is_valid():
        return render(request, "commission/operator/new.html", {"form": form}, status=422)
    if "confirm" in request.POST:
        try:
            open_rule(**form.rule_values())
        except DomainError as error:
            form.add_error(None, str(error))
            return render(request, "commission/operator/new.html", {"form": form}, status=422)
        messages.success(request, _("La règle est enregistrée. Les commandes déjà passées gardent la leur."))
        return redirect("commission:rules")
    if "change" in request.POST:
        return render(request, "commission/operator/new.html", {"form": form})
    candidate = form.candidate()
    example = form.example(max(candidate.valid_from, today))
    before, after = try_rules(example), try_rules(example, candidate)
    context = {
        "row": _row(candidate, known),
        "example": example,
        "before": before,
        "before_row": _row(before.rule, known) if before.rule else None,
        "after": after,
        "posted": [(name, request.POST[name]) for name in form.fields if name in request.POST],
    }
    return render(request, "commission/operator/check.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, rule_id: int) -> HttpResponse:
    """Set the last day of a rule."""
    rule = get_rule_for(request.user, rule_id)
    today = legal_date(current_tenant(), timezone.now())
    form = EndForm(request.POST or None, initial={"on": today})
    if request.method == "POST" and form.is_valid():
        try:
            end_rule(rule_id=rule.pk, on=form.cleaned_data["on"])
        except DomainError as error:
            form.add_error("on", str(error))
        else:
            messages.success(request, _("La règle se termine à cette date."))
            return redirect("commission:rules")
    context = {"form": form, "row": _row(rule, _known())}
    return render(request, "commission/operator/end.html", context, status=422 if form.errors else 200)


def _known() -> dict[str, list[Target]]:
    return {
        str(scope): targets_of(scope)
        for scope in (RuleScope.PROVIDER, RuleScope.CATEGORY, RuleScope.PROGRAMME)
    }


def _row(rule: CommissionRule, known: dict[str, list[Target]]) -> dict[str, Any]:
    return {"rule": rule, "target": label_of(rule.scope, rule.target, known) if rule.target else ""}
