"""Context of every page: the navigation of its face, the acting party, the cart."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kernel.web.addresses import fixed_address
from pepiniere.site.navigation import (
    ACCOUNT_ENTRIES,
    CONSOLE,
    FACES,
    PLATFORM,
    PREFIXES,
    SHOP,
    WORKSHOP,
    Entry,
)
from services.orders.current import cart_size
from services.orders.queries import OrderRow, order_rows, orders_bought_by
from tenants.accounts.access import is_operator
from tenants.parties.acting import acting_party, my_parties
from tenants.parties.models import Party, PartyRole
from tenants.parties.queries import has_role

# How many orders the shop's first page reminds of.
LATEST_ORDERS = 3
LOOKED_THROUGH = 12


def navigation(request: HttpRequest) -> dict[str, Any]:
    """What the layouts read (see templates/layouts). All of it is lazy; an anonymous page asks no query.

    Anonymous means without a session, not without a user: looking the user up would be a query.
    """
    if getattr(request, "urlconf", None) is None and not hasattr(request, "tenant"):
        return {}
    if request.tenant is None:  # type: ignore[attr-defined]
        return {"nav": SimpleLazyObject(lambda: _platform_nav(request))}
    return {
        "nav": SimpleLazyObject(lambda: _nav(request)),
        "faces": SimpleLazyObject(lambda: _faces(request)),
        "acting": SimpleLazyObject(lambda: _acting(request)),
        "cart": SimpleLazyObject(lambda: _cart(request)),
        "my_orders": SimpleLazyObject(lambda: _my_orders(request)),
        "account_links": SimpleLazyObject(lambda: _links(ACCOUNT_ENTRIES, request)),
    }


def face_of(request: HttpRequest) -> str:
    """Which face the page belongs to."""
    return next((face for prefix, face in PREFIXES.items() if request.path.startswith(prefix)), SHOP)


def _links(entries: tuple[Entry, ...], request: HttpRequest) -> list[dict[str, Any]]:
    links: list[dict[str, Any]] = [
        {"label": entry.label, "url": fixed_address(entry.url_name), "icon": entry.icon, "group": entry.group}
        for entry in entries
    ]
    # The longest address that the page's own begins with is where one is.
    here = max(
        (
            (len(address), place)
            for place, entry in enumerate(entries)
            for address in map(fixed_address, (entry.url_name, *entry.also))
            if _is_below(request.path, address)
        ),
        default=(0, -1),
    )[1]
    for place, link in enumerate(links):
        link["current"] = place == here
    return links


def _is_below(path: str, url: str) -> bool:
    root = url in ("/", *PREFIXES)
    return path == url if root else path.startswith(url)


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    face = face_of(request)
    entries = FACES[face].entries
    if face == CONSOLE:
        entries = tuple(
            entry
            for entry in entries
            if not entry.desks or any(is_operator(request.user, desk) for desk in entry.desks)
        )
    return _links(entries, request)


def _platform_nav(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    return _links(FACES[PLATFORM].entries, request) if user.is_authenticated and user.is_staff else []


def _faces(request: HttpRequest) -> list[dict[str, Any]]:
    if not _signed_in(request):
        return []
    mine = [SHOP]
    if any(has_role(party, PartyRole.Role.PROVIDER) for party in my_parties(request)):
        mine.append(WORKSHOP)
    if is_operator(request.user):
        mine.append(CONSOLE)
    here = face_of(request)
    return [
        {
            "label": FACES[face].label,
            "url": fixed_address(FACES[face].url_name),
            "icon": FACES[face].icon,
            "current": face == here,
        }
        for face in mine
    ]


def _acting(request: HttpRequest) -> dict[str, Any] | None:
    face = face_of(request)
    if face == CONSOLE or not _signed_in(request):
        return None
    role = PartyRole.Role.PROVIDER if face == WORKSHOP else PartyRole.Role.BUSINESS
    current = acting_party(request, role) or acting_party(request)
    if current is None:
        return None
    roles = {party.pk: _roles(party) for party in my_parties(request)}
    return {
        "name": current.display_name,
        "role": roles[current.pk],
        "switch_url": fixed_address("parties:switch"),
        "choices": [
            {
                "value": str(party.public_id),
                "label": party.display_name,
                "hint": roles[party.pk],
                "current": party.pk == current.pk,
            }
            for party in my_parties(request)
        ],
    }


def _roles(party: Party) -> str:
    return ", ".join(str(PartyRole.Role(role.role).label) for role in party.roles.all())


def _cart(request: HttpRequest) -> dict[str, Any] | None:
    if face_of(request) != SHOP:
        return None
    return {"url": fixed_address("orders:cart"), "count": cart_size(request)}


def _my_orders(request: HttpRequest) -> list[OrderRow]:
    buyer = acting_party(request, PartyRole.Role.BUSINESS) if _signed_in(request) else None
    if buyer is None:
        return []
    rows = order_rows(orders_bought_by([buyer]).order_by("-placed_at", "-id")[:LOOKED_THROUGH])
    # What the reader has to do comes before what only goes on.
    return sorted(rows, key=lambda row: not (row.next_step and row.next_step.mine))[:LATEST_ORDERS]


def _signed_in(request: HttpRequest) -> bool:
    return request.user.is_authenticated
