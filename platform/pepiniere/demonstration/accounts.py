"""Passwords of the demonstration: drawn once and kept in a file that only its owner reads."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from pepiniere.embedded.places import read_json, write_json

PLATFORM = "platform"
_CONSONANTS = "bdfglmnprstv"
_VOWELS = "aeiou"


@dataclass(frozen=True)
class DemoAccount:
    """Somebody one can enter the demonstration as.

    ``space`` is the slug of a tenant or ``platform``; ``role`` is entrepreneur, in_creation, provider,
    administrator, catalogue, finance, support or platform_owner; ``party`` names whom the person acts for.
    """

    space: str
    host: str
    role: str
    email: str
    full_name: str
    party: str
    password: str


class AccountBook:
    """The accounts of `demo-accounts.json` in the state directory."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(settings.STATE_DIR) / "demo-accounts.json"
        kept: Any = read_json(self.path)
        rows = kept["accounts"] if isinstance(kept, dict) else []
        self._accounts = {(row["space"], row["email"]): DemoAccount(**row) for row in rows}

    def account(
        self, *, space: str, host: str, role: str, email: str, full_name: str, party: str = ""
    ) -> DemoAccount:
        """The account of a person, with the password that it has had from the first time on."""
        known = self._accounts.get((space, email))
        found = DemoAccount(
            space=space,
            host=host,
            role=role,
            email=email,
            full_name=full_name,
            party=party,
            password=known.password if known else drawn_password(),
        )
        self._accounts[space, email] = found
        return found

    def of_space(self, space: str) -> list[DemoAccount]:
        """The accounts of a space in the order in which they were made."""
        return [account for account in self._accounts.values() if account.space == space]

    def find(self, *, space: str, email: str) -> DemoAccount | None:
        """One account, or None."""
        return self._accounts.get((space, email))

    def all(self) -> list[DemoAccount]:
        """Every account."""
        return list(self._accounts.values())

    def save(self) -> None:
        """Write the file, mode 0600."""
        write_json(self.path, {"accounts": [asdict(account) for account in self._accounts.values()]})


def drawn_password() -> str:
    """A password that can be said and typed: three made-up words and four digits, over 60 bits."""
    words = [
        "".join(secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS) for _ in range(3)) for _ in range(3)
    ]
    return "-".join([*words, f"{secrets.randbelow(10_000):04d}"])
