"""What people wish for: keep a service at hand, ask for one that nobody offers, and settle such a wish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from services.catalogue.errors import NothingToLookFor, TooManyWishes
from services.catalogue.finding.words import search_words
from services.catalogue.models import FavouriteService, Service, WantedService
from tenants.reference.names import fold_name

if TYPE_CHECKING:
    from tenants.accounts.models import User

MAXIMUM_OPEN_WISHES = 20


@transaction.atomic
def keep_favourite(*, user: User, service: Service) -> None:
    """Keep a service at hand; once is enough."""
    FavouriteService.objects.get_or_create(user=user, service=service)


@transaction.atomic
def drop_favourite(*, user: User, service: Service) -> None:
    """Keep a service at hand no longer."""
    FavouriteService.objects.filter(user=user, service=service).delete()


def is_favourite(user: User, service: Service) -> bool:
    """Whether a person keeps a service at hand; one statement."""
    return FavouriteService.objects.filter(user=user, service=service).exists()


def favourite_slugs(user: User) -> QuerySet[FavouriteService, str]:
    """Slugs of a person's services that the shop shows, the latest kept first; one statement."""
    shown = Service.objects.published().values("pk")
    return (
        FavouriteService.objects.filter(user=user, service__in=shown)
        .order_by("-created_at", "-id")
        .values_list("service__slug", flat=True)
    )


@transaction.atomic
def ask_for_service(*, user: User, words: str, note: str = "") -> WantedService:
    """Tell the operator what was looked for in vain; asked again while it waits, the newer note stands.

    Raises NothingToLookFor where no word says what is meant, TooManyWishes beyond twenty that wait.
    """
    words = " ".join(words.split())[:120]
    if not search_words(words):
        raise NothingToLookFor
    folded = fold_name(words)[:160]
    waiting = WantedService.objects.filter(user=user, settled_at__isnull=True)
    if waiting.exclude(folded=folded).count() >= MAXIMUM_OPEN_WISHES:
        raise TooManyWishes(count=MAXIMUM_OPEN_WISHES)
    wish, new = waiting.get_or_create(
        user=user, folded=folded, defaults={"words": words, "note": note.strip()[:1000]}
    )
    if not new and note.strip():
        wish.note = note.strip()[:1000]
        wish.save(update_fields=["note"])
    return wish


@transaction.atomic
def settle_wish(*, wish: WantedService, actor: User) -> None:
    """The operator has seen to a wish; whoever comes second changes nothing."""
    WantedService.objects.filter(pk=wish.pk, settled_at__isnull=True).update(
        settled_at=timezone.now(), settled_by=actor
    )


def wishes() -> QuerySet[WantedService]:
    """All wishes, those that wait first, the latest of them first; one statement."""
    return WantedService.objects.select_related("user").order_by(
        F("settled_at").desc(nulls_first=True), F("created_at").desc(), "id"
    )
