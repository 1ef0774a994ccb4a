"""Addresses of payouts on a tenant's site."""

from django.urls import path

from billing.payouts.web import operator, provider

app_name = "payouts"

urlpatterns = [
    path("prestataire/versements/", provider.payouts, name="payouts"),
    path("prestataire/versements/compte/", provider.open_account, name="open_account"),
    path("console/versements/", operator.stuck, name="stuck"),
    path("console/versements/<uuid:public_id>/relancer/", operator.retry, name="retry"),
    path("console/versements/<uuid:public_id>/verifier/", operator.check, name="check"),
    path("console/versements/<uuid:public_id>/compte/", operator.open_account_of, name="open_account_of"),
    path("console/versements/suites/<uuid:public_id>/", operator.redeliver, name="redeliver"),
]
