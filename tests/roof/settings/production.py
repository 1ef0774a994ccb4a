"""Prints, from a process in the production mode, what the tests of that mode want to know."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import django
from django.conf import settings
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Every address of a site, with the module of its view."""
    for entry in resolver.url_patterns:
        address = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            yield f"{address} {getattr(entry.callback, '__module__', '')}"
        else:
            yield from patterns(entry, address)


if __name__ == "__main__":
    django.setup()
    call_command("check", deploy=True, fail_level="WARNING", stdout=sys.stderr, stderr=sys.stderr)
    json.dump(
        {
            "settings": {
                name: getattr(settings, name)
                for name in (
                    "DEBUG",
                    "READ_ONLY_EXEMPT_PATHS",
                    "SESSION_COOKIE_SECURE",
                    "SESSION_COOKIE_NAME",
                    "CSRF_COOKIE_SECURE",
                    "CSRF_COOKIE_NAME",
                    "SECURE_HSTS_SECONDS",
                    "SECURE_HSTS_PRELOAD",
                    "SECURE_SSL_REDIRECT",
                    "EMAIL_BACKEND",
                    "SANDBOX_URL",
                    "DEMONSTRATION",
                    "INSTALLED_APPS",
                    "CONTENT_SECURITY_POLICY",
                )
            },
            "has_mailbox": hasattr(settings, "MAILBOX_DIR"),
            "addresses": [
                address
                for conf in (
                    settings.ROOT_URLCONF,
                    settings.PUBLIC_SCHEMA_URLCONF,
                    settings.BACK_OFFICE_URLCONF,
                )
                for address in patterns(get_resolver(conf))
            ],
        },
        sys.stdout,
        default=str,
    )
