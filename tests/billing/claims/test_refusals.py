"""What a funder refuses of a claim: asked again or lost, taken back, and what returns of aid count of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from billing.claims.errors import (
    NotAllOfTheRest,
    NothingToClaim,
    RefusalAlreadyUndone,
    RefusalFixed,
    RefusalUnexplained,
    RefusedLineTooLarge,
    ReturnedMeanwhile,
)
from billing.claims.models import Claim, ClaimRefusal
from billing.claims.operations import correct_claim_payment, withdraw_claim
from billing.claims.queries import open_programmes
from billing.claims.refusal_models import Fate
from billing.claims.refusals import Refused, refuse_rest, undo_refusal
from billing.funding.models import VoucherPart, VoucherReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from kernel.lifecycle import TransitionRefused
from tests.billing.building import findings
from tests.billing.claims.making import drawn, paid, submitted, today
from tests.billing.claims.test_claim_pages import finance, page
from tests.billing.claims.test_claims import legs, programme, refund

__all__ = ["finance", "programme"]
OWED, ADVANCES = AccountCode.OWED_BY_FUNDERS, AccountCode.FUNDER_ADVANCES
LOST = AccountCode.DEBTS_LOST


def refused(claim: Claim, *rows: tuple[int, int, Fate], reason: str = "Pièce manquante") -> ClaimRefusal:
    """The rest of a claim refused: position, cents and fate of each line."""
    told = {position: Refused(cents, fate) for position, cents, fate in rows}
    return refuse_rest(claim_id=claim.pk, refused=told, reason=reason, user=None)


def part_paid(programme: Any, cents: int = 6_000) -> Claim:
    """A claim of 50 and 25 EUR, of which some was paid."""
    claim = submitted(programme)
    paid(claim, cents)
    claim.refresh_from_db()
    return claim


def test_what_is_asked_again_stands_in_the_next_claim_and_its_provider_waits(programme: Any) -> None:
    claim = part_paid(programme)
    assert legs() == ["ready", "awaits_funder"]
    # The funder paid the second line whole, and not all of the first.
    refused(claim, (1, 1_500, Fate.AGAIN))
    claim.refresh_from_db()
    assert (claim.state, claim.refused_cents, claim.left_cents) == ("closed", 1_500, 0)
    assert legs() == ["awaits_funder", "ready"]
    assert (balance(OWED, programme.funder), balance(LOST)) == (1_500, 0)
    assert findings() == []
    [row] = open_programmes(today())
    assert (row.line_count, row.due_cents) == (1, 1_500)
    again = submitted(programme)
    assert (again.asked_cents, [row["again"] for row in again.snapshot["rows"]]) == (1_500, [claim.number])
    assert again.snapshot["rows"][0]["order"] == "order-1"
    assert open_programmes(today()) == []
    assert findings() == []
    # Withdrawn, it is to be asked for once more.
    withdraw_claim(claim_id=again.pk, reason="Mauvaise période", user=None)
    assert findings() == []
    again = submitted(programme)
    paid(again)
    assert (legs(), balance(OWED, programme.funder)) == (["ready", "ready"], 0)
    assert findings() == []


def test_what_is_lost_is_owed_no_more_and_the_provider_is_paid(programme: Any) -> None:
    claim = part_paid(programme)
    refused(claim, (2, 1_500, Fate.LOST))
    assert legs() == ["ready", "ready"]
    assert (balance(OWED, programme.funder), balance(LOST)) == (0, 1_500)
    with pytest.raises(NothingToClaim):
        drawn(programme)
    assert findings() == []
    # Given back later: shared in the proportion of what the funder paid and the space bore.
    refund(2, 1_000)
    assert (balance(ADVANCES, programme.funder), balance(LOST)) == (-400, 900)
    assert findings() == []
    assert submitted(programme).asked_cents == -400
    refund(2, 1_500)
    assert (balance(ADVANCES, programme.funder), balance(LOST)) == (-600, 0)
    assert [row.owed_cents for row in VoucherReturn.objects.all()] == [400, 600]
    assert submitted(programme).asked_cents == -600
    assert findings() == []


def test_a_line_lost_whole_owes_nothing_back(programme: Any) -> None:
    claim = submitted(programme)
    refused(claim, (1, 5_000, Fate.LOST), (2, 2_500, Fate.AGAIN))
    assert (balance(OWED), balance(LOST), legs()) == (2_500, 5_000, ["ready", "awaits_funder"])
    refund(1, 5_000)
    assert (balance(ADVANCES), balance(LOST)) == (0, 0)
    assert findings() == []
    assert submitted(programme).asked_cents == 2_500


def test_what_was_refused_again_is_lost_in_the_end(programme: Any) -> None:
    refused(part_paid(programme), (1, 1_000, Fate.AGAIN), (2, 500, Fate.AGAIN))
    second = submitted(programme)
    paid(second, 700)
    refused(second, (1, 300, Fate.AGAIN), (2, 500, Fate.LOST))
    assert (balance(OWED), balance(LOST), legs()) == (300, 500, ["awaits_funder", "ready"])
    assert findings() == []
    third = submitted(programme)
    refused(third, (1, 300, Fate.LOST))
    assert (balance(OWED), balance(LOST), legs()) == (0, 800, ["ready", "ready"])
    assert not VoucherPart.objects.filter(funded_at=None).exists()
    assert findings() == []


def test_a_refusal_noted_by_mistake_is_undone_by_a_mirror(programme: Any) -> None:
    claim = part_paid(programme)
    first = refused(claim, (1, 500, Fate.AGAIN), (2, 1_000, Fate.LOST))
    assert legs() == ["awaits_funder", "ready"]
    payment = claim.payments.get()
    with pytest.raises(TransitionRefused, match="Annulez d’abord le refus"):
        correct_claim_payment(payment_id=payment.pk, reason="Montant", user=None)
    with pytest.raises(RefusalUnexplained):
        undo_refusal(refusal_id=first.pk, reason=" ", user=None)
    undo_refusal(refusal_id=first.pk, reason="Payé après tout", user=None)
    with pytest.raises(RefusalAlreadyUndone):
        undo_refusal(refusal_id=first.pk, reason="Encore", user=None)
    claim.refresh_from_db()
    assert (claim.state, claim.left_cents, claim.settled_at) == ("partly_paid", 1_500, None)
    assert (balance(OWED), balance(LOST), legs()) == (1_500, 0, ["ready", "awaits_funder"])
    assert findings() == []
    second = refused(claim, (2, 1_500, Fate.AGAIN))
    later = submitted(programme)
    with pytest.raises(RefusalFixed):
        undo_refusal(refusal_id=second.pk, reason="Trop tard", user=None)
    withdraw_claim(claim_id=later.pk, reason="Le premier refus tombe", user=None)
    undo_refusal(refusal_id=second.pk, reason="Payé après tout", user=None)
    paid(claim)
    claim.refresh_from_db()
    assert (claim.state, balance(OWED), legs()) == ("paid", 0, ["ready", "ready"])
    assert findings() == []


def test_a_loss_that_a_return_counted_with_stays(programme: Any) -> None:
    refusal = refused(submitted(programme), (1, 5_000, Fate.LOST), (2, 2_500, Fate.LOST))
    refund(1, 1_000)
    with pytest.raises(RefusalFixed):
        undo_refusal(refusal_id=refusal.pk, reason="Erreur", user=None)
    assert findings() == []


def test_aid_given_back_before_the_refusal_is_not_lost_with_it(programme: Any) -> None:
    claim = submitted(programme)
    refund(1, 4_500)
    with pytest.raises(ReturnedMeanwhile, match="5,00"):
        refused(claim, (1, 5_000, Fate.LOST), (2, 2_500, Fate.LOST))
    refused(claim, (1, 5_000, Fate.AGAIN), (2, 2_500, Fate.LOST))
    later = submitted(programme)
    assert (later.parts_cents, later.returns_cents, later.asked_cents) == (5_000, 4_500, 500)
    refused(later, (1, 500, Fate.LOST))
    assert (balance(OWED), balance(ADVANCES), balance(LOST)) == (0, 0, 3_000)
    assert findings() == []


def test_what_a_refusal_refuses(programme: Any) -> None:
    with pytest.raises(TransitionRefused):
        refused(drawn(programme), (1, 5_000, Fate.LOST))
    claim = part_paid(programme)
    for rows in ([], [(1, 1_499, Fate.AGAIN)], [(1, 1_500, Fate.AGAIN), (2, 1, Fate.LOST)]):
        with pytest.raises(NotAllOfTheRest):
            refused(claim, *rows)
    for row in ((2, 2_501, Fate.AGAIN), (3, 1_500, Fate.AGAIN), (1, -1, Fate.AGAIN)):
        with pytest.raises(RefusedLineTooLarge):
            refused(claim, row)
    with pytest.raises(RefusalUnexplained):
        refused(claim, (1, 1_500, Fate.AGAIN), reason=" ")
    paid(claim)
    with pytest.raises(TransitionRefused):
        refused(claim, (1, 1, Fate.LOST))
    assert findings() == []


def test_the_database_closes_a_claim_only_when_paid_and_refused_make_what_was_asked(programme: Any) -> None:
    claim = part_paid(programme)
    for values in (
        {"state": "closed", "refused_cents": 1_499},
        {"state": "closed", "refused_cents": 1_501},
        {"refused_cents": 1_500},
        {"state": "paid", "refused_cents": 1_500},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(settled_at=claim.submitted_at, **values)
    refused(claim, (2, 1_500, Fate.LOST))
    part = VoucherPart.objects.get(lost_cents=1_500)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherPart.objects.filter(pk=part.pk).update(lost_cents=2_501)
    with pytest.raises(IntegrityError), transaction.atomic():
        VoucherPart.objects.filter(pk=part.pk).update(regained_cents=1_501)


def test_a_refusal_on_its_pages(finance: Client, programme: Any) -> None:
    claim = part_paid(programme)
    address = reverse("claims:claim", args=[claim.public_id])
    refuse = reverse("claims:refuse", args=[claim.public_id])
    assert refuse in page(finance, address)
    shown = page(finance, refuse)
    assert 'value="15,00"' in shown
    wrong = finance.post(refuse, {"cents_2": "14,99", "fate_2": "lost", "reason": "Pièce manquante"})
    assert (wrong.status_code, "ils doivent faire 15,00" in wrong.content.decode()) == (422, True)
    told = {
        "cents_1": "5",
        "fate_1": "again",
        "cents_2": "10,00",
        "fate_2": "lost",
        "reason": "Pièce manquante",
    }
    checked = finance.post(refuse, told).content.decode()
    assert "Refusé, à demander de nouveau" in checked
    assert "<dd>Pièce manquante</dd>" in checked
    assert Claim.objects.get().state == "partly_paid"
    done = finance.post(refuse, {**told, "confirm": "1"}, follow=True).content.decode()
    assert "est close" in done
    assert "Pièce manquante" in done
    assert "Close après un refus" in done
    assert f'href="{refuse}"' not in done
    lines = b"".join(finance.get(f"{address}csv/").streaming_content).decode()  # type: ignore[attr-defined]
    assert "10,00;Passé en perte" in lines
    assert finance.get(refuse).status_code == 302
    correct = reverse("claims:correct", args=[claim.public_id, claim.payments.get().pk])
    assert correct not in done
    assert finance.get(correct).status_code == 302
    undo = reverse("claims:undo_refusal", args=[claim.public_id, ClaimRefusal.objects.get().pk])
    assert undo in done
    assert "10,00" in page(finance, undo)
    assert finance.post(undo, {"reason": ""}).status_code == 422
    undone = finance.post(undo, {"reason": "Payé après tout"}, follow=True).content.decode()
    assert "Payé après tout" in undone
    assert undo not in undone
    assert finance.get(undo).status_code == 302
    assert finance.get(reverse("claims:undo_refusal", args=[claim.public_id, 0])).status_code == 404
