"""What one tenant keeps outside its tables, tried on the other: log-ins, files, cache, tasks."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import transaction
from django_tenants.utils import tenant_context

from kernel.outbox import outbox_task
from kernel.outbox.models import OutboxTask
from kernel.outbox.operations import enqueue
from kernel.outbox.running import run_task
from pepiniere.demonstration.entry import entry_address, redeem
from services.fulfilment.models import Deliverable
from tenants.accounts.models import User
from tests.isolation.twins import Twins

pytestmark = pytest.mark.committing


@outbox_task("tests.rename_in_isolation", queue="default")
def rename(user_id: int, name: str) -> None:
    """Give a user of the current tenant another name."""
    assert User.objects.filter(pk=user_id).update(full_name=name) == 1


def test_the_twins_are_alike_but_for_the_word(twins: Twins) -> None:
    """Same ids, e-mails, password hashes: what follows refuses by tenant and by nothing else."""
    seen = []
    for twin in (twins.a, twins.b):
        with tenant_context(twin.tenant):
            people = User.objects.filter(pk__in=twin.users.values()).order_by("pk")
            assert all(twin.word in name for name in people.values_list("full_name", flat=True))
            seen.append(list(people.values_list("pk", "email", "password")))
    assert seen[0] == seen[1]


def test_a_session_is_nobody_elsewhere(twins: Twins) -> None:
    """The same user id and password hash exist on both sites, and yet the session is known on one only."""
    key = twins.a.client("buyer_user").cookies["session"].value
    here, there = twins.a.client(), twins.b.client()
    for client in (here, there):
        client.cookies["session"] = key
    assert here.get("/commandes/").status_code == 200
    answer = there.get("/commandes/")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/compte/login/")


def test_a_password_logs_in_on_each_site_separately(twins: Twins) -> None:
    """Being logged in on one site by a password that both know logs nobody in on the other."""
    with tenant_context(twins.a.tenant):
        email = User.objects.get(pk=twins.a.users["buyer_user"]).email
    client = twins.a.client()
    client.get("/compte/login/")
    token = client.cookies["csrf"].value
    content = {"login": email, "password": "a-long-password", "csrfmiddlewaretoken": token}
    assert client.post("/compte/login/", content).status_code == 302
    page = client.get("/commandes/").content.decode()
    assert twins.a.word in page
    abroad = client.get("/commandes/", SERVER_NAME=twins.b.host)
    assert abroad.status_code == 302


def test_a_file_of_the_same_name_is_ones_own(twins: Twins) -> None:
    """Both have a file under the very same name; a path out of one's folder is refused."""
    for own, other in ((twins.a, twins.b), (twins.b, twins.a)):
        with tenant_context(own.tenant):
            name = str(Deliverable.objects.exclude(file="").earliest("pk").file.name)
            content = default_storage.open(name).read()
            assert own.word.encode() in content
            assert other.word.encode() not in content
            theirs = Path(settings.MEDIA_ROOT) / other.tenant.schema_name / name
            assert theirs.is_file()
            for path in (f"../{other.tenant.schema_name}/{name}", str(theirs)):
                with pytest.raises(SuspiciousFileOperation):
                    default_storage.open(path)


def test_a_cache_key_is_ones_own(twins: Twins) -> None:
    """One key, two values."""
    for twin in (twins.a, twins.b):
        with tenant_context(twin.tenant):
            assert cache.get("greeting") is None
            cache.set("greeting", twin.word)
    for twin in (twins.a, twins.b):
        with tenant_context(twin.tenant):
            assert cache.get("greeting") == twin.word
            cache.delete("greeting")


def test_a_task_runs_in_its_own_tenant_only(twins: Twins) -> None:
    """A task of one is unknown to the other even under its number, and changes its own user only."""
    a, b = twins.a, twins.b
    user = a.users["staff"]
    with tenant_context(a.tenant):
        before = User.objects.get(pk=user).full_name
        with transaction.atomic():
            enqueue("tests.rename_in_isolation", user_id=user, name=f"Changé {a.word}")
        task = OutboxTask.objects.get(name="tests.rename_in_isolation", done_at=None).pk
    with tenant_context(b.tenant):
        untouched = User.objects.get(pk=user).full_name
        theirs = list(OutboxTask.objects.filter(pk=task).values())
        # Whatever the other has under this number is not a task of this name.
        assert not OutboxTask.objects.filter(name="tests.rename_in_isolation").exists()
    with tenant_context(a.tenant):
        assert run_task(task)
        assert User.objects.get(pk=user).full_name == f"Changé {a.word}"
        User.objects.filter(pk=user).update(full_name=before)
    with tenant_context(b.tenant):
        assert User.objects.get(pk=user).full_name == untouched
        assert list(OutboxTask.objects.filter(pk=task).values()) == theirs


def test_an_entry_link_is_for_one_space(twins: Twins) -> None:
    """A link that lets into the demonstration of one is refused by the other."""
    with tenant_context(twins.a.tenant):
        email = User.objects.get(pk=twins.a.users["buyer_user"]).email
    link = urlsplit(entry_address(space=twins.a.tenant.slug, host=twins.a.host, email=email))
    answer = twins.b.client().get(f"{link.path}?{link.query}")
    assert "session" not in answer.cookies or not answer.wsgi_request.user.is_authenticated
    with tenant_context(twins.b.tenant):
        assert redeem(parse_qs(link.query)["jeton"][0], space=twins.b.tenant.slug) is None


def test_a_cookie_belongs_to_its_host(twins: Twins) -> None:
    """No cookie is set for the parent domain, from where every tenant would get it."""
    client = twins.a.client("buyer_user")
    client.get("/panier/")
    client.get("/compte/login/")
    assert not any(morsel["domain"] for morsel in client.cookies.values())
