"""Addresses of the commission rules on a tenant's site."""

from django.urls import path

from billing.commission.web import operator

app_name = "commission"

urlpatterns = [
    path("console/commissions/", operator.rules, name="rules"),
    path("console/commissions/nouvelle/", operator.new, name="new"),
    path("console/commissions/<int:rule_id>/terminer/", operator.end, name="end"),
]
