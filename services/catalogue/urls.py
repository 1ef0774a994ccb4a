"""Addresses of the catalogue on a tenant's site."""

from __future__ import annotations

from django.urls import path

from services.catalogue.web import (
    console_search,
    engines,
    entrepreneur,
    exchange,
    finding,
    operator,
    provider,
    review,
    shown_pictures,
    wishes,
    writing,
)

app_name = "catalogue"

urlpatterns = [
    path("", entrepreneur.home, name="home"),
    path("services/", entrepreneur.service_list, name="services"),
    path("services/<slug:slug>/", entrepreneur.service, name="service"),
    path("services/<slug:slug>/avis/", entrepreneur.reviews, name="reviews"),
    path("images/<slug:digest>-<int:width>.webp", shown_pictures.picture, name="picture"),
    path("sitemap.xml", engines.sitemap, name="sitemap"),
    path("robots.txt", engines.robots, name="robots"),
    path("suggestions/", finding.suggest, name="suggestions"),
    path("comparer/", finding.compare, name="compare"),
    path("favoris/", wishes.favourites, name="favourites"),
    path("favoris/<slug:slug>/<slug:verb>/", wishes.favourite, name="favourite"),
    path("besoin/", wishes.ask, name="ask"),
    path("rubriques/<slug:slug>/", entrepreneur.category, name="category"),
    path("prestataires/<slug:slug>/", entrepreneur.provider, name="provider"),
    path("prestataire/services/", provider.own_services, name="provider_services"),
    path("prestataire/services/nouveau/", writing.begin, name="provider_service_new"),
    path("prestataire/services/<slug:slug>/", provider.whole_service, name="provider_service"),
    path("prestataire/services/<slug:slug>/apercu/", provider.preview, name="provider_service_preview"),
    path("prestataire/services/<slug:slug>/modifier/", provider.revise, name="provider_service_revise"),
    path(
        "prestataire/services/<slug:slug>/ecrire/<slug:section>/",
        writing.section,
        name="provider_service_section",
    ),
    path("prestataire/services/<slug:slug>/<slug:verb>/", provider.act, name="provider_service_act"),
    *[
        entry
        for desk, start in (("provider", "prestataire"), ("console", "console"))
        for entry in (
            path(f"{start}/echange/", exchange.exchange, {"desk": desk}, name=f"{desk}_exchange"),
            path(
                f"{start}/echange/fichier/<slug:form>/",
                exchange.export,
                {"desk": desk},
                name=f"{desk}_export",
            ),
            path(
                f"{start}/echange/<uuid:public_id>/", exchange.report, {"desk": desk}, name=f"{desk}_import"
            ),
            path(
                f"{start}/echange/<uuid:public_id>/<slug:verb>/",
                exchange.act,
                {"desk": desk},
                name=f"{desk}_import_act",
            ),
        )
    ],
    path("console/services/", operator.review_list, name="console_services"),
    path("console/services/<slug:slug>/", review.review, name="console_service"),
    path("console/services/<slug:slug>/corrections/", review.corrections, name="console_service_corrections"),
    path("console/services/<slug:slug>/<slug:verb>/", review.act, name="console_service_act"),
    path("console/besoins/", console_search.wish_list, name="console_wishes"),
    path("console/besoins/<uuid:public_id>/traiter/", console_search.settle, name="console_wish_settle"),
    path("console/mots/", console_search.synonym_list, name="console_synonyms"),
    path("console/mots/<int:group_id>/", console_search.synonym_group, name="console_synonym"),
    path(
        "console/mots/<int:group_id>/supprimer/", console_search.remove_group, name="console_synonym_remove"
    ),
    path("console/prestataires/", operator.provider_list, name="console_providers"),
    path(
        "console/prestataires/<uuid:public_id>/<slug:verb>/",
        operator.provider_act,
        name="console_provider_act",
    ),
]
