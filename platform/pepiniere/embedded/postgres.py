"""The embedded PostgreSQL: a data directory made once, and the command that serves it."""

from __future__ import annotations

import locale
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pepiniere.embedded.binaries import postgres_major, postgres_programs
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.identities import Identity, as_identity, server_identity
from pepiniere.embedded.ports import LOOPBACK
from pepiniere.embedded.processes import pids_working_in, wait_until

SUPERUSER = "postgres"
ROLE = "pepiniere"
DATABASE = "pepiniere"
# One migration run may touch every table of many tenants in one transaction.
MAX_LOCKS_PER_TRANSACTION = 1024
MAX_CONNECTIONS = 200


@dataclass(frozen=True)
class Postgres:
    """One data directory with the programs, the account and the port that serve it."""

    data: Path
    programs: Path
    identity: Identity | None
    port: int
    password: str
    durable: bool = True

    @classmethod
    def find(cls, data: Path, *, port: int, password: str, durable: bool = True) -> Postgres:
        """The server for ``data`` with the programs of this machine.

        ``durable=False`` gives up safety against the loss of power for speed and is for tests only.
        Raises Refusal when there are no programs, or when ``data`` was made by another major version.
        """
        programs = postgres_programs()
        require_same_version(data, postgres_major(programs))
        identity = server_identity(data, data.parent, programs / "postgres")
        return cls(data, programs, identity, port, password, durable)

    @property
    def url(self) -> str:
        """The address for DATABASE_URL."""
        return f"postgresql://{ROLE}:{self.password}@{LOOPBACK}:{self.port}/{DATABASE}"

    @property
    def command(self) -> list[str]:
        """The command that serves the data directory in the foreground."""
        settings = {
            "listen_addresses": LOOPBACK,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(MAX_CONNECTIONS),
            "max_locks_per_transaction": str(MAX_LOCKS_PER_TRANSACTION),
            "shared_buffers": "128MB",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if not self.durable:
            # Enough to outlive a killed server, which tests do; not the loss of power.
            settings |= {"fsync": "off", "full_page_writes": "off"}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def make(self) -> bool:
        """Make the data directory if it is not there yet; tell whether it was made now.

        It is filled beside its place and moved there when complete, so that an interrupted
        attempt leaves nothing that looks finished.
        """
        if (self.data / "PG_VERSION").exists():
            return False
        making = self.data.with_name(self.data.name + ".making")
        shutil.rmtree(making, ignore_errors=True)
        if self.data.exists():
            self.data.rmdir()
        if self.identity is not None:
            self.identity.own(making)
        else:
            making.mkdir(parents=True, mode=0o700)
        password_file = self._password_file()
        try:
            self._run(
                [str(self.programs / "initdb"), "-D", str(making), *self._initdb_options(password_file)]
            )
        finally:
            password_file.unlink()
        self._run(
            [str(self.programs / "postgres"), "--single", "-D", str(making), "postgres"],
            statements=(
                f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self.password}'",
                f"CREATE DATABASE {DATABASE} OWNER {ROLE}",
            ),
        )
        making.rename(self.data)
        return True

    def clear_leftovers(self) -> None:
        """End a server that outlived a killed supervisor and forget its process number.

        PostgreSQL itself would refuse to start when the number in `postmaster.pid` now belongs to
        any other process of the same account.
        """
        for number, patience in ((signal.SIGINT, 5.0), (signal.SIGQUIT, 3.0), (signal.SIGKILL, 2.0)):
            leftovers = pids_working_in(self.data)
            if not leftovers:
                break
            if number == signal.SIGINT:
                # Only the server itself may be asked: its checkpointer takes the same signal for the order to
                # write the last checkpoint, while others still work, and then the end is a crash. Without
                # their server the others end by themselves.
                leftovers = [pid for pid in leftovers if pid == self._served_by()]
            for pid in leftovers:
                try:
                    os.kill(pid, number)
                except (ProcessLookupError, PermissionError):
                    continue
            wait_until(lambda: not pids_working_in(self.data), patience)
        if sys.platform.startswith("linux"):
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """Whether the server takes connections, as its own status line tells."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except OSError:
            return False
        return len(lines) >= 8 and lines[7].strip() == "ready"

    def _served_by(self) -> int | None:
        """The process number that a server wrote when it took the data directory."""
        try:
            return int((self.data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return None

    def _password_file(self) -> Path:
        path = self.data.with_name(self.data.name + ".password")
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(self.password + "\n", encoding="ascii")
        if self.identity is not None:
            os.chown(path, self.identity.uid, self.identity.gid)
        return path

    def _initdb_options(self, password_file: Path) -> list[str]:
        options = ["-U", SUPERUSER, "--encoding=UTF8", "--auth=scram-sha-256"]
        options += [f"--pwfile={password_file}", "--no-instructions"]
        if not self.durable:
            options.append("--no-sync")
        name = "C.UTF-8" if _has_locale("C.UTF-8") else "C"
        if postgres_major(self.programs) >= 17:
            return [*options, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={name}"]
        return [*options, f"--locale={name}"]

    def _run(self, command: list[str], *, statements: tuple[str, ...] = ()) -> None:
        drop = self.identity if self.identity is not None and self.identity.capability is None else None
        done = subprocess.run(
            as_identity(command, self.identity),
            input="".join(f"{statement}\n" for statement in statements),
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            user=drop.uid if drop else None,
            group=drop.gid if drop else None,
            extra_groups=[] if drop else None,
        )
        # In single-user mode PostgreSQL ends with 0 even after a refused statement.
        failed = done.returncode != 0 or (statements and "ERROR:" in done.stderr)
        if failed:
            told = (done.stderr or done.stdout).strip().splitlines() or ["no message"]
            raise Refusal(
                f"PostgreSQL could not make {self.data}: {told[-1].strip()} "
                "(mend that, or set DATABASE_URL to a server of your own)."
            )


def require_same_version(data: Path, major: int) -> None:
    """Refuse when ``data`` was made by another major version than ``major``."""
    try:
        made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except OSError:
        return
    if made_by != str(major):
        raise Refusal(
            f"{data} was made by PostgreSQL {made_by} and this is {major}: start afresh with "
            f"./pepiniere demo --reset, or set DATABASE_URL to a server of version {made_by}."
        )


def _has_locale(name: str) -> bool:
    current = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    locale.setlocale(locale.LC_CTYPE, current)
    return True
