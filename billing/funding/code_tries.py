"""How often codes may be tried: wrong ones are counted by the hour, for a person and for the whole site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone

from billing.funding.errors import CodeTriesExceeded
from kernel.web.formats import format_hour
from tenants.directory.current import current_tenant

if TYPE_CHECKING:
    from tenants.accounts.models import User

PERIOD = timedelta(hours=1)
OF_A_PERSON = 10
# Many people together guess no faster than this: a code has 29 to the power of 12 forms.
OF_THE_SITE = 300


@contextmanager
def counted_try(user: User | None) -> Iterator[None]:
    """Count one try before it is made, and take it back when it is not refused.

    Keys of the cache are the tenant's own. Raises CodeTriesExceeded with the hour from which one may try
    again.
    """
    period = int(timezone.now().timestamp() // PERIOD.total_seconds())
    keys = limits(user, period)
    over = [key for key, most in keys.items() if _add(key, 1) > most]
    if over:
        again = datetime.fromtimestamp((period + 1) * PERIOD.total_seconds(), UTC)
        raise CodeTriesExceeded(at=format_hour(again, current_tenant().time_zone))
    yield
    for key in keys:
        _add(key, -1)


def limits(user: User | None, period: int) -> dict[str, int]:
    """The counters that a try adds to in a period, each with the most that it may reach."""
    most = {f"funding.code_tries:site:{period}": OF_THE_SITE}
    if user is not None:
        most[f"funding.code_tries:{user.pk}:{period}"] = OF_A_PERSON
    return most


def _add(key: str, tries: int) -> int:
    """The counter of a period after adding to it; it is forgotten some time after its period."""
    cache.add(key, 0, timeout=2 * int(PERIOD.total_seconds()))
    try:
        # Pages go on without a cache: then nothing is counted.
        return int(cache.incr(key, tries) or 0)
    except ValueError:
        # Forgotten between the two calls: a new period has begun.
        return max(tries, 0)
