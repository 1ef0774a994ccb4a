"""The Django app of orders."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrdersConfig(AppConfig):
    """Tables in tenants only."""

    name = "services.orders"
    label = "orders"
    verbose_name = _("Commandes")

    def ready(self) -> None:
        """Listen to what billing tells, and keep an anonymous cart when its owner logs in."""
        from django.contrib.auth.signals import user_logged_in

        from billing import events
        from services.orders import subscribers
        from services.orders.operations.carts import keep_cart_at_login

        events.subscribe(events.CHARGE_PAID, subscribers.charge_paid)
        events.subscribe(events.INSTALMENT_PAID, subscribers.instalment_paid)
        events.subscribe(events.CHARGE_PAYMENT_FAILED, subscribers.charge_payment_failed)
        events.subscribe(events.CHARGE_REFUNDED, subscribers.charge_refunded)
        events.subscribe(events.CHARGE_RETURNED, subscribers.charge_returned)
        events.subscribe(events.CHARGE_LAPSED, subscribers.charge_lapsed)
        user_logged_in.connect(keep_cart_at_login, dispatch_uid="orders.keep_cart")
