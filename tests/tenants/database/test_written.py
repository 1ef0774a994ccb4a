"""A query written once gives what the query itself gives, in every tenant, whatever the values."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django_tenants.utils import tenant_context

from tenants.accounts.models import StaffRole, User
from tenants.database.written import Written


def by_number(user_id: int) -> QuerySet[User]:
    """A person with the desks."""
    desks = StaffRole.objects.filter(user=OuterRef("pk")).order_by("role").values("role")
    return User.objects.annotate(desks=ArraySubquery(desks)).filter(pk=user_id, is_active=True)


def by_address(email: str, number: int) -> QuerySet[User]:
    """Two values of two kinds."""
    return User.objects.filter(email=email, pk__gte=number).order_by("pk")


WITH_DESKS = Written(by_number, -7001)
BY_ADDRESS = Written(by_address, "no address", -7001)


@pytest.fixture
def people(tenant: Any) -> list[User]:
    """Two people, one with two desks."""
    found = [User.objects.create(email=f"{name}@example.org", full_name=name) for name in ("a", "b")]
    for role in (StaffRole.Role.SUPPORT, StaffRole.Role.CATALOGUE):
        StaffRole.objects.create(user=found[0], role=role)
    return found


def test_the_instances_are_those_of_the_query(people: list[User]) -> None:
    for person in people:
        (ours,), (theirs,) = WITH_DESKS.objects(person.pk), by_number(person.pk)
        assert ours == theirs
        assert vars(ours).keys() == vars(theirs).keys()
        fields = [field.attname for field in User._meta.concrete_fields]
        assert [getattr(ours, name) for name in [*fields, "desks"]] == [
            getattr(theirs, name) for name in [*fields, "desks"]
        ]
    assert WITH_DESKS.objects(people[0].pk)[0].desks == ["catalogue", "support"]  # type: ignore[attr-defined]


def test_each_use_sends_its_own_values(people: list[User]) -> None:
    first, second = people
    assert WITH_DESKS.objects(0) == []
    assert BY_ADDRESS.objects(first.email, first.pk) == [first]
    assert BY_ADDRESS.objects(second.email, second.pk + 1) == []
    assert [row[0] for row in BY_ADDRESS.rows(second.email, 0)] == [second.pk]
    # A value that would break out of its quotes is a value.
    assert BY_ADDRESS.objects("' OR 1=1 --", 0) == []


def test_an_instance_can_be_saved(people: list[User]) -> None:
    (person,) = WITH_DESKS.objects(people[1].pk)
    person.full_name = "Another"
    person.save()
    assert User.objects.get(pk=person.pk).full_name == "Another"


def test_it_answers_for_the_tenant_of_the_connection(people: list[User], other_tenant: Any) -> None:
    with tenant_context(other_tenant):
        assert BY_ADDRESS.objects(people[0].email, 0) == []
    assert BY_ADDRESS.objects(people[0].email, 0) == [people[0]]


def test_a_value_that_the_query_leaves_out_is_told() -> None:
    forgetful = Written(lambda number: User.objects.filter(email="a@example.org"), -7001)
    with pytest.raises(ValueError, match="leaves out"):
        forgetful.rows(1)
