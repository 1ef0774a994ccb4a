"""How allauth works in our house: the tenant's sender, the asked-for name, one language a person."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils import translation

from tenants.accounts.language import language_of_address, page_language
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
        user.language = page_language()
        return super().save_user(request, user, form, commit)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the reader's language, whoever asked for the letter and from which page."""
        user = context.get("user")
        language = user.language if isinstance(user, User) else language_of_address(email)
        with translation.override(language):
            super().send_mail(template_prefix, email, context)

    def clean_email(self, email: str) -> str:
        """Addresses are stored in lower case."""
        return super().clean_email(email).lower()
