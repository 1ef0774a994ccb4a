"""The environment variables by which our own processes find one another."""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

from pepiniere.embedded.credentials import load_credentials
from pepiniere.embedded.places import ROOT, StateDirectory, read_json, write_json
from pepiniere.embedded.ports import LOOPBACK, free_port
from pepiniere.embedded.servers import Servers

BASE_DOMAIN = "localhost"
DEFAULT_PORT = 8000


def process_environment(
    state: StateDirectory, servers: Servers, *, mode: str, port: int, sandbox_port: int
) -> dict[str, str]:
    """The whole environment for a process of ours; what the caller's environment sets stays otherwise."""
    secret_key = os.environ.get("SECRET_KEY") or load_credentials(state).secret_key
    admin_key = hashlib.sha256(f"sandbox:{secret_key}".encode()).hexdigest()
    return {
        **os.environ,
        **servers.environment,
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": "pepiniere.settings",
        "PEPINIERE_MODE": mode,
        "PEPINIERE_STATE_DIR": str(state.path),
        "PEPINIERE_STATIC_ROOT": str(state.static),
        "PEPINIERE_PORT": str(port),
        "PEPINIERE_BASE_DOMAIN": os.environ.get("PEPINIERE_BASE_DOMAIN") or BASE_DOMAIN,
        # A gateway belongs to its installation: one named from outside would hold other accounts.
        "SANDBOX_URL": f"http://{LOOPBACK}:{sandbox_port}",
        "SANDBOX_PUBLIC_URL": f"http://paiement.localhost:{sandbox_port}",
        "SANDBOX_ADMIN_KEY": admin_key,
        "SECRET_KEY": secret_key,
    }


def sandbox_port(state: StateDirectory, *, in_use: bool = False) -> int:
    """The port of the sandbox gateway: the one it had before, unless another program took it.

    ``in_use=True`` asks for the remembered one whoever listens there now.
    """
    ports = read_json(state.run / "ports.json") or {}
    remembered = ports.get("sandbox")
    if in_use and remembered:
        return int(remembered)
    chosen = free_port(remembered)
    if chosen != remembered:
        write_json(state.run / "ports.json", {**ports, "sandbox": chosen})
    return chosen
