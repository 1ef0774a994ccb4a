"""What happened in a space before its first visitor: ordered, accepted, delivered, approved, declined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID, uuid5

from django.db import transaction
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
from services.orders.lifecycle import LineState
from services.orders.models import Cart, Order, OrderLine
from services.orders.operations.carts import add_to_cart, take_cart
from services.orders.operations.place import own_token, place_order
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.models import Membership, Party

LINK = "https://livraisons.example/"
# By the name of its scene an order is found again.
_SCENES = UUID("5b9b0a34-6f0c-4d2e-9d5f-2f3c7e1b8a60")


@dataclass(frozen=True)
class Buyer:
    """A business and the person who orders for it."""

    party: Party
    user: User


@dataclass(frozen=True)
class Scene:
    """One order of ``services`` services, and what its providers and its buyer do with each line."""

    name: str
    role: str
    services: int
    then: Callable[[OrderLine], None]


def play_space(*, book: AccountBook) -> list[Order]:
    """Play what has not been played in the current space; the orders placed now.

    An interrupted play goes on where it stopped, and whatever visitors did meanwhile is left alone. Must run
    outside a transaction, with the sandbox up.
    """
    accounts = {account.role: account for account in reversed(book.of_space(current_tenant().slug))}
    services = iter(orderable_services())
    placed = []
    for scene in SCENES:
        chosen = list(islice(services, scene.services))
        if len(chosen) < scene.services:
            break
        order, new = _order(scene, _buyer(accounts[scene.role].email), chosen)
        if new:
            placed.append(order)
        if order.lines.filter(state=LineState.AWAITING_PAYMENT).exists():
            pay_order(order)
        for line in order.lines.all():
            scene.then(line)
    return placed


def _order(scene: Scene, buyer: Buyer, services: Sequence[Service]) -> tuple[Order, bool]:
    """The order of a scene, and whether it was placed now."""
    token = uuid5(_SCENES, scene.name)
    known = Order.objects.filter(form_token=own_token(token, buyer.user)).first()
    if known is not None:
        return known, False
    with transaction.atomic():
        cart = _cart(services)
        return place_order(cart=cart, buyer=buyer.party, user=buyer.user, token=token), True


def _cart(services: Sequence[Service]) -> Cart:
    """A cart of nobody's: the buyer's own may be in use by a visitor."""
    today = legal_date(current_tenant(), timezone.now())
    cart = take_cart(user=None, party=None)
    for service in services:
        form = service.intake_forms.first()
        quantity = 4 if service.price_kind == PriceKind.UNIT else 1
        options = [option.key for option in service.options.all()[:1]]
        answers = answers_to(form.fields, on=today) if form else {}
        add_to_cart(cart=cart, service=service, quantity=quantity, options=options, answers=answers)
    return cart


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
    if line.state == LineState.AWAITING_PROVIDER:
        accept_line(key=line.key, actor=_owner(line))


def _declined(line: OrderLine) -> None:
    if line.state == LineState.AWAITING_PROVIDER:
        reason = "Notre atelier est complet jusqu’à la fin du mois."
        decline_line(key=line.key, actor=_owner(line), reason=reason)


def _in_progress(line: OrderLine) -> None:
    _accepted(line)
    line.refresh_from_db()
    if line.state != LineState.ACCEPTED:
        return
    owner = _owner(line)
    with transaction.atomic():
        start_line(key=line.key, actor=owner)
        write_message(
            key=line.key,
            actor=owner,
            role="provider",
            body="Bien reçu, je commence aujourd’hui. Je reviens vers vous.",
        )


def _delivered_once(line: OrderLine) -> None:
    _in_progress(line)
    if not line.milestones.exclude(delivered_at=None).exists():
        _deliver(line)


def _through_to_the_end(line: OrderLine) -> None:
    _in_progress(line)
    for _milestone in line.milestones.all():
        _deliver(line)
        line.refresh_from_db()
        if line.state == LineState.DELIVERED:
            approve_milestone(key=line.key, actor=line.order.placed_by)


def _deliver(line: OrderLine) -> None:
    line.refresh_from_db()
    if line.state != LineState.IN_PROGRESS:
        return
    owner = _owner(line)
    with transaction.atomic():
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


# The first is the whole story: two providers in one order, paid, delivered, approved, invoiced, paid out.
SCENES = (
    Scene("through to the end", ENTREPRENEUR, 2, _through_to_the_end),
    Scene("delivered", ENTREPRENEUR, 2, _delivered_once),
    Scene("in progress", ENTREPRENEUR, 1, _in_progress),
    Scene("declined", ENTREPRENEUR, 1, _declined),
    Scene("to be answered", ENTREPRENEUR, 2, _left_alone),
    Scene("accepted", IN_CREATION, 1, _accepted),
)
