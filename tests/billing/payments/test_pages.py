"""Pages of payments: the buyer's state, the console's list and its acts, and who may use them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.payments.errors import GatewayRefused
from billing.payments.models import GatewayDelivery, Payment, Refund
from billing.payments.operations.refunds import refund_items
from tests.billing.payments.acting import Shop
from tests.sandbox import DECLINED

CONSOLE = "/console/paiements/"


def person(email: str, *roles: str) -> Any:
    """A user with staff desks."""
    from tenants.accounts.models import StaffRole, User

    user = User.objects.create(email=email, full_name="Camille Exemple")
    for role in roles:
        StaffRole.objects.create(user=user, role=role)
    return user


@pytest.fixture
def finance(shop: Shop) -> Any:
    """The shop's client, signed in as finance staff."""
    shop.client.force_login(person("finance@exemple.example", "finance"))
    return shop.client


def buyer_user(shop: Shop) -> Any:
    from tenants.parties.models import Membership

    user = person("achat@exemple.example")
    Membership.objects.create(party=shop.buyer, user=user, role="owner")
    return user


def test_an_empty_list_says_so(finance: Any) -> None:
    page = finance.get(CONSOLE)
    assert page.status_code == 200
    assert "Tout est à jour." in page.content.decode()


@pytest.mark.parametrize("roles", [(), ("catalogue",), ("support",)])
def test_the_list_is_for_finance(shop: Shop, roles: tuple[str, ...]) -> None:
    payment = shop.start(shop.charge())
    assert shop.client.get(CONSOLE).status_code == 302
    shop.client.force_login(person("autre@exemple.example", *roles))
    assert shop.client.get(CONSOLE).status_code == 404
    for act in ("verifier", "rendre"):
        assert shop.client.post(f"{CONSOLE}{payment.public_id}/{act}/").status_code == 404
    assert shop.client.get(f"{CONSOLE}{payment.public_id}/rendre/").status_code == 404
    assert shop.client.get(follow_url("payment", payment.public_id)).status_code == 404


def test_a_stuck_payment_is_asked_about_by_its_button(shop: Shop, finance: Any) -> None:
    payment = shop.start(shop.charge())
    assert "C-1" not in finance.get(CONSOLE).content.decode()
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=2))
    page = finance.get(CONSOLE).content.decode()
    assert "Interroger la passerelle" in page
    shop.pay(payment)
    answer = finance.post(f"{CONSOLE}{payment.public_id}/verifier/", follow=True)
    assert "La passerelle a répondu : Payé." in answer.content.decode()
    assert "Tout est à jour." in answer.content.decode()


def follow_url(subject: str, key: object) -> str:
    """Where a row is given to somebody, noted, put away."""
    return f"/console/suivi/{subject}/{key}/"


def test_money_that_differs_is_given_back_after_a_question(shop: Shop, finance: Any) -> None:
    payment = shop.start(shop.charge())
    shop.api.knob("settles", amount=1, session=payment.session_id)
    shop.pay(payment)
    shop.post_new_events()
    page = finance.get(CONSOLE).content.decode()
    assert "Le montant reçu n’est pas celui de la commande." in page
    url = f"{CONSOLE}{payment.public_id}/rendre/"
    question = finance.get(url).content.decode()
    assert "Rembourser ce paiement ?" in question
    assert not Refund.objects.exists()
    assert "Remboursement lancé" in finance.post(url, follow=True).content.decode()
    again = finance.post(url, follow=True)
    assert "Rien n’est plus remboursable" in again.content.decode()
    shop.work()
    assert "Tout est à jour." in finance.get(CONSOLE).content.decode()


def test_a_refused_opening_is_put_away_with_a_note(shop: Shop, finance: Any) -> None:
    with pytest.raises(GatewayRefused):
        shop.start(shop.charge(price="0.10"))
    assert "amount_too_small" in finance.get(CONSOLE).content.decode()
    url = follow_url("payment", Payment.objects.get().public_id)
    without = finance.post(url, {"act": "put_away"}, follow=True).content.decode()
    assert "Écrivez pourquoi il n’y a rien à faire" in without
    finance.post(url, {"act": "put_away", "note": "Trop petit."})
    assert "Tout est à jour." in finance.get(CONSOLE).content.decode()
    assert "Trop petit." in finance.get(url).content.decode()


def test_a_row_is_given_to_somebody_of_finance(shop: Shop, finance: Any) -> None:
    payment = shop.start(shop.charge())
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=2))
    other = person("autre@exemple.example", "finance")
    stranger = person("etranger@exemple.example", "support")
    url = follow_url("payment", payment.public_id)
    page = finance.get(url).content.decode()
    assert f'value="{other.pk}"' in page
    assert f'value="{stranger.pk}"' not in page
    finance.post(url, {"act": "follow", "assignee": str(stranger.pk)})
    assert "Personne" in finance.get(CONSOLE).content.decode()
    finance.post(url, {"act": "follow", "assignee": str(other.pk), "note": "Banque appelée."})
    listed = finance.get(CONSOLE).content.decode()
    assert "Banque appelée." in listed
    # Nothing was put away: the row still waits.
    assert "Interroger la passerelle" in listed


def test_a_failed_refund_is_tried_again_by_its_button(shop: Shop, finance: Any) -> None:
    shop.pay(shop.start(shop.charge()))
    shop.post_new_events()
    shop.api.knob("refunds", mode="failed", times=1)
    refund = refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")[0]
    shop.work()
    page = finance.get(CONSOLE).content.decode()
    assert "Remboursement échoué" in page
    finance.post(f"/console/remboursements/{refund.public_id}/relancer/")
    shop.work()
    assert set(Refund.objects.values_list("state", flat=True)) == {"failed", "done"}
    assert "Tout est à jour." in finance.get(CONSOLE).content.decode()


def test_a_late_refund_is_asked_about_by_its_button(shop: Shop, finance: Any) -> None:
    shop.pay(shop.start(shop.charge()))
    shop.post_new_events()
    refund = refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")[0]
    Refund.objects.update(requested_at=timezone.now() - timedelta(minutes=10))
    finance.post(f"/console/remboursements/{refund.public_id}/verifier/")
    refund.refresh_from_db()
    assert refund.state == "done"


def test_an_unmatched_event_is_set_aside(shop: Shop, finance: Any) -> None:
    shop.api.pay(shop.api.open_session()["id"])
    shop.post_event(shop.events()[0])
    GatewayDelivery.objects.update(received_at=timezone.now() - timedelta(minutes=20))
    delivery = GatewayDelivery.objects.get()
    assert delivery.event_id in finance.get(CONSOLE).content.decode()
    finance.post(f"/console/notifications/{delivery.event_id}/")
    delivery.refresh_from_db()
    assert delivery.state == "unmatched"
    url = follow_url("delivery", delivery.event_id)
    finance.post(url, {"act": "put_away", "note": "Essai fait à la main."})
    assert "Tout est à jour." in finance.get(CONSOLE).content.decode()


def test_statements_do_not_grow_with_rows(shop: Shop, finance: Any) -> None:
    counts = []
    for number in range(4):
        odd = shop.start(shop.charge(f"C-{number}"))
        shop.api.knob("settles", amount=5, session=odd.session_id)
        shop.pay(odd)
        shop.post_new_events()
        with CaptureQueriesContext(
            connection,
        ) as captured:
            finance.get(CONSOLE)
        counts.append(len(captured))
    assert counts[1] == counts[3]


def copies(row: Any, number: int, **unique: Any) -> None:
    """More rows like this one: they fill a list, nothing more."""
    for each in range(number):
        row.pk = None
        for name, value in unique.items():
            setattr(row, name, value(each))
        row.save(force_insert=True)


def test_what_waits_is_searched_and_paged(shop: Shop, finance: Any) -> None:
    """Every row can be reached, at the same cost for one and for a hundred."""
    payment = shop.start(shop.charge())
    shop.api.knob("settles", amount=5, session=payment.session_id)
    shop.pay(payment)
    shop.post_new_events()
    payment.refresh_from_db()
    refund = Refund.objects.create(
        payment=payment,
        amount_cents=1,
        currency="EUR",
        bearer="operator",
        reason="test",
        state="failed",
        idempotency_key="one",
    )
    addresses = ("", "?q=C-1", "?liste=refunds", "?liste=refunds&q=c-1", "?liste=payments&q=C-1")

    def cost(query: str) -> tuple[int, str]:
        with CaptureQueriesContext(connection) as asked:
            page = finance.get(CONSOLE + query)
        assert page.status_code == 200
        return len(asked), page.content.decode()

    few = [cost(query)[0] for query in addresses]
    start = {"public_id": lambda _: uuid4()}
    copies(refund, 104, **start, idempotency_key=lambda each: f"copy-{each}")
    copies(
        payment,
        104,
        **start,
        attempt=lambda each: 100 + each,
        idempotency_key=lambda each: f"payment-{each}",
        session_id=lambda each: f"session-{each}",
        intent_id=lambda each: f"intent-{each}",
    )
    assert [cost(query)[0] for query in addresses] == few
    overview = cost("")[1]
    assert overview.count("Relancer<") == 20
    assert "?liste=refunds" in overview
    assert '<span class="count">105</span>' in overview
    pages = [cost(f"?liste=refunds&q=C-1&page={number}")[1] for number in (1, 2, 3)]
    assert [page.count("Relancer<") for page in pages] == [50, 50, 5]
    assert "liste=refunds&amp;q=C-1&amp;page=3" in pages[1]
    assert shop.buyer.legal_name in cost(f"?q={shop.buyer.legal_name}")[1]
    assert "Aucune ligne ne correspond." in cost("?q=inconnu")[1]
    assert "Aucune ligne ne correspond." in cost("?liste=disputes")[1]


def test_the_buyer_asks_how_the_payment_stands(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    url = f"/paiements/{payment.public_id}/actualiser/"
    assert shop.client.post(url).status_code == 302
    shop.client.force_login(person("autre@exemple.example"))
    assert shop.client.post(url).status_code == 404
    shop.client.force_login(buyer_user(shop))
    Payment.objects.update(checked_at=None)
    waiting = shop.client.post(url, headers={"HX-Request": "true"}, data={"next": "/commandes/C-1/retour/"})
    assert "Nous attendons votre banque." in waiting.content.decode()
    assert 'hx-trigger="load delay:3s, submit"' in waiting.content.decode()
    assert "HX-Refresh" not in waiting
    shop.pay(payment, DECLINED)
    Payment.objects.update(checked_at=None)
    refused = shop.client.post(url, headers={"HX-Request": "true"})
    assert "Votre banque a refusé. Rien n’a été débité." in refused.content.decode()
    assert payment.hosted_url in refused.content.decode()
    shop.pay(payment)
    Payment.objects.update(checked_at=None)
    paid = shop.client.post(url, {"next": "/commandes/C-1/retour/"})
    assert (paid.status_code, paid["Location"]) == (302, "/commandes/C-1/retour/")
    payment.refresh_from_db()
    assert payment.state == "succeeded"


def test_the_page_stops_asking_after_two_minutes(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    shop.client.force_login(buyer_user(shop))
    url = f"/paiements/{payment.public_id}/actualiser/"
    last = shop.client.post(url, {"round": "40"}, headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in last
    assert "Actualiser" in last


def test_going_back_stays_on_the_site(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    shop.client.force_login(buyer_user(shop))
    answer = shop.client.post(
        f"/paiements/{payment.public_id}/actualiser/", {"next": "https://evil.example/"}
    )
    assert answer["Location"] == "/"


def test_another_tenants_payment_is_not_there(shop: Shop, other_tenant: Any, client_for: Any) -> None:
    payment = shop.start(shop.charge())
    stranger = client_for(other_tenant)
    assert stranger.post(f"/paiements/{payment.public_id}/actualiser/").status_code in {302, 404}
    assert stranger.post(f"{CONSOLE}{payment.public_id}/verifier/").status_code in {302, 404}
