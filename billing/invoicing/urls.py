"""Addresses of invoices on a tenant's site."""

from __future__ import annotations

from django.urls import path

from billing.invoicing.web import document, entrepreneur, operator, provider

app_name = "invoicing"

urlpatterns = [
    path("factures/", entrepreneur.invoice_list, name="invoices"),
    path("factures/<str:number>/", document.show, name="document"),
    path("prestataire/factures/", provider.invoice_list, name="provider_invoices"),
    path("prestataire/mandat/", provider.mandate, name="mandate"),
    path("console/factures/", operator.invoice_list, name="console_invoices"),
    path("console/factures/refus/<int:refusal_id>/", operator.ask_again, name="console_ask_again"),
]
