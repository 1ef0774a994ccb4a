"""The passwords and the secret key of an embedded installation: made once, kept in its state directory."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass

from pepiniere.embedded.places import StateDirectory, read_json, write_json


@dataclass(frozen=True)
class Credentials:
    """Random values that only this installation knows."""

    postgres_password: str
    redis_password: str
    secret_key: str


def load_credentials(state: StateDirectory) -> Credentials:
    """The stored credentials; missing ones are made and stored, readable by the owner only."""
    stored = read_json(state.credentials)
    stored = stored if isinstance(stored, dict) else {}
    values = {
        name: str(stored.get(name) or secrets.token_urlsafe(size))
        for name, size in (("postgres_password", 24), ("redis_password", 24), ("secret_key", 48))
    }
    credentials = Credentials(**values)
    if stored != asdict(credentials):
        write_json(state.credentials, asdict(credentials))
    return credentials
