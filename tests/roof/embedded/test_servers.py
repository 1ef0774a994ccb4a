"""The servers of an installation: shared by its commands, gone with the last of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import psycopg
import pytest
import redis

from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import is_held
from pepiniere.embedded.places import ROOT, StateDirectory
from pepiniere.embedded.servers import (
    Servers,
    pin_servers,
    running_servers,
    stop_servers,
    using_servers,
)

USING = """
import sys, time
from pathlib import Path
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.servers import using_servers
with using_servers(StateDirectory(Path(sys.argv[1])), durable=False) as servers:
    print(servers.database_url, flush=True)
    time.sleep(60)
"""

Eventually = Callable[[Callable[[], bool]], None]


@pytest.fixture
def other_user(state: StateDirectory) -> Iterator[subprocess.Popen[str]]:
    """Another command of the same installation, using the servers until it is ended."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    with subprocess.Popen(
        [sys.executable, "-c", USING, str(state.path)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield process
        process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def check_both(servers: Servers) -> None:
    with psycopg.connect(servers.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert redis.Redis.from_url(servers.redis_url).ping() is True


def test_they_start_and_leave_nothing_running(state: StateDirectory) -> None:
    with using_servers(state, durable=False) as servers:
        check_both(servers)
        facts = running_servers(state)
        assert facts is not None
        pids = [int(facts["pid"]), *facts["children"].values()]
        assert all(os.path.exists(f"/proc/{pid}") for pid in pids)
    assert running_servers(state) is None
    assert not is_held(state.run / "keeper.lock")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(servers.database_url)


def test_a_second_start_has_the_same_addresses(state: StateDirectory) -> None:
    with using_servers(state, durable=False) as first:
        check_both(first)
    with using_servers(state, durable=False) as second:
        check_both(second)
    assert first == second


def test_the_last_user_takes_them_down(
    state: StateDirectory, other_user: subprocess.Popen[str], eventually: Eventually
) -> None:
    address = first_line(other_user)
    with using_servers(state, durable=False) as servers:
        assert servers.database_url == address
        other_user.kill()
        other_user.wait()
        check_both(servers)
    assert running_servers(state) is None


def test_they_survive_the_command_that_started_them_while_another_needs_them(
    state: StateDirectory, other_user: subprocess.Popen[str], eventually: Eventually
) -> None:
    with using_servers(state, durable=False) as servers:
        pass
    assert first_line(other_user).startswith("postgresql://")
    with using_servers(state, durable=False) as servers:
        check_both(servers)
    check_both(servers)
    other_user.kill()
    eventually(lambda: not is_held(state.run / "keeper.lock"))


def test_a_killed_server_comes_back_at_the_same_address(
    state: StateDirectory, eventually: Eventually
) -> None:
    with using_servers(state, durable=False) as servers:
        facts = running_servers(state)
        assert facts is not None
        for name in ("postgres", "redis"):
            os.kill(facts["children"][name], signal.SIGKILL)

        def both_are_new() -> bool:
            now = running_servers(state)
            return now is not None and not set(now["children"].values()) & set(facts["children"].values())

        eventually(both_are_new)

        def answers() -> bool:
            try:
                check_both(servers)
            except (psycopg.OperationalError, redis.ConnectionError):
                return False
            return True

        eventually(answers)
        assert "killed by SIGKILL" in (state.log / "servers.log").read_text()


def test_a_killed_keeper_takes_its_servers_with_it_and_the_next_start_works(
    state: StateDirectory, eventually: Eventually
) -> None:
    with using_servers(state, durable=False) as servers:
        facts = running_servers(state)
        assert facts is not None
        os.kill(facts["pid"], signal.SIGKILL)
        eventually(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in facts["children"].values()))
    with using_servers(state, durable=False) as servers:
        check_both(servers)


def test_pinned_servers_stay_until_they_are_stopped(state: StateDirectory) -> None:
    pin_servers(state)
    with using_servers(state, durable=False) as servers:
        pass
    check_both(servers)
    assert stop_servers(state) is True
    assert running_servers(state) is None
    assert stop_servers(state) is False


def test_the_environment_wins(state: StateDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/one")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/0")
    with using_servers(state) as servers:
        assert servers.environment == {
            "DATABASE_URL": "postgresql://elsewhere/one",
            "REDIS_URL": "redis://elsewhere/0",
        }
        assert running_servers(state) is None


def test_one_of_them_from_the_environment_leaves_the_other_embedded(
    state: StateDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/one")
    with using_servers(state) as servers:
        assert servers.database_url == "postgresql://elsewhere/one"
        assert redis.Redis.from_url(servers.redis_url).ping() is True
        monkeypatch.delenv("DATABASE_URL")
        with pytest.raises(Refusal, match="DATABASE_URL"), using_servers(state):
            pass
    assert not state.postgres.exists()


def test_why_they_cannot_start_reaches_the_user_in_one_line(state: StateDirectory) -> None:
    state.postgres.mkdir()
    (state.postgres / "PG_VERSION").write_text("12\n")
    with pytest.raises(Refusal, match=r"\A[^\n]*PostgreSQL 12[^\n]*\Z"), using_servers(state):
        pass
    assert not is_held(state.run / "servers.users")
