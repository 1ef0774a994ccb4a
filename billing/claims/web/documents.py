"""The papers of a claim: its PDF as it was sent, and its lines for a spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from billing.claims.access import get_claim
from billing.claims.models import Claim, ClaimDocument, RefusedLine
from billing.claims.snapshots import claim_lines, claim_rows
from kernel.web.exports import cents_text, csv_response


@login_required
@require_safe
def pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The stored page; an answer that says so while the worker still makes it. A draft has none."""
    claim = get_claim(request.user, public_id)
    if not claim.number:
        raise Http404
    document = ClaimDocument.objects.filter(claim=claim).first()
    if document is None:
        return render(request, "claims/operator/preparing.html", {"claim": claim}, status=202)
    response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{claim.number}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    return response


@login_required
@require_safe
def as_csv(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The lines with their proofs: as they were sent, or as the draft has them."""
    claim = get_claim(request.user, public_id)
    if claim.number:
        return csv_response(claim.number, _cells(claim.snapshot["rows"], _refused(claim)))
    return csv_response(f"brouillon-{claim.programme.slug}", _cells(_drafted(claim), {}))


def _drafted(claim: Claim) -> Iterator[dict[str, Any]]:
    yield from (asdict(row) for row in claim_rows(claim_lines(claim)))


def _refused(claim: Claim) -> dict[int, RefusedLine]:
    """What was refused of the lines, by position."""
    refused = RefusedLine.objects.filter(line__claim=claim, is_live=True).select_related("line")
    return {row.line.position: row for row in refused}


def _cells(rows: Iterable[dict[str, Any]], refused: Mapping[int, RefusedLine]) -> Iterator[list[str]]:
    yield [
        _("Commande"),
        _("Entreprise"),
        "SIREN",
        _("Prestataire"),
        _("Prestation"),
        _("Facture ou avoir"),
        _("Livraison validée ou aide rendue le"),
        _("Montant demandé"),
        _("Demandé d’abord dans"),
        _("Montant refusé"),
        _("Suite du refus"),
    ]
    for row in rows:
        no = refused.get(row["position"])
        yield [
            row["order"],
            row["business"],
            row["siren"],
            row["seller"],
            row["description"],
            row["invoice"],
            row["on"],
            cents_text(row["amount_cents"]),
            row.get("again", ""),
            cents_text(no.amount_cents) if no else "",
            str(no.get_fate_display()) if no else "",
        ]
