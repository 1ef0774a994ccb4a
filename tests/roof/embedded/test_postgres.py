"""The embedded PostgreSQL: made whole or not at all, served, killed, served again."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator

import psycopg
import pytest

from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.ports import free_port
from pepiniere.embedded.postgres import Postgres
from pepiniere.embedded.processes import end_all, pids_working_in, spawn
from pepiniere.embedded.supervisor import Child, Supervisor


@pytest.fixture
def postgres(state: StateDirectory) -> Postgres:
    """A data directory freshly made."""
    found = Postgres.find(state.postgres, port=free_port(), password="correct-horse", durable=False)
    assert found.make() is True
    return found


@pytest.fixture
def notices() -> list[str]:
    return []


@pytest.fixture
def supervisor(postgres: Postgres, state: StateDirectory, notices: list[str]) -> Iterator[Supervisor]:
    """The server running under a supervisor."""
    child = Child(
        name="postgres",
        command=postgres.command,
        log=state.log / "postgres.log",
        identity=postgres.identity,
        is_ready=postgres.is_ready,
        before_start=postgres.clear_leftovers,
        stop_signal=signal.SIGINT,
        directory=state.path,
    )
    running = Supervisor(notice=notices.append)
    try:
        running.start([child])
        running.wait_healthy(30)
        yield running
    finally:
        running.stop()


def ask(postgres: Postgres, question: str) -> object:
    with psycopg.connect(postgres.url) as connection:
        row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def test_it_serves_a_role_without_superuser_rights(postgres: Postgres, supervisor: Supervisor) -> None:
    assert ask(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(postgres, "SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user") is True
    assert ask(postgres, "SHOW max_locks_per_transaction") == "1024"
    assert ask(postgres, "SHOW server_encoding") == "UTF8"
    assert ask(postgres, "SELECT upper('é, œ, ç')") == "É, Œ, Ç"


def test_a_wrong_password_is_refused(postgres: Postgres, supervisor: Supervisor) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(postgres.url.replace("correct-horse", "wrong"))


def test_what_an_interrupted_making_left_is_made_anew(state: StateDirectory) -> None:
    making = state.path / "postgres.making"
    making.mkdir()
    (making / "PG_VERSION").write_text("18\n")
    (making / "half").write_text("made")
    state.postgres.mkdir()
    postgres = Postgres.find(state.postgres, port=free_port(), password="correct-horse", durable=False)
    assert postgres.make() is True
    assert postgres.make() is False
    assert not making.exists()
    assert not (state.postgres / "half").exists()


def test_a_data_directory_of_another_version_is_refused_with_its_remedy(state: StateDirectory) -> None:
    state.postgres.mkdir()
    (state.postgres / "PG_VERSION").write_text("13\n")
    with pytest.raises(Refusal) as refused:
        Postgres.find(state.postgres, port=free_port(), password="correct-horse")
    assert "PostgreSQL 13" in refused.value.message
    assert "./pepiniere demo --reset" in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.exit_code == 3


def test_a_killed_server_is_started_again_with_its_data(
    postgres: Postgres,
    supervisor: Supervisor,
    notices: list[str],
) -> None:
    with psycopg.connect(postgres.url) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    before = supervisor.pids["postgres"]
    os.kill(before, signal.SIGKILL)
    os.waitid(os.P_PID, before, os.WEXITED | os.WNOWAIT)
    supervisor.tick()
    supervisor.wait_healthy(30)
    assert supervisor.pids["postgres"] != before
    assert ask(postgres, "SELECT answer FROM kept") == 42
    assert notices == [notices[0]]
    assert notices[0].startswith("postgres: killed by SIGKILL, started again")


def test_a_stale_process_number_of_another_living_process_does_not_hinder(
    postgres: Postgres, state: StateDirectory
) -> None:
    pid_file = state.postgres / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{state.postgres}\n1\n{postgres.port}\n\n127.0.0.1\n1 1\nready\n")
    postgres.clear_leftovers()
    assert not pid_file.exists()


def test_a_server_that_outlived_its_supervisor_is_ended_first(
    postgres: Postgres, state: StateDirectory, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    # More than once: an end that its own processes overtake goes wrong only now and then.
    for number in range(8):
        log = state.log / f"orphan-{number}.log"
        orphan = spawn(postgres.command, log=log, identity=postgres.identity, death_signal=None)
        try:
            eventually(postgres.is_ready)
            postgres.clear_leftovers()
            assert pids_working_in(state.postgres) == []
            assert orphan.wait(5) == 0
            assert "abnormal" not in log.read_text()
        finally:
            end_all([orphan])


def test_what_is_left_of_a_killed_server_is_cleared(
    postgres: Postgres, state: StateDirectory, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    orphan = spawn(
        postgres.command, log=state.log / "orphan.log", identity=postgres.identity, death_signal=None
    )
    eventually(postgres.is_ready)
    os.kill(orphan.pid, signal.SIGKILL)
    orphan.wait(5)
    postgres.clear_leftovers()
    assert pids_working_in(state.postgres) == []
    assert not (state.postgres / "postmaster.pid").exists()
