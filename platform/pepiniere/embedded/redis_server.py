"""The embedded Redis: a Valkey server in memory, without snapshots, on the loopback address."""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from pepiniere.embedded.binaries import redis_program
from pepiniere.embedded.identities import Identity, server_identity
from pepiniere.embedded.ports import LOOPBACK


@dataclass(frozen=True)
class Redis:
    """One server in memory; whatever it holds may be lost at any time."""

    program: Path
    configuration: Path
    identity: Identity | None
    port: int
    password: str

    @classmethod
    def find(cls, directory: Path, *, port: int, password: str) -> Redis:
        """The server for this machine, with its configuration below ``directory``. Raises Refusal."""
        program = redis_program()
        identity = server_identity(directory, directory.parent, program)
        return cls(program, directory / "redis.conf", identity, port, password)

    @property
    def url(self) -> str:
        """The address for REDIS_URL."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    @property
    def command(self) -> list[str]:
        """The command that serves in the foreground."""
        return [str(self.program), str(self.configuration)]

    def make(self) -> None:
        """Write the configuration: a file, since a password on the command line is seen by all."""
        directory = self.configuration.parent
        directory.mkdir(parents=True, exist_ok=True)
        lines = [
            f"bind {LOOPBACK}",
            f"port {self.port}",
            "protected-mode yes",
            f"requirepass {self.password}",
            'save ""',
            "appendonly no",
            "daemonize no",
            f'dir "{directory}"',
        ]
        self.configuration.unlink(missing_ok=True)
        self.configuration.touch(mode=0o600)
        self.configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if self.identity is not None:
            self.identity.own(directory)
            os.chown(self.configuration, self.identity.uid, self.identity.gid)

    def is_ready(self) -> bool:
        """Whether the server answers."""
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2:
                    part = connection.recv(64)
                    if not part:
                        return False
                    answer += part
        except OSError:
            return False
        return answer.endswith(b"+PONG\r\n")
