"""Console pages "Où est l'argent": the board, the postings of an account, one entry."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from billing.ledger.access import get_account_for, get_entry_for, require_finance
from billing.ledger.accounts import CREDIT_KINDS, AccountCode
from billing.ledger.queries import balance, entries_of, money_board

GROUPS = (
    (_("Là où il se trouve"), (AccountCode.GATEWAY, AccountCode.BANK)),
    (
        _("À qui il revient"),
        (AccountCode.HELD, AccountCode.OWED_TO_PROVIDERS, AccountCode.REFUNDS_DUE, AccountCode.OUTPUT_VAT),
    ),
    (_("Ce qui est attendu"), (AccountCode.OWED_BY_FUNDERS,)),
    (
        _("Ce que l'espace a gagné et payé"),
        (AccountCode.COMMISSIONS, AccountCode.OWN_SALES, AccountCode.GATEWAY_FEES),
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
    return render(request, "ledger/operator/money.html", {"board": board, "groups": groups})


@login_required
@require_safe
def account(request: HttpRequest, code: str) -> HttpResponse:
    """The postings of one account, newest first."""
    found = get_account_for(request.user, code)
    page = entries_of(found.code, before=_key(request))
    sign = -1 if found.kind in CREDIT_KINDS else 1
    context = {
        "account": found,
        "balance_cents": sign * balance(found.code),
        "rows": [{"posting": posting, "amount_cents": sign * posting.amount_cents} for posting in page.rows],
        "next_key": page.next_key,
        "is_first_page": not request.GET.get("after"),
    }
    return render(request, "ledger/operator/account.html", context)


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
    return render(request, "ledger/operator/entry.html", {"entry": found, "sides": sides})


def _key(request: HttpRequest) -> int | None:
    after = request.GET.get("after")
    if not after:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Http404
    return int(after)
