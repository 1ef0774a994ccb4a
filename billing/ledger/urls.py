"""Addresses of the ledger on a tenant's site."""

from django.urls import path

from billing.ledger.web import operator

app_name = "ledger"

urlpatterns = [
    path("console/argent/", operator.money, name="money"),
    path("console/argent/ecritures/<str:source>/", operator.entry, name="entry"),
    path("console/argent/<str:code>/", operator.account, name="account"),
]
