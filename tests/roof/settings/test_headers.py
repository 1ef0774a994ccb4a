"""Every page says what a browser may do with it."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def response(tenant_client):
    """Any page, found or not."""
    return tenant_client.get("/no-such-page/")


def test_the_content_policy_allows_no_inline_and_no_eval(response, settings):
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert f"form-action 'self' {settings.ENVIRONMENT.sandbox_public_url}" in policy
    assert "frame-ancestors 'none'" in policy
    assert "img-src 'self' data:" in policy


def test_the_other_headers(response):
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_the_back_office_may_evaluate_but_only_there(db, client, settings):
    client.force_login(
        get_user_model().objects.create(email="staff@example.org", is_staff=True, is_superuser=True)
    )
    response = client.get("/directory/tenant/", headers={"host": settings.BACK_OFFICE_HOST})
    assert response.status_code == 200
    assert "Alpha" in response.content.decode()
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in response.headers["Content-Security-Policy"]


def test_the_back_office_logs_in_like_everybody(db, client, settings):
    response = client.get("/", headers={"host": settings.BACK_OFFICE_HOST}, follow=False)
    assert response.status_code == 302
    asked = client.get(response.headers["Location"], headers={"host": settings.BACK_OFFICE_HOST})
    assert asked.headers["Location"].startswith("/compte/login/")


def test_nobody_of_a_tenant_enters_the_back_office(tenant_client, settings):
    tenant_client.force_login(get_user_model().objects.create(email="boss@example.org", is_staff=True))
    response = tenant_client.get("/directory/tenant/", headers={"host": settings.BACK_OFFICE_HOST})
    assert response.status_code == 302
    assert tenant_client.get("/directory/tenant/").status_code == 404
