"""Runs a program on the caller's own terminal and ends with it."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Mapping, Sequence

from pepiniere.embedded.places import ROOT
from pepiniere.embedded.processes import die_with_parent, end_all

STOP_SECONDS = 10.0


def run_inherited(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run ``command`` in the product's directory with the caller's terminal; its exit code."""
    process = subprocess.Popen(command, env=dict(environment), cwd=ROOT, preexec_fn=die_with_parent())

    def forward(number: int, frame: object) -> None:
        process.send_signal(number)

    # Ctrl-C reaches the program by itself: both share the terminal's process group.
    previous = {
        signal.SIGINT: signal.signal(signal.SIGINT, signal.SIG_IGN),
        signal.SIGTERM: signal.signal(signal.SIGTERM, forward),
    }
    try:
        code = process.wait()
    finally:
        end_all([process], timeout=STOP_SECONDS)
        for number, handler in previous.items():
            signal.signal(number, handler)
    return 128 - code if code < 0 else code
