"""Addresses of a person's own account pages beyond allauth's."""

from __future__ import annotations

from django.urls import path

from tenants.accounts.web import language, tokens

app_name = "accounts"

urlpatterns = [
    path("langue/", language.set_language, name="language"),
    path("compte/jetons/", tokens.token_list, name="tokens"),
    path("compte/jetons/<int:token_id>/revoquer/", tokens.revoke, name="token_revoke"),
]
