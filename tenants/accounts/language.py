"""Which language a page or a letter speaks: the person's own, else the browser's, else the tenant's."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from tenants.accounts.models import User


def visitor_language(request: HttpRequest) -> str:
    """The language for who has no account: chosen on this site, else the browser's first that the site
    speaks, else the tenant's own."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if is_spoken(chosen):
        return chosen
    for asked, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if asked == "*":
            break
        try:
            return get_supported_language_variant(asked)
        except LookupError:
            continue
    tenant = getattr(request, "tenant", None)
    return tenant.language if tenant else settings.LANGUAGE_CODE


def language_of_address(email: str) -> str:
    """The language of the person behind an address of the tenant, else that of the page; one statement."""
    known = User.objects.filter(email=email.strip().lower()).values_list("language", flat=True).first()
    return known or page_language()


def page_language() -> str:
    """The code of the language in use, as accounts keep it."""
    code = (translation.get_language() or settings.LANGUAGE_CODE).split("-")[0]
    return code if is_spoken(code) else settings.LANGUAGE_CODE


def choose_language(*, user: User, language: str) -> None:
    """Speak ``language`` to this person from now on, on pages and in letters; ValueError for another."""
    if not is_spoken(language):
        raise ValueError(language)
    if user.language != language:
        user.language = language
        user.save(update_fields=["language"])


def is_spoken(code: str) -> bool:
    """Whether sites have their texts in this language."""
    return code in dict(settings.LANGUAGES)


class VisitorLanguageMiddleware:
    """Speaks the language of who looks, as far as the request alone tells; needs `request.tenant`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the visitor's language, and say which it is."""
        _speak(request, visitor_language(request))
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class PersonalLanguageMiddleware:
    """Speaks the language that the signed-in person has chosen, whatever the browser asks for.

    Needs `request.user`. Who is nobody yet costs no statement, nor do the paths in
    `settings.WORDLESS_PATHS`, which answer everybody alike.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.wordless = tuple(settings.WORDLESS_PATHS)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the person's language."""
        has_session = settings.SESSION_COOKIE_NAME in request.COOKIES
        if has_session and not request.path_info.startswith(self.wordless) and request.user.is_authenticated:
            _speak(request, request.user.language)
        return self.get_response(request)


def _speak(request: HttpRequest, language: str) -> None:
    translation.activate(language)
    request.LANGUAGE_CODE = language
