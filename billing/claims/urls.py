"""Addresses of claims on a tenant's site."""

from __future__ import annotations

from django.urls import path

from billing.claims.web import acts, documents, operator, refusing

app_name = "claims"

urlpatterns = [
    path("console/demandes-de-versement/", operator.claim_list, name="claims"),
    path("console/demandes-de-versement/a-demander/", operator.to_be_claimed, name="open"),
    path("console/demandes-de-versement/a-demander/<slug:slug>/", acts.draw, name="draw"),
    path("console/demandes-de-versement/<uuid:public_id>/", operator.claim, name="claim"),
    path("console/demandes-de-versement/<uuid:public_id>/deposer/", acts.submit, name="submit"),
    path("console/demandes-de-versement/<uuid:public_id>/retirer/", acts.withdraw, name="withdraw"),
    path("console/demandes-de-versement/<uuid:public_id>/paiement/", acts.pay, name="pay"),
    path(
        "console/demandes-de-versement/<uuid:public_id>/paiements/<int:payment_id>/annuler/",
        acts.correct,
        name="correct",
    ),
    path("console/demandes-de-versement/<uuid:public_id>/refus/", refusing.refuse, name="refuse"),
    path(
        "console/demandes-de-versement/<uuid:public_id>/refus/<int:refusal_id>/annuler/",
        refusing.undo,
        name="undo_refusal",
    ),
    path("console/demandes-de-versement/<uuid:public_id>/pdf/", documents.pdf, name="pdf"),
    path("console/demandes-de-versement/<uuid:public_id>/csv/", documents.as_csv, name="csv"),
]
