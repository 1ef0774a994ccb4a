"""One of everything that has an address, in a market whose every text carries a word."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMultiAlternatives
from django.db.models import F

from tests.billing.building import party
from tests.billing.claims.making import drawn, paid, submitted
from tests.services.ordering import Market, pay

# For a tenant in which each text stands between brackets, so that what was not written there shows.
BRACKETS = "⟦⟧"


def marked(text: str, word: str) -> str:
    """A text of the current tenant with its word; with brackets for a word, the text within them."""
    return f"⟦{text}⟧" if word == BRACKETS else f"{text} {word}"


def pdf(word: str) -> SimpleUploadedFile:
    """A file whose bytes hold the word."""
    return SimpleUploadedFile("maquette.pdf", f"%PDF-1.7\n% {word}\n%%EOF\n".encode())


def public_pages(market: Market, word: str) -> None:
    from billing.funding.operations import open_programme
    from billing.funding.revisions import draft_revision, save_draft
    from services.catalogue.models import ProviderProfile, SynonymGroup
    from services.catalogue.wishes import ask_for_service, keep_favourite

    for seller, slug in ((market.provider, "atelier"), (market.other_provider, "studio")):
        ProviderProfile.objects.create(party=seller, slug=slug, about=marked("Nous travaillons.", word))
    SynonymGroup.objects.create(terms=[marked("enseigne", word), marked("panneau", word)])
    ask_for_service(user=market.buyer_user, words=marked("Traduction", word))
    keep_favourite(user=market.buyer_user, service=market.service)
    programme = open_programme(
        slug="cheque",
        name=marked("Chèque", word),
        description=marked("Une aide.", word),
        funder=party(role="funder", legal_name=marked("Financeur", word)),
        rate_percent=Decimal(50),
        cap_cents=100_000,
        budget_cents=100_000_000,
        starts_on=date(2020, 1, 1),
        ends_on=date(2099, 12, 31),
        eligibility={"max_age_years": 90},
        max_vouchers_per_business=99,
        is_de_minimis=False,
    )
    # The buyer's orders are helped, so there is something to claim.
    market.buyer.founded_on = date(2020, 1, 1)
    market.buyer.save()
    draft = draft_revision(programme=programme, user=None, on=date(2090, 1, 1))
    save_draft(
        revision_id=draft.pk,
        document=draft.document,
        valid_from=draft.valid_from,
        user=None,
        note=marked("Après délibération.", word),
    )


def orders(market: Market, word: str) -> None:
    """Lines in many states: approved with invoices, delivered, in progress, awaiting, declined."""
    from billing.invoicing.operations import accept_mandate
    from kernel.outbox.running import run_pending
    from services.fulfilment.operations.answer import decline_line
    from services.fulfilment.operations.deliver import attach_deliverable, deliver_milestone
    from services.fulfilment.operations.give_back import give_back_line
    from services.fulfilment.operations.review import approve_milestone
    from services.fulfilment.operations.write import write_message
    from services.orders.operations.carts import answer_question, answer_with_file
    from services.orders.operations.place import place_order

    activity = marked("Conserves.", word)
    accept_mandate(party=market.provider, user=market.provider_user)

    def answered_cart() -> Any:
        cart = market.cart()
        for line in cart.lines.all():
            answer_question(cart=cart, public_id=line.public_id, key="activity", answer=activity)
            answer_with_file(cart=cart, public_id=line.public_id, key="logo", upload=pdf(word))
        return cart

    pay(place_order(cart=answered_cart(), buyer=market.buyer, user=market.buyer_user))
    for service, user in ((market.service, market.provider_user), (market.other_service, market.other_user)):
        line = market.started(service)
        for author, role in ((user, "provider"), (market.buyer_user, "business")):
            write_message(key=line.key, actor=author, role=role, body=marked("Un mot.", word))
        attach_deliverable(key=line.key, actor=user, file=pdf(word), title=marked("Maquette", word))
        deliver_milestone(key=line.key, actor=user, note=marked("Voici.", word))
        approve_milestone(key=line.key, actor=market.buyer_user)
        if line.milestones.count() > 1:
            attach_deliverable(key=line.key, actor=user, file=pdf(word), title=marked("Suite", word))
    for _ in range(2):
        declined = market.paid_order(market.other_service).lines.get()
        decline_line(key=declined.key, actor=market.other_user, reason=marked("Complet.", word))
    give_back_line(key=declined.key, actor=market.staff, reason=marked("Rendu.", word))
    market.paid_order(market.service)
    market.order(market.other_service)
    # A cart in use, its questions answered, is there for the cart's own addresses.
    answered_cart()
    run_pending("documents")
    run_pending("default")


def settlement(market: Market, word: str) -> None:
    """A rule of commission, a refund after release that its provider owes, and its statement."""
    from decimal import Decimal

    from django.utils import timezone

    from billing.charges.models import ChargeRelease
    from billing.claims.covering import asking_lines, uncovered_cents
    from billing.claims.refusal_models import Fate
    from billing.claims.refusals import Refused, refuse_rest, undo_refusal
    from billing.commission.operations import open_rule
    from billing.funding.models import Programme
    from billing.funding.series import make_series
    from billing.payouts.models import SellerDebt, TransferReversal
    from billing.payouts.refunds import refund_released
    from billing.payouts.statements import draw_statement
    from kernel.outbox.running import run_pending
    from tenants.directory.dates import legal_date

    open_rule(priority=50, scope="default", rate_percent=Decimal(5), valid_from=date(2020, 1, 1))
    part = ChargeRelease.objects.filter(state="released", item__seller=market.provider).first()
    assert part is not None
    # A claim that waits for its money, and the draft of the next with what was given back meanwhile.
    programme = Programme.objects.get(slug="cheque")
    claim = submitted(programme)
    paid(claim, 1, reference=marked("VIR 1", word))
    claim.refresh_from_db()
    # The funder refused the rest, and was asked for it after all.
    left = uncovered_cents(claim)
    refusal = refuse_rest(
        claim_id=claim.pk,
        refused={line.position: Refused(left[line.pk], Fate.AGAIN) for line in asking_lines(claim)},
        reason=marked("Pièce manquante", word),
        user=None,
    )
    undo_refusal(refusal_id=refusal.pk, reason=marked("Pièce retrouvée", word), user=None)
    refund_released(
        item_key=part.item.key,
        release_key=part.key,
        amount_cents=100,
        bearer="provider",
        reason=marked("Erreur.", word),
    )
    debt = SellerDebt.objects.latest("pk")
    leg = part.payout.legs.first()
    assert leg is not None
    TransferReversal.objects.create(
        debt=debt,
        leg=leg,
        amount_cents=1,
        state="failed",
        idempotency_key=f"reversal-{debt.public_id}-{word}",
    )
    drawn(programme)
    make_series(programme=programme, name=marked("Salon", word), size=2, amount_cents=1_000, user=None)
    run_pending("documents")
    today = legal_date(market.tenant, timezone.now())
    draw_statement(
        party=market.provider, since=today - timedelta(days=30), until=today, user=market.provider_user
    )


def reviews(market: Market, word: str) -> None:
    """A review of each approved line, the first of them answered."""
    from services.orders.models import OrderLine
    from services.orders.operations.reviews import answer_review, write_review

    lines = OrderLine.objects.filter(state__in=["approved", "closed"], provider=F("service__provider"))
    users = {market.provider.pk: market.provider_user, market.other_provider.pk: market.other_user}
    for number, line in enumerate(lines.order_by("pk")):
        text = marked("Bien fait.", word)
        review = write_review(key=line.key, actor=market.buyer_user, rating=4, text=text)
        if not number:
            answer_review(review_id=review.pk, actor=users[line.provider_id], text=marked("Merci.", word))


def files_of_services(market: Market, word: str) -> None:
    """A file of services handed in by a provider, and one by the operator; both read."""
    from services.catalogue.exchange.imports import hand_in, read_import

    for owner, author in ((market.provider, market.provider_user), (None, market.staff)):
        name = marked("Relecture", word)
        content = f'[{{"name": "{name}"}}]'.encode()
        file = marked("relecture.json", word)
        found = hand_in(content=content, name=file, party=owner, author=author)
        read_import(import_id=found.pk)


def troubles(market: Market, word: str) -> None:
    """What an operator must look at: a payment taken back by the bank and a note on it, a webhook not
    understood, a task given up; and a message sent."""
    from django.utils import timezone

    from billing.charges.models import ChargeRelease
    from billing.charges.restating import part_vat
    from billing.ledger.models import RunTrigger
    from billing.ledger.verification import verify_and_record
    from billing.payments.models import (
        FollowUp,
        GatewayAccount,
        GatewayDelivery,
        GatewayDispute,
        Payment,
        Subject,
    )
    from billing.vat_reviews.comparing import as_json
    from billing.vat_reviews.models import VatReview
    from kernel.outbox.models import OutboxTask
    from tenants.directory.mail import MailboxBackend

    verify_and_record(trigger=RunTrigger.STAFF, outside=False)
    account = GatewayAccount.objects.get(active=True)
    payment = Payment.objects.filter(state="succeeded").latest("pk")
    dispute = GatewayDispute.objects.create(
        payment=payment,
        gateway_dispute_id="dp_1",
        reason="fraudulent",
        amount_cents=payment.received_cents,
        currency="EUR",
    )
    FollowUp.objects.create(
        subject=Subject.DISPUTE, object_id=dispute.pk, note=marked("Vu.", word), author=market.staff
    )
    GatewayDelivery.objects.create(
        account=account,
        event_id="evt_1",
        kind="charge.mystery",
        body=b"{}",
        signature="",
        state="unmatched",
        error=marked("Inconnu.", word),
    )
    part = ChargeRelease.objects.filter(state="released").earliest("pk")
    VatReview.objects.create(
        release=part,
        tax_point_on=date(2026, 11, 23),
        commission_on=date(2026, 11, 23),
        expected=as_json(part_vat(part)),
        problem=marked("Régime inconnu.", word),
        sale_differs=True,
        commission_differs=True,
    )
    OutboxTask.objects.create(
        name="orders.notify",
        queue="default",
        arguments={"word": word},
        tries=10,
        last_error=word,
        dead_at=timezone.now(),
    )
    letter = EmailMultiAlternatives(marked("Bonjour", word), word, to=[market.buyer_user.email])
    letter.attach_alternative(f"<p>{marked('Bonjour', word)}</p>", "text/html")
    # The test runner keeps mail in memory; the mailbox pages read files.
    MailboxBackend().send_messages([letter])
