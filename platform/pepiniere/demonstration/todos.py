"""How much waits for each person of the demonstration, over all spaces in one statement."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django_tenants.utils import quote_schema_name

from services.orders.lifecycle import BUSINESS_ACTS, PROVIDER_ACTS, LineState
from tenants.directory.models import Tenant

SUPPORT_ACTS = (LineState.DECLINED, LineState.UNANSWERED, LineState.DISPUTED)

# Read in each schema; the names of tables are those of the models.
_COUNTS = """
SELECT %s AS space, u.email, count(DISTINCT l.id)
  FROM {s}.orders_orderline l
  JOIN {s}.orders_order o ON o.id = l.order_id
  JOIN {s}.parties_membership m
    ON (m.party_id = o.buyer_id AND l.state = ANY(%s)) OR (m.party_id = l.provider_id AND l.state = ANY(%s))
  JOIN {s}.accounts_user u ON u.id = m.user_id
 GROUP BY u.email
UNION ALL
SELECT %s, u.email,
       CASE WHEN r.role IN ('catalogue', 'administrator')
            THEN (SELECT count(*) FROM {s}.catalogue_service WHERE state = 'review')
               + (SELECT count(*) FROM {s}.parties_partyrole WHERE role = 'provider' AND state = 'pending')
            ELSE 0 END
     + CASE WHEN r.role IN ('finance', 'administrator')
            THEN (SELECT count(*) FROM {s}.payouts_payout WHERE state = 'failed')
            ELSE 0 END
     + CASE WHEN r.role IN ('support', 'administrator')
            THEN (SELECT count(*) FROM {s}.orders_orderline WHERE state = ANY(%s))
            ELSE 0 END
  FROM {s}.accounts_staffrole r
  JOIN {s}.accounts_user u ON u.id = r.user_id
"""


def todos_of(tenants: Sequence[Tenant]) -> dict[tuple[str, str], int]:
    """Number of things to do by space slug and e-mail; nothing for a space without any."""
    if not tenants:
        return {}
    parts: list[str] = []
    params: list[str | list[str]] = []
    for tenant in tenants:
        parts.append(_COUNTS.format(s=quote_schema_name(tenant.schema_name)))
        params += [
            tenant.slug,
            [str(state) for state in BUSINESS_ACTS],
            [str(state) for state in PROVIDER_ACTS],
            tenant.slug,
            [str(state) for state in SUPPORT_ACTS],
        ]
    counts: dict[tuple[str, str], int] = {}
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), params)
        for space, email, count in cursor.fetchall():
            counts[space, email] = counts.get((space, email), 0) + count
    return counts
