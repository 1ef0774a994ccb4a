"""Addresses of the ledger on a tenant's site."""

from django.urls import path

from billing.ledger.web import chart, checks, operator

app_name = "ledger"

urlpatterns = [
    path("console/argent/", operator.money, name="money"),
    path("console/argent/controles/", checks.runs, name="runs"),
    path("console/argent/controles/lancer/", checks.start, name="verify"),
    path("console/argent/controles/<int:run_id>/", checks.run, name="run"),
    path("console/argent/plan-comptable/", chart.accounts, name="chart"),
    path("console/argent/plan-comptable/<str:code>/", chart.edit, name="edit_account"),
    path("console/argent/ecritures/<str:source>/", operator.entry, name="entry"),
    path("console/argent/ecritures/<str:source>/contre-passer/", operator.reverse, name="reverse"),
    path("console/argent/<str:code>/", operator.account, name="account"),
    path("console/argent/<str:code>/export/", operator.export, name="export"),
]
