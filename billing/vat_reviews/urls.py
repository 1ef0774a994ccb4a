"""Addresses of VAT reviews on a tenant's site."""

from django.urls import path

from billing.vat_reviews.web import operator

app_name = "vat_reviews"

urlpatterns = [
    path("console/tva/", operator.listed, name="reviews"),
    path("console/tva/<uuid:public_id>/confirmer/", operator.confirm, name="confirm"),
    path("console/tva/<uuid:public_id>/recalculer/", operator.again, name="again"),
]
