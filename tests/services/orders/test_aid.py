"""Public aid from the cart to the paid order: told, asked, confirmed, reserved, given back."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.charges.models import Charge, ChargeItem
from billing.commission.operations import open_rule
from billing.funding.grants import grant_voucher, shown_code
from billing.funding.models import DecisionMode, FactAnswer, ProgrammeBudget, Voucher
from billing.payments.models import Refund
from services.catalogue.models import Category
from services.fulfilment.operations.answer import decline_line
from services.fulfilment.operations.reassign import reassign_line
from services.orders.operations.place import place_order
from tenants.parties.models import VatRegimePeriod
from tenants.reference.parameters import load_parameters
from tests.billing.building import EARLY, party
from tests.billing.funding.making import says_no_aid_elsewhere
from tests.billing.funding.test_reservation import open_for_years
from tests.calling import Program
from tests.services.ordering import Market, assert_ledger_is_clean, fresh, lapse, pay, service_of
from tests.services.orders.test_pages import add, answer_all, place

QUESTION = "answer-asked.deminimis_received"


def programme(**changes: Any) -> Any:
    """Half of the price excl. VAT for firms of less than ten people."""
    return open_for_years(**{"eligibility": {"max_employees_exclusive": 10}, **changes})


@pytest.fixture
def helped(market: Market) -> Market:
    """The market with a business that has told all that a programme asks."""
    load_parameters()
    market.buyer.headcount = 2
    market.buyer.save()
    says_no_aid_elsewhere(market.buyer)
    return market


@pytest.fixture
def buyer(market: Market, tenant_client: Client) -> Client:
    tenant_client.force_login(market.buyer_user, backend="tenants.accounts.backends.AccountBackend")
    return tenant_client


def words(response: Any) -> str:
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def reserved() -> int:
    return sum(ProgrammeBudget.objects.values_list("reserved_cents", flat=True))


def test_what_is_missing_is_asked_in_the_cart(helped: Market, buyer: Client) -> None:
    programme()
    FactAnswer.objects.all().delete()
    add(buyer, helped.service)
    page = words(buyer.get(reverse("orders:cart")))
    assert "Il manque des réponses" in page
    assert "Jusqu’à 195,00 € pour cette commande." in page
    refused = buyer.post(reverse("orders:answer_for_aid"), {QUESTION: "beaucoup", "back": "cart"})
    assert refused.status_code == 422
    assert "beaucoup" in words(refused)
    answered = buyer.post(reverse("orders:answer_for_aid"), {QUESTION: "0", "back": "check"})
    assert answered.url == reverse("orders:check")
    assert FactAnswer.objects.get().answered_by == helped.buyer_user
    page = words(buyer.get(reverse("orders:cart")))
    assert "− 195,00 €" in page
    assert "273,00 €" in page
    assert "Estimation : l’aide est réservée à la commande." in page


def test_the_price_after_aid_goes_through_to_the_payment(helped: Market, buyer: Client) -> None:
    programme()
    assert "Après aide : 273,00 € TTC" in words(
        buyer.get(reverse("catalogue:service", args=[helped.service.slug]))
    )
    add(buyer, helped.service)
    assert place(buyer, answer_all(buyer)).status_code == 302
    order = helped.buyer.orders.get()
    charge = Charge.objects.get()
    assert (charge.cofunded_cents, charge.to_pay_cents, reserved()) == (19_500, 27_300, 19_500)
    assert "Après 195,00 € d’aide" in words(buyer.get(reverse("orders:pay", args=[order.number])))
    pay(order)
    for name in ("order", "confirmation"):
        page = words(buyer.get(reverse(f"orders:{name}", args=[order.number])))
        assert "Réservée" in page
        assert "195,00 €" in page
    assert_ledger_is_clean()


def test_a_budget_that_is_gone_meanwhile_is_told_and_confirmed(helped: Market, buyer: Client) -> None:
    programme()
    add(buyer, helped.service)
    page = answer_all(buyer)
    ProgrammeBudget.objects.update(amount_cents=10_000)
    refused = place(buyer, page)
    assert refused.status_code == 422
    assert "il reste 368,00 € à payer, au lieu de 273,00 €" in words(refused)
    assert "Une réponse" in words(refused)
    assert (helped.buyer.orders.count(), reserved()) == (0, 0)
    assert place(buyer, refused).status_code == 302
    assert reserved() == 10_000


def test_an_order_that_aid_pays_whole_is_paid_at_once(helped: Market, buyer: Client) -> None:
    programme(rate_percent=Decimal(100))
    VatRegimePeriod.objects.filter(party=helped.provider).update(regime="franchise")
    add(buyer, helped.service)
    page = answer_all(buyer)
    assert "Commander (0 €)" in words(page)
    placed = place(buyer, page)
    order = helped.buyer.orders.get()
    assert {line.state for line in order.lines.all()} == {"awaiting_provider"}
    assert "L’aide paie toute la commande" in words(buyer.get(placed.url, follow=True))
    buyer.post(reverse("orders:cancel", args=[order.number, 1]), {"reason": "Trop tard"})
    assert {line.state for line in order.lines.all()} == {"cancelled"}
    assert (reserved(), Refund.objects.count()) == (0, 0)
    assert_ledger_is_clean()


def test_a_cancelled_line_gives_money_and_aid_back(helped: Market, buyer: Client) -> None:
    programme()
    order = helped.paid_order(helped.service, helped.other_service)
    assert reserved() == 19_500 + 6_025
    buyer.post(reverse("orders:cancel", args=[order.number, 1]), {"reason": "Erreur"})
    assert Refund.objects.get().amount_cents == 46_800 - 19_500
    assert reserved() == 6_025
    assert_ledger_is_clean()


def test_a_programme_may_have_a_commission_of_its_own(helped: Market) -> None:
    """It holds for what the programme helps to pay, and stays when another provider takes the line."""
    helped.service.category = Category.objects.create(slug="export", name="Export", name_en="Export")
    helped.service.save()
    help_to_export = programme(eligibility={"max_employees_exclusive": 10, "categories": ["export"]})
    open_rule(
        priority=0,
        scope="programme",
        target=help_to_export.slug,
        rate_percent=Decimal("1.00"),
        valid_from=EARLY,
    )
    order = helped.paid_order(helped.service, helped.other_service)
    aided, other = ChargeItem.objects.filter(charge__reference=order.number).order_by("position")
    assert (aided.commission["scope"], aided.commission_excl_cents) == ("programme", 390)
    assert (other.commission["scope"], other.commission_excl_cents) == ("default", 603)
    assert_ledger_is_clean()
    line = decline_line(key=aided.key, actor=helped.provider_user, reason="Complet")
    reassign_line(key=line.key, provider=party(role="provider"), actor=helped.staff, reason="Disponible")
    aided.refresh_from_db()
    assert (aided.commission["scope"], aided.commission_excl_cents) == ("programme", 390)
    assert_ledger_is_clean()


def test_an_order_paid_after_its_aid_was_taken_is_given_back(helped: Market) -> None:
    programme()
    order = helped.order(helped.service)
    lapse(order)
    assert (Voucher.objects.get().state, reserved()) == ("released", 0)
    ProgrammeBudget.objects.update(amount_cents=10_000)
    pay(order)
    line = order.lines.get()
    assert line.state == "refunded"
    assert Refund.objects.get().amount_cents == 27_300
    assert_ledger_is_clean()


def test_a_lapsed_order_that_was_paid_keeps_its_aid(helped: Market) -> None:
    programme()
    order = helped.order(helped.service)
    lapse(order)
    pay(order)
    assert fresh(order.lines.get()).state == "awaiting_provider"
    assert reserved() == 19_500
    assert_ledger_is_clean()


def test_a_code_is_brought_in_the_cart(helped: Market, buyer: Client) -> None:
    found = programme(decision=DecisionMode.REVIEWED)
    code = shown_code(grant_voucher(programme=found, amount_cents=15_000, user=None).code)
    add(buyer, helped.service)
    assert "Après examen par l’équipe" in words(buyer.get(reverse("orders:cart")))
    refused = buyer.post(reverse("orders:redeem_code"), {"code": "AAAA-BBBB", "back": "cart"})
    assert refused.status_code == 422
    assert "AAAA-BBBB" in words(refused)
    assert buyer.post(reverse("orders:redeem_code"), {"code": code, "back": "cart"}).status_code == 302
    assert "− 150,00 €" in words(buyer.get(reverse("orders:cart")))
    assert place(buyer, answer_all(buyer)).status_code == 302
    assert Voucher.objects.get().state == "reserved"


def test_why_not_is_said_and_what_would_change_it(helped: Market, buyer: Client) -> None:
    programme(eligibility={"max_age_years": 3})
    helped.buyer.founded_on = "2015-01-01"
    helped.buyer.save()
    add(buyer, helped.service)
    page = words(buyer.get(reverse("orders:cart")))
    assert "Pas pour cette commande" in page
    assert "Ancienneté de l’entreprise : moins de 3 ans" in page


def test_programs_are_told_the_same(helped: Market, buyer: Client) -> None:
    programme()
    asked = {
        "buyer": str(helped.buyer.public_id),
        "items": [{"service": helped.service.slug, "answers": {"activity": "Savons"}}],
    }
    program = Program(buyer, helped.buyer_user)
    seen = program.post("orders/preview/", asked).json()
    assert (seen["cofunded_cents"], seen["to_pay_cents"]) == (19_500, 27_300)
    [one] = seen["programmes"]
    assert (one["programme"], one["outcome"], one["cents"]) == ("cheque", "yes", 19_500)
    wanted = {**asked, "total_incl_cents": seen["incl_cents"], "terms_sha256": seen["terms"]["sha256"]}
    refused = program.post("orders/", {**wanted, "to_pay_cents": 1}, Idempotency_Key=str(uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (409, "funding.aid_changed")
    placed = program.post("orders/", {**wanted, "to_pay_cents": 27_300}, Idempotency_Key=str(uuid4()))
    assert placed.status_code == 201
    assert placed.json()["charge"]["to_pay_cents"] == 27_300
    assert placed.json()["aid"] == [
        {"programme": "cheque", "name": "Cheque", "cents": 19_500, "state": "Réservée"}
    ]


def test_pages_with_aid_cost_the_same_at_one_and_at_twenty_lines(helped: Market, buyer: Client) -> None:
    programme()

    def statements(address: str) -> int:
        buyer.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert buyer.get(address).status_code == 200
        return len(seen)

    add(buyer, helped.service)
    answer_all(buyer)
    addresses = (reverse("orders:cart"), reverse("orders:check"))
    few = [statements(address) for address in addresses]
    for _number in range(19):
        add(buyer, service_of(helped.provider, shares=(50, 50), questions=[]))
    assert [statements(address) for address in addresses] == few


def test_the_money_part_from_cart_to_paid_takes_sixty_statements_at_most(helped: Market) -> None:
    programme()
    cart = helped.cart(helped.service)
    with CaptureQueriesContext(connection) as seen:
        pay(place_order(cart=cart, buyer=helped.buyer, user=helped.buyer_user))
    of_billing = re.compile(r'"(charges|commission|funding|ledger|payments|reference|outbox)_|WITH wanted')
    counted = [query for query in seen if of_billing.search(query["sql"])]
    assert 30 < len(counted) <= 60
