"""Each missing or wrong variable is named, all at once, with what to set."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from pepiniere.settings.environment import (
    WrongEnvironment,
    parse_database_url,
    parse_mail_url,
    read_environment,
)

EMBEDDED = {
    "DATABASE_URL": "postgresql://someone:p%40ss@127.0.0.1:5433/pepiniere",
    "REDIS_URL": "redis://127.0.0.1:6380/0",
    "SECRET_KEY": "short is enough here",
}
PRODUCTION = {
    **EMBEDDED,
    "PEPINIERE_MODE": "production",
    "SECRET_KEY": "".join(map(chr, range(40, 100))),
    "PEPINIERE_STATE_DIR": "/srv/pepiniere",
    "PEPINIERE_BASE_DOMAIN": "pepiniere.example",
    "MAIL_URL": "smtp://user:secret@mail.example:587?tls=1",
    "PEPINIERE_MAIL_FROM": "pepiniere@example.org",
    "PEPINIERE_DATA_KEYS": Fernet.generate_key().decode(),
}


def test_three_variables_suffice_for_one_machine():
    environment = read_environment(EMBEDDED)
    assert environment.mode == "embedded"
    assert environment.embedded
    assert environment.database["PASSWORD"] == "p@ss"
    assert environment.origin("alpha.localhost") == "http://alpha.localhost:8000"
    assert environment.sandbox_url == "http://127.0.0.1:8090"
    assert environment.sandbox_public_url == "http://paiement.localhost:8090"


def test_production_has_no_sandbox_and_standard_ports():
    environment = read_environment({**PRODUCTION, "SANDBOX_URL": "http://127.0.0.1:8090"})
    assert not environment.embedded
    assert environment.sandbox_url == environment.sandbox_public_url == ""
    assert environment.state_dir == Path("/srv/pepiniere")
    assert environment.origin("alpha.pepiniere.example") == "https://alpha.pepiniere.example"


@pytest.mark.parametrize("key", ["sk_live_51Hx", "rk_live_51Hx", " pk_live_51Hx"])
@pytest.mark.parametrize("mode", ["embedded", "test"])
def test_the_sandbox_refuses_to_stand_beside_live_keys(key: str, mode: str):
    with pytest.raises(WrongEnvironment) as refusal:
        read_environment({**EMBEDDED, "PEPINIERE_MODE": mode, "STRIPE_SECRET_KEY": key})
    assert "STRIPE_SECRET_KEY is a live key" in str(refusal.value)
    assert "51Hx" not in str(refusal.value)


def test_production_may_hold_live_keys_and_test_keys_may_stand_anywhere():
    assert read_environment({**PRODUCTION, "STRIPE_SECRET_KEY": "sk_live_51Hx"}).sandbox_url == ""
    assert read_environment({**EMBEDDED, "STRIPE_SECRET_KEY": "sk_test_51Hx"}).sandbox_url


def test_every_missing_variable_is_named_at_once():
    with pytest.raises(WrongEnvironment) as refusal:
        read_environment({"PEPINIERE_MODE": "production"})
    text = str(refusal.value)
    for name in set(PRODUCTION) - {"PEPINIERE_MODE"}:
        assert f"  - {name} is missing: set " in text
    assert len(refusal.value.problems) == len(PRODUCTION) - 1


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("PEPINIERE_MODE", "debug", "set one of embedded, production, test"),
        ("DATABASE_URL", "mysql://localhost/x", "postgresql://"),
        ("DATABASE_URL", "postgresql://localhost/", "postgresql://"),
        ("REDIS_URL", "http://localhost", "redis://"),
        ("SECRET_KEY", "short", "50 random characters"),
        ("PEPINIERE_BASE_DOMAIN", "https://pepiniere.example", "host name"),
        ("PEPINIERE_BASE_DOMAIN", "Pepiniere.Example", "host name"),
        ("PEPINIERE_PORT", "70000", "1 to 65535"),
        ("PEPINIERE_PORT", "http", "1 to 65535"),
        ("PEPINIERE_LOG_LEVEL", "LOUD", "DEBUG"),
        ("MAIL_URL", "mail.example", "smtp://"),
        ("PEPINIERE_MAIL_FROM", "nobody", "sender address"),
        ("PEPINIERE_DATA_KEYS", "not-a-key", "Fernet"),
        ("PEPINIERE_HSTS_PRELOAD", "perhaps", "set yes only when"),
        ("PEPINIERE_OUTBOX_LEASE_SECONDS", "2", "10 to 600"),
        ("PEPINIERE_OUTBOX_LEASE_SECONDS", "an hour", "10 to 600"),
    ],
)
def test_a_wrong_value_is_named_with_its_remedy(name, value, remedy):
    with pytest.raises(WrongEnvironment) as refusal:
        read_environment({**PRODUCTION, name: value})
    named = [problem for problem in refusal.value.problems if problem.startswith(f"{name} is wrong")]
    assert len(named) == 1
    assert remedy in named[0]


def test_no_secret_is_told_with_a_wrong_value():
    with pytest.raises(WrongEnvironment) as refusal:
        read_environment({**PRODUCTION, "DATABASE_URL": "mysql://u:hunter2@h/x", "SECRET_KEY": "hunter2"})
    assert "hunter2" not in str(refusal.value)


def test_a_socket_and_options_of_the_database():
    assert parse_database_url("postgresql:///pepiniere?host=/run/postgresql&sslmode=disable") == {
        "NAME": "pepiniere",
        "USER": "",
        "PASSWORD": "",
        "HOST": "/run/postgresql",
        "PORT": "",
        "OPTIONS": {"sslmode": "disable"},
    }


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://mail.example", 587, False, False),
        ("smtp://mail.example:2525?tls=1", 2525, False, True),
        ("smtps://mail.example", 465, True, False),
    ],
)
def test_mail_servers(url, port, ssl, tls):
    parsed = parse_mail_url(url)
    assert (parsed["EMAIL_PORT"], parsed["EMAIL_USE_SSL"], parsed["EMAIL_USE_TLS"]) == (port, ssl, tls)
