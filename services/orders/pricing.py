"""What a cart costs now, by the very function that charges: what is shown is what is paid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language

from billing.charges.pricing import PricedCharge, PricedItem, price_items
from billing.commission.terms import NO_COMMISSION
from kernel.errors import DomainError
from services.catalogue.errors import ServiceNotOffered
from services.catalogue.models import Service
from services.catalogue.offers import Offer, charge_item_input, freeze_offer
from services.catalogue.prices import price_book
from services.orders.errors import OwnService
from services.orders.intake import accepted_answers, missing_fields, shown_answers
from services.orders.models import Cart, CartLine
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Party
from tenants.parties.queries import has_role


@dataclass
class CartItem:
    """A line of the cart with its offer and price of now, or with what stands in the way."""

    line: CartLine
    offer: Offer | None = None
    priced: PricedItem | None = None
    problem: DomainError | None = None
    missing: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def service(self) -> Service:
        """What is asked for."""
        return self.line.service

    @property
    def old_excl_cents(self) -> int | None:
        """The price that was shown before, when it is another now."""
        seen = self.line.seen_excl_cents
        return seen if self.priced and seen is not None and seen != self.priced.excl_cents else None

    @property
    def title(self) -> str:
        """The service's name in the active language."""
        return (get_language() == "en" and self.service.name_en) or self.service.name


@dataclass
class SellerGroup:
    """Lines of one provider."""

    seller: Party
    items: list[CartItem] = field(default_factory=list)


@dataclass
class PricedCart:
    """All lines of a cart; the totals are of those that can be ordered."""

    items: list[CartItem]
    charge: PricedCharge

    @property
    def groups(self) -> list[SellerGroup]:
        """The lines by provider, in the order in which they were added."""
        groups: dict[int, SellerGroup] = {}
        for item in self.items:
            seller = item.service.provider
            groups.setdefault(seller.pk, SellerGroup(seller)).items.append(item)
        return list(groups.values())

    @property
    def is_orderable(self) -> bool:
        """Whether there is something, and nothing stands in the way."""
        return bool(self.items) and all(item.problem is None for item in self.items)

    @property
    def problems(self) -> list[CartItem]:
        """Lines that cannot be ordered."""
        return [item for item in self.items if item.problem is not None]


def price_cart(cart: Cart | None, *, buyer: Party | None, own_parties: Collection[int] = ()) -> PricedCart:
    """Price what is in a cart for today's legal date; seven statements whatever it holds.

    ``own_parties`` are those that the person acts for: none of them may be the seller.
    """
    on = legal_date(current_tenant(), timezone.now())
    rates = price_book(on).rates
    items = [CartItem(line) for line in _lines(cart)] if cart is not None else []
    for item in items:
        try:
            item.offer = offer_of(item.line)
            asked = charge_item_input(
                item.offer, str(item.line.public_id), item.service.provider, on=on, terms=NO_COMMISSION
            )
            item.priced = price_items(buyer=buyer, items=(asked,), on=on, rates=rates).items[0]
            item.missing = missing_fields(item.offer)
            item.answers = shown_answers(item.offer)
            if item.service.provider_id in own_parties:
                raise OwnService(seller=item.service.provider.display_name)
        except DomainError as error:
            item.problem = error
    priced = tuple(item.priced for item in items if item.priced is not None and item.problem is None)
    return PricedCart(items, PricedCharge(items=priced, on=on))


def offer_of(line: CartLine) -> Offer:
    """The frozen offer as it would be ordered now. Raises what freeze_offer refuses, ServiceNotOffered."""
    if not has_role(line.service.provider, "provider", "active"):
        raise ServiceNotOffered(name=line.service.name)
    form = line.service.intake_forms.first()
    answers = accepted_answers(form.fields if form else [], line.answers)
    return freeze_offer(line.service, line.options, line.quantity, answers)


def remember_prices(priced: PricedCart) -> None:
    """Keep what was shown, to tell later if it has changed."""
    for item in priced.items:
        if item.priced is not None and item.line.seen_excl_cents != item.priced.excl_cents:
            CartLine.objects.filter(pk=item.line.pk).update(seen_excl_cents=item.priced.excl_cents)


def _lines(cart: Cart) -> list[CartLine]:
    return list(
        CartLine.objects.filter(cart=cart, removed_at=None)
        .select_related("service__category__parent", "service__provider")
        .prefetch_related(
            "service__options",
            "service__milestones",
            "service__intake_forms",
            "service__provider__vat_regime_periods",
            "service__provider__roles",
        )
        .order_by("added_at", "pk")
    )
