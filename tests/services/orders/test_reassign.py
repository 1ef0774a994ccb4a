"""A declined line goes to another provider at the same price, and its money follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from billing.charges.errors import AmendmentChangesPrice, ItemNotUntouched, SellerIsBuyer, SellerUnchanged
from billing.charges.models import ChargeAmendment, ChargeItem
from kernel.lifecycle import TransitionRefused
from services.fulfilment.errors import ProviderNotActive
from services.fulfilment.operations.answer import accept_line, decline_line, start_line
from services.fulfilment.operations.reassign import reassign_line
from services.fulfilment.operations.review import approve_milestone
from services.orders.errors import LineNotFound, ReasonMissing
from services.orders.models import Notice, OrderLine
from services.orders.operations.cancel import cancel_line
from tests.billing.building import EARLY, party
from tests.services.ordering import Market, assert_ledger_is_clean, deliver, fresh, person


@pytest.fixture
def declined(market: Market) -> OrderLine:
    """A paid line that its provider declined."""
    line = market.paid_order(market.service).lines.get()
    return decline_line(key=line.key, actor=market.provider_user, reason="Complet")


@pytest.fixture
def third(market: Market) -> Any:
    """A provider under the same VAT, for whom another commission holds."""
    from billing.commission.operations import open_rule

    found = party(role="provider")
    open_rule(
        priority=0,
        scope="provider",
        target=str(found.public_id),
        rate_percent=Decimal("10.00"),
        valid_from=EARLY,
    )
    return found


def give(line: OrderLine, provider: Any, market: Market, reason: str = "Disponible en mars") -> OrderLine:
    return reassign_line(key=line.key, provider=provider, actor=market.staff, reason=reason)


def test_the_price_stays_and_the_new_seller_gets_it(market: Market, declined: OrderLine, third: Any) -> None:
    before = ChargeItem.objects.get(key=declined.key)
    line = give(declined, third, market)
    item = ChargeItem.objects.get(key=line.key)
    assert (line.state, line.provider_id) == ("awaiting_provider", third.pk)
    assert line.answer_due_at is not None
    assert (item.seller_id, item.excl_cents, item.vat_cents) == (
        third.pk,
        before.excl_cents,
        before.vat_cents,
    )
    assert item.seller_snapshot != before.seller_snapshot
    assert (before.commission_excl_cents, item.commission_excl_cents) == (1950, 3900)
    assert sum(part.commission_excl_cents for part in item.releases.all()) == 3900

    amendment = ChargeAmendment.objects.get()
    assert (amendment.number, amendment.former_seller_id) == (1, market.provider.pk)
    assert amendment.before["commission_excl_cents"] == 1950
    assert [part["commission_excl_cents"] for part in amendment.before["releases"]] == [780, 1170]
    assert [part["vat_breakdown"][0]["vat_rate"] for part in amendment.before["releases"]] == ["20.00"] * 2

    user = person("third", third)
    accept_line(key=line.key, actor=user)
    start_line(key=line.key, actor=user)
    for _part in line.milestones.all():
        deliver(fresh(line), user)
        approve_milestone(key=line.key, actor=market.buyer_user)
    from billing.payouts.models import Payout

    assert {payout.seller_id for payout in Payout.objects.all()} == {third.pk}
    assert sum(payout.net_cents for payout in Payout.objects.all()) == 46800 - 3900 - 780
    assert_ledger_is_clean()


def test_everybody_is_told_and_the_buyer_may_still_cancel(
    market: Market, declined: OrderLine, third: Any
) -> None:
    user = person("third", third)
    line = give(declined, third, market)
    assert set(Notice.objects.filter(kind="reassigned").values_list("user", flat=True)) == {
        market.buyer_user.pk
    }
    assert Notice.objects.filter(kind="to_accept", user=user).count() == 1
    entry = line.timeline.filter(milestone=None).latest("id")
    assert (entry.transition, entry.from_state, entry.note) == ("reassign", "declined", "Disponible en mars")
    cancelled = cancel_line(key=line.key, role="business", actor=market.buyer_user)
    assert cancelled.state == "cancelled"
    assert ChargeItem.objects.get(key=line.key).refunded_cents == 46800
    assert_ledger_is_clean()


def test_a_line_is_reassigned_again(market: Market, declined: OrderLine, third: Any) -> None:
    line = give(declined, third, market)
    decline_line(key=line.key, actor=person("third", third), reason="Complet aussi")
    give(line, market.provider, market)
    assert list(ChargeAmendment.objects.values_list("number", "seller")) == [
        (1, third.pk),
        (2, market.provider.pk),
    ]
    assert ChargeItem.objects.get(key=line.key).commission_excl_cents == 1950


def test_what_is_refused_changes_nothing(market: Market, declined: OrderLine, third: Any) -> None:
    with pytest.raises(AmendmentChangesPrice) as told:
        # Under the franchise there is no VAT: the buyer would have paid too much.
        give(declined, market.other_provider, market)
    assert "468,00" in str(told.value)
    assert "390,00" in str(told.value)
    with pytest.raises(SellerUnchanged):
        give(declined, market.provider, market)
    with pytest.raises(ReasonMissing):
        give(declined, third, market, reason="  ")
    with pytest.raises(LineNotFound):
        reassign_line(key="none", provider=third, actor=market.staff, reason="Oui")
    third.roles.update(state="suspended")
    with pytest.raises(ProviderNotActive):
        give(declined, third, market)
    market.buyer.roles.create(role="provider", state="active")
    with pytest.raises(SellerIsBuyer):
        give(declined, market.buyer, market)
    waiting = market.paid_order(market.service).lines.get()
    with pytest.raises(TransitionRefused):
        give(waiting, third, market)
    assert not ChargeAmendment.objects.exists()
    assert fresh(declined).state == "declined"
    assert ChargeItem.objects.get(key=declined.key).seller_id == market.provider.pk


def test_billing_refuses_what_is_released_already(market: Market, third: Any) -> None:
    from billing.charges.amendments import amend_seller
    from billing.commission.terms import NO_COMMISSION

    line = market.delivered()
    approve_milestone(key=line.key, actor=market.buyer_user)
    with pytest.raises(ItemNotUntouched):
        amend_seller(key=line.key, seller=third, commission=NO_COMMISSION, reason="Non", user=None)


def test_the_console_offers_those_of_the_rubric_first(
    market: Market, declined: OrderLine, third: Any, tenant_client: Any
) -> None:
    tenant_client.force_login(market.staff)
    address = reverse("orders:console_reassign", args=[declined.key])
    order_page = reverse("orders:console_order", args=[declined.order.number])
    assert address in tenant_client.get(order_page).content.decode()
    shown = tenant_client.get(address).content.decode()
    assert shown.index("Même rubrique") < shown.index(str(market.other_provider.public_id))
    assert shown.index("Autres rubriques") < shown.index(str(third.public_id))
    assert str(market.provider.public_id) not in shown

    refused = tenant_client.post(address, {"provider": str(market.other_provider.public_id), "reason": "Oui"})
    assert refused.status_code == 422
    assert "ferait un autre prix" in refused.content.decode()
    assert "Oui" in refused.content.decode()
    done = tenant_client.post(address, {"provider": str(third.public_id), "reason": "Oui"})
    assert done.status_code == 302
    assert fresh(declined).provider_id == third.pk
    # Who comes too late is told, and nothing happens twice.
    late = tenant_client.get(address, follow=True)
    assert "Seule une prestation déclinée se réattribue." in late.content.decode()


def test_only_support_reassigns(market: Market, declined: OrderLine, tenant_client: Any) -> None:
    address = reverse("orders:console_reassign", args=[declined.key])
    tenant_client.force_login(market.buyer_user)
    assert tenant_client.get(address).status_code == 404
    assert tenant_client.post(address, {}).status_code == 404
