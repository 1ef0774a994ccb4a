"""Console pages that show claims: all of them, what is open, one with its lines."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.claims.access import get_claim, require_finance
from billing.claims.lifecycle import CLAIM, ClaimState
from billing.claims.models import RefusedLine
from billing.claims.queries import claims, open_programmes
from billing.claims.snapshots import claim_lines, claim_rows
from billing.claims.web.words import claim_word
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

PAGE_SIZE = 50


@login_required
@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """Every claim, newest first, searched and narrowed to a state."""
    require_finance(request.user)
    query = request.GET.get("q", "").strip()
    narrowed = request.GET.get("etat", "")
    narrowed = narrowed if narrowed in ClaimState.values else ""
    page = Paginator(claims(query=query, state=narrowed), PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = [
        {"url": f"?etat={key}" if key else "?", "label": label, "count": None, "current": key == narrowed}
        for key, label in (("", _("Toutes")), *ClaimState.choices)
    ]
    context = {
        "page": page,
        "rows": [{"claim": claim, "word": claim_word(claim)} for claim in page],
        "tabs": tabs,
        "query": query,
        "narrowed": narrowed,
    }
    return render(request, "claims/operator/claims.html", context)


@login_required
@require_safe
def to_be_claimed(request: HttpRequest) -> HttpResponse:
    """What each programme leaves to ask of its funder: up to the end of last month, and since."""
    require_finance(request.user)
    until = last_month_end()
    page = Paginator(open_programmes(until), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "claims/operator/open.html", {"page": page, "until": until})


@login_required
@require_safe
def claim(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One claim: its sums, what can be done, its lines with their proofs, its payments."""
    found = get_claim(request.user, public_id)
    page = Paginator(claim_lines(found), PAGE_SIZE).get_page(request.GET.get("page"))
    acts = {row.name for row in CLAIM.actions_for(found, "operator")}
    rows = claim_rows(page)
    refused = {
        row.line.position: row
        for row in RefusedLine.objects.filter(
            line__in=[line.pk for line in page], is_live=True
        ).select_related("line")
    }
    context = {
        "claim": found,
        "word": claim_word(found),
        "page": page,
        "rows": [
            {"row": row, "on": datetime.date.fromisoformat(row.on), "refused": refused.get(row.position)}
            for row in rows
        ],
        "is_draft": found.state == ClaimState.DRAFT,
        "unproved": sum(not row.invoice for row in rows),
        "can_pay": "pay" in acts,
        "can_refuse": "refuse" in acts and found.left_cents > 0,
        "can_withdraw": "withdraw" in acts,
        "is_closed": found.state == ClaimState.CLOSED,
        "refusals": list(
            found.refusals.select_related("recorded_by", "undone_by").annotate(
                asked_cents=F("amount_cents") - F("lost_cents")
            )
        ),
        "left_cents": abs(found.left_cents),
        "payments": [
            {"payment": payment, "cents": abs(payment.amount_cents)}
            for payment in found.payments.select_related("recorded_by", "corrected_by")
        ],
    }
    return render(request, "claims/operator/claim.html", context)


def last_month_end() -> datetime.date:
    """The last legal date of the month before this one."""
    today = legal_date(current_tenant(), timezone.now())
    return today.replace(day=1) - datetime.timedelta(days=1)
