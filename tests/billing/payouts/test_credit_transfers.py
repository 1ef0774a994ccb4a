"""The funded share on the pages of payouts: waits with its date, is noted with the bank's reference."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from billing.funding.claiming import mark_claimed, mark_funded, parts_to_claim
from billing.payouts.models import PayoutLeg
from billing.payouts.operations import release
from billing.payouts.queries import money_of
from tests.billing.building import receive
from tests.billing.funding.making import funded, says_no_aid_elsewhere, young_business
from tests.billing.funding.test_reservation import open_for_years
from tests.billing.ledger.test_pages import person


def test_staff_see_what_waits_and_note_what_they_paid(tenant: Any, tenant_client: Any) -> None:
    seller, buyer = young_business(founded_on=timezone.now().date() - datetime.timedelta(days=200))
    says_no_aid_elsewhere(buyer)
    programme = open_for_years()
    receive(funded(seller, buyer, "100.00"))
    release(item_key="order-1-1", release_key="step-1")
    tenant_client.force_login(
        person("finance@exemple.example", "finance"), backend="tenants.accounts.backends.AccountBackend"
    )
    page = reverse("payouts:stuck")
    waiting = tenant_client.get(page).content.decode()
    assert "Attendent le financeur" in waiting
    assert "prévu le" in waiting
    leg = PayoutLeg.objects.get(rail="credit_transfer")
    note = reverse("payouts:transfer", args=[leg.public_id])
    tenant_client.post(note, {"reference": "VIR 2026-11"})
    assert PayoutLeg.objects.get(pk=leg.pk).state == "awaits_funder"

    parts = list(parts_to_claim(programme, until=datetime.date(2100, 1, 1)))
    mark_claimed(parts=parts, returns=[], at=timezone.now())
    mark_funded(parts=parts, at=timezone.now())
    assert "Virements à faire à la banque" in tenant_client.get(page).content.decode()
    tenant_client.post(note, {"reference": " "})
    assert PayoutLeg.objects.get(pk=leg.pk).state == "ready"
    tenant_client.post(note, {"reference": "VIR 2026-11"})
    sent = PayoutLeg.objects.get(pk=leg.pk)
    assert (sent.state, sent.bank_reference) == ("sent", "VIR 2026-11")
    assert money_of(seller).sent_cents == 5_000
    # What lies at the gateway is not staff's to transfer.
    other = PayoutLeg.objects.get(rail="stripe_transfer")
    tenant_client.post(reverse("payouts:transfer", args=[other.public_id]), {"reference": "VIR"})
    assert PayoutLeg.objects.get(pk=other.pk).state == "ready"
