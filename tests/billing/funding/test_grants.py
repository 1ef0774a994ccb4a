"""Vouchers granted by staff: money is reserved at once, a code is brought once, time and staff end them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.funding.errors import (
    BudgetShort,
    CodeUnknown,
    GrantTooLarge,
    ProgrammeClosed,
    VoucherCeilingReached,
)
from billing.funding.grants import expire_voucher, grant_voucher, redeem_code, revoke_voucher, shown_code
from billing.funding.lifecycle import VoucherState
from billing.funding.models import ProgrammeBudget
from kernel.lifecycle import TransitionRefused
from kernel.outbox.models import OutboxTask
from tests.billing.building import cast, party
from tests.billing.funding.making import programme


def reserved() -> int:
    return ProgrammeBudget.objects.get().reserved_cents


def test_a_grant_holds_its_money_until_it_ends(tenant: Any) -> None:
    _operator, _seller, buyer = cast()
    made = grant_voucher(
        programme=programme(), amount_cents=30_000, user=None, party=buyer, note=" Dossier 12 "
    )
    assert (made.state, made.held_cents, made.note, made.code) == (
        VoucherState.GRANTED,
        30_000,
        "Dossier 12",
        "",
    )
    assert reserved() == 30_000
    assert OutboxTask.objects.filter(name="funding.expire_voucher").count() == 1
    assert expire_voucher(voucher_id=made.pk, on=made.expires_on) is None
    revoke_voucher(voucher_id=made.pk, reason="Dossier retiré")
    assert reserved() == 0
    with pytest.raises(TransitionRefused):
        revoke_voucher(voucher_id=made.pk, reason="encore")


def test_a_grant_that_nobody_used_expires_once(tenant: Any) -> None:
    _operator, _seller, buyer = cast()
    made = grant_voucher(programme=programme(), amount_cents=30_000, user=None, party=buyer)
    after = made.expires_on + datetime.timedelta(days=1)
    ended = expire_voucher(voucher_id=made.pk, on=after)
    assert ended is not None
    assert (ended.state, ended.held_cents, reserved()) == (VoucherState.EXPIRED, 0, 0)
    assert expire_voucher(voucher_id=made.pk, on=after) is None


def test_a_code_is_brought_by_one_business(tenant: Any) -> None:
    _operator, _seller, buyer = cast()
    made = grant_voucher(programme=programme(), amount_cents=30_000, user=None)
    assert len(made.code) == 12
    mine = redeem_code(code=shown_code(made.code).lower(), party=buyer)
    assert (mine.pk, mine.party_id) == (made.pk, buyer.pk)
    assert redeem_code(code=made.code, party=buyer).pk == made.pk
    with pytest.raises(CodeUnknown):
        redeem_code(code=made.code, party=party(role="business"))
    with pytest.raises(CodeUnknown):
        redeem_code(code="", party=buyer)


def test_what_a_grant_may_not_be(tenant: Any) -> None:
    _operator, _seller, buyer = cast()
    found = programme(budget_cents=60_000, max_vouchers_per_business=1)
    with pytest.raises(GrantTooLarge):
        grant_voucher(programme=found, amount_cents=50_001, user=None, party=buyer)
    grant_voucher(programme=found, amount_cents=50_000, user=None, party=buyer)
    with pytest.raises(VoucherCeilingReached):
        grant_voucher(programme=found, amount_cents=1, user=None, party=buyer)
    with pytest.raises(BudgetShort):
        grant_voucher(programme=found, amount_cents=10_001, user=None)
    with pytest.raises(ProgrammeClosed):
        closed = programme(
            "ancien",
            starts_on=datetime.date(2020, 1, 1),
            ends_on=timezone.now().date() - datetime.timedelta(9),
        )
        grant_voucher(programme=closed, amount_cents=1, user=None)


def test_the_database_keeps_what_is_reserved_within_the_budget(tenant: Any) -> None:
    programme(budget_cents=60_000)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeBudget.objects.update(reserved_cents=60_001)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProgrammeBudget.objects.update(reserved_cents=-1)
