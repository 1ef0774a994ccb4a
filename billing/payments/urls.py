"""Addresses of payments on a tenant's site."""

from django.urls import path

from billing.payments.web import decisions, entrepreneur, operator, webhook

app_name = "payments"

urlpatterns = [
    path("webhooks/passerelle/<str:endpoint_id>/", webhook.webhook, name="webhook"),
    path("paiements/<uuid:public_id>/actualiser/", entrepreneur.refresh, name="refresh"),
    path("console/paiements/", operator.payments, name="console"),
    path("console/paiements/<uuid:public_id>/verifier/", operator.check_payment, name="check"),
    path("console/paiements/<uuid:public_id>/rendre/", decisions.give_back, name="give_back"),
    path("console/remboursements/<uuid:public_id>/verifier/", operator.check_refund, name="check_refund"),
    path("console/remboursements/<uuid:public_id>/relancer/", operator.retry, name="retry_refund"),
    path("console/remboursements/<uuid:public_id>/supporter/", decisions.bear_refund, name="bear_refund"),
    path("console/contestations/<uuid:public_id>/verifier/", operator.check_dispute, name="check_dispute"),
    path("console/contestations/<uuid:public_id>/decider/", decisions.decide, name="decide_dispute"),
    path("console/notifications/<str:event_id>/", operator.apply_again, name="apply_delivery"),
    path("console/suivi/<slug:subject>/<str:key>/", decisions.follow, name="follow"),
]
