"""Addresses and templates keep the house's rules: reading is reading, nothing inline."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.source import FLOORS, ROOT, name

INLINE = re.compile(
    r"""<script(?![^>]*\bsrc=)(?![^>]*type="application/(?:ld\+)?json")[^>]*>|\sstyle=["']|\son[a-z]+=["']|\shx-on|javascript:""",
    re.IGNORECASE,
)


def templates():
    """Every HTML template that becomes a page; mails and invoices are read elsewhere."""
    folders = [ROOT / "templates", *(floor for floor in FLOORS.values())]
    return [
        path
        for folder in folders
        for path in sorted(folder.rglob("*.html"))
        if "mail" not in path.parts and "invoicing" not in path.parts and "sandbox" not in path.parts
    ]


def test_no_template_has_anything_inline():
    found = [
        f"{name(path)}:{number}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if INLINE.search(line)
    ]
    assert found == []


def test_the_read_only_middleware_is_the_last_and_its_exceptions_are_declared():
    assert settings.MIDDLEWARE[-1] == "tenants.database.readonly.ReadOnlyMiddleware"
    # Entering the demonstration as somebody is a link that logs in; production has none.
    assert settings.READ_ONLY_EXEMPT_PATHS == ("/compte/", "/demonstration/entree/")
    assert settings.MIDDLEWARE.index(
        "tenants.directory.middleware.TenantMiddleware"
    ) < settings.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")


@pytest.mark.parametrize("urlconf", [settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF])
def test_addresses_end_with_a_slash_and_have_one_owner(urlconf):
    seen: dict[str, str] = {}
    for address, owner in addresses(get_resolver(urlconf)):
        if owner.startswith(("allauth.", "django.", "drf_spectacular.")):
            continue
        assert address == "" or address.rstrip("$").endswith(
            ("/", ".css", ".png", ".webp", ".xml", ".txt")
        ), f"{address} of {owner}"
        assert address not in seen, f"{address} of {owner} and of {seen[address]}"
        seen[address] = owner


def addresses(resolver, prefix=""):
    """Each address with the module of its view."""
    for entry in resolver.url_patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield address, getattr(entry.callback, "__module__", "")
        elif isinstance(entry, URLResolver):
            yield from addresses(entry, address)
