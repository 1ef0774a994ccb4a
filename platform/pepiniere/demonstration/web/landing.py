"""Who do you want to be? The first page of the platform's site, in the demonstration and in production."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kernel.web.theme import brand_palettes
from pepiniere.demonstration.accounts import PLATFORM, AccountBook, DemoAccount
from pepiniere.demonstration.roles import FIRST_STEPS, ICONS, PLATFORM_OWNER, PROVIDER, ROLES
from pepiniere.demonstration.todos import todos_of
from pepiniere.demonstration.web.entry import allowing_entry
from tenants.directory.models import Tenant

# Numbers that the sandbox knows, for whoever pays in it.
TEST_CARDS = (
    ("4242 4242 4242 4242", "accepted"),
    ("4000 0027 6000 3184", "challenge"),
    ("4000 0000 0000 0002", "declined"),
    ("4000 0000 0000 9995", "insufficient"),
)


@require_safe
@never_cache
@allowing_entry
def demonstration(request: HttpRequest) -> HttpResponse:
    """Every space with its people, one click each."""
    book = AccountBook()
    tenants = list(Tenant.objects.serving().filter(is_demo=True).prefetch_related("domains"))
    todos = todos_of(tenants)
    context = {
        "spaces": [_space(tenant, book, todos) for tenant in tenants if book.of_space(tenant.slug)],
        "platform": [_person(account, {}) for account in book.of_space(PLATFORM)],
        "cards": TEST_CARDS,
    }
    return render(request, "demonstration/landing.html", context)


@require_safe
def platform(request: HttpRequest) -> HttpResponse:
    """In production: what the platform is, and the spaces that are open."""
    tenants = Tenant.objects.serving().filter(is_demo=False).prefetch_related("domains").order_by("name")
    spaces = [{"name": tenant.name, "url": _origin(tenant)} for tenant in tenants]
    return render(request, "demonstration/platform.html", {"spaces": spaces})


def _space(tenant: Tenant, book: AccountBook, todos: dict[tuple[str, str], int]) -> dict[str, Any]:
    people = [_person(account, todos) for account in book.of_space(tenant.slug)]
    providers = [person for person in people if person["role"] == PROVIDER]
    # The busiest provider is offered first; the others are a choice away.
    providers.sort(key=lambda person: -person["todo"])
    origin = _origin(tenant)
    order = list(ROLES)
    return {
        "name": tenant.name,
        "slug": tenant.slug,
        "shades": brand_palettes(tenant.brand)[0].light,
        "url": f"{origin}/",
        "mailbox_url": f"{origin}/boite-aux-lettres/",
        "people": sorted(
            [person for person in people if person["role"] != PROVIDER] + providers[:1],
            key=lambda person: order.index(person["role"]),
        ),
        "other_providers": providers[1:],
    }


def _person(account: DemoAccount, todos: dict[tuple[str, str], int]) -> dict[str, Any]:
    return {
        "space": account.space,
        "email": account.email,
        "name": account.full_name,
        "party": account.party if account.party != account.full_name else "",
        "role": account.role,
        "role_label": ROLES[account.role],
        "icon": ICONS[account.role],
        "first_step": FIRST_STEPS[account.role],
        "todo": todos.get((account.space, account.email), 0),
        "is_platform": account.role == PLATFORM_OWNER,
    }


def _origin(tenant: Tenant) -> str:
    primary = [domain.domain for domain in tenant.domains.all() if domain.is_primary]
    return settings.ENVIRONMENT.origin(primary[0]) if primary else ""
