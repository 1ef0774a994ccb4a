"""The processes of the running product: sandbox gateway, web, one worker a queue, scheduler."""

from __future__ import annotations

import http.client
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from pepiniere.embedded.places import ROOT, StateDirectory
from pepiniere.embedded.ports import LOOPBACK
from pepiniere.embedded.supervisor import Child

QUEUES = ("default", "money", "documents")
CELERY_APP = "pepiniere.celery:app"


def sandbox_child(state: StateDirectory, environment: Mapping[str, str], port: int) -> Child:
    """The embedded payment gateway, which stops after those that call it."""
    return Child(
        name="sandbox",
        command=[
            *(sys.executable, "-m", "billing.sandbox.serve"),
            *("--port", str(port), "--store", str(state.sandbox_store)),
        ],
        log=state.log / "sandbox.log",
        environment=environment,
        directory=ROOT,
        is_ready=lambda: answers(port, "/health"),
        death_signal=signal.SIGKILL,
        stop_order=1,
    )


def product_children(state: StateDirectory, environment: Mapping[str, str], port: int) -> list[Child]:
    """Everything that runs Django: web on ``port``, the workers and the scheduler."""
    return [
        _web(state, environment, port),
        *(_worker(state, environment, queue) for queue in QUEUES),
        _scheduler(state, environment),
    ]


def answers(port: int, path: str) -> bool:
    """Whether GET ``path`` on a loopback port is answered with 200."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _web(state: StateDirectory, environment: Mapping[str, str], port: int) -> Child:
    return Child(
        name="web",
        command=[
            *(sys.executable, "-m", "granian", "--interface", "wsgi", "pepiniere.wsgi:application"),
            *("--host", LOOPBACK, "--port", str(port), "--workers", "2", "--blocking-threads", "2"),
            # A worker that ignores the end of its parent would hold the port of the next one.
            *("--respawn-failed-workers", "--workers-kill-timeout", "3"),
        ],
        log=state.log / "web.log",
        environment=environment,
        directory=ROOT,
        is_ready=lambda: answers(port, "/health/ready"),
    )


def _worker(state: StateDirectory, environment: Mapping[str, str], queue: str) -> Child:
    name = f"worker-{queue}"
    # One installation, one worker a queue: asking the others who they are would cost a second.
    command = ["worker", "-Q", queue, "-n", f"{name}@pepiniere", "--pool", "solo", "--loglevel", "INFO"]
    command += ["--without-mingle", "--without-gossip", "--without-heartbeat"]
    return _celery(state, environment, name, command)


def _scheduler(state: StateDirectory, environment: Mapping[str, str]) -> Child:
    schedule = state.run / "schedule"
    return _celery(
        state, environment, "scheduler", ["beat", "-s", str(schedule), "--loglevel", "INFO"], forget=schedule
    )


def _celery(
    state: StateDirectory,
    environment: Mapping[str, str],
    name: str,
    command: list[str],
    forget: Path | None = None,
) -> Child:
    pid_file = state.run / f"{name}.pid"
    return Child(
        name=name,
        command=[sys.executable, "-m", "celery", "-A", CELERY_APP, *command, "--pidfile", str(pid_file)],
        log=state.log / f"{name}.log",
        environment=environment,
        directory=ROOT,
        # Celery writes it when it has loaded the product and is about to take tasks.
        is_ready=lambda: pid_file.exists() and pid_file.stat().st_size > 0,
        before_start=_forgetting(pid_file, forget),
        # Tasks are at-least-once: a worker without a supervisor may drop what it holds.
        death_signal=signal.SIGKILL,
    )


def _forgetting(*paths: Path | None) -> Callable[[], None]:
    def forget() -> None:
        for path in paths:
            if path is not None:
                path.unlink(missing_ok=True)

    return forget
