"""Placing: idempotent, complete, the price shown is charged, nobody on both sides; what billing tells."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.services.ordering import ANSWERS, Market, fresh, lapse, party, pay, person, service_of


def test_a_repeat_with_the_same_token_finds_the_order(market: Market) -> None:
    from services.orders.operations.place import place_order

    cart, token = market.cart(), uuid.uuid4()
    first = place_order(cart=cart, buyer=market.buyer, user=market.buyer_user, token=token)
    again = place_order(cart=cart, buyer=market.buyer, user=market.buyer_user, token=token)
    assert again.pk == first.pk
    assert first.number == f"AL-{first.placed_at.year}-{int(first.number[-6:]):06d}"
    assert [line.key for line in first.lines.order_by("position")] == [
        f"{first.number}-1",
        f"{first.number}-2",
    ]


def test_the_price_shown_is_the_price_charged(market: Market) -> None:
    from billing.charges.queries import charge_for, item_amounts
    from services.orders.operations.carts import add_to_cart, take_cart
    from services.orders.operations.place import place_order
    from services.orders.pricing import price_cart

    cart = take_cart(user=market.buyer_user, party=market.buyer)
    hours = service_of(market.provider, price="33.3333", price_kind="unit", shares=(33, 33, 34))
    add_to_cart(cart=cart, service=hours, quantity="2,5", options=["express"], answers=ANSWERS)
    add_to_cart(cart=cart, service=market.service, answers=ANSWERS)
    add_to_cart(cart=cart, service=hours, quantity="0,333", options=["express"], answers=ANSWERS)
    shown = price_cart(cart, buyer=market.buyer)
    assert [str(item.line.quantity) for item in shown.items] == ["2.833", "1.000"]
    order = place_order(cart=cart, buyer=market.buyer, user=market.buyer_user)
    charge = charge_for(order.charge_reference)
    assert (charge.excl_cents, charge.vat_cents, charge.incl_cents) == (
        shown.charge.excl_cents, shown.charge.vat_cents, shown.charge.incl_cents,
    )  # fmt: skip
    amounts = item_amounts(line.key for line in order.lines.all())
    assert [amounts[line.key].incl_cents for line in order.lines.order_by("position")] == [
        item.priced.incl_cents for item in shown.items if item.priced
    ]


def test_what_is_refused_changes_nothing(market: Market) -> None:
    from services.catalogue.errors import ServiceNotOffered
    from services.orders.errors import AnswersMissing, NotABusiness, OwnService, PriceChanged, TermsChanged
    from services.orders.models import Order, OrderSequence
    from services.orders.operations.carts import add_to_cart, take_cart
    from services.orders.operations.place import place_order

    cart = market.cart(market.service)
    common: dict[str, Any] = {"cart": cart, "buyer": market.buyer, "user": market.buyer_user}
    with pytest.raises(PriceChanged):
        place_order(**common, expected_incl_cents=1)
    with pytest.raises(TermsChanged):
        place_order(**common, terms_sha256="0" * 64)
    with pytest.raises(NotABusiness):
        place_order(**{**common, "buyer": party(role="business")})
    with pytest.raises(NotABusiness):
        place_order(**{**common, "buyer": market.provider, "user": market.provider_user})
    both = person("both", market.buyer, market.provider)
    mine = take_cart(user=both, party=market.buyer)
    add_to_cart(cart=mine, service=market.service, answers=ANSWERS)
    with pytest.raises(OwnService):
        place_order(cart=mine, buyer=market.buyer, user=both)
    cart.lines.update(answers={"logo": ""})
    with pytest.raises(AnswersMissing):
        place_order(**common)
    cart.lines.update(answers=ANSWERS)
    market.provider.roles.update(state="suspended")
    with pytest.raises(ServiceNotOffered):
        place_order(**common)
    assert Order.objects.count() == 0
    assert OrderSequence.objects.count() == 0
    assert cart.lines.count() == 1


def test_nobody_acts_on_both_sides(market: Market) -> None:
    from services.fulfilment.operations.answer import accept_line
    from services.fulfilment.operations.write import write_message
    from services.orders.errors import BothSides
    from services.orders.operations.cancel import cancel_line
    from tenants.parties.operations import add_member

    line = market.paid_order(market.service).lines.get()
    add_member(party=market.provider, user=market.buyer_user)
    with pytest.raises(BothSides):
        accept_line(key=line.key, actor=market.buyer_user)
    accept_line(key=line.key, actor=market.provider_user)
    add_member(party=market.buyer, user=market.provider_user)
    with pytest.raises(BothSides):
        cancel_line(key=line.key, role="business", actor=market.provider_user)
    with pytest.raises(BothSides):
        write_message(key=line.key, actor=market.provider_user, role="business", body="Bonjour")
    assert fresh(line).state == "accepted"


def test_an_event_told_twice_is_heard_once(market: Market) -> None:
    from billing.charges.models import ChargeEvent
    from billing.events import Event
    from services.orders import subscribers
    from services.orders.models import Notice, TimelineEntry

    order = market.paid_order()
    event = ChargeEvent.objects.get(kind="charge_paid", charge__reference=order.charge_reference)
    before = (TimelineEntry.objects.count(), Notice.objects.count())
    subscribers.charge_paid(
        Event(event.pk, event.kind, order.charge_reference, event.charge_id, event.occurred_at, event.payload)
    )
    assert (TimelineEntry.objects.count(), Notice.objects.count()) == before


def test_paid_late_goes_on_with_what_is_still_offered(market: Market) -> None:
    from billing.payments.models import Refund

    order = market.order()
    lapse(order)
    type(market.service).objects.filter(pk=market.service.pk).update(state="archived")
    pay(order)
    gone, kept = order.lines.order_by("position")
    assert (gone.state, kept.state) == ("refunded", "awaiting_provider")
    assert Refund.objects.get().amount_cents == 46800


def test_deadlines_follow_the_working_calendar(market: Market) -> None:
    from datetime import UTC, date, datetime

    from services.orders.transitions import end_of_working_day, promised_on

    friday_evening = datetime(2026, 12, 18, 20, 0, tzinfo=UTC)
    # Monday 21 is the first day that counts; Christmas is a day off.
    assert promised_on(friday_evening, 4) == date(2026, 12, 28)
    assert end_of_working_day(date(2026, 12, 28)) == datetime(2026, 12, 28, 17, 0, tzinfo=UTC)
