"""No outside call without fault points: the code is read, so that a new call cannot slip through."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from billing.payments import faults as payment_faults
from billing.payments.gateways.base import Gateway
from billing.payouts import faults as payout_faults

BILLING = Path(payment_faults.__file__).resolve().parents[1]
OUTSIDE = {name for name in vars(Gateway) if not name.startswith("_")} | {"open_account", "open_endpoint"}
REGISTERED = {*payment_faults.FAULT_POINTS, *payout_faults.FAULT_POINTS}
# Asked for a page or a check that decides nothing and stores nothing of the answer.
ASKED_ONLY = {"balance"}


def sources() -> Iterator[tuple[Path, ast.Module]]:
    """Every module of billing that may call a gateway: not the gateways themselves, nor the sandbox."""
    for path in sorted(BILLING.rglob("*.py")):
        inside = path.relative_to(BILLING).parts
        if inside[0] == "sandbox" or "gateways" in inside or "migrations" in inside:
            continue
        yield path, ast.parse(path.read_text())


def registry_of(path: Path) -> object:
    """The module that names the fault points of a subject."""
    return payout_faults if path.relative_to(BILLING).parts[0] == "payouts" else payment_faults


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node


def called(node: ast.Call) -> str:
    """The name that is called: `x.name(…)` or `name(…)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def outside_calls(function: ast.FunctionDef) -> list[ast.Call]:
    """Calls of the gateway's verbs: on a name `gateway`, on `gateway_for(…)`, or of the two bare openers."""
    found = []
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or called(node) not in OUTSIDE - ASKED_ONLY:
            continue
        if isinstance(node.func, ast.Name):
            if node.func.id in {"open_account", "open_endpoint"}:
                found.append(node)
            continue
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        if (isinstance(owner, ast.Call) and called(owner) == "gateway_for") or (
            isinstance(owner, ast.Name) and owner.id == "gateway"
        ):
            found.append(node)
    return found


def points(tree: ast.AST, registry: object = payment_faults) -> list[str]:
    """Values of the fault points of a piece of code, empty for one that the registry does not know."""
    return [
        str(getattr(registry, getattr(node.args[0], "id", ""), ""))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called(node) == "fault_point" and node.args
    ]


def what_follows(function: ast.FunctionDef, call: ast.Call) -> Iterator[ast.stmt]:
    """The statements that run after the one of the call, in its block and in those around it."""
    blocks = [
        block
        for node in ast.walk(function)
        for block in (getattr(node, "body", None), getattr(node, "orelse", None))
        if isinstance(block, list)
    ]
    inside: ast.AST = call
    # From the innermost block that holds the call outwards.
    for block in sorted(blocks, key=lambda block: sum(1 for each in block for _ in ast.walk(each))):
        place = next((n for n, each in enumerate(block) if inside in set(ast.walk(each))), None)
        if place is not None:
            yield from block[place + 1 :]


def missing_points(tree: ast.Module) -> list[str]:
    """Outside calls whose function goes on to another one, or to its end, without passing a fault point."""
    faults = []
    for function in functions(tree):
        calls = outside_calls(function)
        for call in calls:
            for statement in what_follows(function, call):
                if points(statement):
                    break
                if any(other in set(ast.walk(statement)) for other in calls):
                    faults.append(f"{function.name}:{call.lineno} {called(call)}")
                    break
            else:
                faults.append(f"{function.name}:{call.lineno} {called(call)}")
    return faults


def test_every_outside_call_is_followed_by_a_fault_point() -> None:
    seen = 0
    for path, tree in sources():
        seen += sum(len(outside_calls(function)) for function in functions(tree))
        assert missing_points(tree) == [], path
    assert seen >= 15


def test_every_call_that_moves_something_is_preceded_by_a_saved_key() -> None:
    """Whoever sends an idempotency key has passed a point after its commit, or its caller has."""
    for path, tree in sources():
        moving = [
            call
            for function in functions(tree)
            for call in outside_calls(function)
            if any(keyword.arg == "idempotency_key" for keyword in call.keywords)
        ]
        if moving:
            names = points(tree, registry_of(path))
            assert any(name.endswith(".saved") for name in names), path


def test_a_call_without_a_fault_point_is_found() -> None:
    code = "def send(gateway):\n    seen = gateway.create_refund(charge='x')\n    return seen\n"
    assert missing_points(ast.parse(code)) == ["send:2 create_refund"]
    good = code.replace("    return", "    fault_point(REFUND_CALLED)\n    return")
    assert missing_points(ast.parse(good)) == []
    two = code.replace(
        "    return", "    gateway.fetch_dispute('y')\n    fault_point(REFUND_CALLED)\n    return"
    )
    assert missing_points(ast.parse(two)) == ["send:2 create_refund"]
    either = (
        "def f(gateway):\n    if x:\n        gateway.find_refund()\n"
        "    else:\n        gateway.fetch_refund()\n"
    )
    assert len(missing_points(ast.parse(either))) == 2
    assert missing_points(ast.parse(either + "    fault_point(REFUND_CALLED)\n")) == []


def test_every_fault_point_is_registered_once_and_stands_in_the_code() -> None:
    used: list[str] = []
    for path, tree in sources():
        if path.relative_to(BILLING).parts[0] not in {"payments", "payouts"}:
            continue
        names = points(tree, registry_of(path))
        assert "" not in names, f"{path}: a fault point that no registry knows"
        used += names
    assert len(REGISTERED) == len(payment_faults.FAULT_POINTS) + len(payout_faults.FAULT_POINTS)
    assert REGISTERED - set(used) == set()


def test_every_fault_point_of_payments_is_one_where_a_test_kills() -> None:
    """The names stand in the tests that kill processes."""
    folder = Path(__file__).parent
    killing = "".join(path.read_text() for path in folder.glob("test_fault*.py"))
    killing = killing.replace(Path(__file__).read_text(), "")
    names = [name for name, value in vars(payment_faults).items() if value in payment_faults.FAULT_POINTS]
    assert [name for name in names if f"faults.{name}" not in killing] == []
