"""Addresses of carts and orders on a tenant's site."""

from __future__ import annotations

from django.urls import path

from services.orders.console_urls import console_urlpatterns
from services.orders.web import aid_acts, cart, checkout, disputes, entrepreneur, intake, reviews

app_name = "orders"

urlpatterns = [
    path("prestataire/questionnaires/<slug:slug>/", intake.preview, name="intake_preview"),
    path("panier/", cart.cart, name="cart"),
    path("panier/ajouter/", cart.add, name="add_to_cart"),
    path("panier/aides/reponses/", aid_acts.answer, name="answer_for_aid"),
    path("panier/aides/code/", aid_acts.redeem, name="redeem_code"),
    path("panier/<uuid:public_id>/modifier/", cart.change, name="change_cart_line"),
    path("panier/<uuid:public_id>/retirer/", cart.remove, name="remove_cart_line"),
    path("panier/<uuid:public_id>/remettre/", cart.restore, name="restore_cart_line"),
    path("commander/", checkout.check, name="check"),
    path("commander/conditions/", checkout.terms, name="terms"),
    path("commander/questions/<uuid:public_id>/<str:key>/", checkout.question, name="question"),
    path("commandes/", entrepreneur.orders, name="orders"),
    path("commandes/fichiers/<uuid:public_id>/", entrepreneur.intake_file, name="intake_file"),
    path("commandes/<str:number>/", entrepreneur.order, name="order"),
    path("commandes/<str:number>/payer/", entrepreneur.pay, name="pay"),
    path("commandes/<str:number>/retour/", entrepreneur.payment_return, name="payment_return"),
    path("commandes/<str:number>/confirmation/", entrepreneur.confirmation, name="confirmation"),
    path("commandes/<str:number>/<int:position>/annuler/", entrepreneur.cancel, name="cancel"),
    path("commandes/<str:number>/<int:position>/litige/", disputes.dispute, name="dispute"),
    path("commandes/<str:number>/<int:position>/litige/retirer/", disputes.withdraw, name="withdraw_dispute"),
    path("commandes/<str:number>/<int:position>/avis/", reviews.review, name="review"),
    path("prestataire/avis/", reviews.provider_reviews, name="provider_reviews"),
    path("prestataire/avis/<uuid:public_id>/", reviews.provider_review, name="provider_review"),
    *console_urlpatterns,
]
