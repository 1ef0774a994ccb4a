"""The ordinary account under which PostgreSQL and Redis run when the command was started by root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from pepiniere.embedded.errors import Refusal

CANDIDATES = ("postgres", "nobody")
# Reading and searching suffices; containers often drop it and keep only the stronger one.
CAPABILITIES = ("dac_read_search", "dac_override")


@dataclass(frozen=True)
class Identity:
    """A system account to drop to, with the capability it needs to reach the files, if any."""

    name: str
    uid: int
    gid: int
    capability: str | None = None

    def own(self, directory: Path) -> None:
        """Make ``directory`` with its parents, private to this account."""
        directory.mkdir(parents=True, exist_ok=True)
        os.chown(directory, self.uid, self.gid)
        directory.chmod(0o700)


def server_identity(existing: Path, *reached: Path) -> Identity | None:
    """The account for the servers, or None when the present one is no root.

    ``existing`` is a data directory whose owner is kept if it is there; ``reached`` are paths that
    the account must be able to open. Below a private home directory (`/root`) it gets one
    capability for searching directories, since nothing else can be done without copying.
    Raises Refusal when no way is found.
    """
    if os.geteuid() != 0:
        return None
    account = _account(existing)
    for capability in (None, *CAPABILITIES):
        identity = Identity(account.pw_name, account.pw_uid, account.pw_gid, capability)
        if _reaches(identity, reached):
            return identity
    raise Refusal(
        f"The account {account.pw_name} cannot enter {reached[0]}, and PostgreSQL refuses to run as root: "
        "clone into a directory that others may enter (for example /srv), or run as an ordinary user."
    )


def as_identity(command: list[str], identity: Identity | None) -> list[str]:
    """``command`` prefixed so that it keeps the identity's capability; unchanged without one."""
    if identity is None or identity.capability is None:
        return command
    capability = f"+{identity.capability}"
    return [
        "setpriv",
        f"--reuid={identity.uid}",
        f"--regid={identity.gid}",
        "--clear-groups",
        # Without it access(2), which PostgreSQL asks about its own files, ignores the capability.
        "--securebits=+no_setuid_fixup",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
        "--",
        *command,
    ]


def _account(existing: Path) -> pwd.struct_passwd:
    if existing.exists() and existing.stat().st_uid != 0:
        try:
            return pwd.getpwuid(existing.stat().st_uid)
        except KeyError:
            pass
    for name in CANDIDATES:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Refusal(
        "PostgreSQL refuses to run as root and there is no account `postgres` or `nobody`: "
        "create one, or run as an ordinary user."
    )


def _reaches(identity: Identity, paths: tuple[Path, ...]) -> bool:
    if identity.capability is not None and shutil.which("setpriv") is None:
        return False
    script = 'for path; do test -r "$path" && test -x "$path" || exit 1; done'
    plain = identity.capability is None
    trial = subprocess.run(
        as_identity(["sh", "-c", script, "sh", *(str(path) for path in paths if path.exists())], identity),
        check=False,
        capture_output=True,
        user=identity.uid if plain else None,
        group=identity.gid if plain else None,
        extra_groups=[] if plain else None,
        cwd="/",
    )
    return trial.returncode == 0
