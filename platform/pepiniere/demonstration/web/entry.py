"""Entering as somebody: from the landing page to a space, without a password."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pepiniere.demonstration.accounts import PLATFORM, AccountBook
from pepiniere.demonstration.banner import SESSION_KEY
from pepiniere.demonstration.entry import entry_address, redeem
from pepiniere.demonstration.roles import FIRST_PAGES
from tenants.accounts.language import choose_language

BACKEND = "tenants.accounts.backends.AccountBackend"


@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the chosen person's space with an address that works once."""
    account = AccountBook().find(space=request.POST.get("space", ""), email=request.POST.get("email", ""))
    if account is None:
        raise Http404
    address = entry_address(space=account.space, host=account.host, email=account.email)
    return HttpResponseRedirect(address)


@require_safe
@never_cache
def arrive(request: HttpRequest) -> HttpResponse:
    """Log the visitor in whom a fresh token names; a used or old one says what to do."""
    tenant = request.tenant  # type: ignore[attr-defined]
    space = tenant.slug if tenant else PLATFORM
    if tenant is not None and not tenant.is_demo:
        raise Http404
    entry = redeem(request.GET.get("jeton", ""), space=space)
    account = AccountBook().find(space=space, email=entry.email) if entry else None
    user = get_user_model().objects.filter(email=account.email, is_active=True).first() if account else None
    if entry is None or account is None or user is None:
        back = settings.ENVIRONMENT.origin(settings.PLATFORM_HOST)
        return render(request, "demonstration/stale_entry.html", {"landing": f"{back}/"}, status=410)
    # Who visits in English is somebody who reads English, letters included.
    choose_language(user=user, language=entry.language)
    login(request, user, backend=BACKEND)
    request.session[SESSION_KEY] = account.role
    return HttpResponseRedirect(FIRST_PAGES[account.role])


def allowing_entry(view):  # type: ignore[no-untyped-def]
    """Let a page's forms lead to the hosts of the spaces: browsers hold redirects to `form-action` too."""
    port = f":{settings.SITE_PORT}" if settings.SITE_PORT else ""
    sites = f"{settings.SITE_SCHEME}://*.{settings.BASE_DOMAIN}{port}"
    return csp_update({"form-action": [sites]})(view)
