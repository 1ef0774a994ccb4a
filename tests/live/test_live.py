"""The live stack is up as a whole."""

from __future__ import annotations

import httpx

from tests.live.stack import Live


def test_everything_is_supervised_and_answers(live: Live) -> None:
    """Web, three workers, scheduler and sandbox; both spaces."""
    workers = {"worker-default", "worker-money", "worker-documents"}
    assert live.pids().keys() == {"sandbox", "web", "scheduler", *workers}
    for space in live.spaces.values():
        page = httpx.get(f"http://127.0.0.1:{live.stack.port}/", headers={"Host": space["host"]})
        assert page.status_code == 200
        assert space["word"] in page.text
