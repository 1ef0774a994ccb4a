"""A frozen offer keeps what was promised, and is charged at the price that was shown."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal

import pytest

from billing.charges.pricing import price_items
from billing.commission.terms import NO_COMMISSION
from services.catalogue.errors import (
    QuantityRefused,
    ServiceNotOffered,
    ServiceNotOrderable,
    UnknownOption,
)
from services.catalogue.offers import charge_item_input, freeze_offer
from services.catalogue.operations import OptionInput, pause_service
from services.catalogue.queries import get_service
from tests.services.catalogue.building import new_service
from tests.services.catalogue.conftest import Shop

ON = datetime.date(2026, 11, 23)


def test_the_offer_is_plain_json_and_whole(shop: Shop) -> None:
    offer = freeze_offer(shop.service, ["redaction"], 1, {"activite": "Savon"})
    assert json.loads(json.dumps(offer)) == offer
    assert offer["categories"] == ["site-creation", "site"]
    assert offer["unit_price"] == "390.0000"
    assert [part["share_percent"] for part in offer["milestones"]] == [40, 60]
    assert offer["options"][0]["label"] == "Rédaction"
    assert offer["intake"]["version"] == 1
    assert offer["answers"] == {"activite": "Savon"}


def test_a_change_of_the_service_leaves_the_offer_alone(shop: Shop) -> None:
    offer = freeze_offer(shop.service)
    shop.service.unit_price = Decimal(999)
    shop.service.save()
    assert offer["unit_price"] == "390.0000"


def test_what_is_charged_is_base_plus_options_by_milestones(shop: Shop) -> None:
    offer = freeze_offer(shop.service, ["redaction"])
    item = charge_item_input(offer, "line-1", shop.provider, on=ON)
    assert item.key == "line-1"
    assert [release.weight for release in item.releases] == [40, 60]
    priced = price_items(buyer=None, items=[item], on=ON)
    assert priced.excl_cents == 51000
    assert priced.incl_cents == 61200


def test_a_service_without_milestones_has_one(shop: Shop) -> None:
    service = new_service(shop.provider, shop.creation, slug="sans-etapes", milestones=[])
    assert [part["share_percent"] for part in freeze_offer(service)["milestones"]] == [100]


def test_an_option_per_unit_follows_the_quantity(shop: Shop) -> None:
    parcel = new_service(
        shop.provider,
        shop.creation,
        slug="colis",
        price_kind="unit",
        unit="colis",
        unit_price=Decimal("6.90"),
        milestones=[],
        options=[
            OptionInput(key="signature", label="Signature", unit_price=Decimal("1.90"), per_unit=True),
            OptionInput(key="enlevement", label="Enlèvement", unit_price=Decimal("4.50")),
        ],
    )
    offer = freeze_offer(parcel, ["signature", "enlevement"], "3")
    item = charge_item_input(offer, "k", shop.provider, on=ON, terms=NO_COMMISSION)
    assert price_items(buyer=None, items=[item], on=ON).excl_cents == 3 * 690 + 3 * 190 + 450


@pytest.mark.parametrize("quantity", ["0", "-1", "abc", "", "NaN", "1.0001", "10001", "2"])
def test_impossible_quantities_are_refused(shop: Shop, quantity: str) -> None:
    with pytest.raises(QuantityRefused):
        freeze_offer(shop.service, [], quantity)


def test_a_comma_is_a_decimal_sign(shop: Shop) -> None:
    by_hour = new_service(shop.provider, shop.creation, slug="heure", price_kind="unit", unit="heure")
    assert freeze_offer(by_hour, [], "2,5")["quantity"] == "2.500"


def test_unknown_options_are_refused(shop: Shop) -> None:
    with pytest.raises(UnknownOption):
        freeze_offer(shop.service, ["redaction", "rien"])


def test_a_paused_service_is_not_offered(shop: Shop) -> None:
    paused = pause_service(service_id=shop.service.pk, actor=None, role="operator")
    with pytest.raises(ServiceNotOffered):
        freeze_offer(paused)
    assert get_service(paused.slug) is None


@pytest.mark.parametrize(
    "kind", [{"price_kind": "quote", "unit_price": None}, {"price_kind": "subscription", "unit": "mois"}]
)
def test_quotes_and_subscriptions_are_not_for_the_cart(shop: Shop, kind: dict[str, object]) -> None:
    service = new_service(shop.provider, shop.creation, slug="autre", **kind)
    with pytest.raises(ServiceNotOrderable):
        freeze_offer(service)
