"""A request finds its tenant by its host, and nothing else."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path
from django_tenants.utils import tenant_context

from tenants.directory.hosts import forget_hosts, tenant_of_host
from tenants.directory.models import Domain, Tenant
from tenants.directory.operations import resume_tenant, suspend_tenant


def where(request: HttpRequest) -> HttpResponse:
    """Tells which tenant answers, and who asks."""
    return JsonResponse(
        {
            "tenant": request.tenant.slug if request.tenant else None,
            "schema": connection.schema_name,
            "user": request.user.pk,
        }
    )


urlpatterns = [path("where/", where), path("webhooks/where/", where)]


@pytest.fixture(autouse=True)
def sites(settings):
    """All sites consist of one page that tells where it is."""
    settings.ROOT_URLCONF = settings.PUBLIC_SCHEMA_URLCONF = __name__
    forget_hosts()


@pytest.mark.parametrize(
    "host", ["alpha.localhost", "ALPHA.localhost", "alpha.localhost:8000", "alpha.localhost."]
)
def test_the_host_chooses_the_tenant(tenant, host):
    answer = Client(SERVER_NAME=host).get("/where/", headers={"host": host}).json()
    assert answer == {"tenant": "alpha", "schema": "t_alpha", "user": None}


def test_the_platform_has_no_tenant(db, platform_client):
    assert platform_client.get("/where/").json() == {"tenant": None, "schema": "public", "user": None}


@pytest.mark.parametrize(
    "host", ["nobody.localhost", "alpha.localhost.evil.example", "a b", "[::1]", "alpha_localhost"]
)
def test_an_unknown_host_gets_a_plain_page(db, host):
    response = Client().get("/where/", headers={"host": host})
    assert response.status_code == 404
    assert "alpha" not in response.content.decode().lower()
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies


@pytest.mark.parametrize("state", [Tenant.State.PROVISIONING, Tenant.State.FAILED])
def test_a_tenant_that_is_not_ready_is_unknown(db, state):
    tenant = Tenant.objects.create(
        slug="soon", schema_name="t_soon", name="Soon", number_code="SOON", state=state
    )
    Domain.objects.create(tenant=tenant, domain="soon.localhost")
    assert Client(SERVER_NAME="soon.localhost").get("/where/").status_code == 404


def test_a_suspended_tenant_says_so_but_takes_the_gateways_messages(
    db, other_tenant, django_capture_on_commit_callbacks
):
    client = Client(SERVER_NAME="beta.localhost")
    with django_capture_on_commit_callbacks(execute=True):
        suspend_tenant(tenant_id=other_tenant.pk)
    response = client.get("/where/")
    assert response.status_code == 503
    assert other_tenant.name in response.content.decode()
    assert client.post("/webhooks/where/").json()["schema"] == "t_beta"
    connection.set_schema_to_public()
    with django_capture_on_commit_callbacks(execute=True):
        resume_tenant(tenant_id=other_tenant.pk)
    assert client.get("/where/").status_code == 200


def test_a_session_of_one_tenant_is_nothing_in_another(tenant, other_tenant, client_for):
    """The twins have users with the same number and e-mail."""
    twins = {}
    for one in (tenant, other_tenant):
        with tenant_context(one):
            twins[one.slug] = get_user_model().objects.create(pk=4711, email="twin@example.org")
    here, there = client_for(tenant), client_for(other_tenant)
    here.force_login(twins["alpha"])
    assert here.get("/where/").json()["user"] == 4711
    there.cookies = here.cookies
    assert there.get("/where/").json()["user"] is None
    with tenant_context(other_tenant):
        assert not Session.objects.exists()


def test_cache_keys_carry_the_tenant(tenant, other_tenant):
    cache.set("canary", "alpha")
    with tenant_context(other_tenant):
        assert cache.get("canary") is None
        cache.set("canary", "beta")
    assert cache.get("canary") == "alpha"


def test_a_host_is_looked_up_once_in_a_while(tenant, django_assert_num_queries):
    forget_hosts()
    Tenant.objects.exists()
    with django_assert_num_queries(1):
        assert tenant_of_host("alpha.localhost") == tenant
    with django_assert_num_queries(0):
        found = tenant_of_host("alpha.localhost")
        found.name = "changed by its holder"
        assert tenant_of_host("alpha.localhost").name == tenant.name


def test_an_unknown_host_is_remembered_too(tenant, django_assert_num_queries):
    assert tenant_of_host("nobody.localhost") is None
    with django_assert_num_queries(0):
        assert tenant_of_host("nobody.localhost") is None
