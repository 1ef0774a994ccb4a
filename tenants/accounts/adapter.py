"""How allauth works in our house: the tenant's sender, the asked-for name, one language a person."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils import translation

from tenants.accounts.models import User
from tenants.directory.mail import sender_address


class AccountAdapter(DefaultAccountAdapter):
    """Sends as the tenant and keeps what the sign-up form asked."""

    def get_from_email(self) -> str:
        """The tenant's own sender."""
        return sender_address()

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Keep the name and the language of the page on which the person signed up."""
        user.full_name = form.cleaned_data.get("full_name", "").strip()
        language = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
        user.language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        return super().save_user(request, user, form, commit)

    def clean_email(self, email: str) -> str:
        """Addresses are stored in lower case."""
        return super().clean_email(email).lower()
