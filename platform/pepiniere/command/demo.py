"""`demo`: the whole marketplace with demonstration data, its addresses and accounts printed."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from typing import Any

from pepiniere.command.options import parse_port
from pepiniere.embedded.digests import product_digest
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import is_held
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.ports import require_free
from pepiniere.embedded.progress import say
from pepiniere.embedded.servers import stop_servers
from pepiniere.embedded.stack import Stack, Starting, described_stack, run_stack
from pepiniere.embedded.steps import read_result
from pepiniere.embedded.variables import DEFAULT_PORT

COMMAND = "./pepiniere demo"


def check(arguments: Sequence[str]) -> None:
    """Refuse wrong options and a taken port before anything long begins."""
    chosen = parse_port("demo", arguments, port=DEFAULT_PORT, reset=False)
    state = StateDirectory.from_environment()
    if is_held(state.run / "stack.lock"):
        facts = described_stack(state) or {"url": "an address not known yet"}
        raise Refusal(f"A demonstration is already running at {facts['url']}: stop it first (Ctrl-C there).")
    require_free(chosen.port, COMMAND)


def run(arguments: Sequence[str]) -> int:
    """Run the demonstration until it is stopped."""
    chosen = parse_port("demo", arguments, port=DEFAULT_PORT, reset=False)
    state = StateDirectory.from_environment()
    started = time.monotonic()
    say("Pépinière, the demonstration")
    if chosen.reset:
        reset(state)
    result = state.run / "demonstration.json"

    def provision(starting: Starting) -> None:
        key = f"{product_digest()}:{chosen.port}"
        if result.exists() and starting.unchanged("demonstration", key):
            return
        starting.manage(
            "Provisioning the demonstration",
            *("provision_demo", "--port", str(chosen.port), "--json"),
            result=result,
        )
        starting.remember("demonstration", key)

    def announce(stack: Stack) -> None:
        say(f"  Everything is up after {time.monotonic() - started:.1f} s.")
        say(described(read_result(result), stack))

    return run_stack(
        state, port=chosen.port, command=COMMAND, before_processes=provision, when_healthy=announce
    )


def reset(state: StateDirectory) -> None:
    """Wipe databases, files and the gateway's store, and say so. Raises Refusal while they are in use."""
    if is_held(state.run / "servers.users"):
        raise Refusal("Another command is using the databases: let it end before --reset.")
    stop_servers(state)
    wiped = []
    for directory in (state.postgres, state.files, state.redis):
        if directory.exists():
            shutil.rmtree(directory)
            wiped.append(directory.name)
    stamps = [*state.run.glob("*.done"), state.run / "demonstration.json"]
    for path in (*state.path.glob(f"{state.sandbox_store.name}*"), *stamps):
        if path.exists():
            path.unlink()
            wiped.append(path.name)
    say(f"  Wiped below {state.path}: {', '.join(wiped) or 'nothing, there was nothing yet'}.")


def described(demonstration: Mapping[str, Any], stack: Stack) -> str:
    """The addresses and the accounts by role, as lines for a person."""
    lines = ["", f"  {stack.url}", "      start here: enter as anybody in one click"]
    accounts = demonstration.get("accounts", [])
    for site in demonstration.get("sites", []):
        host = site["host"]
        lines += ["", f"  http://{host}:{stack.port}", f"      {site['name']}"]
        for account in accounts:
            if account["host"] == host:
                lines.append(f"      {account['role']:<28} {account['email']:<44} {account['password']}")
    lines += ["", f"  {stack.url}{demonstration.get('mailbox', '/boite-aux-lettres/')}"]
    lines += ["      every e-mail that the demonstration sends", "", "  Ctrl-C stops everything."]
    return "\n".join(lines)
