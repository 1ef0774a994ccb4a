"""Claims: drawn up from what is open, frozen under a number, withdrawn before payment, paid by lines."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing.charges.operations import settle_funded
from billing.claims.drafting import draw_claim
from billing.claims.errors import (
    ClaimChanged,
    ClaimOverpaid,
    ClaimPeriodWrong,
    CorrectionUnexplained,
    NothingToClaim,
    PaymentAlreadyCorrected,
    PaymentDayWrong,
    PaymentKnown,
    ReasonMissing,
)
from billing.claims.models import Claim, ClaimLine
from billing.claims.operations import (
    correct_claim_payment,
    record_claim_payment,
    submit_claim,
    withdraw_claim,
)
from billing.claims.queries import open_programmes
from billing.claims.verification import check_claims, check_entries, check_marks
from billing.funding.models import VoucherPart
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payouts.credit_transfers import record_credit_transfer
from billing.payouts.models import PayoutLeg
from billing.payouts.operations import release
from billing.payouts.refunds import refund_released
from kernel.lifecycle import TransitionRefused
from kernel.outbox.running import run_pending
from tenants.parties.models import VatRegimePeriod
from tests.billing.building import findings
from tests.billing.claims.making import drawn, paid, submitted, today
from tests.billing.funding.making import funded, says_no_aid_elsewhere, young_business
from tests.billing.funding.test_reservation import open_for_years

OWED, ADVANCES, BANK = AccountCode.OWED_BY_FUNDERS, AccountCode.FUNDER_ADVANCES, AccountCode.BANK


@pytest.fixture
def programme(tenant: Any) -> Any:
    """One that paid two approved orders whole: 50 and 25 EUR."""
    seller, buyer = young_business(founded_on=timezone.now().date() - datetime.timedelta(days=200))
    says_no_aid_elsewhere(buyer)
    made = open_for_years(max_vouchers_per_business=9, rate_percent=Decimal(100))
    VatRegimePeriod.objects.filter(party=seller).update(regime="franchise")
    for number, price in ((1, "50.00"), (2, "25.00")):
        funded(seller, buyer, price, reference=f"order-{number}")
        settle_funded(reference=f"order-{number}")
        release(item_key=f"order-{number}-1", release_key="step-1")
    return made


def refund(number: int, cents: int) -> None:
    """Of an approved order, at its provider's cost."""
    refund_released(
        item_key=f"order-{number}-1",
        release_key="step-1",
        amount_cents=cents,
        bearer="provider",
        reason="Erreur",
    )


def legs() -> list[str]:
    found = PayoutLeg.objects.filter(rail="credit_transfer").order_by("payout__release__item__key")
    return list(found.values_list("state", flat=True))


def test_a_claim_from_its_draft_to_its_money(programme: Any) -> None:
    assert legs() == ["awaits_funder", "awaits_funder"]
    draft = drawn(programme)
    assert (draft.state, draft.number, draft.asked_cents, draft.lines.count()) == ("draft", "", 7_500, 2)
    assert drawn(programme).pk == draft.pk
    claim = submit_claim(claim_id=draft.pk, user=None)
    assert claim.number.endswith(f"-D-{today().year}-0001")
    assert [row["amount_cents"] for row in claim.snapshot["rows"]] == [5_000, 2_500]
    assert {row["order"] for row in claim.snapshot["rows"]} == {"order-1", "order-2"}
    assert claim.snapshot["rows"][0]["siren"]
    assert balance(OWED, programme.funder) == 7_500
    assert findings() == []
    # Part of the money pays the lines that it covers whole, the oldest first.
    paid(claim, 6_000)
    claim.refresh_from_db()
    assert (claim.state, claim.left_cents, legs()) == ("partly_paid", 1_500, ["ready", "awaits_funder"])
    assert findings() == []
    paid(claim)
    claim.refresh_from_db()
    assert (claim.state, legs()) == ("paid", ["ready", "ready"])
    assert (balance(OWED, programme.funder), balance(BANK)) == (0, 7_500)
    assert findings() == []
    with pytest.raises(TransitionRefused):
        paid(claim, 1)
    with pytest.raises(NothingToClaim):
        drawn(programme)
    run_pending("documents")
    claim.refresh_from_db()
    assert bytes(claim.document.pdf).startswith(b"%PDF-1.7")


def test_what_is_given_back_after_a_claim_is_a_negative_line_of_the_next(programme: Any) -> None:
    paid(submitted(programme))
    refund(1, 1_000)
    assert (balance(OWED, programme.funder), balance(ADVANCES, programme.funder)) == (0, -1_000)
    later = submitted(programme)
    assert (later.parts_cents, later.returns_cents, later.asked_cents) == (0, 1_000, -1_000)
    assert (balance(OWED, programme.funder), balance(ADVANCES, programme.funder)) == (-1_000, 0)
    assert findings() == []
    # The space pays the funder.
    paid(later)
    later.refresh_from_db()
    assert (later.state, later.paid_cents, balance(OWED, programme.funder)) == ("paid", -1_000, 0)
    assert balance(BANK) == 7_500 - 1_000
    assert findings() == []


def test_a_claim_that_comes_to_nothing_is_settled_at_once(programme: Any, tenant: Any) -> None:
    first = submitted(programme)
    refund(1, 1_000)
    withdraw_claim(claim_id=first.pk, reason="Erreur de période", user=None)
    # Claimed anew with what was given back meanwhile as a line of its own.
    second = submitted(programme)
    assert (second.parts_cents, second.returns_cents) == (7_500, 1_000)
    assert second.number.endswith("-0002")
    assert (balance(OWED), balance(ADVANCES)) == (6_500, 0)
    assert findings() == []
    withdraw_claim(claim_id=second.pk, reason="Encore", user=None)
    assert (balance(OWED), balance(ADVANCES)) == (7_500, -1_000)
    refund(1, 4_000)
    refund(2, 2_500)
    third = submitted(programme)
    assert (third.parts_cents, third.returns_cents, third.state) == (1_000, 1_000, "paid")
    assert (balance(OWED), balance(ADVANCES)) == (0, 0)
    assert findings() == []


def test_a_draft_that_is_overtaken_is_not_submitted(programme: Any) -> None:
    draft = drawn(programme)
    refund(1, 500)
    with pytest.raises(ClaimChanged):
        submit_claim(claim_id=draft.pk, user=None)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("draft", "")
    assert drawn(programme).asked_cents == 7_000
    assert submit_claim(claim_id=draft.pk, user=None).asked_cents == 7_000


def test_what_a_claim_refuses(programme: Any) -> None:
    tomorrow = today() + datetime.timedelta(days=1)
    with pytest.raises(ClaimPeriodWrong):
        draw_claim(programme=programme, until=tomorrow, user=None)
    with pytest.raises(NothingToClaim):
        draw_claim(programme=programme, until=today() - datetime.timedelta(days=400), user=None)
    draft = drawn(programme)
    withdraw_claim(claim_id=draft.pk, reason="", user=None)
    claim = submitted(programme)
    assert claim.number.endswith("-0001")
    with pytest.raises(ReasonMissing):
        withdraw_claim(claim_id=claim.pk, reason=" ", user=None)
    with pytest.raises(ClaimOverpaid):
        paid(claim, 7_501)
    for day in (tomorrow, today() - datetime.timedelta(days=1)):
        with pytest.raises(PaymentDayWrong):
            record_claim_payment(
                claim_id=claim.pk, amount_cents=1, paid_on=day, bank_reference="VIR", user=None
            )
    paid(claim, 1, "VIR")
    with pytest.raises(PaymentKnown):
        paid(claim, 1, "VIR")
    with pytest.raises(TransitionRefused):
        withdraw_claim(claim_id=claim.pk, reason="Trop tard", user=None)
    assert findings() == []


def test_a_payment_noted_by_mistake_is_undone_by_a_mirror(programme: Any) -> None:
    claim = submitted(programme)
    first = paid(claim, 6_000, "VIR 1")
    second = paid(claim)
    assert legs() == ["ready", "ready"]
    # Staff have made the transfer of the older line already.
    leg = PayoutLeg.objects.get(payout__release__item__key="order-1-1", rail="credit_transfer")
    record_credit_transfer(leg_id=leg.pk, paid_on=today(), reference="VIR A", user=None)
    with pytest.raises(CorrectionUnexplained):
        correct_claim_payment(payment_id=second.pk, reason=" ", user=None)
    correct_claim_payment(payment_id=second.pk, reason="Virement d’une autre demande", user=None)
    with pytest.raises(PaymentAlreadyCorrected):
        correct_claim_payment(payment_id=second.pk, reason="Encore", user=None)
    claim.refresh_from_db()
    assert (claim.state, claim.left_cents, claim.settled_at) == ("partly_paid", 1_500, None)
    assert legs() == ["sent", "awaits_funder"]
    assert (balance(OWED, programme.funder), balance(BANK)) == (1_500, 6_000 - leg.amount_cents)
    assert findings() == []
    correct_claim_payment(payment_id=first.pk, reason="Montant mal saisi", user=None)
    claim.refresh_from_db()
    assert (claim.state, claim.left_cents) == ("submitted", 7_500)
    # What was sent stays sent; it is funded again with the rest.
    assert legs() == ["sent", "awaits_funder"]
    assert balance(OWED, programme.funder) == 7_500
    assert findings() == []
    # The same reference of the bank, with its right amount.
    paid(claim, 7_500, "VIR 1")
    claim.refresh_from_db()
    assert (claim.state, claim.payments.count(), legs()) == ("paid", 3, ["sent", "ready"])
    assert not VoucherPart.objects.filter(funded_at=None).exists()
    assert findings() == []


def test_what_was_given_back_by_mistake_is_owed_to_the_funder_again(programme: Any) -> None:
    paid(submitted(programme))
    refund(1, 1_000)
    later = submitted(programme)
    payment = paid(later)
    correct_claim_payment(payment_id=payment.pk, reason="Virement rejeté", user=None)
    later.refresh_from_db()
    assert (later.state, later.left_cents, balance(OWED, programme.funder)) == ("submitted", -1_000, -1_000)
    assert findings() == []


def test_the_database_keeps_a_part_in_one_live_claim_and_numbers_apart(programme: Any) -> None:
    claim = submitted(programme)
    line = claim.lines.first()
    assert line is not None
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.create(
            claim=claim, position=9, part=line.part, amount_cents=1, happened_on=line.happened_on
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(asked_cents=7_400)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(paid_cents=7_501)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(number="")
    claim.pk, claim.public_id = None, "00000000-0000-4000-8000-000000000000"
    with pytest.raises(IntegrityError), transaction.atomic():
        claim.save(force_insert=True)


def test_what_is_open_is_told_by_programme_and_period(programme: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        [row] = open_programmes(today() - datetime.timedelta(days=1))
    assert (row.programme, row.line_count, row.due_cents, row.later_cents) == (programme, 2, 0, 7_500)
    [row] = open_programmes(today())
    assert (row.due_cents, row.later_cents, row.oldest_on, row.draft) == (7_500, 0, today(), None)
    submitted(programme)
    assert open_programmes(today()) == []


@pytest.mark.parametrize(
    ("statement", "check", "told"),
    [
        ("UPDATE claims_claimline SET amount_cents = 4999 WHERE position = 1", check_claims, "lines 7499"),
        ("UPDATE claims_claimline SET amount_cents = 4999 WHERE position = 1", check_marks, "ask 4999"),
        ("UPDATE claims_claimline SET is_live = false", check_claims, "lines of the other kind"),
        ("UPDATE claims_claimpayment SET amount_cents = 99", check_claims, "payments 99"),
        ("UPDATE claims_claimpayment SET amount_cents = 99", check_entries, "row says 99"),
        ("UPDATE claims_claim SET snapshot = '{}'", check_claims, "snapshot changed"),
        ("UPDATE funding_voucherpart SET claimed_at = NULL, funded_at = NULL", check_marks, "claimed 0"),
        ("DELETE FROM claims_claimpayment", check_entries, "entry without a row"),
    ],
)
def test_tampering_is_found(programme: Any, statement: str, check: Any, told: str) -> None:
    paid(submitted(programme), 100)
    assert findings() == []
    with connection.cursor() as cursor:
        cursor.execute(statement)
    found = [str(one) for one in check()]
    assert any(told in one for one in found), found


def test_a_paid_claim_whose_part_is_not_funded_is_found(programme: Any) -> None:
    paid(submitted(programme))
    VoucherPart.objects.update(funded_at=None)
    assert "is paid" in str(next(iter(check_marks())))
