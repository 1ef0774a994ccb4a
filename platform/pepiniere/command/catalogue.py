"""The list of commands: what each is for and what it needs before it can run."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """One word after `./pepiniere`, its module, its help and its needs."""

    module: str
    usage: str
    summary: str
    requirements: str = "runtime"
    heavy: bool = False
    browser: bool = False


COMMANDS = {
    "demo": Command(
        "demo",
        "Usage: ./pepiniere demo [--port N] [--reset]",
        "start the whole marketplace with demonstration data (Ctrl-C stops it)",
        heavy=True,
    ),
    "tour": Command(
        "tour",
        "Usage: ./pepiniere tour [--port N]",
        "go through the main job over HTTP as four users, in fresh spaces of its own",
        heavy=True,
    ),
    "test": Command(
        "testing",
        "Usage: ./pepiniere test [pytest arguments] [--soak]",
        "run the tests; --soak runs the long ones",
        requirements="dev",
        heavy=True,
        browser=True,
    ),
    "bench": Command(
        "bench",
        "Usage: ./pepiniere bench [NAME…] [--json FILE]",
        "measure, each figure as a ratio with its aim",
        requirements="dev",
        heavy=True,
    ),
    "manage": Command(
        "manage",
        "Usage: ./pepiniere manage COMMAND [arguments]",
        "run a Django management command with the servers up",
    ),
    "doctor": Command(
        "doctor",
        "Usage: ./pepiniere doctor",
        "tell versions, libraries, servers, spaces, disk and ports; exit 1 if something is wrong",
    ),
    "servers": Command(
        "servers",
        "Usage: ./pepiniere servers start|stop|env",
        "leave PostgreSQL and Redis running for development, or stop them",
    ),
    "stack": Command(
        "stack",
        "Usage: ./pepiniere stack [--port N]",
        "start everything without demonstration data",
        heavy=True,
    ),
}

HELP = "\n".join(
    [
        "Pépinière: shared services for the businesses of a region.",
        "",
        "Usage: ./pepiniere COMMAND [arguments]",
        "",
        *(f"  {name:<8} {command.summary}" for name, command in COMMANDS.items()),
        "  help     print this list",
        "",
        "State lives in var/ (PEPINIERE_STATE_DIR names another place);",
        "DATABASE_URL and REDIS_URL replace the embedded servers.",
    ]
)
