"""The search path follows the tenant, and no rollback brings another tenant's path back."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, ProgrammingError, connection, transaction
from django_tenants.utils import schema_context, tenant_context

from tenants.database.errors import TenantChangedInTransaction
from tests.tenants.database.wire import statements_sent

ALPHA = "t_alpha"
BETA = "t_beta"


def path() -> str:
    """What PostgreSQL itself says."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW search_path")
        return str(cursor.fetchone()[0])


@pytest.mark.usefixtures("tenant")
def test_a_test_starts_in_the_shared_tenant():
    assert path() == "t_alpha, public"


def test_a_test_may_look_into_another_tenant(tenant, other_tenant):
    with tenant_context(other_tenant):
        assert path() == "t_beta, public"
    assert path() == "t_alpha, public"


@pytest.mark.usefixtures("tenant")
def test_a_rolled_back_block_of_a_test_keeps_the_path():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        path()
        raise ZeroDivisionError
    assert path() == "t_alpha, public"


@pytest.mark.usefixtures("open_database")
class TestOutsideTestTransactions:
    """The real thing: no transaction around the test."""

    def test_a_rollback_does_not_bring_the_tenant_before_back(self):
        connection.set_schema(ALPHA)
        assert path() == "t_alpha, public"
        connection.set_schema(BETA)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            # The first statement in the new tenant is inside the transaction that is rolled back.
            path()
            raise ZeroDivisionError
        with statements_sent() as sent:
            assert path() == "t_beta, public"
        assert sent == ["SHOW search_path"]

    def test_a_commit_that_fails_does_not_bring_it_back(self):
        connection.set_schema(ALPHA)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE public.once (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
        try:
            connection.set_schema(BETA)
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("INSERT INTO once VALUES (1), (1)")
            assert path() == "t_beta, public"
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE public.once")

    def test_a_failed_statement_and_its_savepoint_do_not_bring_it_back(self):
        connection.set_schema(ALPHA)
        path()
        connection.set_schema(BETA)
        with transaction.atomic():
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
            assert path() == "t_beta, public"
        assert path() == "t_beta, public"

    def test_the_path_is_sent_before_begin(self):
        connection.set_schema(ALPHA)
        with statements_sent() as sent, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        assert sent == ['SET search_path = "t_alpha","public"', "BEGIN", "SELECT 1", "COMMIT"]

    def test_the_same_tenant_again_sends_nothing(self):
        connection.set_schema(ALPHA)
        path()
        with statements_sent() as sent:
            connection.set_schema(ALPHA)
            path()
        assert sent == ["SHOW search_path"]

    @pytest.mark.parametrize("change", [lambda: connection.set_schema(BETA), connection.set_schema_to_public])
    def test_changing_inside_a_transaction_raises(self, change):
        connection.set_schema(ALPHA)
        with transaction.atomic():
            with pytest.raises(TenantChangedInTransaction):
                change()
            assert path() == "t_alpha, public"
        with transaction.atomic(), transaction.atomic(), pytest.raises(TenantChangedInTransaction):
            change()

    def test_entering_the_same_tenant_inside_a_transaction_is_no_change(self):
        connection.set_schema(ALPHA)
        with transaction.atomic(), schema_context(ALPHA):
            assert path() == "t_alpha, public"

    def test_a_new_connection_gets_its_path(self):
        connection.set_schema(ALPHA)
        path()
        connection.close()
        assert path() == "t_alpha, public"

    def test_a_table_of_tenants_is_not_there_without_a_tenant(self):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE t_alpha.of_tenants_only (n int)")
        try:
            with pytest.raises(ProgrammingError, match="of_tenants_only"), connection.cursor() as cursor:
                cursor.execute("SELECT * FROM of_tenants_only")
            connection.set_schema(ALPHA)
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM of_tenants_only")
        finally:
            with connection.cursor() as cursor:
                cursor.execute("DROP TABLE t_alpha.of_tenants_only")


@pytest.mark.usefixtures("open_database")
class TestStayingConnected:
    """A persistent connection is looked at, not asked, and replaced when the server has gone."""

    def test_a_living_connection_is_not_asked(self):
        path()
        with statements_sent() as sent:
            assert connection.is_usable()
        assert sent == []

    def test_a_killed_connection_is_noticed_and_replaced(self):
        connection.set_schema(ALPHA)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        other.close()
        assert not connection.is_usable()
        # What Django does at the start of a request.
        connection.health_check_enabled = True
        connection.health_check_done = False
        connection.close_if_health_check_failed()
        assert path() == "t_alpha, public"
