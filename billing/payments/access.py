"""Who may see a payment and who may act on stuck money."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from billing.payments.models import GatewayDelivery, GatewayDispute, Payment, Refund, Subject
from tenants.accounts.access import is_operator
from tenants.accounts.models import StaffRole, User
from tenants.parties.queries import parties_of


def may_handle_money(user: Any) -> bool:
    """Staff with the finance role, and administrators."""
    return is_operator(user, role="finance")


def get_payment_for(user: Any, public_id: UUID) -> Payment:
    """A payment of a charge whose buyer the user is a member of; finance staff see all. 404 otherwise."""
    payment = Payment.objects.select_related("charge").filter(public_id=public_id).first()
    if payment is None or not user.is_authenticated:
        raise Http404
    if may_handle_money(user) or payment.charge.buyer_id in {party.pk for party in parties_of(user)}:
        return payment
    raise Http404


def get_payment_to_handle(user: Any, public_id: UUID) -> Payment:
    """A payment for finance staff. 404 otherwise."""
    found = Payment.objects.select_related("charge__buyer").filter(public_id=public_id)
    payment = found.first() if may_handle_money(user) else None
    if payment is None:
        raise Http404
    return payment


def get_refund_to_handle(user: Any, public_id: UUID) -> Refund:
    """A refund for finance staff. 404 otherwise."""
    found = Refund.objects.select_related("payment__charge__buyer", "meant_for").filter(public_id=public_id)
    refund = found.first() if may_handle_money(user) else None
    if refund is None:
        raise Http404
    return refund


def get_delivery_to_handle(user: Any, event_id: str) -> GatewayDelivery:
    """An event of the gateway for finance staff. 404 otherwise."""
    delivery = GatewayDelivery.objects.filter(event_id=event_id).first() if may_handle_money(user) else None
    if delivery is None:
        raise Http404
    return delivery


def get_dispute_to_handle(user: Any, public_id: UUID) -> GatewayDispute:
    """A dispute for finance staff. 404 otherwise."""
    found = GatewayDispute.objects.select_related("payment__charge__buyer")
    dispute = found.filter(public_id=public_id).first() if may_handle_money(user) else None
    if dispute is None:
        raise Http404
    return dispute


def get_row_to_handle(
    user: Any, subject: str, key: str
) -> Payment | Refund | GatewayDelivery | GatewayDispute:
    """A row of the list of waiting money by subject and public name, for finance staff. 404 otherwise."""
    if subject == Subject.DELIVERY:
        return get_delivery_to_handle(user, key)
    try:
        public_id = UUID(key)
    except ValueError:
        raise Http404 from None
    if subject == Subject.PAYMENT:
        return get_payment_to_handle(user, public_id)
    if subject == Subject.REFUND:
        return get_refund_to_handle(user, public_id)
    if subject == Subject.DISPUTE:
        return get_dispute_to_handle(user, public_id)
    raise Http404


def finance_staff() -> QuerySet[User]:
    """Active people who may handle money: those to whom a row can be given."""
    roles = (StaffRole.Role.FINANCE, StaffRole.Role.ADMINISTRATOR)
    return User.objects.filter(is_active=True, staff_roles__role__in=roles).distinct().order_by("full_name")
