"""Addresses of the sandbox: the JSON API under /v1/, the hosted payment page under /pay/."""

from django.urls import include, path

from billing.sandbox.hosted import views as hosted

urlpatterns = [
    path("v1/", include("billing.sandbox.api.urls")),
    path("pay/<str:session_id>", hosted.PayView.as_view(), name="pay"),
    path("pay/<str:session_id>/authentication", hosted.AuthenticationView.as_view(), name="authentication"),
    path("pay/<str:session_id>/debit", hosted.DebitView.as_view(), name="debit"),
    path("pay/<str:session_id>/settings", hosted.SettingsView.as_view(), name="settings"),
    path("style.<str:digest>.css", hosted.stylesheet, name="stylesheet"),
    path("favicon.ico", hosted.no_icon),
    path("health", hosted.health, name="health"),
    path("", hosted.front_page, name="front"),
]

handler404 = "billing.sandbox.hosted.views.not_found"
handler500 = "billing.sandbox.hosted.views.server_error"
