"""The table is walked at random by every role: no illegal state, no missing row, money in step."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.errors import DomainError
from services.orders.lifecycle import LINE, MILESTONE, LineState
from tests.billing.building import party
from tests.services.ordering import Market, assert_ledger_is_clean, fresh, lapse, pay, person

ACTS = (
    "pay", "lapse", "accept", "decline", "start", "deliver", "request_changes", "approve",
    "cancel_business", "cancel_operator", "give_back", "close", "withdraw", "refund_after",
    "reassign", "dispute", "withdraw_dispute", "decide_half", "decide_all",
    "clock",
)  # fmt: skip


@pytest.fixture
def market(market: Market) -> Market:
    """The market with a third provider, who takes over what the first declines, and who acts for whom."""
    third = party(role="provider")
    market.extra["third"] = third
    market.extra["people"] = {
        market.provider.pk: market.provider_user,
        market.other_provider.pk: market.other_user,
        third.pk: person("third", third),
    }
    return market


BEFORE_START = {
    LineState.AWAITING_PAYMENT,
    LineState.AWAITING_PROVIDER,
    LineState.ACCEPTED,
    LineState.LAPSED,
    LineState.DECLINED,
    LineState.UNANSWERED,
}


def act(market: Market, order: Any, line: Any, name: str) -> None:
    """Try one act by whoever it belongs to; what the domain refuses is refused."""
    from services.fulfilment.operations import answer, give_back, reassign, review
    from services.orders.operations import cancel, close, disputes
    from tests.services.ordering import deliver

    seller = market.extra["people"][fresh(line).provider_id]
    buyer, staff, key = market.buyer_user, market.staff, line.key
    acts = {
        "pay": lambda: pay(order),
        "lapse": lambda: lapse(order),
        "accept": lambda: answer.accept_line(key=key, actor=seller),
        "decline": lambda: answer.decline_line(key=key, actor=seller, reason="Complet"),
        "start": lambda: answer.start_line(key=key, actor=seller),
        "deliver": lambda: deliver(line, seller),
        "request_changes": lambda: review.request_changes(key=key, actor=buyer, reason="Plus grand"),
        "approve": lambda: review.approve_milestone(key=key, actor=buyer),
        "cancel_business": lambda: cancel.cancel_line(key=key, role="business", actor=buyer),
        "cancel_operator": lambda: cancel.cancel_line(key=key, role="operator", actor=staff, reason="Fin"),
        "reassign": lambda: reassign.reassign_line(
            key=key, provider=market.extra["third"], actor=staff, reason="Disponible"
        ),
        "give_back": lambda: give_back.give_back_line(key=key, actor=staff),
        "close": lambda: close.close_line(key=key),
        "dispute": lambda: disputes.open_dispute(key=key, actor=buyer, reason="Rien ne va", wanted="all"),
        "withdraw_dispute": lambda: disputes.withdraw_dispute(key=key, actor=buyer),
        "decide_half": lambda: decide(key, staff, 2, "operator" if seller.pk % 2 else "provider"),
        "decide_all": lambda: decide(key, staff, 1, "provider"),
        "clock": lambda: let_time_pass(line),
        "refund_after": lambda: refund_whole(key),
        "withdraw": lambda: type(line.service).objects.filter(pk=line.service_id).update(state="paused"),
    }
    try:
        acts[name]()
    except DomainError:
        return


def let_time_pass(line: Any) -> None:
    """Whoever should have acted did not: all that is due of the line comes due, and its clock runs."""
    from datetime import timedelta

    from services.fulfilment.clocks import run_clock

    past = fresh(line).changed_at - timedelta(days=60)
    late = {"changed_at": past, "due_at": past + timedelta(days=14)}
    if fresh(line).answer_due_at:
        late["answer_due_at"] = past + timedelta(days=2)
    type(line).objects.filter(pk=line.pk).update(**late)
    run_clock(key=line.key, changed_at=past.isoformat())


def decide(key: str, staff: Any, divisor: int, bearer: str) -> None:
    """Staff decide a dispute: a part of what is left goes back."""
    from billing.payouts.splits import disputable_cents
    from services.orders.operations.disputes import decide_dispute

    cents = disputable_cents(key) // divisor
    decide_dispute(key=key, actor=staff, refund_cents=cents, bearer=bearer, decision="Partagé")


def refund_whole(key: str) -> None:
    """Staff give back every released part, at the provider's cost."""
    from billing.charges.models import ChargeRelease
    from billing.charges.returns import returnable_cents
    from billing.payouts.refunds import refund_released

    for part in ChargeRelease.objects.filter(item__key=key, state="released"):
        if returnable_cents(part):
            refund_released(
                item_key=key,
                release_key=part.key,
                amount_cents=returnable_cents(part),
                bearer="provider",
                reason="Inutilisable",
            )


def check_line(line: Any) -> None:
    """A line, its milestones, its timeline and its money agree."""
    from billing.charges.models import ChargeItem, ChargeRelease

    states = [milestone.state for milestone in line.milestones.order_by("position")]
    counted = Counter(states)
    opened = counted["in_progress"] + counted["delivered"] + counted["changes_requested"]
    if line.state in BEFORE_START:
        assert counted["pending"] == len(states), (line.state, states)
    elif line.state in (LineState.IN_PROGRESS, LineState.DELIVERED, LineState.CHANGES_REQUESTED):
        assert opened == counted[line.state] == 1, (line.state, states)
        at = states.index(line.state)
        assert set(states[:at]) <= {"approved"}, states
        assert set(states[at + 1 :]) <= {"pending"}, states
    elif line.state == LineState.DISPUTED:
        assert line.disputes.filter(state="open").count() == 1
    elif line.state in (LineState.APPROVED, LineState.CLOSED):
        assert counted["approved"] >= 1, states
        assert counted["approved"] + counted["cancelled"] == len(states), states
    else:
        assert line.state in (LineState.CANCELLED, LineState.REFUNDED)
        if line.state == LineState.REFUNDED and counted["approved"]:
            assert counted["approved"] + counted["cancelled"] == len(states), states
            item = ChargeItem.objects.get(key=line.key)
            assert item.refunded_cents == item.incl_cents
        else:
            assert counted["cancelled"] == len(states), (line.state, states)

    assert line.disputes.filter(state="open").exists() == (line.state == LineState.DISPUTED)
    releases = ChargeRelease.objects.filter(item__key=line.key)
    money = {"approved": "released", "cancelled": "cancelled"}
    for milestone in line.milestones.all():
        release = releases.get(key=milestone.key)
        assert release.state == money.get(milestone.state, "held"), (milestone.state, release.state)
    check_timeline(line)


def check_timeline(line: Any) -> None:
    """Each state follows from the one before by a row of the table, up to the present one."""
    state = ""
    for entry in line.timeline.filter(milestone=None):
        assert entry.from_state == state
        state = entry.to_state
        if entry.transition != "order":
            assert any(
                row.name == entry.transition
                and entry.from_state in row.sources
                and row.target == entry.to_state
                and entry.role in row.by
                for row in LINE
            ), entry
    assert state == line.state
    for milestone in line.milestones.all():
        state = "pending"
        for entry in milestone.timeline.all():
            assert entry.from_state == state
            state = entry.to_state
            assert any(row.name == entry.transition and entry.role in row.by for row in MILESTONE), entry
        assert state == milestone.state


WALKS = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1)), min_size=4, max_size=16)
# Most walks go on along the usual way, so that its end is reached too.
USUAL = (
    "pay",
    "accept",
    "start",
    "deliver",
    "approve",
    "deliver",
    "request_changes",
    "deliver",
    "approve",
    "close",
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(usual=st.integers(0, len(USUAL)), random=WALKS, single=st.booleans())
def test_no_walk_leaves_the_table(
    market: Market, usual: int, random: list[tuple[str, int]], single: bool
) -> None:
    from django.db import transaction

    with transaction.atomic():
        order = market.order(*((market.service,) if single else ()))
        lines = list(order.lines.order_by("position"))
        steps = [(name, 0) for name in USUAL[:usual]] + random
        for name, which in steps:
            act(market, order, lines[which % len(lines)], name)
            for line in lines:
                check_line(fresh(line))
        assert_ledger_is_clean()
        transaction.set_rollback(True)


def test_every_row_of_both_tables_is_reached(market: Market) -> None:
    """Scripted walks visit all rows; one that is never visited would be a lie."""
    from services.orders.models import OrderLine, TimelineEntry

    pay_late, whole = ("lapse", "pay"), ("pay", "accept", "start", "deliver")
    scripts = [
        (*whole, "request_changes", "deliver", "approve", "deliver", "approve", "close"),
        ("pay", "decline", "give_back"),
        ("pay", "decline", "reassign", "accept"),
        pay_late,
        ("lapse", "withdraw", "pay"),
        ("cancel_business",),
        ("pay", "cancel_operator"),
        (*whole, "approve", "cancel_operator"),
        (*whole, "approve", "deliver", "approve", "refund_after"),
        ("pay", "accept", "dispute", "withdraw_dispute", "start", "dispute", "withdraw_dispute"),
        (*whole, "dispute", "withdraw_dispute", "request_changes", "dispute", "withdraw_dispute"),
        (*whole, "approve", "deliver", "approve", "dispute", "withdraw_dispute", "dispute", "decide_all"),
        (*whole, "approve", "dispute", "decide_half", "close"),
        ("pay", "clock", "clock"),
        ("pay", "clock", "reassign", "accept"),
        (*whole, "clock", "deliver", "clock", "close"),
    ]
    for script in scripts:
        type(market.service).objects.update(state="published")
        line = market.order(market.service).lines.get()
        for name in script:
            act(market, line.order, line, name)
        check_line(fresh(line))
    visited = set(
        TimelineEntry.objects.filter(milestone=None).values_list("transition", "from_state", "role")
    )
    named = {name for name, _state, _role in visited}
    assert {row.name for row in LINE} <= named, {row.name for row in LINE} - named
    parts = set(TimelineEntry.objects.exclude(milestone=None).values_list("transition", flat=True))
    assert parts == {row.name for row in MILESTONE}
    assert OrderLine.objects.count() == len(scripts)
    assert_ledger_is_clean()


def test_nobody_but_the_tables_assigns_a_state() -> None:
    import re
    from pathlib import Path

    root = Path(__file__).parents[3] / "services"
    assigned = re.compile(r"\.state\s*=[^=]|setattr\([^)]*['\"]state")
    guilty = [
        f"{path.relative_to(root)}:{number}"
        for folder in ("orders", "fulfilment")
        for path in (root / folder).rglob("*.py")
        if "migrations" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if assigned.search(line)
    ]
    assert guilty == []
