"""Addresses of the API, named as the gateway names them."""

from django.urls import path

from billing.sandbox.api import accounts, movements, payments, testing

urlpatterns = [
    path("accounts", accounts.Accounts.as_view()),
    path("account", accounts.AccountDetail.as_view(), {"identifier": ""}),
    path("accounts/<str:identifier>", accounts.AccountDetail.as_view()),
    path("webhook_endpoints", accounts.WebhookEndpoints.as_view()),
    path("webhook_endpoints/<str:identifier>", accounts.WebhookEndpointDetail.as_view()),
    path("balance", accounts.Balance.as_view()),
    path("balance_transactions", payments.BalanceTransactions.as_view()),
    path("balance_transactions/<str:identifier>", payments.BalanceTransactionDetail.as_view()),
    path("checkout/sessions", payments.CheckoutSessions.as_view()),
    path("checkout/sessions/<str:identifier>", payments.CheckoutSessionDetail.as_view()),
    path("checkout/sessions/<str:identifier>/expire", payments.CheckoutSessionExpiry.as_view()),
    path("payment_intents/<str:identifier>", payments.PaymentIntentDetail.as_view()),
    path("charges", payments.Charges.as_view()),
    path("charges/<str:identifier>", payments.ChargeDetail.as_view()),
    path("refunds", movements.Refunds.as_view()),
    path("refunds/<str:identifier>", movements.RefundDetail.as_view()),
    path("transfers", movements.Transfers.as_view()),
    path("transfers/<str:identifier>", movements.TransferDetail.as_view()),
    path("transfers/<str:identifier>/reversals", movements.Reversals.as_view()),
    path("disputes", movements.Disputes.as_view()),
    path("disputes/<str:identifier>", movements.DisputeDetail.as_view()),
    path("events", movements.Events.as_view()),
    path("events/<str:identifier>", movements.EventDetail.as_view()),
    path("test/knobs", testing.Knobs.as_view()),
    path("test/checkout/sessions/<str:identifier>/pay", testing.PayWithoutBrowser.as_view()),
    path("test/charges/<str:identifier>/settle", testing.SettleDebit.as_view()),
    path("test/charges/<str:identifier>/dispute", testing.DisputeCharge.as_view()),
    path("test/charges/<str:identifier>/return", testing.ReturnDebit.as_view()),
    path("test/charges/<str:identifier>/refund", testing.RefundByHand.as_view()),
    path("test/disputes/<str:identifier>/close", testing.CloseDispute.as_view()),
    path("test/accounts/<str:identifier>/pay_out", testing.PayOut.as_view()),
    path("test/idempotency/forget", testing.ForgetKeys.as_view()),
    path("test/refunds/<str:identifier>/settle", testing.SettleRefund.as_view()),
    path("test/events/<str:identifier>/resend", testing.ResendEvent.as_view()),
]
