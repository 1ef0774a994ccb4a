"""Console page of VAT to confirm."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.vat_reviews.access import get_review_for, require_finance
from billing.vat_reviews.lifecycle import ReviewState
from billing.vat_reviews.operations import confirm_review, look_again
from billing.vat_reviews.queries import settled_reviews, waiting_count, waiting_reviews
from billing.vat_reviews.web.rows import row_of
from kernel.errors import DomainError
from tenants.accounts.models import User

PAGE_SIZE = 20
SETTLED = "reglees"


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Parts whose VAT is another than at the order, oldest first; or those that are settled."""
    require_finance(request.user)
    settled = request.GET.get("etat") == SETTLED
    reviews = settled_reviews() if settled else waiting_reviews()
    page = Paginator(reviews, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [row_of(review) for review in page],
        "settled": settled,
        "tabs": [
            {"url": "?", "label": _("À confirmer"), "current": not settled, "count": waiting_count()},
            {"url": f"?etat={SETTLED}", "label": _("Réglées"), "current": settled},
        ],
    }
    return render(request, "vat_reviews/operator/reviews.html", context)


@login_required
@require_POST
def confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm the VAT as it was shown."""
    review = get_review_for(request.user, public_id)
    seen = request.POST.get("seen", "")
    try:
        confirm_review(review=review, seen=seen, user=cast(User, request.user))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("TVA confirmée. La facture est émise dans la minute."))
    return redirect("vat_reviews:reviews")


@login_required
@require_POST
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Determine the VAT of a part anew."""
    review = get_review_for(request.user, public_id)
    try:
        review = look_again(review=review, user=cast(User, request.user))
    except DomainError as error:
        messages.error(request, str(error))
    else:
        if review.state == ReviewState.UNCHANGED:
            messages.success(
                request, _("La TVA prévue à la commande s’applique. La facture est émise dans la minute.")
            )
        else:
            messages.info(request, _("Les montants sont à jour. La TVA reste à confirmer."))
    return redirect("vat_reviews:reviews")
