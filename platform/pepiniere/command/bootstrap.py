"""The part of every command that runs before the virtual environment exists; standard library only."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence

from pepiniere.command.catalogue import COMMANDS, HELP
from pepiniere.command.environment import clean_environment, ensure_environment, environment_python
from pepiniere.command.preconditions import require_disk_space, require_python, require_write_access
from pepiniere.command.system.browser import VARIABLE as BROWSER_VARIABLE
from pepiniere.command.system.ensure import ensure_browser, ensure_libraries
from pepiniere.command.system.unpacked import Unpacked
from pepiniere.embedded.errors import USAGE, Refusal
from pepiniere.embedded.places import ROOT, StateDirectory
from pepiniere.embedded.progress import say, warn


def main(arguments: Sequence[str]) -> int:
    """Prepare the machine and become ``python -m pepiniere.command``; returns only without doing so."""
    try:
        name, rest = (arguments[0], list(arguments[1:])) if arguments else ("help", [])
        if name in ("help", "-h", "--help"):
            say(HELP)
            return 0
        if name not in COMMANDS:
            raise Refusal(f"There is no command {name}: ./pepiniere help lists them.", USAGE)
        command = COMMANDS[name]
        if "--help" in rest[:1] and name != "manage":
            say(command.usage)
            return 0
        importlib.import_module(f"pepiniere.command.{command.module}").check(rest)
        environment = prepare(name)
        python = str(environment_python(StateDirectory.from_environment()))
        # The command gets this very process: signals and exit codes need no middleman.
        os.execve(python, [python, "-m", "pepiniere.command", name, *rest], environment)  # noqa: S606
    except Refusal as refusal:
        warn(refusal.message)
        return refusal.exit_code
    except KeyboardInterrupt:
        warn("stopped; the next run takes up where this one was.")
        return 130


def prepare(name: str) -> dict[str, str]:
    """Check the machine, make what the command ``name`` needs, return the environment to run it in."""
    command = COMMANDS[name]
    state = StateDirectory.from_environment()
    require_python()
    require_write_access(state.path)
    if command.heavy:
        require_disk_space(state.path)
    ensure_environment(state, command.requirements)
    unpacked = ensure_libraries(state) if command.heavy else Unpacked(state.system)
    environment = {
        **clean_environment(),
        **unpacked.environment(),
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "platform"))),
        "PEPINIERE_STATE_DIR": str(state.path),
    }
    if command.browser:
        environment[BROWSER_VARIABLE] = str(ensure_browser(state, unpacked))
    return environment
