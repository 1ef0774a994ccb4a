"""`demo`: the whole marketplace with demonstration data, its addresses and accounts printed."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
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
from pepiniere.embedded.supervisor import TooManyCrashes
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

    def announce(up: Starting) -> None:
        say(f"  Everything is up after {time.monotonic() - started:.1f} s.")
        say(described(read_result(result), up.stack, state.path / "demo-accounts.json"))
        play(up)

    return run_stack(
        state, port=chosen.port, command=COMMAND, before_processes=provision, when_healthy=announce
    )


def play(up: Starting) -> None:
    """Have orders played once, while visitors may look around already; a later start finds them.

    What goes wrong is told and tried again at the next start: the sites work without. Raises TooManyCrashes.
    """
    if up.unchanged("played", "scenes"):
        return
    say("")
    try:
        up.manage("Playing orders, from the cart to the payout (look around meanwhile)", "play_demo")
    except TooManyCrashes:
        raise
    except Refusal as refusal:
        if not up.supervisor.stop_requested:
            say(f"  Some orders are missing until the next start: {refusal.message}")
        return
    up.remember("played", "scenes")
    say("  Orders in every state are there: enter as a business, a provider or the administrator.")


def reset(state: StateDirectory) -> None:
    """Wipe databases, files, mails and the gateway's store; say so. Raises Refusal while they are in use."""
    if is_held(state.run / "servers.users"):
        raise Refusal("Another command is using the databases: let it end before --reset.")
    stop_servers(state)
    wiped = []
    for directory in (state.postgres, state.files, state.redis, state.mail):
        if directory.exists():
            shutil.rmtree(directory)
            wiped.append(directory.name)
    stamps = [*state.run.glob("*.done"), state.run / "demonstration.json"]
    for path in (*state.path.glob(f"{state.sandbox_store.name}*"), *stamps):
        if path.exists():
            path.unlink()
            wiped.append(path.name)
    say(f"  Wiped below {state.path}: {', '.join(wiped) or 'nothing, there was nothing yet'}.")


def described(demonstration: Mapping[str, Any], stack: Stack, book: Path) -> str:
    """The addresses with one account a role, as lines for a person; ``book`` holds all accounts."""
    sites = {site["host"]: site["name"] for site in demonstration["sites"]}
    own = stack.environment["PEPINIERE_BASE_DOMAIN"]
    lines = []
    for host in sorted(sites, key=lambda host: host != own):
        note = "start here: enter as anybody in one click" if host == own else sites[host]
        lines += ["", f"  http://{host}:{stack.port}", f"      {note}"]
        lines += _one_a_role([account for account in demonstration["accounts"] if account["host"] == host])
    lines += ["", f"  {stack.url}{demonstration['mailbox']}", "      every e-mail that is sent here"]
    return "\n".join([*lines, "", f"  All accounts: {book}", "  Ctrl-C stops everything."])


def _one_a_role(accounts: Sequence[Mapping[str, Any]]) -> list[str]:
    counts = Counter(account["role"] for account in accounts)
    firsts = {account["role"]: account for account in reversed(accounts)}
    return [
        f"      {role:<15} {firsts[role]['email']:<50} {firsts[role]['password']}"
        + (f"  (and {counts[role] - 1} more)" if counts[role] > 1 else "")
        for role in counts
    ]
