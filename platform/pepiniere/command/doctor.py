"""`doctor`: what this installation is made of and what is wrong with it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pepiniere
from pepiniere.command.catalogue import COMMANDS
from pepiniere.command.environment import is_complete
from pepiniere.command.preconditions import FREE_BYTES_NEEDED
from pepiniere.command.system.libraries import missing_libraries
from pepiniere.command.system.unpacked import Unpacked
from pepiniere.embedded.binaries import postgres_major, postgres_programs, redis_program
from pepiniere.embedded.errors import USAGE, Refusal
from pepiniere.embedded.places import ROOT, StateDirectory
from pepiniere.embedded.ports import is_free
from pepiniere.embedded.postgres import require_same_version
from pepiniere.embedded.progress import say
from pepiniere.embedded.servers import Servers, running_servers, using_servers
from pepiniere.embedded.stack import described_stack
from pepiniere.embedded.variables import DEFAULT_PORT, process_environment, sandbox_port

RENDERING = "import weasyprint; weasyprint.HTML(string='<p>é').write_pdf(); print(weasyprint.__version__)"


def check(arguments: Sequence[str]) -> None:
    """Refuse any argument."""
    if arguments:
        raise Refusal(COMMANDS["doctor"].usage, USAGE)


def run(arguments: Sequence[str]) -> int:
    """Examine everything; 0 when all is well, else 1."""
    examination = _Examination(StateDirectory.from_environment())
    say(f"Pépinière {pepiniere.__version__}")
    for part in (
        examination.python,
        examination.disk,
        examination.libraries,
        examination.ports,
        examination.servers,
    ):
        with examination.counting():
            part()
    if examination.wrong:
        say(f"{examination.wrong} thing(s) wrong.")
        return 1
    say("All is well.")
    return 0


class _Examination:
    def __init__(self, state: StateDirectory) -> None:
        self._state = state
        self.wrong = 0

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count a refusal as one thing wrong and go on."""
        try:
            yield
        except Refusal as refusal:
            self._bad(refusal.message)

    def python(self) -> None:
        self._good("Python", platform.python_version(), platform.platform())
        complete = is_complete(self._state, "runtime")
        told = "as requirements/runtime.txt asks" if complete else "not as requirements/runtime.txt asks"
        self._tell(complete, "packages", told)

    def disk(self) -> None:
        free = shutil.disk_usage(self._state.path).free
        self._tell(
            free >= FREE_BYTES_NEEDED, "disk", f"{free / 1e9:.1f} GB free at {self._state.path} (1 needed)"
        )
        self._tell(os.access(self._state.path, os.W_OK), "state", f"{self._state.path} can be written")

    def libraries(self) -> None:
        missing = missing_libraries(Unpacked(self._state.system))
        if "libharfbuzz-subset.so.0" in missing:
            self._bad("libharfbuzz-subset is MISSING: every invoice takes 3.6 times as long to render")
        for name in missing:
            self._bad(f"library: {name} is missing (./pepiniere demo installs it)")
        rendered = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", RENDERING], check=False, capture_output=True, text=True
        )
        told = rendered.stdout.strip() or (rendered.stderr.strip().splitlines() or ["no message"])[-1]
        self._tell(rendered.returncode == 0, "WeasyPrint", f"{told}, renders a page")

    def ports(self) -> None:
        stack = described_stack(self._state)
        if stack is not None:
            self._good("stack", f"running at {stack['url']}", f"process {stack['pid']}")
            return
        port = int(os.environ.get("PEPINIERE_PORT") or DEFAULT_PORT)
        self._tell(is_free(port), "port", f"{port} is {'free' if is_free(port) else 'taken: use --port'}")

    def servers(self) -> None:
        if os.environ.get("DATABASE_URL"):
            self._good("PostgreSQL", "named by DATABASE_URL")
        else:
            programs = postgres_programs()
            self._good("PostgreSQL", str(postgres_major(programs)), str(programs))
            require_same_version(self._state.postgres, postgres_major(programs))
        redis = os.environ.get("REDIS_URL") and "named by REDIS_URL"
        self._good("Redis", redis or str(redis_program()))
        self._good("servers", "running" if running_servers(self._state) else "not running, started for this")
        with using_servers(self._state) as servers:
            environment = process_environment(
                self._state,
                servers,
                mode=os.environ.get("PEPINIERE_MODE") or "embedded",
                port=int(os.environ.get("PEPINIERE_PORT") or DEFAULT_PORT),
                sandbox_port=sandbox_port(self._state, in_use=True),
            )
            self._answers(servers)
            for title, command in (("settings", "check"), ("spaces", "doctor_tenants")):
                self._django(title, command, environment)

    def _answers(self, servers: Servers) -> None:
        # Not at the top: this module is also read before the environment exists.
        import psycopg
        import redis

        def ask_database() -> str:
            with psycopg.connect(servers.database_url, connect_timeout=5) as connection:
                row = connection.execute("SHOW server_version").fetchone()
                return str(row[0]) if row else ""

        def ask_redis() -> str:
            return str(
                redis.Redis.from_url(servers.redis_url, socket_timeout=5).info("server")["redis_version"]
            )

        asked: tuple[tuple[str, Callable[[], str], type[Exception]], ...] = (
            ("PostgreSQL", ask_database, psycopg.Error),
            ("Redis", ask_redis, redis.RedisError),
        )
        for name, ask, failure in asked:
            try:
                self._good(name, f"answers, version {ask()}")
            except failure as error:
                self._bad(f"{name} does not answer: {str(error).splitlines()[0]}")

    def _django(self, title: str, command: str, environment: dict[str, str]) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "django", command],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            cwd=ROOT,
        )
        lines = done.stdout.strip().splitlines()
        errors = done.stderr.strip().splitlines()
        if done.returncode != 0:
            # Of a traceback the last line says what is wrong; the rest helps nobody here.
            lines += errors[-1:] if "Traceback (most recent call last):" in errors else errors
        self._tell(done.returncode == 0, title, lines[-1] if lines else command)
        for line in lines[:-1]:
            say(f"       {line}")

    def _good(self, title: str, *facts: str) -> None:
        say(f"  ok   {title}: {', '.join(facts)}")

    def _bad(self, told: str) -> None:
        self.wrong += 1
        say(f"  BAD  {told}")

    def _tell(self, good: object, title: str, told: str) -> None:
        if good:
            self._good(title, told)
        else:
            self._bad(f"{title}: {told}")
