"""Runs one command of the family inside the prepared environment."""

from __future__ import annotations

import importlib
import sys

from pepiniere.command.catalogue import COMMANDS, HELP
from pepiniere.embedded.errors import USAGE, Refusal
from pepiniere.embedded.progress import say, warn


def main(arguments: list[str]) -> int:
    """Run the command that ``arguments`` begin with; the exit code of the process."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        if name == "help":
            say(HELP)
            return 0
        if name not in COMMANDS:
            raise Refusal(f"There is no command {name}: ./pepiniere help lists them.", USAGE)
        module = importlib.import_module(f"pepiniere.command.{COMMANDS[name].module}")
        module.check(rest)
        return int(module.run(rest))
    except Refusal as refusal:
        warn(refusal.message)
        return refusal.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
