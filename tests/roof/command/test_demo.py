"""What the demonstration prints, and what `--reset` wipes."""

from __future__ import annotations

from pathlib import Path

import pytest

from pepiniere.command.demo import described, play, reset
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import FileLock
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.servers import Servers
from pepiniere.embedded.stack import Stack, Starting
from pepiniere.embedded.supervisor import Supervisor


def account(host: str, role: str, name: str) -> dict[str, str]:
    return {"host": host, "role": role, "email": f"{name}@a.example", "password": f"{name}-1"}


def test_addresses_come_with_one_account_a_role_and_the_mailbox() -> None:
    stack = Stack(8123, {"PEPINIERE_BASE_DOMAIN": "localhost"})
    region = "bretagne.localhost"
    text = described(
        {
            "sites": [{"host": region, "name": "Bretagne"}, {"host": "localhost", "name": "Pépinière"}],
            "accounts": [
                account(region, "provider", "one"),
                account(region, "provider", "two"),
                account("localhost", "platform_owner", "owner"),
            ],
            "mailbox": "/boite-aux-lettres/",
        },
        stack,
        Path("var/demo-accounts.json"),
    )
    assert text.index("http://localhost:8123\n") < text.index(
        "http://bretagne.localhost:8123\n      Bretagne"
    )
    assert "one-1  (and 1 more)" in text
    assert "two-1" not in text
    assert "owner-1" in text
    assert "http://localhost:8123/boite-aux-lettres/" in text
    assert "var/demo-accounts.json" in text


def test_reset_wipes_data_and_says_what(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = StateDirectory(tmp_path)
    state.prepare()
    (state.postgres / "base").mkdir(parents=True)
    (state.files / "a").touch()
    (state.mail / "localhost").mkdir(parents=True)
    state.sandbox_store.touch()
    for name in ("demonstration.done", "played.done"):
        (state.run / name).touch()
    state.virtual_environment.mkdir()
    reset(state)
    told = capsys.readouterr().out
    for name in ("postgres", "files", "mail", "sandbox.sqlite3", "demonstration.done", "played.done"):
        assert name in told
    assert not state.postgres.exists()
    assert not state.mail.exists()
    assert not state.sandbox_store.exists()
    assert state.virtual_environment.is_dir()
    reset(state)
    assert "nothing" in capsys.readouterr().out


def test_reset_is_refused_while_a_command_uses_the_databases(tmp_path: Path) -> None:
    state = StateDirectory(tmp_path)
    state.prepare()
    (state.postgres / "base").mkdir(parents=True)
    with FileLock(state.run / "servers.users", shared=True), pytest.raises(Refusal, match="--reset"):
        reset(state)
    assert state.postgres.exists()


@pytest.fixture
def up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Starting:
    """A start that has come up, in an environment in which no product runs."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    state = StateDirectory(tmp_path)
    state.prepare()
    state.postgres.mkdir()
    (state.postgres / "PG_VERSION").touch()
    return Starting(state, Servers("", ""), Stack(8123, {}), Supervisor(notice=print))


def test_orders_that_cannot_be_played_are_told_and_tried_again(
    up: Starting, capsys: pytest.CaptureFixture[str]
) -> None:
    play(up)
    told = capsys.readouterr().out
    assert "Playing orders" in told
    assert "Some orders are missing until the next start: play_demo failed" in told
    assert "Orders in every state are there" not in told
    play(up)
    assert "Playing orders" in capsys.readouterr().out


def test_orders_are_played_once(up: Starting, capsys: pytest.CaptureFixture[str]) -> None:
    up.remember("played", "scenes")
    play(up)
    assert capsys.readouterr().out == ""


def test_a_stop_while_orders_are_played_is_no_failure(
    up: Starting, capsys: pytest.CaptureFixture[str]
) -> None:
    up.supervisor.stop_requested = True
    play(up)
    assert "missing" not in capsys.readouterr().out
    assert not up.unchanged("played", "scenes")
