"""Addresses of payouts on a tenant's site."""

from django.urls import path

from billing.payouts.web import debts, found, operator, provider, refunding, statements, terms

app_name = "payouts"

urlpatterns = [
    path("prestataire/versements/", provider.payouts, name="payouts"),
    path("prestataire/versements/compte/", provider.open_account, name="open_account"),
    path("console/versements/", operator.stuck, name="stuck"),
    path("prestataire/releves/", statements.own, name="own_statements"),
    path("releves/<uuid:public_id>/pdf/", statements.pdf, name="statement_pdf"),
    path("releves/<uuid:public_id>/csv/", statements.as_csv, name="statement_csv"),
    path("console/versements/releves/", statements.console, name="statements"),
    path("console/versements/tous/", refunding.every, name="console_payouts"),
    path("console/versements/<uuid:public_id>/rembourser/", refunding.refund, name="refund"),
    path("console/versements/dettes/", debts.listed, name="debts"),
    path("console/versements/dettes/<uuid:public_id>/", debts.settle, name="debt"),
    path("console/versements/delais/", terms.holds, name="holds"),
    path("console/versements/<uuid:public_id>/relancer/", operator.retry, name="retry"),
    path("console/versements/<uuid:public_id>/virement/", operator.transfer, name="transfer"),
    path("console/versements/<uuid:public_id>/verifier/", operator.check, name="check"),
    path("console/versements/<uuid:public_id>/compte/", operator.open_account_of, name="open_account_of"),
    path(
        "console/versements/reprises/<uuid:public_id>/verifier/",
        operator.check_reversal,
        name="check_reversal",
    ),
    path("console/remboursements/<uuid:public_id>/repartir/", found.split, name="split_found"),
    path("console/versements/suites/<uuid:public_id>/", operator.redeliver, name="redeliver"),
]
