"""A session lives in its tenant until it expires, and nobody chooses its key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tenants.utils import tenant_context

from tenants.accounts.sessions import SessionStore


def kept() -> SessionStore:
    """A session with something in it."""
    session = SessionStore()
    session["colour"] = "green"
    session.save()
    return session


def test_what_was_kept_is_found_in_one_statement(tenant: Any, django_assert_num_queries: Any) -> None:
    key = kept().session_key
    with django_assert_num_queries(1):
        assert SessionStore(key)["colour"] == "green"


def test_an_expired_session_is_none(tenant: Any) -> None:
    key = kept().session_key
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    session = SessionStore(key)
    assert session.get("colour") is None
    assert session.session_key is None


def test_a_key_that_is_none_is_not_taken_over(tenant: Any) -> None:
    session = SessionStore("chosen-by-somebody-else")
    session["colour"] = "red"
    session.save()
    assert session.session_key != "chosen-by-somebody-else"


def test_a_session_is_none_in_another_tenant(tenant: Any, other_tenant: Any) -> None:
    key = kept().session_key
    with tenant_context(other_tenant):
        assert SessionStore(key).get("colour") is None
