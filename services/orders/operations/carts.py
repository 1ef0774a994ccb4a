"""Filling a cart, changing it, keeping it at log-in."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from services.catalogue.models import PriceKind, Service
from services.catalogue.offers import checked_quantity, freeze_offer
from services.orders.errors import CartFull, CartLineGone
from services.orders.models import Cart, CartLine, IntakeFile, OrderLine
from services.orders.uploads import check_upload
from tenants.directory.current import in_tenant
from tenants.parties.models import Party
from tenants.parties.queries import has_role, parties_of

MOST_LINES = 20


@transaction.atomic
def take_cart(*, user: Any, party: Party | None, public_id: UUID | None = None) -> Cart:
    """The cart of a person and acting party, made when there is none.

    What the person put in before the party existed is taken along. Without a user, the anonymous cart of
    ``public_id``, or a new one.
    """
    if user is None:
        known = Cart.objects.filter(public_id=public_id, user=None).first() if public_id else None
        return known or Cart.objects.create()
    try:
        with transaction.atomic():
            cart, _created = Cart.objects.get_or_create(user=user, party=party)
    except IntegrityError:  # two clicks at once
        cart = Cart.objects.get(user=user, party=party)
    if party is not None:
        earlier = Cart.objects.filter(user=user, party=None).first()
        if earlier is not None:
            merge_carts(source=earlier, target=cart)
    return cart


@transaction.atomic
def merge_carts(*, source: Cart, target: Cart) -> None:
    """Move the lines of one cart into another and end it; the same choice in both stays once."""
    Cart.objects.select_for_update().filter(pk__in=[source.pk, target.pk]).order_by("pk").first()
    there = {_choice(line): line for line in target.lines.filter(removed_at=None)}
    for line in source.lines.filter(removed_at=None):
        same = there.get(_choice(line))
        if same is None:
            line.cart = target
            line.save(update_fields=["cart"])
        elif line.answers and not same.answers:
            same.answers = line.answers
            same.save(update_fields=["answers"])
            IntakeFile.objects.filter(cart_line=line).update(cart_line=same)
    source.delete()


def keep_cart_at_login(sender: Any, request: HttpRequest | None, user: Any, **_: Any) -> None:
    """What somebody unknown put into the cart is in the person's cart after log-in."""
    if request is None or not in_tenant():
        return
    wanted = request.session.pop("cart", None)
    if not wanted:
        return
    anonymous = Cart.objects.filter(public_id=wanted, user=None).first()
    if anonymous is not None:
        # The switcher has chosen nothing yet: whom the person acts for first.
        party = next((mine for mine in parties_of(user) if has_role(mine, "business")), None)
        merge_carts(source=anonymous, target=take_cart(user=user, party=party))


@transaction.atomic
def add_to_cart(
    *,
    cart: Cart,
    service: Service,
    quantity: Decimal | int | str = 1,
    options: Iterable[str] = (),
    answers: dict[str, Any] | None = None,
) -> CartLine:
    """Put a service in; the same with the same options is one line: units add up, a fixed price stays one.

    Raises CartFull and what freeze_offer refuses.
    """
    freeze_offer(service, options, quantity, answers)
    counted = checked_quantity(service, quantity)
    chosen = sorted(set(options))
    locked = Cart.objects.select_for_update().get(pk=cart.pk)
    lines = list(locked.lines.filter(removed_at=None))
    same = next((line for line in lines if line.service_id == service.pk and line.options == chosen), None)
    if same is not None:
        if service.price_kind == PriceKind.UNIT:
            same.quantity = checked_quantity(service, same.quantity + counted)
            same.save(update_fields=["quantity"])
        return same
    if len(lines) >= MOST_LINES:
        raise CartFull(most=MOST_LINES)
    _touch(locked)
    return CartLine.objects.create(
        cart=locked, service=service, quantity=counted, options=chosen, answers=answers or {}
    )


@transaction.atomic
def change_cart_line(
    *, cart: Cart, public_id: UUID, quantity: Decimal | int | str, options: Iterable[str]
) -> CartLine:
    """Other quantity, other options. Raises CartLineGone and what freeze_offer refuses."""
    line = _line(cart, public_id)
    chosen = sorted(set(options))
    freeze_offer(line.service, chosen, quantity)
    line.quantity = checked_quantity(line.service, quantity)
    line.options = chosen
    line.save(update_fields=["quantity", "options"])
    _touch(cart)
    return line


@transaction.atomic
def remove_cart_line(*, cart: Cart, public_id: UUID) -> CartLine:
    """Take a line out; `restore_cart_line` brings it back with its answers. Raises CartLineGone."""
    line = _line(cart, public_id)
    line.removed_at = timezone.now()
    line.save(update_fields=["removed_at"])
    _touch(cart)
    return line


@transaction.atomic
def restore_cart_line(*, cart: Cart, public_id: UUID) -> CartLine:
    """Bring back what was taken out. Raises CartLineGone, CartFull."""
    line = CartLine.objects.select_for_update(of=("self",)).filter(cart=cart, public_id=public_id).first()
    if line is None:
        raise CartLineGone()
    if line.removed_at is not None:
        if cart.lines.filter(removed_at=None).count() >= MOST_LINES:
            raise CartFull(most=MOST_LINES)
        line.removed_at = None
        line.save(update_fields=["removed_at"])
    return line


@transaction.atomic
def answer_question(*, cart: Cart, public_id: UUID, key: str, answer: Any) -> CartLine:
    """Keep the answer to one question, already checked by its form. Raises CartLineGone."""
    line = _line(cart, public_id)
    line.answers = {**line.answers, key: answer}
    line.save(update_fields=["answers"])
    _touch(cart)
    return line


@transaction.atomic
def answer_with_file(*, cart: Cart, public_id: UUID, key: str, upload: UploadedFile) -> CartLine:
    """Keep a file as the answer, in place of an earlier one. Raises CartLineGone, FileRefused."""
    line = _line(cart, public_id)
    checked = check_upload(upload)
    for earlier in IntakeFile.objects.filter(cart_line=line, line=None, field_key=key):
        file = earlier.file
        earlier.delete()
        transaction.on_commit(partial(file.delete, save=False))
    kept = IntakeFile(
        cart_line=line,
        field_key=key,
        name=checked.name,
        content_type=checked.content_type,
        size_bytes=checked.size_bytes,
        sha256=checked.sha256,
    )
    kept.file.save(checked.name, upload, save=False)
    kept.save(force_insert=True)
    answer = {"file": str(kept.public_id), "name": kept.name, "size": kept.size_bytes}
    line.answers = {**line.answers, key: answer}
    line.save(update_fields=["answers"])
    _touch(cart)
    return line


@transaction.atomic
def refill_cart(*, user: Any, party: Party, lines: Iterable[OrderLine]) -> Cart:
    """Put what an unpaid order held back into its buyer's cart, answers too, unless it is offered no more."""
    cart = take_cart(user=user, party=party)
    for line in lines:
        offer = line.offer
        known = {option.key for option in line.service.options.all()}
        options = [option["key"] for option in offer["options"] if option["key"] in known]
        if line.service.state != "published" or not line.service.is_orderable:
            continue
        if cart.lines.filter(removed_at=None).count() >= MOST_LINES:
            break
        back = add_to_cart(
            cart=cart,
            service=line.service,
            quantity=offer["quantity"],
            options=options,
            answers=offer["answers"],
        )
        IntakeFile.objects.filter(line=line, cart_line=None).update(cart_line=back)
    return cart


def _line(cart: Cart, public_id: UUID) -> CartLine:
    line = (
        CartLine.objects.select_for_update(of=("self",))
        .select_related("service")
        .filter(cart=cart, public_id=public_id, removed_at=None)
        .first()
    )
    if line is None:
        raise CartLineGone()
    return line


def _touch(cart: Cart) -> None:
    Cart.objects.filter(pk=cart.pk).update(changed_at=timezone.now())


def _choice(line: CartLine) -> tuple[int, tuple[str, ...]]:
    return line.service_id, tuple(line.options)
