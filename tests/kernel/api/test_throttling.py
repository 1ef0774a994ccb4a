"""Who calls too often is told when to come back; others are not touched."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from rest_framework.settings import api_settings
from rest_framework.throttling import SimpleRateThrottle

from kernel.api.throttling import UnknownThrottle
from tenants.accounts.models import User
from tenants.accounts.tokens import create_token


@pytest.fixture
def narrow(monkeypatch):
    """Three calls a minute of each kind."""
    monkeypatch.setattr(
        SimpleRateThrottle, "THROTTLE_RATES", dict.fromkeys(("reading", "writing", "unknown"), "3/min")
    )


def bearer(name):
    user = User.objects.create_user(f"{name}@exemple.example", "un mot de passe long")
    return {"Authorization": f"Bearer {create_token(user=user, name='Essai', scopes=['write'])[1]}"}


def test_reading_and_writing_are_counted_apart_and_by_person(narrow, tenant, tenant_client):
    ana, bob = bearer("ana"), bearer("bob")
    reads = [tenant_client.get("/api/v1/parties/", headers=ana).status_code for _ in range(4)]
    assert reads == [200, 200, 200, 429]
    refused = tenant_client.get("/api/v1/parties/", headers=ana)
    assert refused.json()["code"] == "throttled"
    assert 0 < int(refused["Retry-After"]) <= 60
    assert tenant_client.get("/api/v1/parties/", headers=bob).status_code == 200
    writes = [
        tenant_client.post(
            "/api/v1/orders/preview/", {}, content_type="application/json", headers=ana
        ).status_code
        for _ in range(4)
    ]
    assert writes == [400, 400, 400, 429]
    unknown = [tenant_client.get("/api/v1/services/").status_code for _ in range(4)]
    assert unknown == [200, 200, 200, 429]


def test_a_second_token_of_the_same_person_is_no_second_bucket(narrow, tenant, tenant_client):
    first = bearer("ana")
    second = {
        "Authorization": f"Bearer {create_token(user=User.objects.get(), name='B', scopes=['read'])[1]}"
    }
    answers = [
        tenant_client.get("/api/v1/parties/", headers=each).status_code for each in (first, second) * 2
    ]
    assert answers == [200, 200, 200, 429]


def test_another_tenants_calls_are_not_counted(narrow, tenant_client, other_tenant, client_for):
    assert [tenant_client.get("/api/v1/services/").status_code for _ in range(4)][-1] == 429
    assert client_for(other_tenant).get("/api/v1/services/").status_code == 200


@pytest.mark.parametrize(("proxies", "expected"), [(0, "10.0.0.1"), (1, "192.0.2.7")])
def test_nobody_chooses_an_address(monkeypatch, proxies, expected):
    """Of X-Forwarded-For only what the proxy in front added is believed, nothing without a proxy."""
    monkeypatch.setattr(api_settings, "NUM_PROXIES", proxies)
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", headers={"X-Forwarded-For": "1.2.3.4, 192.0.2.7"}
    )
    assert UnknownThrottle().get_ident(request) == expected
