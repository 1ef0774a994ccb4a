"""Finds the tenant of a host name, remembering answers in this process for a few seconds."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass

from django.conf import settings

from tenants.directory.models import Domain, Tenant

# Unknown names cost memory: an attacker may send any number of them.
_MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Answer:
    tenant: Tenant | None
    good_until: float


_answers: dict[str, _Answer] = {}


def tenant_of_host(host: str) -> Tenant | None:
    """The tenant, whatever its state, whose site ``host`` (lower case, no port) is; None if there is none.

    The answer may be `SITE_HOST_CACHE_SECONDS` old. Each caller gets a copy of its own.
    """
    now = time.monotonic()
    answer = _answers.get(host)
    if answer is None or answer.good_until < now:
        domain = Domain.objects.select_related("tenant").filter(domain=host).first()
        answer = _Answer(domain.tenant if domain else None, now + settings.SITE_HOST_CACHE_SECONDS)
        if len(_answers) >= _MOST_REMEMBERED:
            _answers.clear()
        _answers[host] = answer
    return copy.copy(answer.tenant)


def forget_hosts() -> None:
    """Ask the database again at the next request to this process."""
    _answers.clear()
