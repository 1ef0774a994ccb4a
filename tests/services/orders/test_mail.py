"""Who is told what by e-mail: once, in the reader's language, with the tenant as sender."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from tests.services.ordering import Market, deliver, fresh, lapse, pay, person


def sent() -> list[tuple[str, str]]:
    """Receiver's first name and subject of what the outbox sends now."""
    from kernel.outbox.models import OutboxTask
    from kernel.outbox.running import run_pending

    mail.outbox.clear()
    run_pending("default")
    assert not OutboxTask.objects.open().filter(name="orders.send_notice").exists()
    return [(message.to[0].split("@")[0].rstrip("0123456789"), message.subject) for message in mail.outbox]


def test_each_step_is_told_to_whom_it_concerns(market: Market) -> None:
    from services.fulfilment.operations import answer, give_back, review, write
    from services.orders.operations.cancel import cancel_line

    order = market.order()
    assert sent() == []
    pay(order)
    told = sent()
    assert ("buyer", f"Commande {order.number} confirmée") in told
    assert {who for who, subject in told if subject.startswith("À accepter avant le")} == {
        "provider",
        "other",
    }
    line, other = order.lines.order_by("position")

    answer.accept_line(key=line.key, actor=market.provider_user)
    answer.decline_line(key=other.key, actor=market.other_user, reason="Complet jusqu’en mars")
    assert sent() == [("buyer", f"{line.title} : acceptée"), ("buyer", f"{other.title} : déclinée")]
    assert "Complet jusqu’en mars" in mail.outbox[1].body
    give_back.give_back_line(key=other.key, actor=market.staff)
    assert sent() == [("buyer", "Remboursement lancé : 120,50\xa0€")]

    answer.start_line(key=line.key, actor=market.provider_user)
    deliver(line, market.provider_user)
    told = sent()
    assert len(told) == 1
    assert told[0][0] == "buyer"
    assert told[0][1].startswith("À valider avant le")
    review.request_changes(key=line.key, actor=market.buyer_user, reason="Un titre plus grand")
    assert sent() == [("provider", f"Corrections demandées : {line.title}")]
    deliver(line, market.provider_user)
    assert len(sent()) == 1
    review.approve_milestone(key=line.key, actor=market.buyer_user)
    assert sent() == [("provider", f"{line.title} : validée, 177,84\xa0€ à recevoir")]
    write.write_message(key=line.key, actor=market.provider_user, role="provider", body="Bonjour <b>vous</b>")
    assert sent() == [("buyer", f"Nouveau message : {line.title}")]
    assert "Bonjour <b>vous</b>" in mail.outbox[0].body
    assert "&lt;b&gt;" in mail.outbox[0].alternatives[0].content
    cancel_line(key=line.key, role="operator", actor=market.staff, reason="Accord des deux")
    assert {who for who, subject in sent() if "annulée" in subject} == {"buyer", "provider"}


def test_unpaid_and_refused(market: Market) -> None:
    from django.db import transaction

    from billing.charges.operations import fail_charge_payment, lock_charge

    order = market.order()
    with transaction.atomic():
        fail_charge_payment(charge=lock_charge(reference=order.charge_reference), code="card_declined")
    assert sent() == [("buyer", "Paiement refusé, rien n’est débité")]
    lapse(order)
    assert sent() == [("buyer", f"Commande {order.number} non payée, annulée")]


def test_a_message_has_two_parts_a_sender_and_links_to_the_tenant(market: Market) -> None:
    market.paid_order()
    sent()
    for message in mail.outbox:
        html = message.alternatives[0].content
        assert "http://alpha.localhost" in message.body
        assert "http://alpha.localhost" in html
        assert "Alpha" in message.from_email
        assert message.extra_headers["Message-ID"].endswith("@alpha.localhost>")
        assert "Vous recevez ce message parce que vous agissez pour" in message.body
        assert "{" not in message.body
        assert "None" not in message.body


def test_nobody_is_told_twice(market: Market) -> None:
    from services.orders.mail import send_notice
    from services.orders.models import Notice
    from services.orders.notices import notify

    market.paid_order()
    sent()
    count = Notice.objects.count()
    for notice in Notice.objects.select_related("user"):
        send_notice(notice_id=notice.pk)
        notify(notice.kind, subject_key=notice.subject_key, users=[notice.user], **notice.context)
    assert Notice.objects.count() == count
    assert len(mail.outbox) == count


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_renders_in_the_reader_s_language(market: Market, language: str) -> None:
    from services.orders.mail import build_message
    from services.orders.models import Notice
    from services.orders.notices import KINDS

    reader = person("reader", market.buyer, language=language)
    line = fresh(market.delivered())
    context: dict[str, Any] = {
        "order": line.order.number,
        "line": line.key,
        "reason": "Une raison",
        "note": "Un mot",
        "body": "Un message",
        "milestone": "1",
        "due_at": line.due_at.isoformat(),
        "pay_until": line.due_at.isoformat(),
        "amount_cents": 1234,
        "paid_cents": 1234,
        "net_cents": 1234,
    }
    for kind in KINDS:
        for side in ("business", "provider"):
            notice = Notice.objects.create(
                kind=kind, subject_key=side, user=reader, context={**context, "side": side}
            )
            message = build_message(notice)
            assert message.subject.strip()
            assert "\n" not in message.subject
            assert f'lang="{language}"' in message.alternatives[0].content
