"""Addresses of the catalogue on a tenant's site."""

from __future__ import annotations

from django.urls import path

from services.catalogue.web import entrepreneur, finding, operator, provider

app_name = "catalogue"

urlpatterns = [
    path("", entrepreneur.home, name="home"),
    path("services/", entrepreneur.service_list, name="services"),
    path("services/<slug:slug>/", entrepreneur.service, name="service"),
    path("suggestions/", finding.suggest, name="suggestions"),
    path("comparer/", finding.compare, name="compare"),
    path("rubriques/<slug:slug>/", entrepreneur.category, name="category"),
    path("prestataires/<slug:slug>/", entrepreneur.provider, name="provider"),
    path("prestataire/services/", provider.own_services, name="provider_services"),
    path("prestataire/services/<slug:slug>/<slug:verb>/", provider.act, name="provider_service_act"),
    path("console/services/", operator.review_list, name="console_services"),
    path("console/services/<slug:slug>/", operator.review, name="console_service"),
    path("console/services/<slug:slug>/<slug:verb>/", operator.act, name="console_service_act"),
    path("console/prestataires/", operator.provider_list, name="console_providers"),
    path(
        "console/prestataires/<uuid:public_id>/<slug:verb>/",
        operator.provider_act,
        name="console_provider_act",
    ),
]
