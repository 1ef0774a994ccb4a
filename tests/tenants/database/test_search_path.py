"""The search path follows the tenant, and no rollback brings another tenant's path back."""

from __future__ import annotations

from django.db import connection


def path() -> str:
    """What PostgreSQL itself says."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


def test_the_shared_tenant_is_in_front(tenant):
    assert path() == "t_alpha, public"


def test_again(tenant, other_tenant):
    assert path() == "t_alpha, public"
