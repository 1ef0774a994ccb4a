"""Includes the addresses of the subjects."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path


def subjects(*modules: str, prefix: str = "") -> list[URLPattern | URLResolver]:
    """The addresses of ``modules`` below ``prefix``, each in its own namespace (`app_name`).

    A subject that has no pages yet has no such module, and is passed over.
    """
    return [path(prefix, include(module)) for module in modules if _exists(module)]


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
