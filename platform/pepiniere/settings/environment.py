"""Reads the process environment into one typed object, and names every missing or wrong variable at once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parents[3]
MODES = ("embedded", "production", "test")

Value = TypeVar("Value")


class WrongEnvironment(ImproperlyConfigured):
    """One line for each variable that is missing or wrong, with what to set."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        lines = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(f"The environment is not complete:\n{lines}")


@dataclass(frozen=True)
class Environment:
    """All that the settings take from outside; nothing else in the product reads `os.environ`."""

    mode: str
    database: dict[str, Any]
    redis_url: str
    secret_key: str
    base_domain: str
    port: int | None
    scheme: str
    state_dir: Path
    static_root: Path
    log_level: str
    postgres_programs: Path | None
    sandbox_url: str
    sandbox_public_url: str
    sandbox_admin_key: str
    mail: dict[str, Any]
    mail_from: str
    data_keys: tuple[str, ...]
    hsts_preload: bool
    outbox_lease_seconds: int

    @property
    def embedded(self) -> bool:
        """Whether demonstration, mailbox and sandbox exist."""
        return self.mode != "production"

    def origin(self, host: str) -> str:
        """The address of ``host`` as browsers see it, without a closing slash."""
        standard = {"http": 80, "https": 443}[self.scheme]
        port = "" if self.port in (None, standard) else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


class Reader:
    """Takes variables out of a mapping and remembers what is wrong with them."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.problems: list[str] = []

    def get(
        self,
        name: str,
        parse: Callable[[str], Value],
        *,
        remedy: str,
        default: Value | None = None,
        required: bool = False,
    ) -> Value:
        """The parsed value; the default when unset. A wrong or missing one is noted with its remedy."""
        raw = self.variables.get(name, "").strip()
        if not raw:
            if required:
                self.problems.append(f"{name} is missing: {remedy}")
            return default  # type: ignore[return-value]
        try:
            return parse(raw)
        except (ValueError, KeyError) as error:
            self.problems.append(f"{name} is wrong ({error}): {remedy}")
            return default  # type: ignore[return-value]


def read_environment(variables: Mapping[str, str] | None = None) -> Environment:
    """The environment of this process, checked as a whole. Raises WrongEnvironment."""
    reader = Reader(os.environ if variables is None else variables)
    mode = reader.get(
        "PEPINIERE_MODE", _one_of(*MODES), default="embedded", remedy=f"set one of {', '.join(MODES)}."
    )
    live = mode == "production"
    state_dir = reader.get(
        "PEPINIERE_STATE_DIR",
        _directory,
        default=ROOT / "var",
        required=live,
        remedy="set the directory that keeps files and generated data.",
    )
    environment = Environment(
        mode=mode,
        database=reader.get(
            "DATABASE_URL",
            parse_database_url,
            default={},
            required=True,
            remedy="set postgresql://user:password@host:port/name, or start with ./pepiniere.",
        ),
        redis_url=reader.get(
            "REDIS_URL",
            _url("redis", "rediss", "unix"),
            default="",
            required=True,
            remedy="set redis://host:port/0, or start with ./pepiniere.",
        ),
        secret_key=reader.get(
            "SECRET_KEY",
            _long_secret if live else str,
            default="only-for-tests" if mode == "test" else "",
            required=mode != "test",
            remedy="set at least 50 random characters, and keep them: sessions hang on it.",
        ),
        base_domain=reader.get(
            "PEPINIERE_BASE_DOMAIN",
            _host,
            default="localhost",
            required=live,
            remedy="set the host name of the platform's own site, such as pepiniere.example.",
        ),
        port=reader.get(
            "PEPINIERE_PORT",
            _port,
            default=None if live else 8000,
            remedy="set the port that browsers see, 1 to 65535, or leave it out.",
        ),
        scheme="https" if live else "http",
        state_dir=state_dir,
        static_root=reader.get(
            "PEPINIERE_STATIC_ROOT",
            _directory,
            default=state_dir / "static" if state_dir else ROOT / "var" / "static",
            remedy="set the directory into which collectstatic writes.",
        ),
        log_level=reader.get(
            "PEPINIERE_LOG_LEVEL",
            _one_of("DEBUG", "INFO", "WARNING", "ERROR"),
            default="WARNING" if mode == "test" else "INFO",
            remedy="set DEBUG, INFO, WARNING or ERROR.",
        ),
        postgres_programs=reader.get(
            "PEPINIERE_PG_BIN",
            _directory,
            remedy="set the directory that holds pg_dump, or leave it out to use PATH.",
        ),
        sandbox_url=""
        if live
        else reader.get(
            "SANDBOX_URL",
            _url("http", "https"),
            default="http://127.0.0.1:8090",
            remedy="set the address of the sandbox gateway, such as http://127.0.0.1:8090.",
        ),
        sandbox_public_url=""
        if live
        else reader.get(
            "SANDBOX_PUBLIC_URL",
            _url("http", "https"),
            default="http://paiement.localhost:8090",
            remedy="set the address of the sandbox's payment page as browsers see it.",
        ),
        sandbox_admin_key="" if live else reader.get("SANDBOX_ADMIN_KEY", str, default="", remedy=""),
        mail=reader.get(
            "MAIL_URL",
            parse_mail_url,
            default={},
            required=live,
            remedy="set smtp://user:password@host:587?tls=1 (or smtps://… for port 465).",
        ),
        mail_from=reader.get(
            "PEPINIERE_MAIL_FROM",
            _address,
            default="" if live else "ne-pas-repondre@pepiniere.localhost",
            required=live,
            remedy="set the platform's sender address, such as pepiniere@example.org.",
        ),
        data_keys=reader.get(
            "PEPINIERE_DATA_KEYS",
            _keys,
            default=(),
            required=live,
            remedy="set one or more Fernet keys separated by commas, the newest first: secrets of gateways "
            "are encrypted with them.",
        ),
        hsts_preload=reader.get(
            "PEPINIERE_HSTS_PRELOAD",
            _yes_or_no,
            default=False,
            remedy="set yes only when the whole domain may be put on the browsers' lists of HTTPS for good.",
        ),
        outbox_lease_seconds=reader.get(
            "PEPINIERE_OUTBOX_LEASE_SECONDS",
            _lease,
            default=60,
            remedy="set after how many seconds a silent worker loses its task to another, 10 to 600.",
        ),
    )
    if not live:
        _refuse_live_keys(reader)
    if reader.problems:
        raise WrongEnvironment(reader.problems)
    return environment


LIVE_KEYS = ("sk_live_", "rk_live_", "pk_live_")


def _refuse_live_keys(reader: Reader) -> None:
    """An installation on the sandbox must not hold what moves real money; the key itself is never told."""
    for name, value in sorted(reader.variables.items()):
        if value.strip().startswith(LIVE_KEYS):
            reader.problems.append(
                f"{name} is a live key, and this mode takes payments by the sandbox: take the key out, "
                "or set PEPINIERE_MODE=production."
            )


def parse_database_url(raw: str) -> dict[str, Any]:
    """Django's connection settings from a `postgresql://` address. Raises ValueError."""
    parts = urlsplit(raw)
    if parts.scheme not in ("postgresql", "postgres"):
        raise ValueError("only PostgreSQL is supported")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ValueError("the name of the database is missing")
    options = dict(parse_qsl(parts.query))
    # A socket directory may be given as the host parameter, as libpq allows.
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def parse_mail_url(raw: str) -> dict[str, Any]:
    """Django's e-mail settings from an `smtp://` or `smtps://` address. Raises ValueError."""
    parts = urlsplit(raw)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("smtp:// or smtps:// with a host is expected")
    implicit = parts.scheme == "smtps"
    return {
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if implicit else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": implicit,
        "EMAIL_USE_TLS": not implicit and dict(parse_qsl(parts.query)).get("tls") == "1",
    }


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in allowed:
            raise ValueError(f"{raw!r} is none of {', '.join(allowed)}")
        return raw

    return parse


def _lease(raw: str) -> int:
    seconds = int(raw)
    if not 10 <= seconds <= 600:
        raise ValueError("between 10 and 600 is expected")
    return seconds


def _yes_or_no(raw: str) -> bool:
    return {"yes": True, "no": False}[raw]


def _url(*schemes: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if urlsplit(raw).scheme not in schemes:
            raise ValueError(f"it must begin with {' or '.join(f'{scheme}:' for scheme in schemes)}")
        return raw.rstrip("/")

    return parse


def _directory(raw: str) -> Path:
    return Path(raw).expanduser().resolve()


def _port(raw: str) -> int:
    port = int(raw)
    if not 1 <= port <= 65535:
        raise ValueError("out of range")
    return port


def _host(raw: str) -> str:
    if "/" in raw or ":" in raw or raw != raw.lower():
        raise ValueError("a host name in lower case, without scheme and port, is expected")
    return raw


def _long_secret(raw: str) -> str:
    if len(raw) < 50:
        raise ValueError(f"{len(raw)} characters only")
    return raw


def _address(raw: str) -> str:
    if raw.count("@") != 1 or raw.startswith("@") or raw.endswith("@"):
        raise ValueError("an e-mail address is expected")
    return raw


def _keys(raw: str) -> tuple[str, ...]:
    from cryptography.fernet import Fernet

    keys = tuple(key.strip() for key in raw.split(",") if key.strip())
    for key in keys:
        Fernet(key)
    return keys
