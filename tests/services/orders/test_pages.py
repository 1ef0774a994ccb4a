"""The buyer's pages, from an anonymous cart to the end of an order; strangers see nothing."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from services.catalogue.intake import condition_on
from tests.services.ordering import Market, deliver, fresh, lapse, party, pay, person, service_of

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def add(client: Client, service: Any, **more: Any) -> Any:
    return client.post(reverse("orders:add_to_cart"), {"service": service.slug, **more}, follow=True)


def answer_all(client: Client) -> Any:
    """Answer question after question until the check page comes."""
    page = client.get(reverse("orders:check"), follow=True)
    for _round in range(20):
        if any(part.name == "orders/entrepreneur/check.html" for part in page.templates):
            return page
        address = page.redirect_chain[-1][0] if page.redirect_chain else page.wsgi_request.path
        page = client.post(address, {"answer": "Une réponse"}, follow=True)
    raise AssertionError("the questions have no end")


def place(client: Client, page: Any, **more: Any) -> Any:
    """Order what the check page shows."""
    hidden = dict(
        re.findall(r'name="(token|total|to_pay|terms_sha256)" value="([^"]+)"', page.content.decode())
    )
    return client.post(reverse("orders:check"), {**hidden, "accept": "on", **more})


@pytest.fixture
def buyer(market: Market, tenant_client: Client) -> Client:
    tenant_client.force_login(market.buyer_user, backend="tenants.accounts.backends.AccountBackend")
    return tenant_client


def test_from_an_anonymous_cart_to_a_paid_order(market: Market, tenant_client: Client) -> None:
    client = tenant_client
    assert add(client, market.service, option="express").status_code == 200
    page = add(client, market.other_service).content.decode()
    # 390 + 50 at 20 %, 120.50 of a seller without VAT.
    assert "560,50" in page
    assert "648,50" in page
    assert client.get(reverse("orders:check")).url.startswith(reverse("account_login"))

    client.force_login(market.buyer_user, backend="tenants.accounts.backends.AccountBackend")
    page = answer_all(client)
    text = page.content.decode()
    assert market.buyer.legal_name in text
    assert "Une réponse" in text
    assert "648,50" in text
    response = place(client, page)
    order = market.buyer.orders.get()
    assert response.url == reverse("orders:pay", args=[order.number])
    # The button was clicked twice.
    assert place(client, page).url == response.url
    assert market.buyer.orders.count() == 1
    assert "648,50" in client.get(response.url).content.decode()
    assert "Votre panier est vide." in client.get(reverse("orders:cart")).content.decode()

    assert client.get(reverse("orders:confirmation", args=[order.number])).status_code == 302
    pay(order)
    text = client.get(reverse("orders:payment_return", args=[order.number]), follow=True).content.decode()
    assert "Et maintenant ?" in text
    assert "vous répond avant le" in text
    from services.orders.models import AcceptedTerms

    kept = AcceptedTerms.objects.get(sha256=order.terms_sha256)
    assert "remboursement intégral" in kept.text


def test_nothing_typed_is_lost_when_an_answer_is_refused(market: Market, buyer: Client) -> None:
    service = service_of(
        market.provider,
        questions=[
            {"key": "n", "label": "Combien ?", "type": "number", "required": True, "help": ""},
            {"key": "a", "label": "Où ?", "type": "address", "required": True, "help": ""},
            {"key": "f", "label": "Logo", "type": "file", "required": True, "help": ""},
            {"key": "d", "label": "Quand ?", "type": "date", "required": False, "help": ""},
            {
                "key": "m", "label": "Lesquels ?", "type": "multi_choice", "required": True, "help": "",
                "choices": [{"value": "x", "label": "Xérès"}, {"value": "y", "label": "Yaourt"}],
            },
        ],
    )  # fmt: skip
    add(buyer, service)
    page = buyer.get(reverse("orders:check"), follow=True)
    here = page.redirect_chain[-1][0]
    refused = buyer.post(here, {"answer": "douze"})
    assert refused.status_code == 422
    assert "Il y a un problème" in refused.content.decode()
    assert 'value="douze"' in refused.content.decode()
    here = buyer.post(here, {"answer": "12,5"}).url
    refused = buyer.post(here, {"street": "1 rue du Port", "postal_code": "", "town": "Niort"})
    assert refused.status_code == 422
    assert "1 rue du Port" in refused.content.decode()
    here = buyer.post(here, {"street": "1 rue du Port", "postal_code": "79000", "town": "Niort"}).url
    wrong = SimpleUploadedFile("logo.png", b"GIF89a")
    assert "ne correspond pas" in buyer.post(here, {"answer": wrong}).content.decode()
    here = buyer.post(here, {"answer": SimpleUploadedFile("lo/go.png", PNG)}).url
    here = buyer.post(here, {"answer": ""}).url
    checked = buyer.post(here, {"answer": ["x", "y"]}, follow=True)
    text = checked.content.decode()
    for shown in ("12,5", "1 rue du Port, 79000 Niort", "go.png", "Sans réponse", "Xérès, Yaourt"):
        assert shown in text, shown
    place(buyer, checked)
    from services.orders.models import IntakeFile

    kept = IntakeFile.objects.get()
    assert kept.line.order.buyer_id == market.buyer.pk
    given = buyer.get(reverse("orders:intake_file", args=[kept.public_id]))
    assert b"".join(given.streaming_content) == PNG
    assert given["X-Content-Type-Options"] == "nosniff"
    assert given["Content-Disposition"].startswith("attachment")


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_charged(market: Market, buyer: Client) -> None:
    add(buyer, market.other_service)
    page = answer_all(buyer)
    type(market.other_service).objects.filter(pk=market.other_service.pk).update(unit_price="150.0000")
    refused = place(buyer, page)
    assert refused.status_code == 422
    text = refused.content.decode()
    assert "Le prix a changé" in text
    assert "150,00" in text
    assert market.buyer.orders.count() == 0
    assert place(buyer, refused).status_code == 302
    order = market.buyer.orders.get()
    from billing.charges.queries import charge_for

    assert charge_for(order.charge_reference).incl_cents == 15000


def test_a_service_withdrawn_meanwhile_is_told_and_the_rest_stays(market: Market, buyer: Client) -> None:
    add(buyer, market.service)
    add(buyer, market.other_service)
    page = answer_all(buyer)
    type(market.service).objects.filter(pk=market.service.pk).update(state="paused")
    assert place(buyer, page).url == reverse("orders:cart")
    text = buyer.get(reverse("orders:cart")).content.decode()
    assert "plus proposé" in text
    assert "Continuer" not in text
    from services.orders.models import CartLine

    line = CartLine.objects.get(service=market.service)
    text = buyer.post(reverse("orders:remove_cart_line", args=[line.public_id]), follow=True).content.decode()
    assert "est retiré du panier" in text
    assert "Continuer" in text
    text = buyer.post(
        reverse("orders:restore_cart_line", args=[line.public_id]), follow=True
    ).content.decode()
    assert "est de nouveau dans votre panier" in text


def test_terms_have_to_be_accepted(market: Market, buyer: Client) -> None:
    add(buyer, market.other_service)
    page = answer_all(buyer)
    refused = place(buyer, page, accept="")
    assert refused.status_code == 422
    assert "Acceptez les conditions" in refused.content.decode()
    assert market.buyer.orders.count() == 0


def test_own_service_and_no_business_are_told(market: Market, tenant_client: Client) -> None:
    both = person("both", market.buyer, market.provider)
    tenant_client.force_login(both, backend="tenants.accounts.backends.AccountBackend")
    text = add(tenant_client, market.service).content.decode()
    assert "vous ne pouvez pas lui commander" in text
    nobody = person("nobody")
    tenant_client.force_login(nobody, backend="tenants.accounts.backends.AccountBackend")
    add(tenant_client, market.service)
    assert (
        "Pour quelle entreprise commandez-vous" in tenant_client.get(reverse("orders:check")).content.decode()
    )


def test_review_messages_and_cancellation(market: Market, buyer: Client) -> None:
    line = market.delivered()
    number = line.order.number
    here = reverse("orders:order", args=[number])
    text = buyer.get(here).content.decode()
    assert "Valider la livraison" in text
    assert "exemple.example/maquette" in text
    buyer.post(reverse("fulfilment:write_to_provider", args=[number, 1]), {"body": "Merci bien", "token": ""})
    refused = buyer.post(reverse("fulfilment:changes", args=[number, 1]), {"reason": ""})
    assert refused.status_code == 422
    text = buyer.post(
        reverse("fulfilment:changes", args=[number, 1]), {"reason": "Plus grand"}, follow=True
    ).content
    assert "Corrections demandées" in text.decode()
    deliver(fresh(line), market.provider_user)
    assert "sont versés à" in buyer.get(reverse("fulfilment:approve", args=[number, 1])).content.decode()
    text = buyer.post(reverse("fulfilment:approve", args=[number, 1]), follow=True).content.decode()
    assert "Livraison validée" in text
    # Somebody approved already: the second click is told what happened.
    text = buyer.post(reverse("fulfilment:approve", args=[number, 1]), follow=True).content.decode()
    assert "Entre-temps : En cours" in text
    text = buyer.get(reverse("orders:cancel", args=[number, 1]), follow=True).content.decode()
    assert "ne peut plus être annulée" in text

    order = market.paid_order(market.other_service)
    cancel = reverse("orders:cancel", args=[order.number, 1])
    assert "vous sont remboursés" in buyer.get(cancel).content.decode()
    text = buyer.post(cancel, {"reason": "Changement de projet"}, follow=True).content.decode()
    assert "Le remboursement est lancé" in text


def test_an_unpaid_order_gives_its_services_back_to_the_cart(market: Market, buyer: Client) -> None:
    order = market.order()
    buyer.post(reverse("orders:cancel", args=[order.number, 1]), {"reason": ""})
    assert {line.state for line in order.lines.all()} == {"cancelled"}
    assert buyer.get(reverse("orders:cart")).context["basket"].charge.incl_cents == 58850
    again = place(buyer, answer_all(buyer))
    assert again.status_code == 302
    lapsed = market.buyer.orders.latest("id")
    lapse(lapsed)
    text = buyer.get(reverse("orders:order", args=[lapsed.number])).content.decode()
    assert "de nouveau dans votre panier" in text
    assert buyer.get(reverse("orders:cart")).context["basket"].charge.incl_cents == 58850


@pytest.mark.parametrize("who", ["stranger", "provider", "anonymous"])
def test_others_see_nothing(market: Market, tenant_client: Client, who: str) -> None:
    line = market.delivered()
    if who == "stranger":
        tenant_client.force_login(
            person("stranger", party(role="business")), backend="tenants.accounts.backends.AccountBackend"
        )
    if who == "provider":
        tenant_client.force_login(market.other_user, backend="tenants.accounts.backends.AccountBackend")
    number = line.order.number
    expected = 302 if who == "anonymous" else 404
    deliverable = line.milestones.first().deliverables.first()
    for name in ("order", "pay", "payment_return", "confirmation"):
        assert tenant_client.get(reverse(f"orders:{name}", args=[number])).status_code == expected, name
    for name in ("orders:cancel", "fulfilment:approve", "fulfilment:changes"):
        address = reverse(name, args=[number, 1])
        assert tenant_client.get(address).status_code == expected, name
        assert tenant_client.post(address, {"reason": "Non"}).status_code == expected, name
    address = reverse("fulfilment:write_to_provider", args=[number, 1])
    assert tenant_client.post(address, {"body": "Non"}).status_code == expected
    address = reverse("fulfilment:deliverable", args=[deliverable.public_id])
    assert tenant_client.get(address).status_code == expected
    assert fresh(line).state == "delivered"


def test_the_list_costs_the_same_at_one_and_thirty_orders(market: Market, buyer: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(address: str) -> int:
        buyer.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert buyer.get(address).status_code == 200
        return len(seen)

    first = market.paid_order(market.other_service)
    one_list, one_page = (
        statements(reverse("orders:orders")),
        statements(reverse("orders:order", args=[first.number])),
    )
    for _number in range(30):
        market.paid_order(market.other_service)
    wide = market.paid_order(market.service, market.other_service, service_of(market.provider))
    assert statements(reverse("orders:orders")) == one_list
    assert statements(reverse("orders:order", args=[wide.number])) == one_page
    assert buyer.get(reverse("orders:orders") + "?page=2").context["page"].number == 2


def test_an_answer_calls_for_a_question_or_passes_it_over(market: Market, buyer: Client) -> None:
    logo = {
        "key": "logo",
        "label": "Un logo ?",
        "type": "choice",
        "required": True,
        "choices": [{"value": "oui", "label": "Oui"}, {"value": "non", "label": "Non"}],
    }
    which = {"key": "lequel", "label": "Lequel ?", "type": "text", "required": True, "group": "Images"}
    which["condition"] = condition_on(logo, "oui")
    add(buyer, service_of(market.provider, price="100.0000", questions=[logo, which]))
    page = buyer.get(reverse("orders:check"), follow=True)
    first = page.redirect_chain[-1][0]
    assert "Étape 1 sur 1" in page.content.decode()
    second = buyer.post(first, {"answer": "oui"}).url
    asked = buyer.get(second).content.decode()
    assert "Lequel ?" in asked
    assert "Images" in asked
    buyer.post(second, {"answer": "Le bleu"})
    # Another answer takes the question back, and what was answered to it.
    assert buyer.post(first, {"answer": "non"}).url == reverse("orders:check")
    page = buyer.get(reverse("orders:check"))
    assert "Le bleu" not in page.content.decode()
    place(buyer, page)
    line = market.buyer.orders.get().lines.get()
    assert line.offer["answers"] == {"logo": "non"}
    assert [field["key"] for field in line.offer["intake"]["fields"]] == ["logo", "lequel"]
