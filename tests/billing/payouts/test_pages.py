"""Pages of payouts: the provider's own money, and what staff do with what does not leave."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.charges.models import ChargeEvent, ChargeRelease
from billing.events import CHARGE_PAID, Event, subscribe
from billing.payments.errors import GatewayMissing
from billing.payments.models import GatewayAccount
from billing.payouts.models import PayoutAccount, PayoutLeg, TransferReversal
from billing.payouts.operations import open_payout_account
from billing.payouts.queries import SENDING_TOO_LONG, stuck_legs, stuck_reversals
from billing.payouts.refunds import refund_released
from billing.payouts.reversals import send_reversal
from billing.payouts.sending import send_leg
from tests.billing.building import party
from tests.billing.payments.acting import Shop, assert_ledger_is_clean
from tests.billing.payouts.conftest import release_paid

MINE = "/prestataire/versements/"
CONSOLE = "/console/versements/"


def person(email: str, *roles: str, of: Any = None) -> Any:
    from tenants.accounts.models import StaffRole, User
    from tenants.parties.models import Membership

    user = User.objects.create(email=email, full_name="Camille Exemple")
    for role in roles:
        StaffRole.objects.create(user=user, role=role)
    if of is not None:
        Membership.objects.create(party=of, user=user, role="member")
    return user


@pytest.fixture
def provider(shop: Shop) -> Any:
    shop.client.force_login(person("vente@exemple.example", of=shop.seller))
    return shop.client


@pytest.fixture
def finance(shop: Shop) -> Any:
    shop.client.force_login(person("finance@exemple.example", "finance"))
    return shop.client


def test_a_new_provider_opens_its_account(shop: Shop, provider: Any) -> None:
    page = provider.get(MINE).content.decode()
    assert "Aucun versement." in page
    assert "Ouvrir mon compte de versement" in page
    answer = provider.post(f"{MINE}compte/", follow=True).content.decode()
    assert "Votre compte de versement est ouvert." in answer
    assert "Ouvrir mon compte de versement" not in answer
    assert PayoutAccount.objects.get().party == shop.seller


def test_an_unreachable_gateway_is_told(shop: Shop, provider: Any, settings: Any) -> None:
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    assert "La passerelle ne répond pas." in provider.post(f"{MINE}compte/", follow=True).content.decode()


def test_the_provider_sees_its_money(shop: Shop, provider: Any, released: Any) -> None:
    page = provider.get(MINE).content.decode()
    assert "114,00\xa0€" in page
    assert "Prêt" in page
    shop.work()
    assert "Attend votre compte de versement" in provider.get(MINE).content.decode()
    open_payout_account(party=shop.seller)
    shop.work()
    page = provider.get(MINE)
    assert "Envoyé" in page.content.decode()
    assert page.context["money"].sent_cents == 11400


def test_others_see_nothing_of_it(shop: Shop, released: Any) -> None:
    assert shop.client.get(MINE).status_code == 302
    shop.client.force_login(person("achat@exemple.example", of=shop.buyer))
    assert shop.client.get(MINE).status_code == 404
    shop.client.force_login(person("autre@exemple.example", of=party(role="provider")))
    assert "114,00" not in shop.client.get(MINE).content.decode()


def test_queries_do_not_grow_with_payouts(shop: Shop, provider: Any) -> None:
    release_paid(shop, "C-1")
    provider.get(MINE)
    with CaptureQueriesContext(connection) as few:
        provider.get(MINE)
    for number in range(2, 6):
        release_paid(shop, f"C-{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(provider.get(MINE).context["rows"]) == 5
    assert len(many) == len(few)


def test_the_console_list_is_for_finance(shop: Shop, released: Any) -> None:
    leg = released.legs.get()
    assert shop.client.get(CONSOLE).status_code == 302
    shop.client.force_login(person("support@exemple.example", "support"))
    assert shop.client.get(CONSOLE).status_code == 404
    for act in ("relancer", "verifier", "compte"):
        assert shop.client.post(f"{CONSOLE}{leg.public_id}/{act}/").status_code == 404


def test_a_blocked_leg_leaves_by_its_button(shop: Shop, finance: Any, released: Any) -> None:
    assert "Tout est à jour." in finance.get(CONSOLE).content.decode()
    shop.work()
    page = finance.get(CONSOLE).content.decode()
    assert "Ouvrir le compte" in page
    finance.post(f"{CONSOLE}{released.legs.get().public_id}/compte/")
    shop.work()
    assert "Tout est à jour." in finance.get(CONSOLE).content.decode()
    assert released.legs.get().state == "sent"


def test_a_failed_leg_is_tried_again_by_its_button(shop: Shop, finance: Any, released: Any) -> None:
    account = open_payout_account(party=shop.seller)
    shop.api.post(f"accounts/{account.gateway_account_id}", {"restricted": True})
    shop.work()
    page = finance.get(CONSOLE).content.decode()
    assert "La passerelle restreint le compte du prestataire." in page
    shop.api.post(f"accounts/{account.gateway_account_id}", {"restricted": False})
    answer = finance.post(f"{CONSOLE}{released.legs.get().public_id}/relancer/", follow=True)
    assert "Versement relancé." in answer.content.decode()
    shop.work()
    assert released.legs.get().state == "sent"


def test_an_unknown_leg_is_asked_about_by_its_button(shop: Shop, finance: Any, released: Any) -> None:
    from billing.payments.gateways.base import OutcomeUnknown

    open_payout_account(party=shop.seller)
    shop.api.knob("timeout_after_success", operation="transfers.create", times=1, hold_seconds=0)
    with pytest.raises(OutcomeUnknown):
        send_leg(leg_id=released.legs.get().pk)
    assert "Interroger la passerelle" in finance.get(CONSOLE).content.decode()
    answer = finance.post(f"{CONSOLE}{released.legs.get().public_id}/verifier/", follow=True)
    assert "La passerelle a répondu : Envoyé." in answer.content.decode()
    assert len(shop.api.get("transfers")["data"]) == 1


def test_a_leg_whose_sender_stopped_is_listed_and_asked_about(
    shop: Shop, finance: Any, released: Any
) -> None:
    open_payout_account(party=shop.seller)
    leg = released.legs.get()
    # The gateway is taken off between the saved attempt and the call: the attempt stands, nobody ends it.
    GatewayAccount.objects.filter(active=True).update(active=False)
    with pytest.raises(GatewayMissing):
        send_leg(leg_id=leg.pk)
    GatewayAccount.objects.update(active=True)
    leg.refresh_from_db()
    assert leg.state == "sending"
    # A sender that may still be waiting for its answer is left alone.
    assert not stuck_legs().exists()
    finance.post(f"{CONSOLE}{leg.public_id}/verifier/")
    assert shop.api.get("transfers")["data"] == []
    PayoutLeg.objects.update(attempted_at=timezone.now() - SENDING_TOO_LONG - timedelta(minutes=1))
    page = finance.get(CONSOLE).content.decode()
    assert "Interroger la passerelle" in page
    assert "La passerelle n’a pas dit si le versement est parti" in page
    answer = finance.post(f"{CONSOLE}{leg.public_id}/verifier/", follow=True)
    assert "La passerelle a répondu : Envoyé." in answer.content.decode()
    assert len(shop.api.get("transfers")["data"]) == 1
    assert not stuck_legs().exists()
    assert_ledger_is_clean()


def test_a_reversal_whose_sender_stopped_is_listed_and_asked_about(shop: Shop, finance: Any) -> None:
    open_payout_account(party=shop.seller)
    payout = release_paid(shop)
    send_leg(leg_id=payout.legs.get().pk)
    refund_released(
        item_key="C-1-line", release_key="step-1", amount_cents=12000, bearer="provider", reason="essai"
    )
    reversal = TransferReversal.objects.get()
    # Between the saved attempt and the call the gateway is taken off: nobody ends the attempt.
    GatewayAccount.objects.filter(active=True).update(active=False)
    with pytest.raises(GatewayMissing):
        send_reversal(reversal_id=reversal.pk)
    GatewayAccount.objects.update(active=True)
    reversal.refresh_from_db()
    assert reversal.state == "sending"
    check = f"{CONSOLE}reprises/{reversal.public_id}/verifier/"
    # One that may still be waiting for its answer is left alone.
    assert not stuck_reversals().exists()
    finance.post(check)
    reversal.refresh_from_db()
    assert reversal.state == "sending"
    TransferReversal.objects.update(attempted_at=timezone.now() - SENDING_TOO_LONG - timedelta(minutes=1))
    page = finance.get(CONSOLE).content.decode()
    assert "Reprises de versements" in page
    assert check in page
    answer = finance.post(check, follow=True)
    assert "La passerelle a répondu : Repris." in answer.content.decode()
    transfer = payout.legs.get().gateway_transfer_id
    assert len(shop.api.get(f"transfers/{transfer}/reversals")["data"]) == 1
    assert not stuck_reversals().exists()
    shop.work()
    assert_ledger_is_clean()


def copies_of_leg(payout: Any, number: int) -> None:
    """As many stuck legs as asked for, each of a payout of its own: rows of a list, nothing more."""
    release, leg = payout.release, payout.legs.get()
    for each in range(number):
        release.pk, release.key = None, f"copy-{each}-{release.pk}"
        release.position = 1000 + ChargeRelease.objects.count()
        release.save(force_insert=True)
        payout.pk, payout.public_id, payout.release = None, uuid4(), release
        payout.save(force_insert=True)
        leg.pk, leg.public_id, leg.payout, leg.state = None, uuid4(), payout, "failed"
        leg.idempotency_key, leg.gateway_transfer_id = "", ""
        leg.save(force_insert=True)


def test_what_is_stuck_is_searched_and_paged(shop: Shop, finance: Any, released: Any) -> None:
    def cost(query: str = "") -> tuple[int, str]:
        with CaptureQueriesContext(connection) as asked:
            page = finance.get(CONSOLE + query)
        assert page.status_code == 200
        return len(asked), page.content.decode()

    copies_of_leg(released, 1)
    few = [cost(query)[0] for query in ("", "?liste=legs", "?q=C-1", "tous/", "tous/?q=C-1&etat=ready")]
    copies_of_leg(released, 99)
    many = [cost(query)[0] for query in ("", "?liste=legs", "?q=C-1", "tous/", "tous/?q=C-1&etat=ready")]
    assert many == few
    overview = cost()[1]
    assert overview.count("Relancer") == 20
    assert "?liste=legs" in overview
    first, last = cost("?liste=legs&q=C-1")[1], cost("?liste=legs&q=C-1&page=2")[1]
    assert (first.count("Relancer"), last.count("Relancer")) == (50, 50)
    assert "liste=legs&amp;q=C-1&amp;page=2" in first
    assert 'value="C-1"' in last
    assert "Aucune ligne ne correspond." in cost("?q=inconnu")[1]
    assert "Page 1 sur 3" in cost("tous/")[1]
    assert "Aucun versement ne correspond." in cost("tous/?q=inconnu")[1]
    assert "Page 1 sur 3" in cost(f"tous/?q={shop.seller.legal_name}")[1]


def test_an_event_is_given_again_by_its_button(shop: Shop, finance: Any) -> None:
    broken = [True]

    def listener(event: Event) -> None:
        if broken[0]:
            raise RuntimeError("not today")

    leave = subscribe(CHARGE_PAID, listener)
    try:
        charge = shop.charge()
        shop.pay(shop.start(charge))
        shop.post_new_events()
        event = ChargeEvent.objects.get(kind=CHARGE_PAID)
        assert "not today" in finance.get(CONSOLE).content.decode()
        again = f"{CONSOLE}suites/{event.public_id}/"
        assert "encore refusée" in finance.post(again, follow=True).content.decode()
        broken[0] = False
        assert "Suite transmise." in finance.post(again, follow=True).content.decode()
    finally:
        leave()
