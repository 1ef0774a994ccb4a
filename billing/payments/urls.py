"""Addresses of payments on a tenant's site."""

from django.urls import path

from billing.payments.web import entrepreneur, operator, webhook

app_name = "payments"

urlpatterns = [
    path("webhooks/passerelle/<str:endpoint_id>/", webhook.webhook, name="webhook"),
    path("paiements/<uuid:public_id>/actualiser/", entrepreneur.refresh, name="refresh"),
    path("console/paiements/", operator.payments, name="console"),
    path("console/paiements/<uuid:public_id>/verifier/", operator.check_payment, name="check"),
    path("console/paiements/<uuid:public_id>/rendre/", operator.give_back, name="give_back"),
    path("console/paiements/<uuid:public_id>/classer/", operator.set_aside, name="set_aside"),
    path("console/remboursements/<uuid:public_id>/verifier/", operator.check_refund, name="check_refund"),
    path("console/remboursements/<uuid:public_id>/relancer/", operator.retry, name="retry_refund"),
    path("console/notifications/<str:event_id>/", operator.apply_again, name="apply_delivery"),
]
