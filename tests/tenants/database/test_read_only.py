"""GET and HEAD cannot write, and cost two statements beside their own."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import InternalError, connection, transaction

from tenants.database.readonly import read_only
from tests.tenants.database.wire import statements_sent


@pytest.fixture
def pages(settings):
    """The site of the tenants consists of the trial pages."""
    settings.ROOT_URLCONF = "tests.tenants.database.pages"


def write() -> None:
    """Any write."""
    ContentType.objects.create(app_label="trial", model="trial")


@pytest.mark.usefixtures("open_database")
def test_a_write_is_refused_by_the_database_and_possible_again_afterwards():
    with pytest.raises(InternalError, match="read-only"), read_only():
        write()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError


@pytest.mark.usefixtures("open_database")
def test_read_only_is_said_with_begin():
    ContentType.objects.count()
    with statements_sent() as sent, read_only():
        ContentType.objects.count()
    assert [statement.split(" FROM")[0] for statement in sent] == [
        "BEGIN READ ONLY",
        'SELECT COUNT(*) AS "__count"',
        "COMMIT",
    ]


@pytest.mark.usefixtures("open_database")
def test_a_block_without_statements_sends_none():
    ContentType.objects.count()
    with statements_sent() as sent, read_only():
        pass
    assert sent == []


@pytest.mark.usefixtures("tenant")
def test_inside_a_transaction_it_ends_with_its_block():
    with pytest.raises(InternalError, match="read-only"), read_only():
        write()
    write()
    with read_only():
        assert ContentType.objects.filter(app_label="trial").exists()


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize("method", ["get", "head"])
def test_a_reading_request_cannot_write(tenant_client, method):
    with pytest.raises(InternalError, match="read-only"):
        getattr(tenant_client, method)("/writing/")


@pytest.mark.usefixtures("pages")
def test_other_methods_and_exempt_paths_write(tenant_client):
    assert tenant_client.post("/writing/").status_code == 200
    ContentType.objects.filter(app_label="trial").delete()
    assert tenant_client.get("/compte/writing/").status_code == 200


@pytest.mark.usefixtures("pages")
def test_a_reading_request_may_change_its_session(tenant_client):
    assert tenant_client.get("/session/").status_code == 200
    assert Session.objects.count() == 1


@pytest.mark.usefixtures("open_database", "pages")
def test_a_request_costs_begin_and_commit_and_nothing_without_a_query(client_for_open_database):
    client = client_for_open_database
    client.get("/one-query/")
    with statements_sent() as sent:
        client.get("/one-query/")
    assert [statement.split()[0] for statement in sent] == ["BEGIN", "SELECT", "COMMIT"]
    with statements_sent() as sent:
        client.get("/nothing/")
    assert sent == []
    assert connection.connection.read_only is None
