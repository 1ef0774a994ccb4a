"""Tells mypy what a connection and a request have beside what their libraries declare."""

from __future__ import annotations

from collections.abc import Callable

from mypy.plugin import ClassDefContext, Plugin
from mypy.plugins.common import add_attribute_to_class
from mypy.types import AnyType, TypeOfAny

ATTRIBUTES = {
    # What `tenants.database` and django-tenants add to the connection.
    "django.db.backends.base.base.BaseDatabaseWrapper": (
        "tenant",
        "schema_name",
        "include_public_schema",
        "set_tenant",
        "set_schema",
        "set_schema_to_public",
    ),
    # What our middleware adds.
    "django.http.request.HttpRequest": ("tenant", "request_id", "htmx", "urlconf"),
    # django-redis' way to the client.
    "django.core.cache.backends.base.BaseCache": ("client",),
}


class TenantsPlugin(Plugin):
    """Adds the attributes of the table above."""

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        """Called by mypy for each class it meets."""
        names = ATTRIBUTES.get(fullname)
        if names is None:
            return None

        def add(context: ClassDefContext) -> None:
            for name in names:
                if name not in context.cls.info.names:
                    add_attribute_to_class(
                        context.api, context.cls, name, AnyType(TypeOfAny.explicit), is_classvar=False
                    )

        return add


def plugin(version: str) -> type[Plugin]:
    """What mypy asks a plugin for."""
    return TenantsPlugin
