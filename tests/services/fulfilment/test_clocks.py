"""Clocks of lines: who is reminded when, what happens then, and that each happens once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.payouts.models import Payout
from kernel.outbox.models import OutboxTask
from kernel.outbox.running import run_pending
from services.fulfilment.clocks import run_clock
from services.fulfilment.operations import answer, review
from services.orders.lifecycle import LineState
from services.orders.models import OrderLine
from tenants.calendar.working_days import add_working_days
from tests.services.ordering import Market, assert_ledger_is_clean, deliver, fresh, pay
from tests.services.orders.test_mail import sent


def planned(line: Any) -> list[datetime]:
    """When the clock of a line's present state looks at it."""
    rows = OutboxTask.objects.open().filter(
        name="fulfilment.run_clock",
        arguments__key=line.key,
        arguments__changed_at=fresh(line).changed_at.isoformat(),
    )
    return list(rows.order_by("due_at").values_list("due_at", flat=True))


def at(line: Any, **ago: int) -> str:
    """The line entered its state so long ago, its deadlines moved with it."""
    now, before = timezone.now(), fresh(line)
    changed = now - timedelta(**ago)
    shift = before.changed_at - changed
    moved = {
        name: getattr(before, name) - shift
        for name in ("due_at", "answer_due_at")
        if getattr(before, name) is not None
    }
    OrderLine.objects.filter(pk=line.pk).update(changed_at=changed, **moved)
    return changed.isoformat()


def paid_line(market: Market) -> Any:
    order = market.order(market.service)
    pay(order)
    sent()
    return order.lines.get()


def delivered_line(market: Market) -> Any:
    line = paid_line(market)
    answer.accept_line(key=line.key, actor=market.provider_user)
    answer.start_line(key=line.key, actor=market.provider_user)
    deliver(line, market.provider_user)
    sent()
    return line


def test_a_provider_is_reminded_then_timed_out_then_the_money_goes_back(market: Market) -> None:
    line = paid_line(market)
    found = fresh(line)
    assert planned(line) == [add_working_days(found.changed_at, 1)]
    run_clock(key=line.key, changed_at=found.changed_at.isoformat())
    assert [who for who, subject in sent() if subject.startswith("Rappel, à accepter avant")] == ["provider"]
    assert planned(line)[-1] == found.answer_due_at
    run_clock(key=line.key, changed_at=at(line, days=9))
    assert fresh(line).state == LineState.UNANSWERED
    assert set(sent()) == {
        ("buyer", f"Sans réponse : {line.title}"),
        ("provider", f"Sans réponse : {line.title}"),
    }
    late = fresh(line)
    assert planned(line) == [add_working_days(late.changed_at, 5)]
    run_clock(key=line.key, changed_at=late.changed_at.isoformat())
    assert fresh(line).state == LineState.REFUNDED
    assert_ledger_is_clean()


def test_a_line_that_moved_on_is_left_alone(market: Market) -> None:
    line = paid_line(market)
    stamp = at(line, days=9)
    answer.accept_line(key=line.key, actor=market.provider_user)
    run_clock(key=line.key, changed_at=stamp)
    assert fresh(line).state == LineState.ACCEPTED


def test_a_silent_client_is_reminded_twice_then_approves(market: Market) -> None:
    line = delivered_line(market)
    changed = fresh(line).changed_at
    assert planned(line) == [changed + timedelta(days=5)]
    for days, following in ((5, 12), (12, 14)):
        stamp = at(line, days=days)
        run_clock(key=line.key, changed_at=stamp)
        reminded = [who for who, subject in sent() if subject.startswith("Rappel, à valider avant")]
        assert reminded == ["buyer"]
        assert planned(line)[-1] == datetime.fromisoformat(stamp) + timedelta(days=following)
    run_clock(key=line.key, changed_at=at(line, days=14))
    told = {(who, subject.split(" : ")[0]) for who, subject in sent()}
    assert ("buyer", "Validée sans réponse") in told
    assert Payout.objects.count() == 1
    assert fresh(line).state == LineState.IN_PROGRESS
    assert_ledger_is_clean()


def test_changes_asked_for_in_time_stop_the_clock(market: Market) -> None:
    line = delivered_line(market)
    stamp = at(line, days=20)
    review.request_changes(key=line.key, actor=market.buyer_user, reason="Plus grand")
    run_clock(key=line.key, changed_at=stamp)
    assert not Payout.objects.exists()


@pytest.mark.parametrize("runs", [1, 3])
def test_after_a_week_of_downtime_each_acts_once(market: Market, runs: int) -> None:
    line = delivered_line(market)
    stamp = at(line, days=21)
    OutboxTask.objects.open().filter(name="fulfilment.run_clock").update(
        due_at=timezone.now() - timedelta(days=7), arguments={"key": line.key, "changed_at": stamp}
    )
    for _ in range(runs):
        run_pending("default")
    assert Payout.objects.count() == 1
    assert fresh(line).timeline.filter(transition="go_on", role="clock").count() == 1
