"""Addresses of a person's own account pages beyond allauth's."""

from __future__ import annotations

from django.urls import path

from tenants.accounts.web import tokens

app_name = "accounts"

urlpatterns = [
    path("compte/jetons/", tokens.token_list, name="tokens"),
    path("compte/jetons/<int:token_id>/revoquer/", tokens.revoke, name="token_revoke"),
]
