"""Includes the addresses of the subjects."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path


def subjects(*modules: str, prefix: str = "") -> list[URLPattern | URLResolver]:
    """The addresses of ``modules`` below ``prefix``, each in its own namespace (`app_name`).

    A subject that has no pages has no such module, and is passed over. One that is not there at all, or
    whose module cannot be imported, raises ImportError when the site starts.
    """
    return [path(prefix, include(module)) for module in modules if find_spec(module) is not None]
