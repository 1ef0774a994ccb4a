"""The orders of the demonstration: the main job to its end and one in each state, played once."""

from __future__ import annotations

from typing import Any

import pytest

from billing.invoicing.models import Invoice
from billing.payments.errors import GatewayUnavailable
from billing.payouts.models import PayoutLeg
from kernel.outbox.models import OutboxTask
from kernel.outbox.running import run_pending
from pepiniere.demonstration.playing.scenes import SCENES, play_space
from pepiniere.demonstration.provisioning.money import connect_gateway, open_payout_accounts
from services.catalogue.models import Service
from services.fulfilment.operations.review import approve_milestone
from services.orders.models import Cart, Order, OrderLine
from services.orders.operations.carts import add_to_cart, take_cart
from tests.roof.demonstration.conftest import Space
from tests.sandbox import SandboxProcess


@pytest.fixture
def theatre(space: Space, sandbox_process: SandboxProcess, settings: Any) -> Space:
    """The space with its accounts at the sandbox."""
    settings.SANDBOX_URL = sandbox_process.url
    settings.SANDBOX_ADMIN_KEY = sandbox_process.admin_key
    connect_gateway()
    open_payout_accounts(space.providers.values())
    return space


def states() -> list[list[str]]:
    """The states of the lines of each order, oldest first."""
    return [list(order.lines.values_list("state", flat=True)) for order in Order.objects.order_by("pk")]


def slug(theatre: Space) -> str:
    """The slug under which the accounts are kept."""
    return theatre.book.all()[0].space


PLAYED = [
    ["approved", "approved"],
    ["delivered", "delivered"],
    ["in_progress"],
    ["declined"],
    ["awaiting_provider", "awaiting_provider"],
    ["accepted"],
]


def test_the_first_order_is_the_whole_story_and_the_others_show_every_state(theatre: Space) -> None:
    assert len(play_space(book=theatre.book)) == len(SCENES)
    assert states() == PLAYED
    run_pending()
    whole = Order.objects.earliest("pk")
    assert len({line.provider_id for line in whole.lines.all()}) == 2
    assert whole.placed_by.email == theatre.book.of_space(slug(theatre))[0].email
    milestones = sum(line.milestones.count() for line in whole.lines.all())
    # Of each part the sale and the commission, and one transfer.
    assert Invoice.objects.count() == 2 * milestones
    assert Invoice.objects.filter(document=None).count() == 0
    assert list(PayoutLeg.objects.values_list("state", flat=True)) == ["sent"] * milestones
    assert not OutboxTask.objects.dead().exists()


def test_playing_again_changes_nothing(theatre: Space) -> None:
    play_space(book=theatre.book)
    run_pending()
    tasks = OutboxTask.objects.count()
    assert play_space(book=theatre.book) == []
    assert states() == PLAYED
    assert OutboxTask.objects.count() == tasks


def test_what_visitors_did_meanwhile_is_left_alone(theatre: Space) -> None:
    buyer = theatre.book.of_space(slug(theatre))[0]
    play_space(book=theatre.book)
    delivered = OrderLine.objects.filter(state="delivered").earliest("pk")
    cart = take_cart(user=delivered.order.placed_by, party=delivered.order.buyer)
    add_to_cart(cart=cart, service=Service.objects.get(pk=delivered.service_id), answers={})
    approve_milestone(key=delivered.key, actor=delivered.order.placed_by)
    after = states()
    assert play_space(book=theatre.book) == []
    assert states() == after
    assert Cart.objects.get(user__email=buyer.email).lines.filter(removed_at=None).count() == 1


def test_an_interrupted_play_goes_on_where_it_stopped(
    theatre: Space, sandbox_process: SandboxProcess, settings: Any
) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    with pytest.raises(GatewayUnavailable):
        play_space(book=theatre.book)
    assert states() == [["awaiting_payment", "awaiting_payment"]]
    settings.SANDBOX_URL = sandbox_process.url
    assert len(play_space(book=theatre.book)) == len(SCENES) - 1
    assert states() == PLAYED
