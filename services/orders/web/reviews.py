"""Reviews: the buyer writes one, the provider answers it, the operator may hide it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import DomainError
from kernel.web.forms import ReasonField
from services.catalogue.access import DESK
from services.catalogue.models import ServiceReview
from services.catalogue.reviews import all_reviews, reviews_of_provider
from services.orders.access import get_bought_line_for, get_review_for_desk, get_review_for_provider
from services.orders.operations.reviews import (
    LONGEST,
    answer_review,
    change_review,
    hide_review,
    may_be_changed,
    may_be_reviewed,
    show_review,
    write_review,
)
from tenants.accounts.access import require_operator
from tenants.parties.acting import acting_party

PAGE_SIZE = 30
RATINGS = (
    ("5", gettext_lazy("5 : excellent")),
    ("4", gettext_lazy("4 : bien")),
    ("3", gettext_lazy("3 : correct")),
    ("2", gettext_lazy("2 : décevant")),
    ("1", gettext_lazy("1 : mauvais")),
)


class ReviewForm(forms.Form):
    """What it was worth."""

    rating = forms.ChoiceField(
        label=gettext_lazy("Votre note sur 5"),
        choices=RATINGS,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choisissez une note de 1 à 5.")},
    )
    text = forms.CharField(
        label=gettext_lazy("Votre avis"),
        help_text=gettext_lazy(
            "Ce qui a été fait, et comment. Tous le lisent, avec le nom de votre structure."
        ),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Dites pourquoi en quelques mots.")},
    )


class AnswerForm(forms.Form):
    """What the provider says to it."""

    text = forms.CharField(
        label=gettext_lazy("Votre réponse"),
        help_text=gettext_lazy("Une seule par avis ; tout le monde la lit."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Écrivez votre réponse.")},
    )


class HideForm(forms.Form):
    """Why a review leaves the shop."""

    reason = ReasonField(
        help_text=gettext_lazy("L’auteur de l’avis la lira."),
        max_length=LONGEST,
        rows=4,
        asked=gettext_lazy("Indiquez la raison en quelques mots."),
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """What was this worth? Written once a line, changed for 14 days."""
    line = get_bought_line_for(request.user, number, position)
    found = ServiceReview.objects.select_related("buyer").filter(line_key=line.key).first()
    if found is None and not may_be_reviewed(line):
        raise Http404
    can_write = found is None or may_be_changed(found)
    initial = {"rating": found.rating, "text": found.text} if found else None
    form = ReviewForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        said: dict[str, Any] = {
            "actor": request.user,
            "rating": int(form.cleaned_data["rating"]),
            "text": form.cleaned_data["text"],
        }
        try:
            if found is None:
                write_review(key=line.key, **said)
            else:
                change_review(review_id=found.pk, **said)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Votre avis est publié."))
        return redirect("orders:review", number, position)
    context = {"line": line, "review": found, "form": form, "can_write": can_write}
    status = 422 if form.is_bound else 200
    return render(request, "orders/entrepreneur/review.html", context, status=status)


@require_safe
@login_required
def provider_reviews(request: HttpRequest) -> HttpResponse:
    """What do clients say about my services? Those without an answer first."""
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    return _list(request, "provider", reviews_of_provider(party.pk))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def provider_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Answer one review, once."""
    found = get_review_for_provider(acting_party(request, "provider"), public_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)

    def answer() -> str:
        answer_review(review_id=found.pk, actor=request.user, text=form.cleaned_data["text"])
        return _("Votre réponse est publiée.")

    return _one(request, "provider", found, form, answer)


@require_safe
@login_required
def console_reviews(request: HttpRequest) -> HttpResponse:
    """Is everything that clients write fit to be read?"""
    require_operator(request.user, DESK)
    return _list(request, "operator", all_reviews())


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def console_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hide one review with a reason, or show it again."""
    found = get_review_for_desk(request.user, public_id)
    if request.method == "POST" and found.hidden_at is not None:
        show_review(review_id=found.pk)
        messages.success(request, _("L’avis est visible à nouveau."))
        return redirect(request.path)
    form = HideForm(request.POST if request.method == "POST" else None)

    def hide() -> str:
        hide_review(review_id=found.pk, actor=request.user, reason=form.cleaned_data["reason"])
        return _("L’avis est masqué ; son auteur est prévenu.")

    return _one(request, "operator", found, form, hide)


def _list(request: HttpRequest, side: str, reviews: QuerySet[ServiceReview]) -> HttpResponse:
    page = Paginator(reviews, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, f"orders/{side}/reviews.html", {"page": page})


def _one(
    request: HttpRequest, side: str, found: ServiceReview, form: forms.Form, act: Callable[[], str]
) -> HttpResponse:
    """One review with the form of a side; `act` does what was typed and says so, or raises DomainError."""
    if form.is_bound and form.is_valid():
        try:
            messages.success(request, act())
        except DomainError as error:
            messages.error(request, str(error))
        return redirect(request.path)
    context = {"review": found, "form": form}
    status = 422 if form.is_bound else 200
    return render(request, f"orders/{side}/review.html", context, status=status)
