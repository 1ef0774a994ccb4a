"""The production mode is closed, and has no address of demonstration, mailbox or sandbox."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.roof.settings.test_environment import PRODUCTION

ROOT = Path(__file__).resolve().parents[3]
FORBIDDEN = ("demonstration", "boite-aux-lettres", "mailbox", "sandbox")


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process in the production mode says about itself."""
    return facts_of(tmp_path_factory.mktemp("state"))


def facts_of(state: Path, **variables: str) -> dict[str, Any]:
    """The same with further variables of the environment."""
    finished = subprocess.run(
        [sys.executable, "-m", "tests.roof.settings.production"],
        cwd=ROOT,
        env={
            # What serves the tests alone (tests/mode.py) is no part of a production process.
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("PEPINIERE_", "DJANGO_"))
            },
            **PRODUCTION,
            "PEPINIERE_STATE_DIR": str(state),
            **variables,
            "DJANGO_SETTINGS_MODULE": "pepiniere.settings",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'platform'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return dict(json.loads(finished.stdout))


def test_cookies_and_transport_are_closed(facts):
    settings = facts["settings"]
    assert settings["DEBUG"] is False
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["CSRF_COOKIE_SECURE"]
    assert settings["SECURE_SSL_REDIRECT"]
    assert settings["SECURE_HSTS_SECONDS"] >= 31536000
    # The prefix binds a cookie to its host: no tenant can set one for another.
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["CSRF_COOKIE_NAME"].startswith("__Host-")


def test_browsers_preload_a_domain_only_when_its_operator_says_so(facts, tmp_path):
    assert facts["settings"]["SECURE_HSTS_PRELOAD"] is False
    willing = facts_of(tmp_path, PEPINIERE_HSTS_PRELOAD="yes")
    assert willing["settings"]["SECURE_HSTS_PRELOAD"] is True


def test_nothing_of_the_demonstration_has_an_address(facts):
    # The platform's first page belongs to the demonstration's folder and has a plain form for production.
    addresses = set(facts["addresses"]) - {" pepiniere.demonstration.web.landing"}
    found = [address for address in addresses if any(word in address.lower() for word in FORBIDDEN)]
    assert len(facts["addresses"]) > 10
    assert found == []


def test_nothing_of_the_demonstration_is_set(facts):
    settings = facts["settings"]
    assert settings["SANDBOX_URL"] == ""
    assert settings["READ_ONLY_EXEMPT_PATHS"] == ["/compte/"]
    assert settings["DEMONSTRATION"] is False
    assert not facts["has_mailbox"]
    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert not [app for app in settings["INSTALLED_APPS"] if "sandbox" in app]


def test_no_foreign_origin_but_the_payment_page(facts):
    directives = facts["settings"]["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert directives.pop("form-action") == ["'self'", "https://checkout.stripe.com"]
    sources = {source for allowed in directives.values() for source in allowed}
    assert sources == {"'self'", "'none'", "data:"}
