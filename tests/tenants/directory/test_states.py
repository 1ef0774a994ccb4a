"""Suspending and resuming, and what the database refuses in the directory."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from tenants.directory.errors import TenantNotReady
from tenants.directory.models import Domain, Tenant
from tenants.directory.operations import resume_tenant, suspend_tenant
from tenants.directory.validation import (
    validate_brand,
    validate_host,
    validate_schema_name,
    validate_time_zone,
)


def test_suspended_and_resumed(db, other_tenant):
    assert suspend_tenant(tenant_id=other_tenant.pk).state == "suspended"
    assert suspend_tenant(tenant_id=other_tenant.pk).state == "suspended"
    assert other_tenant not in Tenant.objects.serving()
    assert other_tenant in Tenant.objects.operating()
    assert resume_tenant(tenant_id=other_tenant.pk).state == "ready"
    assert other_tenant in Tenant.objects.serving()


@pytest.mark.parametrize("state", ["provisioning", "failed"])
@pytest.mark.parametrize("operation", [suspend_tenant, resume_tenant])
def test_a_tenant_that_was_never_open_is_neither(db, other_tenant, state, operation):
    Tenant.objects.filter(pk=other_tenant.pk).update(state=state)
    with pytest.raises(TenantNotReady) as refusal:
        operation(tenant_id=other_tenant.pk)
    assert other_tenant.name in str(refusal.value)


@pytest.mark.parametrize(
    "change",
    [
        {"number_code": "a1"},
        {"number_code": "LONGER"},
        {"slug": "Majuscule"},
        {"schema_name": "with-dash"},
        {"state": "half"},
        {"kind": "planet"},
    ],
)
def test_the_database_refuses(db, other_tenant, change):
    with pytest.raises(Exception, match=r"tenant_|too long"), transaction.atomic():
        Tenant.objects.filter(pk=other_tenant.pk).update(**change)


def test_a_number_code_is_given_once(db, tenant, other_tenant):
    with pytest.raises(IntegrityError), transaction.atomic():
        Tenant.objects.filter(pk=other_tenant.pk).update(number_code=tenant.number_code)


def test_one_primary_address_in_lower_case(db, other_tenant):
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.bulk_create([Domain(tenant=other_tenant, domain="Beta.example", is_primary=False)])
    with pytest.raises(IntegrityError), transaction.atomic():
        Domain.objects.bulk_create([Domain(tenant=other_tenant, domain="beta.example", is_primary=True)])


@pytest.mark.parametrize(
    ("validate", "value"),
    [
        (validate_schema_name, "pg_catalog"),
        (validate_schema_name, "public"),
        (validate_schema_name, "template_x"),
        (validate_schema_name, 'a"; drop schema public'),
        (validate_host, "alpha.localhost:8000"),
        (validate_host, "-alpha.localhost"),
        (validate_host, "a" * 64 + ".fr"),
        (validate_time_zone, "Europe/Bordeaux"),
        (validate_brand, {"primary": "red"}),
        (validate_brand, {"logo": "#000000"}),
        (validate_brand, ["#000000"]),
    ],
)
def test_refused_forms(validate, value):
    with pytest.raises(ValidationError):
        validate(value)


def test_accepted_forms():
    validate_schema_name("t_nouvelle_aquitaine")
    validate_host("nouvelle-aquitaine.pepiniere.example")
    validate_time_zone("Indian/Reunion")
    validate_brand({"primary": "#1d4ed8", "accent": "#b45309"})
