"""Dispatches `./pepiniere <command>` inside the prepared environment."""

from __future__ import annotations

import importlib
import sys

from pepiniere.embedded.errors import Refusal

COMMANDS = ("demo", "tour", "test", "bench", "manage", "doctor", "servers", "stack")


def main(arguments: list[str]) -> int:
    """Run one command; the exit code of the process."""
    name, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    try:
        if name not in COMMANDS:
            raise Refusal(f"Unknown command {name}: ./pepiniere help lists them.", 2)
        command = importlib.import_module(f"pepiniere.command.{name}")
        return int(command.run(rest))
    except Refusal as refusal:
        print(f"pepiniere: {refusal.message}", file=sys.stderr)
        return refusal.exit_code
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
