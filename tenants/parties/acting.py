"""For whom a person acts right now: chosen in the header, kept in the session."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from tenants.parties.errors import NotAMember
from tenants.parties.models import Party
from tenants.parties.queries import has_role, parties_of

SESSION_KEY = "acting_party"


def my_parties(request: HttpRequest) -> list[Party]:
    """The parties of the request's user, asked once a request."""
    known: list[Party] | None = getattr(request, "_my_parties", None)
    if known is None:
        known = parties_of(request.user)
        request._my_parties = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def acting_party(request: HttpRequest, role: str | None = None) -> Party | None:
    """The chosen party, else the first one; with ``role`` the first that has it. None without any.

    A membership that has ended in the meantime chooses nothing: the list is asked anew for each request.
    """
    mine = my_parties(request)
    if not mine:
        return None
    wanted = request.session.get(SESSION_KEY)
    chosen = next((party for party in mine if str(party.public_id) == wanted), mine[0])
    if role is None or has_role(chosen, role):
        return chosen
    return next((party for party in mine if has_role(party, role)), None)


def set_acting_party(request: HttpRequest, public_id: UUID | str) -> Party:
    """Act for another of one's own parties from now on. Raises NotAMember."""
    for party in my_parties(request):
        if str(party.public_id) == str(public_id):
            request.session[SESSION_KEY] = str(party.public_id)
            return party
    raise NotAMember
