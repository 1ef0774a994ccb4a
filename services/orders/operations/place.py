"""Placing an order: the offers are frozen, the charge is opened, the cart is empty."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from billing.charges.inputs import InstalmentInput
from billing.charges.operations import settle_funded
from billing.funding.reservation import open_funded_charge
from kernel.web.formats import format_money
from services.catalogue.offers import charge_item_input
from services.orders.aid import item_facts
from services.orders.errors import AnswersMissing, CartEmpty, NotABusiness, PriceChanged, TermsChanged
from services.orders.models import (
    Cart,
    IntakeFile,
    Milestone,
    Order,
    OrderLine,
    OrderSequence,
)
from services.orders.pricing import CartItem, PricedCart, price_cart
from services.orders.terms import keep_terms, terms_of
from services.orders.transitions import write_opening
from tenants.calendar.working_days import clock_settings
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Membership, Party
from tenants.parties.queries import has_role


@transaction.atomic
def place_order(
    *,
    cart: Cart,
    buyer: Party,
    user: Any,
    token: UUID | None = None,
    expected_incl_cents: int | None = None,
    terms_sha256: str | None = None,
    expected_to_pay_cents: int | None = None,
    instalments: Sequence[InstalmentInput] = (),
) -> Order:
    """Order what is in the cart; the same ``token`` from the same user gives the same order.

    ``expected_incl_cents`` is the total incl. VAT, ``expected_to_pay_cents`` what of it public aid leaves to
    pay, and ``terms_sha256`` the hash of the terms that the buyer saw: with another one the order is refused
    and nothing changes. ``instalments`` divides what is left to pay. The aid is reserved with the order; one
    that aid pays whole is paid at once.
    Raises CartEmpty, NotABusiness, PriceChanged, AidChanged, TermsChanged, AnswersMissing, OwnService, and
    what freeze_offer and open_charge refuse.
    """
    form_token = own_token(token or uuid4(), user)
    # The lock of the cart decides between two clicks.
    locked = Cart.objects.select_for_update().filter(pk=cart.pk).first()
    known = Order.objects.filter(form_token=form_token).first()
    if known is not None:
        return known
    if locked is None:
        raise CartEmpty()
    own_parties = set(Membership.objects.filter(user=user).values_list("party_id", flat=True))
    if buyer.pk not in own_parties or not has_role(buyer, "business", "active", "in_creation"):
        raise NotABusiness()
    priced = price_cart(locked, buyer=buyer, own_parties=own_parties)
    _require_orderable(priced, expected_incl_cents)
    terms = terms_of([item.offer for item in priced.items if item.offer is not None])
    if terms_sha256 is not None and terms_sha256 != terms.sha256:
        raise TermsChanged()
    keep_terms(terms)

    now = timezone.now()
    number = take_number(now)
    lines = _lines(priced.items, number)
    charge = open_funded_charge(
        reference=number,
        buyer=buyer,
        items=[charge_item_input(line.offer, line.key, line.provider) for line in lines],
        item_facts=item_facts((line.key, line.offer) for line in lines),
        expires_at=now + timedelta(minutes=clock_settings().card_payment_minutes),
        expected_to_pay_cents=expected_to_pay_cents,
        instalments=instalments,
    )
    order = Order.objects.create(
        number=number,
        buyer=buyer,
        placed_by=user,
        placed_at=now,
        charge_reference=number,
        terms_sha256=terms.sha256,
        form_token=form_token,
        language=(get_language() or "fr")[:2],
    )
    _store_lines(order, lines, actor=user, now=now)
    for item, line in zip(priced.items, lines, strict=True):
        IntakeFile.objects.filter(cart_line=item.line).update(cart_line=None, line=line)
    locked.lines.all().delete()
    if charge.to_pay_cents == 0:
        settle_funded(reference=number)
    return order


def own_token(token: UUID, user: Any) -> UUID:
    """The token under which an order of this user is kept: another user's equal token is another one."""
    return uuid5(token, str(user.pk))


@transaction.atomic
def take_number(at: datetime) -> str:
    """The next order number of the legal year, for example NA-2026-000123; its sequence stays locked."""
    tenant = current_tenant()
    year = legal_date(tenant, at).year
    OrderSequence.objects.bulk_create([OrderSequence(year=year)], ignore_conflicts=True)
    sequence = OrderSequence.objects.select_for_update().get(year=year)
    sequence.last_number += 1
    sequence.save(update_fields=["last_number"])
    return f"{tenant.number_code}-{year}-{sequence.last_number:06d}"


def _require_orderable(priced: PricedCart, expected_incl_cents: int | None) -> None:
    if not priced.items:
        raise CartEmpty()
    for item in priced.items:
        if item.problem is not None:
            raise item.problem
        if item.missing:
            raise AnswersMissing(name=item.title)
    total = priced.charge.incl_cents
    if expected_incl_cents is not None and expected_incl_cents != total:
        raise PriceChanged(old=format_money(expected_incl_cents), new=format_money(total))


def _lines(items: list[CartItem], number: str) -> list[OrderLine]:
    return [
        OrderLine(
            position=position,
            key=f"{number}-{position}",
            service=item.service,
            provider=item.service.provider,
            title=item.service.name,
            title_en=item.service.name_en,
            offer=item.offer,
        )
        for position, item in enumerate(items, start=1)
    ]


def _store_lines(order: Order, lines: list[OrderLine], *, actor: Any, now: datetime) -> None:
    for line in lines:
        line.order = order
        line.changed_at = now
    OrderLine.objects.bulk_create(lines)
    Milestone.objects.bulk_create(
        Milestone(
            line=line,
            position=part["position"],
            key=part["key"],
            label=part["label"],
            label_en=part["label_en"],
            share_percent=part["share_percent"],
        )
        for line in lines
        for part in line.offer["milestones"]
    )
    write_opening(lines, actor=actor, at=now)
