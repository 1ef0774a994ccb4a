"""A refund after approval reaches the order: told to the buyer, and the end of a line given back whole."""

from __future__ import annotations

from typing import Any

from billing.payouts.refunds import refund_released
from services.orders.models import Notice
from tests.services.ordering import Market, assert_ledger_is_clean, deliver, fresh, pay


def approved(market: Market) -> tuple[Any, Any]:
    from services.fulfilment.operations import answer, review

    order = market.order(market.service)
    line = order.lines.get()
    pay(order)
    answer.accept_line(key=line.key, actor=market.provider_user)
    answer.start_line(key=line.key, actor=market.provider_user)
    for _step in line.milestones.all():
        deliver(line, market.provider_user)
        review.approve_milestone(key=line.key, actor=market.buyer_user)
    return order, fresh(line)


def give_back(line: Any, share: int) -> None:
    from billing.charges.models import ChargeRelease

    for part in ChargeRelease.objects.filter(item__key=line.key, state="released"):
        refund_released(
            item_key=line.key,
            release_key=part.key,
            amount_cents=part.incl_cents * share // 100,
            bearer="provider",
            reason="Prestation inutilisable",
        )


def test_a_part_leaves_the_line_approved(market: Market) -> None:
    _order, line = approved(market)
    give_back(line, 40)
    assert fresh(line).state == line.state == "approved"
    # One for each of its two parts.
    assert Notice.objects.filter(kind="refund_started").count() == 2
    assert_ledger_is_clean()


def test_all_of_it_ends_the_line_as_refunded(market: Market) -> None:
    _order, line = approved(market)
    give_back(line, 100)
    line = fresh(line)
    assert line.state == "refunded"
    entry = line.timeline.filter(milestone=None).latest("id")
    assert (entry.transition, entry.from_state, entry.role) == ("refund_after", "approved", "billing")
    assert_ledger_is_clean()
