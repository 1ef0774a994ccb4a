"""Creation of the sandbox's tables when its store is empty."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

VERSION = 1


class StoreVersionError(RuntimeError):
    """The store was written by another version of the sandbox; it holds no real money and may be removed."""


def prepare_store() -> None:
    """Create every table in one transaction, or check that the store is of this version."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA user_version")
        version = cursor.fetchone()[0]
    if version == VERSION:
        return
    if connection.introspection.table_names():
        raise StoreVersionError(
            f"The store is of version {version}, this sandbox writes version {VERSION}: remove the file."
        )
    with connection.schema_editor(atomic=True) as editor:
        for model in apps.get_app_config("sandbox").get_models():
            editor.create_model(model)
        editor.execute(f"PRAGMA user_version = {VERSION}")
