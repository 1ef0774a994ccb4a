"""The probes answer on any host; readiness tells which part is not."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.db import connection

from tests.tenants.database.wire import statements_sent


@pytest.mark.parametrize("host", ["localhost", "nobody.example", "10.0.0.7:8000"])
def test_alive_on_any_host_without_asking_the_database(db, client, host):
    with statements_sent() as sent:
        response = client.get("/health/live", headers={"host": host})
    assert response.status_code == 200
    assert response.json() == {"status": "alive"}
    assert sent == []


def test_ready_when_everything_answers(db, client):
    response = client.get("/health/ready", headers={"host": "nobody.example"})
    assert response.status_code == 200
    assert response.json()["checks"] == {"database": True, "migrations": True, "redis": True}
    assert response.headers["Cache-Control"] == "no-store"


def test_not_ready_while_the_public_schema_lacks_a_migration(db, client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM public.django_migrations WHERE app = 'directory'")
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "migrations": False, "redis": True}


def test_not_ready_without_redis_while_pages_go_on(db, client, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    response = client.get("/health/ready")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": True, "migrations": True, "redis": False}
    assert cache.get("anything", "nothing") == "nothing"
    cache.set("anything", "something")
