"""`servers start|stop|env`: the embedded PostgreSQL and Redis on their own, for development."""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence

from pepiniere.command.catalogue import COMMANDS
from pepiniere.embedded.credentials import load_credentials
from pepiniere.embedded.errors import USAGE, Refusal
from pepiniere.embedded.places import ROOT, StateDirectory
from pepiniere.embedded.servers import pin_servers, running_servers, stop_servers, using_servers

ACTIONS = ("start", "stop", "env")


def check(arguments: Sequence[str]) -> None:
    """Refuse anything but one of the three actions."""
    if len(arguments) != 1 or arguments[0] not in ACTIONS:
        raise Refusal(COMMANDS["servers"].usage, USAGE)


def run(arguments: Sequence[str]) -> int:
    """Start the servers and leave them running, stop them, or print their environment."""
    state = StateDirectory.from_environment()
    action = arguments[0]
    if action == "start":
        pin_servers(state)
        with using_servers(state) as servers:
            for name, value in servers.environment.items():
                print(f"{name}={value}")
    elif action == "stop":
        print("stopped" if stop_servers(state) else "no servers were running")
    else:
        for name, value in _environment(state).items():
            print(f"export {name}={shlex.quote(value)}")
    return 0


def _environment(state: StateDirectory) -> dict[str, str]:
    facts = running_servers(state)
    if facts is None:
        raise Refusal("The embedded servers are not running: ./pepiniere servers start", USAGE)
    return {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or str(facts.get("database_url", "")),
        "REDIS_URL": os.environ.get("REDIS_URL") or str(facts.get("redis_url", "")),
        "PEPINIERE_PG_BIN": str(facts.get("postgres_programs", "")),
        "SECRET_KEY": load_credentials(state).secret_key,
        "PEPINIERE_STATE_DIR": str(state.path),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "DJANGO_SETTINGS_MODULE": "pepiniere.settings",
    }
