"""Every page says that no real money moves: on the sandbox, and in the demonstration."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.billing.payments.acting import Shop
from tests.billing.payments.test_pages import person

SANDBOX = "Bac à sable · aucun paiement réel"
DEMONSTRATION = "Démonstration · données et argent fictifs"
PAGES = (
    "/",
    "/services/",
    "/panier/",
    "/compte/login/",
    "/dispositifs/",
    "/console/",
    "/console/paiements/",
    "/console/versements/",
    "/nulle-part/",
)


@pytest.mark.parametrize(("is_demo", "notice"), [(False, SANDBOX), (True, DEMONSTRATION)])
def test_every_page_says_so(shop: Shop, client_for: Any, is_demo: bool, notice: str) -> None:
    shop.tenant.is_demo = is_demo
    shop.tenant.save(update_fields=["is_demo"])
    anybody: Client = client_for(shop.tenant)
    staff: Client = client_for(shop.tenant)
    staff.force_login(person("finance@exemple.example", "administrator"))
    for client in (anybody, staff):
        for path in PAGES:
            page = client.get(path, follow=True)
            assert notice in page.content.decode(), path


def test_without_a_sandbox_nothing_of_the_kind_is_said(shop: Shop, client_for: Any, settings: Any) -> None:
    shop.tenant.is_demo = False
    shop.tenant.save(update_fields=["is_demo"])
    settings.SANDBOX_URL = ""
    assert SANDBOX not in client_for(shop.tenant).get("/").content.decode()
