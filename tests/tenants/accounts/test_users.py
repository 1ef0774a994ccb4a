"""People log in by e-mail, in one tenant, and staff have desks."""

from __future__ import annotations

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import AnonymousUser
from django.core import mail
from django.db import IntegrityError, transaction
from django.http import Http404
from django_tenants.utils import tenant_context

from tenants.accounts.access import is_operator, require_operator
from tenants.accounts.backends import AccountBackend
from tenants.accounts.models import StaffRole, User

PASSWORD = "un mot de passe long"


def staff(role: str) -> User:
    """A user with one desk."""
    user = User.objects.create_user(f"{role}@exemple.example", PASSWORD)
    StaffRole.objects.create(user=user, role=role)
    return user


def test_addresses_have_no_case(tenant):
    user = User.objects.create_user("Ana.Essai@Exemple.Example", PASSWORD)
    assert user.email == "ana.essai@exemple.example"
    assert User.objects.get_by_natural_key("ANA.ESSAI@exemple.example") == user
    assert authenticate(None, email="Ana.Essai@exemple.example", password=PASSWORD) == user
    with pytest.raises(IntegrityError, match="user_email_unique"), transaction.atomic():
        User.objects.create_user("ANA.essai@exemple.example", PASSWORD)
    with pytest.raises(IntegrityError, match="user_email_lower_case"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="Ana@exemple.example")


def test_nobody_is_known_in_another_tenant(tenant, other_tenant):
    from django.db import connection

    User.objects.create_user("ana@exemple.example", PASSWORD)
    connection.set_schema_to_public()
    with tenant_context(other_tenant):
        assert not User.objects.filter(email="ana@exemple.example").exists()
        User.objects.create_user("ana@exemple.example", PASSWORD)
    assert not User.objects.filter(email="ana@exemple.example").exists()


def test_desks(tenant):
    finance, administrator = staff("finance"), staff("administrator")
    assert is_operator(finance)
    assert is_operator(finance, "finance")
    assert not is_operator(finance, "catalogue")
    assert is_operator(administrator, "catalogue")
    require_operator(finance, "catalogue", "finance")
    for stranger in (AnonymousUser(), User.objects.create_user("x@exemple.example")):
        assert not is_operator(stranger)
        with pytest.raises(Http404):
            require_operator(stranger)


def test_one_who_left_has_no_desk(tenant):
    user = staff("support")
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert not is_operator(User.objects.get(pk=user.pk))


def test_a_role_must_be_known(tenant):
    user = User.objects.create_user("y@exemple.example")
    with pytest.raises(IntegrityError, match="staff_role_known"), transaction.atomic():
        StaffRole.objects.create(user=user, role="boss")


def test_signing_up_asks_a_name_and_writes_as_the_tenant(tenant, tenant_client):
    tenant.sender_name, tenant.sender_email = "Pépinière d’essai", "bonjour@essai.example"
    tenant.save()
    response = tenant_client.post(
        "/compte/signup/",
        {"full_name": "Ana Essai", "email": "Ana@Exemple.Example", "password1": PASSWORD},
    )
    assert response.status_code == 302
    user = User.objects.get(email="ana@exemple.example")
    assert (user.full_name, user.language) == ("Ana Essai", "fr")
    assert [message.to for message in mail.outbox] == [["ana@exemple.example"]]
    assert "bonjour@essai.example" in mail.outbox[0].from_email


def test_a_nameless_sign_up_is_refused(tenant, tenant_client):
    tenant_client.post("/compte/signup/", {"email": "z@exemple.example", "password1": PASSWORD})
    assert not User.objects.filter(email="z@exemple.example").exists()


def test_the_user_of_a_session_comes_with_the_desks_in_one_statement(tenant, django_assert_num_queries):
    user = staff("finance")
    StaffRole.objects.create(user=user, role="support")
    backend = AccountBackend()
    with django_assert_num_queries(1):
        found = backend.get_user(user.pk)
        assert found == user
        assert is_operator(found, "finance")
        assert is_operator(found, "support")
        assert not is_operator(found, "catalogue")


def test_a_closed_account_has_no_session(tenant):
    user = User.objects.create_user("ana@exemple.example", PASSWORD, is_active=False)
    assert AccountBackend().get_user(user.pk) is None
    assert AccountBackend().get_user(user.pk + 1000) is None
