"""Includes the addresses of the subjects."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from pepiniere.settings.apps import LEFT_OUT


def subjects(*modules: str, prefix: str = "") -> list[URLPattern | URLResolver]:
    """The addresses of ``modules`` below ``prefix``, each in its own namespace (`app_name`)."""
    return [path(prefix, include(module)) for module in modules if _exists(module)]


def _exists(module: str) -> bool:
    if module.startswith(LEFT_OUT):
        return False
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
