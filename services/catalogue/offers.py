"""The frozen copy of a service that an order keeps, and what billing is asked to charge for it."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from billing.charges.inputs import ChargeItemInput, ChargeLineInput, ReleaseInput
from billing.commission.queries import commission_choice
from billing.commission.terms import CommissionTerms
from kernel.web.formats import format_number
from services.catalogue.errors import (
    QuantityOutOfSteps,
    QuantityRefused,
    ServiceNotOffered,
    ServiceNotOrderable,
    UnknownOption,
)
from services.catalogue.models import PriceKind, Service, ServiceOption, ServiceState
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Party

OFFER_VERSION = 1
MAXIMUM_QUANTITY = Decimal(10_000)

Offer = dict[str, Any]


def freeze_offer(
    service: Service,
    option_keys: Iterable[str] = (),
    quantity: Decimal | int | str = 1,
    answers: Mapping[str, Any] | None = None,
    *,
    for_preview: bool = False,
) -> Offer:
    """A JSON copy of everything that was promised: title, prices, options, milestones, terms, answers.

    Prices are decimal strings in euros excluding VAT, quantities decimal strings. ``for_preview`` lets its
    provider price what is not published. Raises ServiceNotOffered, ServiceNotOrderable, UnknownOption,
    QuantityRefused.
    """
    if service.state != ServiceState.PUBLISHED and not for_preview:
        raise ServiceNotOffered(name=service.name)
    if not service.is_orderable:
        raise ServiceNotOrderable(name=service.name)
    counted = checked_quantity(service, quantity)
    category = service.category
    form = service.intake_forms.first()
    return {
        "version": OFFER_VERSION,
        "service": service.slug,
        "blueprint": service.blueprint_slug,
        "name": service.name,
        "name_en": service.name_en,
        "summary": service.summary,
        "summary_en": service.summary_en,
        "categories": [category.slug, *([category.parent.slug] if category.parent else [])],
        "price_kind": service.price_kind,
        "unit": service.unit,
        "unit_price": f"{service.unit_price:.4f}",
        "quantity": f"{counted:.3f}",
        "vat_kind": service.vat_kind,
        "vat_exemption_reason": service.vat_exemption_reason,
        "options": [_frozen_option(option, counted) for option in _chosen(service, option_keys)],
        "milestones": _frozen_milestones(service),
        "deliverables": list(service.deliverables),
        "lead_time_days": service.lead_time_days,
        "rounds_of_changes": service.rounds_of_changes,
        "cancellation_terms": service.cancellation_terms,
        "terms_sha256": hashlib.sha256(service.cancellation_terms.encode()).hexdigest(),
        "intake": {"version": form.version, "fields": form.fields} if form else None,
        "answers": dict(answers or {}),
    }


def checked_quantity(service: Service, quantity: Decimal | int | str) -> Decimal:
    """The quantity as a number with at most three decimals. Raises QuantityRefused."""
    try:
        counted = Decimal(str(quantity).strip().replace(",", "."))
    except InvalidOperation as error:
        raise QuantityRefused(maximum=MAXIMUM_QUANTITY) from error
    if not counted.is_finite() or not Decimal("0.001") <= counted <= MAXIMUM_QUANTITY:
        raise QuantityRefused(maximum=MAXIMUM_QUANTITY)
    if counted != counted.quantize(Decimal("0.001")):
        raise QuantityRefused(maximum=MAXIMUM_QUANTITY)
    if service.price_kind == PriceKind.FIXED and counted != 1:
        raise QuantityRefused(maximum=1)
    if service.price_kind == PriceKind.UNIT:
        _check_steps(service, counted)
    return counted


def _check_steps(service: Service, counted: Decimal) -> None:
    """Steps are counted from the minimum, or from nothing without one. Raises QuantityOutOfSteps."""
    least, step = service.minimum_quantity or Decimal(0), service.quantity_step
    if counted < least or (step is not None and (counted - least) % step):
        raise QuantityOutOfSteps(
            name=service.name,
            minimum=format_number(least or step or Decimal(1)),
            step=format_number(step or Decimal("0.001")),
        )


def charge_item_input(
    offer: Offer,
    key: str,
    seller: Party,
    *,
    on: datetime.date | None = None,
    terms: CommissionTerms | None = None,
) -> ChargeItemInput:
    """What billing prices or charges for a frozen offer; ``key`` is the caller's own.

    ``on`` is the tenant's legal date (today by default) by which the commission is chosen when
    ``terms`` does not give it, once more for the programmes that turn out to help.
    """
    choice = None
    if terms is None:
        day = on or legal_date(current_tenant(), timezone.now())
        choice = commission_choice(seller=seller, categories=offer["categories"], on=day)
        terms = choice.terms()
    return ChargeItemInput(
        key=key,
        seller=seller,
        description=offer["name"],
        lines=(_base_line(offer), *(_option_line(option) for option in offer["options"])),
        releases=tuple(
            ReleaseInput(key=part["key"], label=part["label"], weight=part["share_percent"])
            for part in offer["milestones"]
        ),
        commission=terms,
        commission_with=None if choice is None else choice.terms,
    )


def _base_line(offer: Offer) -> ChargeLineInput:
    return ChargeLineInput(
        description=offer["name"],
        quantity=Decimal(offer["quantity"]),
        unit=offer["unit"],
        unit_price=Decimal(offer["unit_price"]),
        vat_kind=offer["vat_kind"],
        exemption_reason=offer["vat_exemption_reason"],
    )


def _option_line(option: Mapping[str, Any]) -> ChargeLineInput:
    return ChargeLineInput(
        description=option["label"],
        quantity=Decimal(option["quantity"]),
        unit=option["unit"],
        unit_price=Decimal(option["unit_price"]),
        vat_kind=option["vat_kind"],
        exemption_reason=option["vat_exemption_reason"],
    )


def _chosen(service: Service, option_keys: Iterable[str]) -> list[ServiceOption]:
    wanted = set(option_keys)
    options = [option for option in service.options.all() if option.key in wanted]
    if len(options) != len(wanted):
        raise UnknownOption(name=service.name)
    return options


def _frozen_option(option: ServiceOption, counted: Decimal) -> dict[str, str]:
    return {
        "key": option.key,
        "label": option.label,
        "label_en": option.label_en,
        "quantity": f"{counted:.3f}" if option.per_unit else "1.000",
        "unit": option.service.unit if option.per_unit else "forfait",
        "unit_price": f"{option.unit_price:.4f}",
        "vat_kind": option.vat_kind,
        "vat_exemption_reason": option.vat_exemption_reason,
    }


def _frozen_milestones(service: Service) -> list[dict[str, Any]]:
    milestones = [
        {
            "key": str(part.position),
            "position": part.position,
            "label": part.label,
            "label_en": part.label_en,
            "share_percent": part.share_percent,
        }
        for part in service.milestones.all()
    ]
    if milestones:
        return milestones
    # A line without milestones has one.
    return [
        {
            "key": "1",
            "position": 1,
            "label": service.name,
            "label_en": service.name_en,
            "share_percent": 100,
        }
    ]
