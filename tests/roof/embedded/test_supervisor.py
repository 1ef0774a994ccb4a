"""The supervisor: restarts and tells, gives up after five crashes, leaves nothing running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.places import ROOT, StateDirectory
from pepiniere.embedded.processes import wait_until
from pepiniere.embedded.supervisor import CRASH_LIMIT, Child, Supervisor, TooManyCrashes, last_lines, turn_log

ENDS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
if sys.platform.startswith("linux"):
    # Only Linux tells a child that its parent was killed.
    ENDS.append(signal.SIGKILL)


def child(state: StateDirectory, name: str, script: str, **values: object) -> Child:
    return Child(name=name, command=["sh", "-c", script], log=state.log / f"{name}.log", **values)  # type: ignore[arg-type]


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_crashed_child_is_started_again_and_told(state: StateDirectory) -> None:
    notices: list[str] = []
    published: list[dict[str, int]] = []
    supervisor = Supervisor(notice=notices.append)
    supervisor.on_change(published.append)
    try:
        supervisor.start([child(state, "web", "exec sleep 60"), child(state, "worker", "exec sleep 60")])
        before = supervisor.pids
        os.kill(before["web"], signal.SIGKILL)
        assert wait_until(lambda: supervisor.tick() or supervisor.pids != before, 10)
        after = supervisor.pids
    finally:
        supervisor.stop()
    assert after["worker"] == before["worker"]
    assert published[-1] == after
    assert notices == [f"web: killed by SIGKILL, started again (log: {state.log / 'web.log'})"]


def test_five_crashes_in_a_minute_stop_all_with_the_last_log_lines(state: StateDirectory) -> None:
    notices: list[str] = []
    supervisor = Supervisor(notice=notices.append)
    steady = child(state, "steady", "exec sleep 60")
    broken = child(state, "broken", "echo the port is gone >&2; exit 7")
    try:
        supervisor.start([steady, broken])
        steady_pid = supervisor.pids["steady"]
        with pytest.raises(TooManyCrashes) as refused:
            supervisor.watch(pause=0.01)
    finally:
        supervisor.stop()
    assert len(notices) == CRASH_LIMIT - 1
    assert refused.value.message.startswith("broken ended 5 times within a minute (ended with code 7)")
    assert refused.value.message.endswith("\n".join(["    the port is gone"] * CRASH_LIMIT))
    assert not is_alive(steady_pid)


def test_health_waits_for_every_child_and_names_the_late_one(state: StateDirectory) -> None:
    mark = state.path / "up"
    supervisor = Supervisor(notice=print)
    try:
        supervisor.start(
            [child(state, "quick", f"sleep 0.3; touch {mark}; exec sleep 60", is_ready=mark.exists)]
        )
        supervisor.wait_healthy(10)
        assert mark.exists()
        supervisor.start([child(state, "late", "echo still loading; exec sleep 60", is_ready=lambda: False)])
        with pytest.raises(Refusal, match=r"(?s)^late: not healthy after 1 s.*still loading"):
            supervisor.wait_healthy(1)
    finally:
        supervisor.stop()


def test_stopping_kills_what_does_not_obey_and_what_it_has_started(state: StateDirectory) -> None:
    script = f"trap '' TERM; sleep 60 & echo $! > {state.path}/grandchild; while :; do sleep 0.1; done"
    supervisor = Supervisor(notice=print)
    supervisor.start(
        [child(state, "stubborn", script), child(state, "polite", "exec sleep 60", stop_order=1)]
    )
    pids = list(supervisor.pids.values())
    assert wait_until(lambda: (state.path / "grandchild").exists(), 10)
    time.sleep(0.1)
    pids.append(int((state.path / "grandchild").read_text()))
    started = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - started < 10
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids), 2)


def test_a_restart_ends_what_the_dead_child_left_in_its_group(state: StateDirectory) -> None:
    script = f"sleep 60 & echo $! >> {state.path}/left; wait"
    supervisor = Supervisor(notice=print)
    left = state.path / "left"
    try:
        supervisor.start([child(state, "web", script)])
        assert wait_until(lambda: left.exists() and left.read_text().strip() != "", 10)
        first = int(left.read_text().split()[0])
        os.kill(supervisor.pids["web"], signal.SIGKILL)
        assert wait_until(lambda: supervisor.tick() or not is_alive(first), 10)
    finally:
        supervisor.stop()


SUPERVISING = """
import sys
from pathlib import Path
from pepiniere.embedded.supervisor import Child, Supervisor
supervisor = Supervisor(notice=print)
supervisor.stop_on_signals()
try:
    supervisor.start([Child(name="child", command=["sleep", "60"], log=Path(sys.argv[1]) / "child.log")])
    print(supervisor.pids["child"], flush=True)
    supervisor.watch()
finally:
    supervisor.stop()
"""


@pytest.mark.parametrize("number", ENDS, ids=lambda number: number.name)
def test_however_the_supervisor_ends_nothing_is_left(number: signal.Signals, state: StateDirectory) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
    with subprocess.Popen(
        [sys.executable, "-c", SUPERVISING, str(state.log)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert is_alive(pid)
        process.send_signal(number)
        process.wait(15)
    assert wait_until(lambda: not is_alive(pid), 5)


def test_a_grown_log_is_put_aside(state: StateDirectory) -> None:
    log = state.log / "web.log"
    log.write_bytes(b"x" * 5_000_001)
    turn_log(log)
    assert not log.exists()
    assert (state.log / "web.log.1").stat().st_size == 5_000_001
    assert last_lines(log) == "    (nothing written)"


def test_watching_ends_when_the_caller_says_so(state: StateDirectory) -> None:
    answers = iter([True, True, False])
    supervisor = Supervisor(notice=print)
    supervisor.watch(lambda: next(answers), pause=0)
    assert list(answers) == []
