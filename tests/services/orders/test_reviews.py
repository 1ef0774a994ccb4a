"""Reviews: who may write one, what counts, who answers, what is hidden, who is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from services.catalogue.models import Service, ServiceReview
from services.fulfilment.operations.review import approve_milestone
from services.orders.errors import (
    BothSides,
    ReasonMissing,
    ReviewAnswered,
    ReviewClosed,
    ReviewGiven,
    ReviewNotOfThisService,
    ReviewTooEarly,
    ReviewWordsMissing,
)
from services.orders.models import Notice, OrderLine
from services.orders.operations.close import close_line
from services.orders.operations.reviews import (
    answer_review,
    change_review,
    hide_review,
    show_review,
    write_review,
)
from tests.services.catalogue.building import log_in
from tests.services.ordering import Market


def approved(market: Market) -> OrderLine:
    """A line of the other provider, in one part, that the buyer has approved."""
    line = market.delivered(market.other_service)
    approve_milestone(key=line.key, actor=market.buyer_user)
    return OrderLine.objects.get(key=line.key)


def reviewed(market: Market, rating: int = 4) -> ServiceReview:
    return write_review(key=approved(market).key, actor=market.buyer_user, rating=rating, text="Bien fait.")


def figures(market: Market) -> tuple[int, int | None]:
    found = Service.objects.get(pk=market.other_service.pk)
    return found.review_count, found.rating_hundredths


def told() -> list[tuple[str, str]]:
    kinds = ("review_invited", "reviewed", "review_answered", "review_hidden")
    return list(Notice.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", "user__email"))


def test_only_an_approved_line_once_by_its_buyer(market: Market) -> None:
    early = market.delivered(market.other_service)
    said: dict[str, Any] = {"actor": market.buyer_user, "rating": 5, "text": "Bien."}
    with pytest.raises(ReviewTooEarly):
        write_review(key=early.key, **said)
    approve_milestone(key=early.key, actor=market.buyer_user)
    with pytest.raises(BothSides):
        write_review(key=early.key, **{**said, "actor": market.other_user})
    for wrong in ({"rating": 0}, {"rating": 6}, {"text": "  "}):
        with pytest.raises(ReviewWordsMissing):
            write_review(key=early.key, **{**said, **wrong})
    write_review(key=early.key, **said)
    with pytest.raises(ReviewGiven):
        write_review(key=early.key, **said)
    assert figures(market) == (1, 500)


def test_what_another_provider_did_says_nothing_about_the_service(market: Market) -> None:
    line = approved(market)
    OrderLine.objects.filter(pk=line.pk).update(provider=market.provider)
    with pytest.raises(ReviewNotOfThisService):
        write_review(key=line.key, actor=market.buyer_user, rating=5, text="Bien.")


def test_the_average_follows_every_act(market: Market) -> None:
    first, second, third = (reviewed(market, rating) for rating in (5, 4, 4))
    assert figures(market) == (3, 433)
    change_review(review_id=first.pk, actor=market.buyer_user, rating=1, text="Cassé depuis.")
    assert figures(market) == (3, 300)
    hide_review(review_id=second.pk, actor=market.staff, reason="Insultes.")
    hide_review(review_id=third.pk, actor=market.staff, reason="Insultes.")
    assert figures(market) == (1, 100)
    hide_review(review_id=first.pk, actor=market.staff, reason="Insultes.")
    assert figures(market) == (0, None)
    show_review(review_id=second.pk)
    assert figures(market) == (1, 400)


def test_fourteen_days_to_change_it_and_one_answer(market: Market) -> None:
    review = reviewed(market)
    said: dict[str, Any] = {"review_id": review.pk, "actor": market.other_user}
    with pytest.raises(ReasonMissing):
        answer_review(**said, text=" ")
    answer_review(**said, text="Merci.")
    with pytest.raises(ReviewAnswered):
        answer_review(**said, text="Encore.")
    ServiceReview.objects.update(written_at=timezone.now() - timedelta(days=14))
    with pytest.raises(ReviewClosed):
        change_review(review_id=review.pk, actor=market.buyer_user, rating=1, text="Non.")
    hidden = reviewed(market)
    hide_review(review_id=hidden.pk, actor=market.staff, reason="Insultes.")
    with pytest.raises(ReviewClosed):
        change_review(review_id=hidden.pk, actor=market.buyer_user, rating=1, text="Non.")
    with pytest.raises(ReviewClosed):
        answer_review(review_id=hidden.pk, actor=market.other_user, text="Merci.")
    with pytest.raises(ReasonMissing):
        hide_review(review_id=review.pk, actor=market.staff, reason="")


def test_each_is_told_once_and_may_go_there(market: Market) -> None:
    line = approved(market)
    close_line(key=line.key)
    assert told() == [("review_invited", market.buyer_user.email)]
    review = write_review(key=line.key, actor=market.buyer_user, rating=4, text="Bien <fait>.")
    answer_review(review_id=review.pk, actor=market.other_user, text="Merci.")
    hide_review(review_id=review.pk, actor=market.staff, reason="Une adresse privée.")
    assert [kind for kind, _email in told()[1:]] == ["reviewed", "review_answered", "review_hidden"]
    from services.orders.mail import build_message

    messages = {one.kind: build_message(one) for one in Notice.objects.filter(kind__startswith="review")}
    assert f"/commandes/{line.order.number}/1/avis/" in messages["review_invited"].body
    assert f"/prestataire/avis/{review.public_id}/" in messages["reviewed"].body
    assert "Bien &lt;fait&gt;." in str(messages["reviewed"].alternatives[0][0])
    assert "Une adresse privée." in messages["review_hidden"].body
    # Who has said it already is not asked.
    other = reviewed(market)
    close_line(key=other.line_key)
    assert [kind for kind, _email in told()].count("review_invited") == 1
    assert not mail.outbox


def test_pages_from_the_order_to_the_shop(market: Market, tenant_client: Any) -> None:
    line = approved(market)
    slug = market.other_service.slug
    order, page = f"/commandes/{line.order.number}/", f"/commandes/{line.order.number}/1/avis/"
    log_in(tenant_client, market.buyer_user)
    assert "Pas encore d’avis" in tenant_client.get(f"/services/{slug}/").text
    assert "Donner votre avis" in tenant_client.get(order).text
    assert tenant_client.post(page, {"text": "Bien."}).status_code == 422
    tenant_client.post(page, {"rating": "4", "text": "Rapide & soigné."})
    assert "Voir votre avis" in tenant_client.get(order).text
    assert "Modifier votre avis" in tenant_client.get(page).text
    tenant_client.post(page, {"rating": "5", "text": "Très soigné."})
    review = ServiceReview.objects.get()
    assert (review.rating, review.changed_at is not None) == (5, True)

    log_in(tenant_client, market.other_user)
    assert "Sans réponse" in tenant_client.get("/prestataire/avis/").text
    answer = f"/prestataire/avis/{review.public_id}/"
    assert tenant_client.post(answer, {"text": ""}).status_code == 422
    tenant_client.post(answer, {"text": "Merci à vous."})
    assert "Vous avez répondu" in tenant_client.get(answer).text
    assert tenant_client.get(page).status_code == 404
    shop = tenant_client.get(f"/services/{slug}/").text
    for words in ("5 sur 5 (1 avis)", "Très soigné.", "Merci à vous."):
        assert words in shop
    assert "5 sur 5 (1 avis)" in tenant_client.get("/services/?tri=note").text
    assert slug in tenant_client.get("/services/?note=4").text
    api = tenant_client.get(f"/api/v1/services/{slug}/reviews/").json()
    assert [one["answer"] for one in api["results"]] == ["Merci à vous."]
    assert tenant_client.get(f"/api/v1/services/{slug}/").json()["rating_hundredths"] == 500

    log_in(tenant_client, market.provider_user)
    assert tenant_client.get(answer).status_code == 404
    log_in(tenant_client, market.staff)
    assert "Visible" in tenant_client.get("/console/avis/").text
    hide = f"/console/avis/{review.public_id}/"
    assert tenant_client.post(hide, {"reason": ""}).status_code == 422
    tenant_client.post(hide, {"reason": "Hors sujet."})
    assert "Très soigné." not in tenant_client.get(f"/services/{slug}/").text
    assert "Très soigné." not in tenant_client.get(f"/services/{slug}/avis/").text
    log_in(tenant_client, market.buyer_user)
    assert "Hors sujet." in tenant_client.get(page).text
    log_in(tenant_client, market.staff)
    tenant_client.post(hide)
    assert "Très soigné." in tenant_client.get(f"/services/{slug}/avis/").text


def test_lists_of_reviews_cost_the_same_with_one_and_with_many(
    market: Market, tenant_client: Any, django_assert_max_num_queries: Any
) -> None:
    review = reviewed(market)
    for number in range(12):
        ServiceReview.objects.create(
            service=review.service,
            line_key=f"k-{number}",
            buyer=review.buyer,
            author=review.author,
            rating=3,
            text="Bien.",
        )
    log_in(tenant_client, market.other_user)
    with django_assert_max_num_queries(16):
        tenant_client.get("/prestataire/avis/")
    log_in(tenant_client, market.staff)
    with django_assert_max_num_queries(16):
        tenant_client.get("/console/avis/")
    with django_assert_max_num_queries(24):
        tenant_client.get(f"/services/{review.service.slug}/avis/")
