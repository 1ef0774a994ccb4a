"""How programs prove who they are: `Authorization: Bearer pep_…`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from tenants.accounts.models import ApiToken, User
from tenants.accounts.tokens import find_token, note_use

if TYPE_CHECKING:
    # rest_framework.views loads this module while it is itself being loaded.
    from rest_framework.views import APIView


class TokenAuthentication(BaseAuthentication):
    """A token of this tenant; another tenant's is unknown here and answers 401."""

    keyword = "Bearer"

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The user of the token, or None when the request brings none. Raises AuthenticationFailed."""
        parts = get_authorization_header(request).split()
        if not parts or parts[0].lower() != self.keyword.lower().encode():
            return None
        if len(parts) != 2:
            raise AuthenticationFailed(_("L’en-tête Authorization doit être « Bearer jeton »."))
        token = find_token(parts[1].decode("latin-1"))
        if token is None:
            raise AuthenticationFailed(_("Jeton inconnu ou révoqué."))
        # GET runs in a read-only transaction; use is noted by calls that write.
        if request.method not in SAFE_METHODS:
            note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        """Makes a refusal a 401."""
        return self.keyword


class TokenMayWrite(BasePermission):
    """A token without the scope `write` reads only; sessions are bound by the operations' own rules."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether this call is within the token's scopes."""
        if not isinstance(request.auth, ApiToken):
            return True
        return request.method in SAFE_METHODS or ApiToken.Scope.WRITE in request.auth.scopes
