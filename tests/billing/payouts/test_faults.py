"""A process killed at each named point while it pays a seller: the next one ends it, once."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django_tenants.utils import tenant_context

from billing.payouts.faults import (
    ACCOUNT_CALLED,
    ACCOUNT_SAVED,
    FAULT_POINTS,
    LEG_CALLED,
    LEG_LOOKED_UP,
    LEG_NOTED,
    LEG_SAVED,
    REVERSAL_CALLED,
    REVERSAL_LOOKED_UP,
    REVERSAL_NOTED,
    REVERSAL_SAVED,
)
from kernel.errors import DomainError
from tests.billing.building import give_back
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, open_shop
from tests.billing.payouts.conftest import release_paid
from tests.sandbox import SandboxProcess


@pytest.fixture
def own_shop(committing_tenant: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    """A tenant of this test's own on the sandbox, where everything commits."""
    client = Client(SERVER_NAME=f"{committing_tenant.slug}.localhost")
    shop = open_shop(committing_tenant, client, sandbox_process, settings)
    connection.set_tenant(committing_tenant)
    return shop


def killed(tenant: Any, work: Callable[[], object]) -> bool:
    """Do the work in a process of its own; whether it was killed."""
    connections["default"].close()
    child = os.fork()
    if child == 0:
        try:
            connection.set_tenant(tenant)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    connection.set_tenant(tenant)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def armed(point: str) -> None:
    from kernel.faults import arm_fault

    arm_fault(point)


def test_every_point_is_tried() -> None:
    assert set(FAULT_POINTS) == {
        LEG_SAVED,
        LEG_LOOKED_UP,
        LEG_CALLED,
        LEG_NOTED,
        ACCOUNT_SAVED,
        ACCOUNT_CALLED,
        REVERSAL_SAVED,
        REVERSAL_LOOKED_UP,
        REVERSAL_CALLED,
        REVERSAL_NOTED,
    }


def test_a_killed_reversal_takes_back_once(own_shop: Shop) -> None:
    from billing.payouts.models import TransferReversal
    from billing.payouts.operations import open_payout_account
    from billing.payouts.refunds import refund_released
    from billing.payouts.reversals import send_reversal
    from billing.payouts.sending import send_leg

    open_payout_account(party=own_shop.seller)
    tried = [
        (REVERSAL_SAVED,),
        (REVERSAL_CALLED,),
        (REVERSAL_NOTED,),
        (REVERSAL_SAVED, REVERSAL_LOOKED_UP),
        (REVERSAL_CALLED, REVERSAL_LOOKED_UP),
    ]
    for number, points in enumerate(tried, start=1):
        payout = release_paid(own_shop, f"C-{number}")
        send_leg(leg_id=payout.legs.get().pk)
        made = refund_released(
            item_key=f"C-{number}-line",
            release_key="step-1",
            amount_cents=12000,
            bearer="provider",
            reason="essai",
        )
        reversal = TransferReversal.objects.get(debt__release=made.release)
        for point in points:
            armed(point)
            assert killed(
                own_shop.tenant,
                lambda reversal=reversal: send_reversal(reversal_id=reversal.pk),  # type: ignore[misc]
            ), point
        send_reversal(reversal_id=reversal.pk)
        reversal.refresh_from_db()
        assert reversal.state == "done", points
        taken = own_shop.api.get(f"transfers/{reversal.leg.gateway_transfer_id}/reversals")["data"]
        assert [one["id"] for one in taken] == [reversal.gateway_reversal_id], points
    own_shop.work()
    assert_ledger_is_clean()


def test_a_killed_sender_sends_once(own_shop: Shop) -> None:
    from billing.payouts.models import PayoutLeg
    from billing.payouts.operations import open_payout_account
    from billing.payouts.sending import send_leg

    open_payout_account(party=own_shop.seller)
    for number, points in enumerate(
        [(LEG_SAVED,), (LEG_CALLED,), (LEG_NOTED,), (LEG_SAVED, LEG_LOOKED_UP), (LEG_CALLED, LEG_LOOKED_UP)],
        start=1,
    ):
        payout = release_paid(own_shop, f"C-{number}")
        leg_id = payout.legs.get().pk
        for point in points:
            armed(point)
            assert killed(own_shop.tenant, lambda leg_id=leg_id: send_leg(leg_id=leg_id)), point  # type: ignore[misc]
        send_leg(leg_id=leg_id)
        leg = PayoutLeg.objects.get(pk=leg_id)
        assert leg.state == "sent", points
        own_transfers = own_shop.api.get("transfers", transfer_group=leg.transfer_group)["data"]
        assert [transfer["id"] for transfer in own_transfers] == [leg.gateway_transfer_id], points
    assert_ledger_is_clean()


def test_a_killed_opening_opens_one_account(own_shop: Shop) -> None:
    from billing.payouts.operations import open_payout_account

    for point in (ACCOUNT_SAVED, ACCOUNT_CALLED):
        armed(point)
        assert killed(own_shop.tenant, lambda: open_payout_account(party=own_shop.seller)), point
    account = open_payout_account(party=own_shop.seller)
    found = own_shop.api.get("accounts")["data"]
    assert [payee["id"] for payee in found] == [account.gateway_account_id]


def test_release_and_refund_at_once_one_wins(own_shop: Shop) -> None:
    from billing.charges.models import ChargeRelease
    from billing.payouts.operations import release
    from tests.billing.building import findings

    for number in range(6):
        charge = own_shop.charge(f"R-{number}")
        own_shop.pay(own_shop.start(charge))
        own_shop.post_new_events()
        outcomes: list[str] = []
        gate = threading.Barrier(2)

        def attempt(
            name: str,
            work: Callable[[], object],
            gate: threading.Barrier = gate,
            outcomes: list[str] = outcomes,
        ) -> None:
            try:
                with tenant_context(own_shop.tenant):
                    gate.wait()
                    work()
                outcomes.append(name)
            except DomainError:
                outcomes.append("refused")
            finally:
                connections["default"].close()

        acts: dict[str, Callable[[], object]] = {
            "release": lambda key=f"R-{number}-line": release(item_key=key, release_key="step-1"),  # type: ignore[misc]
            "refund": lambda charge=charge, key=f"R-{number}-line": give_back(charge, key),  # type: ignore[misc]
        }
        threads = [threading.Thread(target=attempt, args=pair) for pair in acts.items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(outcomes) == 2
        assert outcomes.count("refused") == 1, outcomes
        part = ChargeRelease.objects.get(item__key=f"R-{number}-line")
        assert part.state in {"released", "cancelled"}
    assert findings() == []
