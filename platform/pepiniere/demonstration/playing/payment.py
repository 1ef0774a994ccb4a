"""Paying an order of the demonstration with a test card, at the sandbox itself."""

from __future__ import annotations

from billing.charges.queries import charge_for
from billing.payments.gateways.directory import active_account
from billing.payments.gateways.sandbox import call
from billing.payments.operations.accounts import site_origin
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.start import start_payment
from billing.payments.secrets import unseal
from services.orders.models import Order
from tenants.directory.current import current_tenant

TEST_CARD = "4242424242424242"


def pay_order(order: Order) -> None:
    """Open the payment page, pay it as a buyer would, and apply what the gateway says.

    Must run outside a transaction. Raises the gateway's errors.
    """
    back = f"{site_origin(current_tenant())}/commandes/{order.number}/"
    payment = start_payment(charge=charge_for(order.charge_reference), return_url=back, cancel_url=back)
    if not apply_payment(payment_id=payment.pk).is_open:
        # An interrupted play has paid it already.
        return
    call(
        "POST",
        f"test/checkout/sessions/{payment.session_id}/pay",
        key=unseal(active_account().secret_key_sealed),
        content={"card": TEST_CARD},
    )
    apply_payment(payment_id=payment.pk)
