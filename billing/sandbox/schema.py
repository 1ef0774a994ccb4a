"""Creation of the sandbox's tables when its store is empty."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from billing.sandbox.models import Dispute, Reversal

VERSION = 2
TO_VERSION_2 = (
    "ALTER TABLE sandbox_charge RENAME COLUMN card_last4 TO last4",
    "ALTER TABLE sandbox_charge ADD COLUMN method varchar(12) NOT NULL DEFAULT 'card'",
    "ALTER TABLE sandbox_charge ADD COLUMN ends_as varchar(12) NOT NULL DEFAULT ''",
    "ALTER TABLE sandbox_charge ADD COLUMN ends_at datetime NULL",
    "ALTER TABLE sandbox_knob ADD COLUMN choice varchar(60) NOT NULL DEFAULT ''",
    "ALTER TABLE sandbox_checkoutsession ADD COLUMN method_types text NOT NULL DEFAULT '[]'",
)


class StoreVersionError(RuntimeError):
    """The store was written by another version of the sandbox; it holds no real money and may be removed."""


def prepare_store() -> None:
    """Create every table in one transaction, bring an older store up, or refuse one of an unknown version."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA user_version")
        version = cursor.fetchone()[0]
    if version == VERSION:
        return
    if version == 1:
        _bring_up_from_1()
        return
    if connection.introspection.table_names():
        raise StoreVersionError(
            f"The store is of version {version}, this sandbox writes version {VERSION}: remove the file."
        )
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_app_config("sandbox").get_models():
            editor.create_model(model)
        editor.execute(f"PRAGMA user_version = {VERSION}")


def _bring_up_from_1() -> None:
    """Direct debits, disputes and reversals came with version 2; what a store holds stays."""
    with connection.schema_editor(atomic=True) as editor:
        for statement in TO_VERSION_2:
            editor.execute(statement)
        for made in (Reversal, Dispute):
            editor.create_model(made)
        editor.execute(f"PRAGMA user_version = {VERSION}")
