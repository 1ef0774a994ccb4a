"""Addresses that never change, looked up once in the life of a process instead of on every page."""

from __future__ import annotations

from functools import cache

from django.urls import get_urlconf, reverse


def fixed_address(url_name: str, *arguments: str) -> str:
    """The address of a page on the site that is being shown; `arguments` are few and known in the code."""
    return _address(url_name, arguments, get_urlconf())


@cache
def _address(url_name: str, arguments: tuple[str, ...], urlconf: str | None) -> str:
    return reverse(url_name, urlconf, args=arguments)
