"""Reviews: who ordered says what it was worth, the provider answers once, the operator may hide one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from services.catalogue.models import Service, ServiceReview
from services.catalogue.reviews import count_ratings
from services.orders.errors import (
    ReasonMissing,
    ReviewAnswered,
    ReviewClosed,
    ReviewGiven,
    ReviewNotOfThisService,
    ReviewTooEarly,
    ReviewWordsMissing,
)
from services.orders.lifecycle import BUSINESS, PROVIDER, LineState
from services.orders.locking import lock_line
from services.orders.models import OrderLine
from services.orders.notices import notify
from services.orders.transitions import refuse_both_sides
from tenants.parties.queries import members_of

REVIEWED = (LineState.APPROVED, LineState.CLOSED)
CHANGED_WITHIN = timedelta(days=14)
LONGEST = 2000


def may_be_reviewed(line: OrderLine) -> bool:
    """Whether the line is one that a review can be about; no statement when it knows its service."""
    return line.state in REVIEWED and line.provider_id == line.service.provider_id


def may_be_changed(review: ServiceReview) -> bool:
    """Whether its author may still write it otherwise."""
    return review.hidden_at is None and timezone.now() < review.written_at + CHANGED_WITHIN


@transaction.atomic
def write_review(*, key: str, actor: Any, rating: int, text: str) -> ServiceReview:
    """Say what a line was worth, from 1 to 5 and in words; its provider is told.

    Raises LineNotFound, ReviewTooEarly, ReviewNotOfThisService, ReviewGiven, ReviewWordsMissing, BothSides.
    """
    line = lock_line(key)
    refuse_both_sides(line.order, role=BUSINESS, actor=actor)
    if line.state not in REVIEWED:
        raise ReviewTooEarly()
    if not may_be_reviewed(line):
        raise ReviewNotOfThisService()
    words = _words(rating, text)
    if ServiceReview.objects.filter(line_key=key).exists():
        raise ReviewGiven()
    _lock_service(line.service_id)
    review = ServiceReview.objects.create(
        service_id=line.service_id,
        line_key=key,
        buyer=line.order.buyer,
        author=actor,
        rating=rating,
        text=words,
    )
    count_ratings(service_id=line.service_id)
    _tell(review, line, "reviewed", side=PROVIDER, actor=actor, rating=rating, text=words)
    return review


@transaction.atomic
def change_review(*, review_id: int, actor: Any, rating: int, text: str) -> ServiceReview:
    """Write it otherwise within 14 days. Raises ReviewClosed, ReviewWordsMissing, BothSides."""
    review = _locked(review_id)
    line = _line_of(review)
    refuse_both_sides(line.order, role=BUSINESS, actor=actor)
    if not may_be_changed(review):
        raise ReviewClosed()
    review.text, review.rating = _words(rating, text), rating
    review.changed_at = timezone.now()
    review.save(update_fields=["text", "rating", "changed_at"])
    count_ratings(service_id=review.service_id)
    return review


@transaction.atomic
def answer_review(*, review_id: int, actor: Any, text: str) -> ServiceReview:
    """The provider answers, once; the author is told.

    Raises ReviewAnswered, ReviewClosed, ReasonMissing, BothSides.
    """
    review = _locked(review_id)
    line = _line_of(review)
    refuse_both_sides(line.order, role=PROVIDER, actor=actor)
    if review.hidden_at is not None:
        raise ReviewClosed()
    if review.answer:
        raise ReviewAnswered()
    if not text.strip():
        raise ReasonMissing()
    review.answer, review.answered_at, review.answered_by = text.strip()[:LONGEST], timezone.now(), actor
    review.save(update_fields=["answer", "answered_at", "answered_by"])
    _tell(review, line, "review_answered", side=BUSINESS, actor=actor, text=review.answer)
    return review


@transaction.atomic
def hide_review(*, review_id: int, actor: Any, reason: str) -> ServiceReview:
    """The operator takes a review out of the shop; its author reads why. Raises ReasonMissing."""
    review = _locked(review_id)
    if not reason.strip():
        raise ReasonMissing()
    if review.hidden_at is None:
        review.hidden_at, review.hidden_by = timezone.now(), actor
        review.hidden_reason = reason.strip()[:LONGEST]
        review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        count_ratings(service_id=review.service_id)
        line = _line_of(review)
        _tell(review, line, "review_hidden", side=BUSINESS, actor=actor, reason=review.hidden_reason)
    return review


@transaction.atomic
def show_review(*, review_id: int) -> ServiceReview:
    """The operator puts a hidden review back."""
    review = _locked(review_id)
    if review.hidden_at is not None:
        review.hidden_at, review.hidden_by, review.hidden_reason = None, None, ""
        review.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        count_ratings(service_id=review.service_id)
    return review


def invite_review(line: OrderLine) -> None:
    """Ask the buyer's people once what a line was worth that has just closed, in its transaction."""
    if not may_be_reviewed(line) or ServiceReview.objects.filter(line_key=line.key).exists():
        return
    notify(
        "review_invited",
        subject_key=f"review:{line.key}",
        users=members_of(line.order.buyer_id),
        side=BUSINESS,
        order=line.order.number,
        line=line.key,
        review=True,
    )


def _locked(review_id: int) -> ServiceReview:
    """The service's row first, then the review: in the order in which averages are counted."""
    service_id = ServiceReview.objects.values_list("service_id", flat=True).get(pk=review_id)
    _lock_service(service_id)
    return ServiceReview.objects.select_for_update(of=("self",)).get(pk=review_id)


def _lock_service(service_id: int) -> None:
    Service.objects.select_for_update(of=("self",)).only("pk").get(pk=service_id)


def _line_of(review: ServiceReview) -> OrderLine:
    return OrderLine.objects.select_related("order").get(key=review.line_key)


def _words(rating: int, text: str) -> str:
    words = text.strip()[:LONGEST]
    if not 1 <= rating <= 5 or not words:
        raise ReviewWordsMissing()
    return words


def _tell(
    review: ServiceReview, line: OrderLine, kind: str, *, side: str, actor: Any, **context: Any
) -> None:
    party_id = line.provider_id if side == PROVIDER else line.order.buyer_id
    # Hidden, shown and hidden again is told again.
    at = review.hidden_at or review.answered_at or review.written_at
    notify(
        kind,
        subject_key=f"review:{review.pk}:{at:%Y%m%d%H%M%S}",
        users=members_of(party_id).exclude(pk=actor.pk),
        side=side,
        order=line.order.number,
        line=line.key,
        review=str(review.public_id) if side == PROVIDER else True,
        **context,
    )
