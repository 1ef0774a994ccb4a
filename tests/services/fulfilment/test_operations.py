"""Answering, delivering, reviewing, writing: what is allowed, what is refused, what follows."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kernel.lifecycle import TransitionRefused
from tests.services.ordering import Market, assert_ledger_is_clean, deliver, fresh, person

PDF = b"%PDF-1.7 maquette"


def test_an_accepted_line_is_promised_in_working_days(market: Market) -> None:
    from services.fulfilment.operations.answer import accept_line
    from services.orders.transitions import promised_on

    line = market.paid_order(market.service).lines.get()
    assert line.answer_due_at == line.due_at
    accepted = accept_line(key=line.key, actor=market.provider_user)
    entry = line.timeline.get(transition="accept")
    assert accepted.promised_on == promised_on(entry.at, 7)
    with pytest.raises(TransitionRefused, match="Entre-temps : Acceptée"):
        accept_line(key=line.key, actor=market.provider_user)


def test_a_decline_needs_a_reason_and_the_operator_gives_back(market: Market) -> None:
    from billing.payments.models import Refund
    from services.fulfilment.operations.answer import decline_line
    from services.fulfilment.operations.give_back import give_back_line
    from services.orders.errors import ReasonMissing

    line = market.paid_order(market.service).lines.get()
    with pytest.raises(ReasonMissing):
        decline_line(key=line.key, actor=market.provider_user, reason="  ")
    with pytest.raises(TransitionRefused):
        give_back_line(key=line.key, actor=market.staff)
    decline_line(key=line.key, actor=market.provider_user, reason="Complet")
    give_back_line(key=line.key, actor=market.staff, reason="Personne d’autre")
    assert fresh(line).state == "refunded"
    assert Refund.objects.get().amount_cents == 46800
    assert_ledger_is_clean()


def test_a_delivery_holds_files_and_links_and_corrections_come_with_the_next(market: Market) -> None:
    from services.fulfilment.errors import NoRoundsLeft, NotBeingWorkedOn, NothingAttached
    from services.fulfilment.models import Deliverable
    from services.fulfilment.operations.deliver import (
        attach_deliverable,
        deliver_milestone,
        detach_deliverable,
    )
    from services.fulfilment.operations.review import request_changes

    line, user = market.started(), market.provider_user
    with pytest.raises(NothingAttached):
        deliver_milestone(key=line.key, actor=user)
    file = SimpleUploadedFile("../../Maquette finale.pdf", PDF)
    kept = attach_deliverable(key=line.key, actor=user, file=file)
    dropped = attach_deliverable(key=line.key, actor=user, link="https://exemple.example/essai")
    assert kept.title == "Maquette finale.pdf"
    assert str(kept.public_id) in kept.file.name
    with kept.file.open("rb") as stored:
        assert stored.read() == PDF
    detach_deliverable(key=line.key, public_id=dropped.public_id, actor=user)
    deliver_milestone(key=line.key, actor=user, note="Voici")
    with pytest.raises(NotBeingWorkedOn):
        attach_deliverable(key=line.key, actor=user, link="https://exemple.example/tard")
    with pytest.raises(TransitionRefused):
        deliver_milestone(key=line.key, actor=user)
    request_changes(key=line.key, actor=market.buyer_user, reason="Plus grand")
    deliver(line, user)
    assert list(Deliverable.objects.values_list("delivery", flat=True).order_by("id")) == [1, 2]
    with pytest.raises(NoRoundsLeft):
        request_changes(key=line.key, actor=market.buyer_user, reason="Encore")
    assert fresh(line).state == "delivered"


def test_a_delivery_has_a_limit(market: Market) -> None:
    from services.fulfilment.errors import TooManyFiles
    from services.fulfilment.operations.deliver import attach_deliverable
    from services.orders.uploads import MOST_FILES

    line = market.started()
    for number in range(MOST_FILES):
        attach_deliverable(key=line.key, actor=market.provider_user, link=f"https://exemple.example/{number}")
    with pytest.raises(TooManyFiles):
        attach_deliverable(key=line.key, actor=market.provider_user, link="https://exemple.example/trop")


def test_each_approval_pays_its_milestone_and_the_last_ends_the_line(market: Market) -> None:
    from billing.payouts.models import Payout
    from kernel.outbox.models import OutboxTask
    from services.fulfilment.operations.review import approve_milestone

    line = market.delivered()
    approve_milestone(key=line.key, actor=market.buyer_user)
    assert fresh(line).state == "in_progress"
    assert [part.state for part in line.milestones.all()] == ["approved", "in_progress"]
    deliver(fresh(line), market.provider_user)
    approve_milestone(key=line.key, actor=market.buyer_user)
    assert fresh(line).state == "approved"
    assert sorted(Payout.objects.values_list("gross_cents", flat=True)) == [18720, 28080]
    tasks = OutboxTask.objects.order_by("id")
    assert tasks.filter(name="invoicing.issue_release_invoice").count() == 2
    closing = tasks.get(name="orders.close_line")
    assert closing.arguments == {"key": line.key}
    assert (closing.due_at - closing.created_at).days >= 6
    assert_ledger_is_clean()


def test_the_operator_cancels_the_rest_and_keeps_what_is_approved(market: Market) -> None:
    from billing.payments.models import Refund
    from services.fulfilment.operations.review import approve_milestone
    from services.orders.operations.cancel import cancel_line

    line = market.delivered()
    approve_milestone(key=line.key, actor=market.buyer_user)
    with pytest.raises(TransitionRefused):
        cancel_line(key=line.key, role="business", actor=market.buyer_user)
    cancel_line(key=line.key, role="operator", actor=market.staff, reason="Accord")
    assert fresh(line).state == "approved"
    assert [part.state for part in line.milestones.all()] == ["approved", "cancelled"]
    assert Refund.objects.get().amount_cents == 28080
    assert_ledger_is_clean()


def test_a_message_sent_twice_is_written_once(market: Market) -> None:
    from services.fulfilment.errors import MessageEmpty, MessagesClosed
    from services.fulfilment.models import Message
    from services.fulfilment.operations.write import write_message

    line = market.paid_order(market.service).lines.get()
    token = uuid.uuid4()
    common: dict[str, Any] = {"key": line.key, "actor": market.buyer_user, "role": "business"}
    for _click in range(2):
        write_message(**common, body="Bonjour", token=token)
    assert Message.objects.count() == 1
    with pytest.raises(MessageEmpty):
        write_message(**common, body=" \n ")
    unpaid = market.order(market.service).lines.get()
    with pytest.raises(MessagesClosed):
        write_message(**{**common, "key": unpaid.key}, body="Bonjour")


def test_who_may_have_a_deliverable(market: Market) -> None:
    from django.http import Http404

    from services.fulfilment.access import get_deliverable_for
    from services.fulfilment.operations.deliver import attach_deliverable, deliver_milestone

    line = market.started()
    kept = attach_deliverable(key=line.key, actor=market.provider_user, file=SimpleUploadedFile("a.pdf", PDF))
    stranger = person("stranger", market.other_provider)
    assert get_deliverable_for(market.provider_user, kept.public_id) == kept
    for user in (market.buyer_user, stranger, market.staff):
        with pytest.raises(Http404):
            get_deliverable_for(user, kept.public_id)
    deliver_milestone(key=line.key, actor=market.provider_user)
    for user in (market.buyer_user, market.provider_user, market.staff):
        assert get_deliverable_for(user, kept.public_id) == kept
    with pytest.raises(Http404):
        get_deliverable_for(stranger, kept.public_id)


def test_what_was_never_paid_is_unknown_to_its_provider(market: Market) -> None:
    from django.http import Http404

    from services.orders.access import get_line_for
    from services.orders.models import OrderLine
    from services.orders.operations.cancel import cancel_line

    line = market.order(market.service).lines.get()
    for _state in ("awaiting_payment", "cancelled"):
        with pytest.raises(Http404):
            get_line_for(market.provider_user, line.key)
        assert not OrderLine.objects.of_provider([market.provider.pk]).exists()
        if fresh(line).state == "awaiting_payment":
            cancel_line(key=line.key, role="business", actor=market.buyer_user)
