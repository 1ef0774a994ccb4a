"""How often programs may call: a bucket for reading and one for writing, a person or an address each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class _Bucket(SimpleRateThrottle, ABC):
    """Calls are counted in the cache, whose keys are the tenant's own."""

    @abstractmethod
    def applies(self, request: Request) -> bool:
        """Whether a call falls into this bucket."""

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """Who calls: the person, whatever the token; or the address of somebody unknown."""
        if not self.applies(request):
            return None
        who = str(request.user.pk) if request.user.is_authenticated else self.get_ident(request)
        return f"throttle:{self.scope}:{who}"


class ReadingThrottle(_Bucket):
    """Calls of people who are known that change nothing."""

    scope = "reading"

    def applies(self, request: Request) -> bool:
        return request.user.is_authenticated and request.method in SAFE_METHODS


class WritingThrottle(_Bucket):
    """Calls that change something."""

    scope = "writing"

    def applies(self, request: Request) -> bool:
        return request.user.is_authenticated and request.method not in SAFE_METHODS


class UnknownThrottle(_Bucket):
    """Calls without a token, by network address."""

    scope = "unknown"

    def applies(self, request: Request) -> bool:
        return not request.user.is_authenticated
