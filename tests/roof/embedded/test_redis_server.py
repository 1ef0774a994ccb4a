"""The embedded Redis: on the loopback address, with a password, in memory only."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.ports import free_port
from pepiniere.embedded.processes import end_all, spawn
from pepiniere.embedded.redis_server import Redis


def test_it_serves_with_a_password_and_writes_no_snapshot(
    state: StateDirectory, eventually: Callable[[Callable[[], bool]], None]
) -> None:
    server = Redis.find(state.redis, port=free_port(), password="correct-horse")
    server.make()
    assert server.is_ready() is False
    process = spawn(server.command, log=state.log / "redis.log", identity=server.identity)
    try:
        eventually(server.is_ready)
        client = redis.Redis.from_url(server.url)
        client.set("kept", "no")
        assert client.config_get("save") == {"save": ""}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=server.port, retry=Retry(NoBackoff(), 0)).ping()
    finally:
        end_all([process])
    assert [path.name for path in state.redis.iterdir()] == ["redis.conf"]
    assert server.configuration.stat().st_mode & 0o077 == 0
