"""What the tests of orders do again and again: a market with two providers, an order, money that arrives."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests.billing.building import EARLY, party, vat_rates

QUESTIONS = [
    {
        "key": "activity",
        "label": "Décrivez votre activité",
        "label_en": "Describe your business",
        "type": "long_text",
        "required": True,
        "help": "Trois phrases.",
    },
    {
        "key": "logo",
        "label": "Logo",
        "label_en": "Logo",
        "type": "file",
        "required": False,
        "help": "",
    },
]
ANSWERS = {"activity": "Conserves de légumes, vendues au marché."}
_numbers = itertools.count(1)


@dataclass
class Market:
    """A tenant's people: a buyer, two providers each with a service, an operator's employee."""

    tenant: Any
    buyer: Any
    buyer_user: Any
    provider: Any
    provider_user: Any
    other_provider: Any
    other_user: Any
    staff: Any
    service: Any
    other_service: Any
    extra: dict[str, Any] = field(default_factory=dict)

    def cart(self, *services: Any) -> Any:
        """The buyer's cart with these services (by default both of the market), questions answered."""
        from services.orders.operations.carts import add_to_cart, take_cart

        cart = take_cart(user=self.buyer_user, party=self.buyer)
        for service in services or (self.service, self.other_service):
            add_to_cart(cart=cart, service=service, answers=dict(ANSWERS))
        return cart

    def order(self, *services: Any) -> Any:
        """A placed order of these services."""
        from services.orders.operations.place import place_order

        return place_order(cart=self.cart(*services), buyer=self.buyer, user=self.buyer_user)

    def paid_order(self, *services: Any) -> Any:
        """An order whose money has arrived."""
        order = self.order(*services)
        pay(order)
        return order

    def started(self, service: Any = None) -> Any:
        """A line that its provider works on."""
        from services.fulfilment.operations.answer import accept_line, start_line

        order = self.paid_order(service or self.service)
        line = order.lines.get()
        user = self.provider_user if line.provider_id == self.provider.pk else self.other_user
        accept_line(key=line.key, actor=user)
        return start_line(key=line.key, actor=user)

    def delivered(self, service: Any = None) -> Any:
        """A line whose first milestone is delivered."""
        line = self.started(service)
        return deliver(line, self.provider_user if line.provider_id == self.provider.pk else self.other_user)


def open_market(tenant: Any) -> Market:
    """Fill a tenant."""
    from billing.commission.operations import open_rule

    vat_rates()
    party(role="operator")
    buyer = party(role="business")
    provider, other = party(role="provider"), party(role="provider", regime="franchise")
    open_rule(priority=1, scope="default", rate_percent=Decimal("5.00"), min_cents=100, valid_from=EARLY)
    staff = person("staff")
    staff.staff_roles.create(role="administrator")
    connect_gateway()
    return Market(
        tenant=tenant,
        buyer=buyer,
        buyer_user=person("buyer", buyer),
        provider=provider,
        provider_user=person("provider", provider),
        other_provider=other,
        other_user=person("other", other),
        staff=staff,
        service=service_of(provider, price="390.0000", shares=(40, 60), rounds=1),
        other_service=service_of(other, price="120.5000"),
    )


def person(name: str, *parties: Any, language: str = "fr") -> Any:
    """A person who acts for these parties, with a verified address."""
    from tenants.accounts.models import User
    from tenants.parties.models import Membership

    user = User.objects.create_user(
        f"{name}{next(_numbers)}@exemple.example",
        "a-long-password",
        full_name=name.capitalize(),
        language=language,
    )
    for each in parties:
        Membership.objects.create(party=each, user=user, role="owner")
    return user


def service_of(
    provider: Any,
    *,
    price: str = "100.0000",
    shares: tuple[int, ...] = (),
    rounds: int = 1,
    questions: list[dict[str, Any]] | None = None,
    options: tuple[tuple[str, str], ...] = (("express", "50.0000"),),
    price_kind: str = "fixed",
) -> Any:
    """A published service."""
    from services.catalogue.models import Category, IntakeForm, Service, ServiceMilestone, ServiceOption

    number = next(_numbers)
    category, _created = Category.objects.get_or_create(
        slug="site", defaults={"name": "Site", "name_en": "Site"}
    )
    service = Service.objects.create(
        slug=f"service-{number}",
        provider=provider,
        category=category,
        name=f"Prestation {number}",
        name_en=f"Service {number}",
        summary="Une prestation.",
        description="Une prestation pour les essais.",
        price_kind=price_kind,
        unit="forfait" if price_kind == "fixed" else "heure",
        unit_price=Decimal(price),
        lead_time_days=7,
        rounds_of_changes=rounds,
        cancellation_terms="Avant le démarrage : remboursement intégral.",
        state="published",
        sort_key=f"prestation {number}",
    )
    for position, share in enumerate(shares, start=1):
        ServiceMilestone.objects.create(
            service=service,
            position=position,
            label=f"Étape {position}",
            label_en=f"Step {position}",
            share_percent=share,
        )
    for position, (key, cost) in enumerate(options):
        ServiceOption.objects.create(
            service=service, key=key, position=position, label="Livraison rapide", unit_price=Decimal(cost)
        )
    IntakeForm.objects.create(service=service, fields=QUESTIONS if questions is None else questions)
    return service


def connect_gateway() -> Any:
    """An active gateway account that nobody calls."""
    from billing.payments.models import GatewayAccount
    from billing.payments.secrets import seal

    return GatewayAccount.objects.create(
        kind="sandbox",
        account_id=f"acct_{next(_numbers)}",
        secret_key_sealed=seal("sk_test_market"),
        webhook_secret_sealed=seal("whsec_market"),
        active=True,
    )


def pay(order: Any) -> Any:
    """The bank says that the order is paid: the very function is called that webhooks and pages call."""
    from billing.charges.models import Charge
    from billing.payments.gateways.base import GatewayCharge, SessionSeen
    from billing.payments.models import GatewayAccount, Payment
    from billing.payments.operations.apply import apply_session

    charge = Charge.objects.get(reference=order.charge_reference)
    attempt = charge.payments.count() + 1
    key = f"payment:{order.number}:{attempt}"
    payment = Payment.objects.create(
        charge=charge,
        account=GatewayAccount.objects.get(active=True),
        attempt=attempt,
        amount_cents=charge.to_pay_cents,
        idempotency_key=key,
        request={"reference": key},
        hosted_until=timezone.now() + timedelta(hours=1),
    )
    from tenants.directory.current import current_tenant

    seen = SessionSeen(
        identifier=f"cs_{payment.pk}",
        intent=f"pi_{payment.pk}",
        status="complete",
        paid=True,
        amount_cents=charge.to_pay_cents,
        currency="EUR",
        reference=key,
        metadata={"tenant": current_tenant().schema_name, "payment": str(payment.public_id)},
        expires_at=payment.hosted_until,
        url="",
        live=False,
        charge=GatewayCharge(
            identifier=f"ch_{payment.pk}",
            status="succeeded",
            amount_cents=charge.to_pay_cents,
            currency="EUR",
            fee_cents=100,
        ),
    )
    return apply_session(payment_id=payment.pk, seen=seen)


def lapse(order: Any) -> None:
    """The time to pay is over."""
    from django.db import transaction

    from billing.charges.operations import lapse_charge, lock_charge

    with transaction.atomic():
        lapse_charge(charge=lock_charge(reference=order.charge_reference))


def deliver(line: Any, user: Any) -> Any:
    """Attach a link and deliver."""
    from services.fulfilment.operations.deliver import attach_deliverable, deliver_milestone

    attach_deliverable(key=line.key, actor=user, link="https://exemple.example/maquette")
    return deliver_milestone(key=line.key, actor=user, note="Voici la maquette.")


def fresh(line: Any) -> Any:
    """The line as the database has it."""
    from services.orders.models import OrderLine

    return OrderLine.objects.select_related("order", "provider").get(pk=line.pk)


def assert_ledger_is_clean() -> None:
    """Every check of the ledger agrees."""
    from billing.ledger.verification import verify_ledger

    assert [str(finding) for finding in verify_ledger().findings] == []
