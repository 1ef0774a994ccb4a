"""Console pages "Où est l’argent": the board, the postings of an account and their export, one entry."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse as address_of
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from billing.ledger.access import get_account_for, get_entry_for, require_finance
from billing.ledger.accounts import CREDIT_KINDS, AccountCode
from billing.ledger.operations import correct_entry
from billing.ledger.queries import balance, entries_of, last_run, money_board, parties_in, sum_of
from billing.ledger.web.exports import posting_rows
from billing.ledger.web.forms import FilterForm, ReasonForm
from kernel.errors import DomainError
from kernel.web.exports import csv_response
from tenants.accounts.models import User

GROUPS = (
    (gettext_lazy("Là où il se trouve"), (AccountCode.GATEWAY, AccountCode.BANK)),
    (
        gettext_lazy("À qui il revient"),
        (
            AccountCode.HELD,
            AccountCode.OWED_TO_PROVIDERS,
            AccountCode.REFUNDS_DUE,
            AccountCode.FUNDER_ADVANCES,
            AccountCode.OUTPUT_VAT,
        ),
    ),
    (gettext_lazy("Ce qui est attendu"), (AccountCode.OWED_BY_FUNDERS, AccountCode.DISPUTED)),
    (gettext_lazy("À rattacher"), (AccountCode.SUSPENSE,)),
    (
        gettext_lazy("Ce que l’espace a gagné et payé"),
        (
            AccountCode.COMMISSIONS,
            AccountCode.OWN_SALES,
            AccountCode.GATEWAY_FEES,
            AccountCode.REFUNDS_BORNE,
            AccountCode.DEBTS_LOST,
        ),
    ),
)


@login_required
@require_safe
def money(request: HttpRequest) -> HttpResponse:
    """Where every euro is: one figure an account, each leading to its postings."""
    require_finance(request.user)
    board = money_board()
    by_code = {line.code: line for line in board.lines}
    groups = [
        {"title": title, "lines": [by_code[code] for code in codes if code in by_code]}
        for title, codes in GROUPS
    ]
    grouped = {code for _title, codes in GROUPS for code in codes}
    others = [line for line in board.lines if line.code not in grouped]
    if others:
        groups.append({"title": _("Autres comptes"), "lines": others})
    return render(
        request, "ledger/operator/money.html", {"board": board, "groups": groups, "run": last_run()}
    )


@login_required
@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """The postings of one account, newest first, by period and party when asked."""
    found = get_account_for(request.user, code)
    form = FilterForm(request.GET or None, parties=parties_in(found.code) if found.by_party else [])
    wanted = form.wanted()
    page = entries_of(found.code, wanted=wanted, before=_key(request))
    sign = -1 if found.kind in CREDIT_KINDS else 1
    context = {
        "account": found,
        "form": form,
        "errors": form.errors,
        "is_filtered": not wanted.is_empty,
        "filtered_cents": None if wanted.is_empty else sign * sum_of(found.code, wanted),
        "balance_cents": sign * balance(found.code),
        "rows": [{"posting": posting, "amount_cents": sign * posting.amount_cents} for posting in page.rows],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
        "export_query": form.query(),
    }
    return render(request, "ledger/operator/account.html", context)


@login_required
@require_safe
def export(request: HttpRequest, code: str) -> StreamingHttpResponse:
    """The postings that the page of the account shows, all pages, as CSV."""
    found = get_account_for(request.user, code)
    form = FilterForm(request.GET or None, parties=parties_in(found.code) if found.by_party else [])
    if form.is_bound and not form.is_valid():
        raise Http404
    return csv_response(f"compte-{found.number}", posting_rows(found, form.wanted()))


@login_required
@require_safe
def entry(request: HttpRequest, source: str) -> HttpResponse:
    """One entry with both its sides."""
    found = get_entry_for(request.user, source)
    sides = [
        {
            "account": posting.account,
            "party": posting.party,
            "debit_cents": posting.amount_cents if posting.amount_cents > 0 else None,
            "credit_cents": -posting.amount_cents if posting.amount_cents < 0 else None,
            "currency": posting.currency,
        }
        for posting in found.postings.all()
    ]
    context = {
        "entry": found,
        "sides": sides,
        "reversal": getattr(found, "reversal", None),
        "reversed": found.reverses,
    }
    return render(request, "ledger/operator/entry.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def reverse(request: HttpRequest, source: str) -> HttpResponse:
    """Check, then correct an entry by its mirror image, with a reason."""
    found = get_entry_for(request.user, source)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = correct_entry(
                entry=found, reason=form.cleaned_data["reason"], user=cast(User, request.user)
            )
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("ledger:entry", source=found.source)
        messages.success(request, _("Écriture contre-passée."))
        return redirect("ledger:entry", source=made.source)
    if found.reverses_id is not None or hasattr(found, "reversal"):
        raise Http404
    context = {
        "entry": found,
        "form": form,
        "cancel_url": address_of("ledger:entry", args=[found.source]),
    }
    status = 422 if form.is_bound else 200
    return render(request, "ledger/operator/reverse.html", context, status=status)


def _key(request: HttpRequest) -> int | None:
    after = request.GET.get("after")
    if not after:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Http404
    return int(after)
