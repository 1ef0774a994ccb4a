"""Every row of every table of money and orders is walked, and however it went the cents agree everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.inputs import InstalmentInput
from billing.charges.instalment_models import Due
from tests.sandbox import SandboxProcess, sandbox_process
from tests.services.histories.acts import MONEY_ACTS
from tests.services.histories.judging import assert_money_agrees
from tests.services.histories.region import METHODS, Deal, Region, open_region
from tests.services.histories.watching import watched
from tests.services.ordering import fresh
from tests.services.orders.test_lifecycle import ACTS as LINE_ACTS
from tests.services.orders.test_lifecycle import check_line

__all__ = ["sandbox_process"]

WORKED = ("pay", "accept", "start", "deliver")
DONE = (*WORKED, "approve", "deliver", "approve")
# Of every method.
COMMON: tuple[tuple[str, ...], ...] = (
    (*WORKED, "request_changes", "deliver", "approve", "deliver", "approve", "end_holds", "close"),
    ("pay", "decline", "give_back"),
    ("pay", "cancel_business"),
    ("pay", "cancel_operator"),
    (*WORKED, "approve", "cancel_operator"),
    (*DONE, "refund_after"),
    (*DONE, "end_holds", "refund_after", "bank_transfers"),
    ("pay", "accept", "dispute", "withdraw_dispute", "start", "dispute", "withdraw_dispute"),
    (*WORKED, "dispute", "withdraw_dispute", "request_changes", "dispute", "withdraw_dispute"),
    (*DONE, "dispute", "withdraw_dispute", "dispute", "decide_all"),
    (*WORKED, "approve", "dispute", "decide_half", "close"),
    ("pay", "clock", "clock"),
    (*WORKED, "clock", "deliver", "clock", "close"),
)
# Where a bank takes part.
BANKED: tuple[tuple[str, ...], ...] = (
    ("cancel_business",),
    ("late",),
    ("withdraw", "late"),
    ("refused", "expire"),
    ("sign", "bank_no", "pay"),
    ("sign", "bank_yes", "bank_returns", "operator_bears"),
    ("twice",),
    ("other_amount", "give_back_payment"),
    ("answers_lost", "pay", "pay"),
    ("pay", "charge_back", "win"),
    (*DONE, "end_holds", "charge_back", "lose", "provider_bears"),
    ("pay", "by_hand", "bear_found"),
    ("pay", "by_hand", "cancel_operator"),
    ("pay", "refunds_wait", "cancel_operator", "refund_fails", "retry_refund"),
    (*WORKED, "answers_lost", "approve", "end_holds", "work", "refund_after", "work"),
    (*WORKED, "no_balance", "approve", "end_holds", "retry_leg"),
    (*WORKED, "approve", "end_holds", "no_reversal", "refund_after"),
)
FUNDED: tuple[tuple[str, ...], ...] = (
    (*DONE, "claim", "withdraw_claim", "claim", "funder_pays_half", "funder_pays", "bank_transfers"),
    (*DONE, "claim", "funder_pays_half", "correct_claim", "funder_pays_half", "funder_pays", "correct_claim"),
    ("funder_pays", "bank_transfers", "correct_claim", "funder_pays"),
    (*DONE, "claim", "asked_again", "admit", "funder_pays_half", "funder_refuses", "admit", "asked_again"),
    ("claim", "funder_pays_half", "funder_refuses", "bank_transfers", "refund_after"),
    ("revoke",),
    ("outlast",),
)
# Somebody else's work is paid to somebody who has no account for it yet.
TAKEN_OVER = (
    "pay",
    "decline",
    "reassign",
    "accept",
    "start",
    "deliver",
    "approve",
    "end_holds",
    "third_opens",
)
# A voucher that was granted before: the order brings it, lapses, and is paid after all.
GRANTED = ("late", "accept")
IN_TWO = (
    InstalmentInput("deposit", "Acompte", Due.AT_OPENING, share=40),
    InstalmentInput("balance", "Solde", Due.AT_DELIVERY, share=60),
)
BALANCE_AT_DELIVERY = (*WORKED, "pay", "approve", "deliver", "approve")
# What a buyer who owes nothing never comes to.
NEVER_OF_VOUCHERS = {"lapse", "pay_late", "refund_late"}


@pytest.fixture
def region(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Any:
    """The shared tenant at work, under watch."""
    with watched() as watch:
        yield open_region(tenant, tenant_client, sandbox_process, settings, watch)


def play(region: Region, deal: Deal, script: tuple[str, ...]) -> None:
    """The acts of a script in turn."""
    for name in script:
        region.act(deal, name)
    type(region.market.service).objects.update(state="published")


@pytest.mark.soak
@pytest.mark.timeout(2400)
def test_scripted_histories_walk_every_row(region: Region) -> None:
    for method in METHODS:
        scripts = [*COMMON, *(() if method == "voucher" else BANKED)]
        scripts += [*(FUNDED if method in region.programmes else ()), TAKEN_OVER]
        for script in scripts:
            play(region, region.deal(method), script)
        assert_money_agrees(region)
    region.grant("aided")
    play(region, region.deal("aided"), GRANTED)
    play(region, region.deal("card", instalments=IN_TWO), BALANCE_AT_DELIVERY)
    own = region.deal("card", region.services["own"][0])
    play(region, own, DONE)
    assert fresh(own.lines[0]).state == "approved", region.refused
    play(region, region.deal("card", region.services["tiny"][0]), ("pay",))
    assert_money_agrees(region)
    print(region.watch.report(METHODS))
    assert region.watch.never_walked() == []
    for method in METHODS:
        never = NEVER_OF_VOUCHERS if method == "voucher" else set()
        assert region.watch.never_walked_by("line", method) == never


ACTS = tuple(name for name in (*LINE_ACTS, *MONEY_ACTS) if name != "withdraw")
# Most orders come some way before something happens to them.
HISTORIES = st.tuples(
    st.sampled_from(METHODS),
    st.booleans(),
    st.integers(0, len(DONE)),
    st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 1)), min_size=2, max_size=10),
)


def live_through(region: Region, history: tuple[str, bool, int, list[tuple[str, int]]]) -> None:
    """One order's life, and that nothing of it is wrong."""
    method, two, usual, acts = history
    deal = region.deal(method, *region.services[method][: 1 + two])
    for name in DONE[:usual]:
        region.act(deal, name)
    for name, which in acts:
        region.act(deal, name, which)
    # What a history has set up for later must not hit the next one.
    for name in ("open_again", "third_opens", "work"):
        region.act(deal, name)
    for line in deal.lines:
        check_line(fresh(line))
    assert_money_agrees(region)


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_any_history_ends_with_the_same_cents_everywhere(
    region: Region, history: tuple[str, bool, int, list[tuple[str, int]]]
) -> None:
    live_through(region, history)


@pytest.mark.soak
@pytest.mark.timeout(2400)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=HISTORIES)
def test_many_histories_end_with_the_same_cents_everywhere(
    region: Region, history: tuple[str, bool, int, list[tuple[str, int]]]
) -> None:
    live_through(region, history)
