"""Tokens are shown once, found by their digest, bound to a tenant and to their scopes."""

from __future__ import annotations

import pytest
from django.db import connection
from django_tenants.utils import tenant_context

from tenants.accounts.models import ApiToken, User
from tenants.accounts.tokens import create_token, find_token, revoke_token

ADDRESS = "/api/v1/invoices/"


@pytest.fixture
def user(tenant):
    """A person without a party."""
    return User.objects.create_user("ana@exemple.example", "un mot de passe long")


def call(client, secret, method="get"):
    """An API call with a token."""
    return getattr(client, method)(ADDRESS, HTTP_AUTHORIZATION=f"Bearer {secret}")


def test_only_the_digest_is_kept(user):
    token, secret = create_token(user=user, name="Caisse", scopes=["read"])
    kept = [str(value) for value in ApiToken.objects.values_list().get(pk=token.pk)]
    assert secret not in kept
    assert secret.startswith(token.prefix)
    assert find_token(secret) == token
    assert find_token(secret[:-1]) is None


def test_a_token_opens_the_api_and_a_revoked_one_does_not(user, tenant_client):
    token, secret = create_token(user=user, name="Caisse", scopes=["read"])
    assert call(tenant_client, secret).status_code == 200
    revoke_token(token=token)
    response = call(tenant_client, secret)
    assert response.status_code == 401
    assert response.json()["code"] == "authentication_failed"


def test_a_token_of_another_tenant_is_unknown(user, other_tenant, client_for):
    _token, secret = create_token(user=user, name="Caisse", scopes=["write"])
    connection.set_schema_to_public()
    with tenant_context(other_tenant):
        User.objects.create_user("ana@exemple.example", "un mot de passe long")
    assert call(client_for(other_tenant), secret).status_code == 401


def test_reading_does_not_allow_to_write(user, tenant_client):
    _token, reading = create_token(user=user, name="Lecture", scopes=["read"])
    assert call(tenant_client, reading, "post").status_code == 403
    _token, writing = create_token(user=user, name="Écriture", scopes=["read", "write"])
    assert call(tenant_client, writing, "post").status_code == 405
    assert ApiToken.objects.get(name="Écriture").last_used_at is not None


def test_one_who_left_has_no_tokens(user, tenant_client):
    _token, secret = create_token(user=user, name="Caisse", scopes=["read"])
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert call(tenant_client, secret).status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer a b", "Bearer pep_é", "bearer pep_unknown"])
def test_a_strange_header_is_refused(tenant, tenant_client, header):
    assert tenant_client.get(ADDRESS, HTTP_AUTHORIZATION=header).status_code == 401


@pytest.mark.parametrize("scopes", [[], ["admin"]])
def test_scopes_must_be_known(user, scopes):
    with pytest.raises(ValueError, match="scopes"):
        create_token(user=user, name="x", scopes=scopes)


def test_the_page_makes_shows_once_and_revokes(user, tenant_client):
    tenant_client.force_login(user)
    page = tenant_client.post("/compte/jetons/", {"name": "Caisse", "scope": "write"}).content.decode()
    token = ApiToken.objects.get(user=user)
    assert token.scopes == ["write"] or set(token.scopes) == {"read", "write"}
    assert page.count(token.prefix) >= 2
    again = tenant_client.get("/compte/jetons/").content.decode()
    assert again.count("pep_") == 1
    assert tenant_client.post(f"/compte/jetons/{token.pk}/revoquer/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert tenant_client.get(f"/compte/jetons/{token.pk}/revoquer/").status_code == 404


def test_another_persons_token_is_out_of_reach(user, tenant_client):
    token, _secret = create_token(user=user, name="Caisse", scopes=["read"])
    tenant_client.force_login(User.objects.create_user("bob@exemple.example", "un mot de passe long"))
    assert tenant_client.post(f"/compte/jetons/{token.pk}/revoquer/").status_code == 404


def test_an_empty_name_is_told(user, tenant_client):
    tenant_client.force_login(user)
    response = tenant_client.post("/compte/jetons/", {"name": "", "scope": "read"})
    assert response.status_code == 422
    assert not ApiToken.objects.exists()


def test_the_platform_has_no_tokens(platform_client):
    """Tokens live in a tenant; the platform's own site knows no such page."""
    platform_client.force_login(User.objects.create_user("owner@exemple.example", "un mot de passe long"))
    assert platform_client.get("/compte/jetons/").status_code == 404
