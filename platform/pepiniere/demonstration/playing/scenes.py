"""What happened in a space before its first visitor: ordered, accepted, delivered, approved, declined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils import timezone

from pepiniere.demonstration.accounts import AccountBook
from pepiniere.demonstration.playing.answers import answers_to
from pepiniere.demonstration.playing.payment import pay_order
from pepiniere.demonstration.roles import ENTREPRENEUR, IN_CREATION
from services.catalogue.models import PriceKind, Service
from services.fulfilment.operations.answer import accept_line, decline_line, start_line
from services.fulfilment.operations.deliver import attach_deliverable, deliver_milestone
from services.fulfilment.operations.review import approve_milestone
from services.fulfilment.operations.write import write_message
from services.orders.models import Order, OrderLine
from services.orders.operations.carts import add_to_cart, take_cart
from services.orders.operations.place import place_order
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Membership, Party

LINK = "https://livraisons.example/"


@dataclass(frozen=True)
class Buyer:
    """A business and the person who orders for it."""

    party: Party
    user: User


def play_space(*, book: AccountBook) -> list[Order]:
    """Play all scenes in the current space unless somebody has ordered there already.

    Must run outside a transaction, with the sandbox up.
    """
    if Order.objects.exists():
        return []
    accounts = {account.role: account for account in book.of_space(current_tenant().slug)}
    services = orderable_services()
    active = _buyer(accounts[ENTREPRENEUR].email)
    starting = _buyer(accounts[IN_CREATION].email)
    return [
        play(active, services[0:1], _through_to_the_end),
        play(active, services[1:3], _delivered_once),
        play(active, services[3:4], _in_progress),
        play(active, services[4:5], _declined),
        play(active, services[5:7], _left_alone),
        play(starting, services[7:8], _accepted),
    ]


def play(buyer: Buyer, services: Sequence[Service], then: Callable[[OrderLine], None]) -> Order:
    """Order and pay ``services``, then let each provider do what the scene says."""
    today = legal_date(current_tenant(), timezone.now())
    cart = take_cart(user=buyer.user, party=buyer.party)
    for service in services:
        form = service.intake_forms.first()
        quantity = 4 if service.price_kind == PriceKind.UNIT else 1
        options = [option.key for option in service.options.all()[:1]]
        answers = answers_to(form.fields, on=today) if form else {}
        add_to_cart(cart=cart, service=service, quantity=quantity, options=options, answers=answers)
    order = place_order(cart=cart, buyer=buyer.party, user=buyer.user)
    pay_order(order)
    for line in order.lines.all():
        then(line)
    return order


def orderable_services() -> list[Service]:
    """Services that ask for no file, one provider after the other, so that many have something to do."""
    found = Service.objects.published().filter(price_kind__in=[PriceKind.FIXED, PriceKind.UNIT])
    rounds: list[tuple[int, int, Service]] = []
    seen: dict[int, int] = {}
    today = legal_date(current_tenant(), timezone.now())
    for service in found.select_related("category__parent", "provider").order_by("provider_id", "pk"):
        form = service.intake_forms.first()
        if form and answers_to(form.fields, on=today) is None:
            continue
        turn = seen[service.provider_id] = seen.get(service.provider_id, 0) + 1
        rounds.append((turn, service.provider_id, service))
    return [service for _, _, service in sorted(rounds, key=lambda entry: entry[:2])]


def _left_alone(line: OrderLine) -> None:
    """The provider has still to answer."""


def _accepted(line: OrderLine) -> None:
    accept_line(key=line.key, actor=_owner(line))


def _declined(line: OrderLine) -> None:
    decline_line(key=line.key, actor=_owner(line), reason="Notre atelier est complet jusqu’à la fin du mois.")


def _in_progress(line: OrderLine) -> None:
    owner = _owner(line)
    accept_line(key=line.key, actor=owner)
    start_line(key=line.key, actor=owner)
    write_message(
        key=line.key,
        actor=owner,
        role="provider",
        body="Bien reçu, je commence aujourd’hui. Je reviens vers vous.",
    )


def _delivered_once(line: OrderLine) -> None:
    _in_progress(line)
    _deliver(line)


def _through_to_the_end(line: OrderLine) -> None:
    _in_progress(line)
    buyer = line.order.placed_by
    for _milestone in line.milestones.all():
        _deliver(line)
        approve_milestone(key=line.key, actor=buyer)


def _deliver(line: OrderLine) -> None:
    owner = _owner(line)
    attach_deliverable(key=line.key, actor=owner, link=f"{LINK}{line.key}", title=line.title)
    deliver_milestone(
        key=line.key, actor=owner, note="Tout est dans le lien. Dites-moi si un point est à revoir."
    )


def _buyer(email: str) -> Buyer:
    user = User.objects.get(email=email)
    party = (
        Party.objects.filter(memberships__user=user, roles__role="business").prefetch_related("roles").first()
    )
    if party is None:
        raise LookupError(f"{email} has no business")
    return Buyer(party=party, user=user)


def _owner(line: OrderLine) -> User:
    return Membership.objects.select_related("user").filter(party=line.provider_id).earliest("pk").user
