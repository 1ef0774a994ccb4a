"""Addresses of the work on lines on a tenant's site."""

from __future__ import annotations

from django.urls import path

from services.fulfilment.web import entrepreneur, files, operator, provider

app_name = "fulfilment"

urlpatterns = [
    path("prestataire/", provider.next_hour, name="next_hour"),
    path("prestataire/prestations/", provider.lines, name="lines"),
    path("prestataire/prestations/<str:key>/", provider.line, name="line"),
    path("prestataire/prestations/<str:key>/accepter/", provider.accept, name="accept"),
    path("prestataire/prestations/<str:key>/decliner/", provider.decline, name="decline"),
    path("prestataire/prestations/<str:key>/demarrer/", provider.start, name="start"),
    path("prestataire/prestations/<str:key>/livrer/", provider.deliver, name="deliver"),
    path(
        "prestataire/prestations/<str:key>/livrables/<uuid:public_id>/retirer/",
        provider.detach,
        name="detach",
    ),
    path("prestataire/prestations/<str:key>/messages/", provider.write, name="write"),
    path("commandes/<str:number>/<int:position>/valider/", entrepreneur.approve, name="approve"),
    path("commandes/<str:number>/<int:position>/corrections/", entrepreneur.changes, name="changes"),
    path("commandes/<str:number>/<int:position>/messages/", entrepreneur.write, name="write_to_provider"),
    path("console/prestations/<str:key>/messages/", operator.write, name="write_to_both"),
    path("livrables/<uuid:public_id>/", files.deliverable, name="deliverable"),
]
