"""The switch between languages at the head of every page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as set_language_cookie

from tenants.accounts.language import choose_language, is_spoken
from tenants.accounts.models import User


@require_POST
def set_language(request: HttpRequest) -> HttpResponseBase:
    """Keep the language in the browser and, for who is signed in, with the account; return to the page."""
    language = request.POST.get("language", "")
    if isinstance(request.user, User) and is_spoken(language):
        choose_language(user=request.user, language=language)
    return set_language_cookie(request)
