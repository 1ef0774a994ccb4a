"""The connection that knows its tenant, and sets its search path only where no rollback can undo it."""

from __future__ import annotations

import select
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db.backends.postgresql.base import DatabaseWrapper as PostgresWrapper
from django_tenants.postgresql_backend import base as tenants_backend
from django_tenants.utils import quote_schema_name

from tenants.database.errors import TenantChangedInTransaction


class DatabaseWrapper(tenants_backend.DatabaseWrapper):
    """One connection; `tenant` and `schema_name` say where it looks.

    `SET search_path` is part of a transaction: rolled back, the path of the tenant before returns. So
    the path is sent in autocommit, before BEGIN, and only when it differs from the one last sent; a
    change of tenant inside a transaction raises. The one exception is the transaction that a test case
    holds around everything: there the path is sent inside it, and forgotten at each rollback.
    """

    schema_name: str | None
    include_public_schema: bool
    _setting_search_path: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # What the server was last told on this connection; None when unknown.
        self._sent_path: list[str] | None = None
        self._sent_inside_transaction = False
        super().__init__(*args, **kwargs)

    # --- choosing the tenant ---------------------------------------------------------------------------

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Look into the schema of ``tenant`` from now on. Raises TenantChangedInTransaction."""
        changes = (tenant.schema_name, include_public) != (self.schema_name, self.include_public_schema)
        if changes:
            if self._in_own_transaction():
                raise TenantChangedInTransaction(
                    f"from {self.schema_name} to {tenant.schema_name}: leave the transaction first"
                )
            # The same content type has another number in another schema.
            ContentType.objects.clear_cache()
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)

    def _in_own_transaction(self) -> bool:
        if self.connection is None or not self.in_atomic_block:
            return False
        # Django's own mark of the transaction around a test case, also used by atomic(durable=True).
        return not getattr(self.atomic_blocks[-1], "_from_testcase", False)

    # --- sending the path ------------------------------------------------------------------------------

    def _set_autocommit(self, autocommit: bool) -> None:
        if not autocommit:
            self._send_path()
        super()._set_autocommit(autocommit)

    def _handle_search_path(self, cursor: Any = None) -> None:
        # Called by the library whenever Django asks for a cursor.
        self._send_path(cursor)

    def _send_path(self, cursor: Any = None) -> None:
        path = self._get_cursor_search_paths()
        if path == self._sent_path or self._setting_search_path:
            return
        statement = f"SET search_path = {','.join(quote_schema_name(schema) for schema in path)}"
        inside = not self.get_autocommit() if self.connection is not None else False
        self._setting_search_path = True
        try:
            if cursor is not None:
                cursor.execute(statement)
            else:
                # Through Django's cursor, so that the statement is counted and logged like any other.
                with self.cursor() as own_cursor:
                    own_cursor.execute(statement)
        finally:
            self._setting_search_path = False
        self._sent_path = path
        self._sent_inside_transaction = inside

    def _forget_path_of_transaction(self) -> None:
        if self._sent_inside_transaction:
            self._sent_path = None
            self._sent_inside_transaction = False

    def commit(self) -> None:
        """Commit; a path sent inside the transaction is the session's from now on."""
        super().commit()
        self._sent_inside_transaction = False

    def rollback(self) -> None:
        """Roll back; a path sent inside the transaction is gone with it."""
        try:
            PostgresWrapper.rollback(self)
        finally:
            self._forget_path_of_transaction()

    def savepoint_rollback(self, sid: str) -> None:
        """Roll back to a savepoint; a path sent inside the transaction may be gone with it."""
        try:
            PostgresWrapper.savepoint_rollback(self, sid)
        finally:
            self._forget_path_of_transaction()

    def close(self) -> None:
        """Close the connection; the next one knows no path yet."""
        self._sent_path = None
        self._sent_inside_transaction = False
        super().close()

    # --- staying connected -----------------------------------------------------------------------------

    def connect(self) -> None:
        """Open the connection; nothing has been told to it yet."""
        self._sent_path = None
        self._sent_inside_transaction = False
        super().connect()

    def is_usable(self) -> bool:
        """Whether the server is still there, without asking it where the socket already tells.

        An idle connection has nothing to read: if there is something, it may be the server's good-bye.
        Then, and after an error, the server is asked.
        """
        if self.connection is None or self.connection.closed:
            return False
        watch = select.poll()
        watch.register(self.connection.fileno(), select.POLLIN)
        if self.errors_occurred or watch.poll(0):
            return bool(super().is_usable())
        return True
