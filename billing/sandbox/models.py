"""What the sandbox remembers: accounts, checkouts, charges, movements, events and their deliveries."""

from __future__ import annotations

import secrets
from functools import partial
from typing import ClassVar

from django.db import models
from django.utils import timezone


def new_identifier(prefix: str) -> str:
    """An unguessable identifier in the gateway's style, such as ``cs_sandbox_…``."""
    return f"{prefix}_sandbox_{secrets.token_hex(12)}"


def identifier_field(prefix: str) -> models.CharField[str, str]:
    """The public identifier of a resource, unique over the whole server."""
    return models.CharField(
        max_length=64, unique=True, editable=False, default=partial(new_identifier, prefix)
    )


class Stored(models.Model):
    """A row that names itself by its identifier, or by its number when it has none."""

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, "identifier", self.pk))


class Account(Stored):
    """A marketplace (``platform``) or one of its payees (``connected``)."""

    class Kind(models.TextChoices):
        PLATFORM = "platform"
        CONNECTED = "connected"

    identifier = identifier_field("acct")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    platform = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="connected")
    display_name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    country = models.CharField(max_length=2, default="FR")
    key_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001 - unique among those set
    restricted = models.BooleanField(default=False)
    metadata = models.JSONField(default=dict)
    fee_percent = models.DecimalField(max_digits=5, decimal_places=2)
    fee_fixed_cents = models.IntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="connected_has_platform",
                condition=models.Q(kind="platform", platform__isnull=True)
                | models.Q(kind="connected", platform__isnull=False),
            )
        ]


class WebhookEndpoint(Stored):
    """Where the events of a platform account are posted, signed with the endpoint's own secret."""

    identifier = identifier_field("we")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    url = models.CharField(max_length=500)
    secret = models.CharField(max_length=100)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)


class PaymentIntent(Stored):
    """The wish to collect one amount, whatever the number of cards tried."""

    identifier = identifier_field("pi")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=30, default="requires_payment_method")
    transfer_group = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    last_error = models.JSONField(null=True)
    pending_card = models.CharField(max_length=19, blank=True)
    created_at = models.DateTimeField(default=timezone.now)


class CheckoutSession(Stored):
    """A hosted payment page for one amount, open until paid or expired."""

    identifier = identifier_field("cs")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    payment_intent = models.OneToOneField(PaymentIntent, on_delete=models.PROTECT, related_name="session")
    label = models.CharField(max_length=250)
    success_url = models.CharField(max_length=1000)
    cancel_url = models.CharField(max_length=1000)
    client_reference_id = models.CharField(max_length=200, blank=True)
    customer_email = models.CharField(max_length=254, blank=True)
    locale = models.CharField(max_length=5, blank=True)
    method_types = models.JSONField(default=list)
    metadata = models.JSONField(default=dict)
    status = models.CharField(max_length=10, default="open")
    payment_status = models.CharField(max_length=10, default="unpaid")
    expires_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["status", "expires_at"], name="session_to_expire")]


class BalanceTransaction(Stored):
    """One movement of an account's balance; ``net = amount - fee``, in cents, out is negative."""

    identifier = identifier_field("txn")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    source = models.CharField(max_length=64)
    amount = models.IntegerField()
    fee = models.IntegerField(default=0)
    net = models.IntegerField()
    currency = models.CharField(max_length=3)
    available_at = models.DateTimeField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="net_is_amount_less_fee", condition=models.Q(net=models.F("amount") - models.F("fee"))
            )
        ]
        indexes: ClassVar = [models.Index(fields=["account", "available_at"], name="balance_of_account")]


class Charge(Stored):
    """One try to debit one card or one bank account; a debit of an account is `pending` for days."""

    identifier = identifier_field("ch")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    payment_intent = models.ForeignKey(PaymentIntent, on_delete=models.PROTECT, related_name="charges")
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10)
    failure_code = models.CharField(max_length=40, blank=True)
    failure_message = models.CharField(max_length=200, blank=True)
    method = models.CharField(max_length=12, default="card")
    last4 = models.CharField(max_length=4)
    ends_as = models.CharField(max_length=12, blank=True)
    """What becomes of a pending debit: succeeded, failed or returned."""
    ends_at = models.DateTimeField(null=True)
    balance_transaction = models.OneToOneField(BalanceTransaction, null=True, on_delete=models.PROTECT)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="one_success_per_intent",
                fields=["payment_intent"],
                condition=models.Q(status="succeeded"),
            )
        ]


class Refund(Stored):
    """Money given back to the card of a charge."""

    identifier = identifier_field("re")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10)
    failure_reason = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=40, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)


class Transfer(Stored):
    """Money moved from a platform account to one of its connected accounts."""

    identifier = identifier_field("tr")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    destination = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="transfers_received")
    source_transaction = models.ForeignKey(
        Charge, null=True, on_delete=models.PROTECT, related_name="transfers"
    )
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    transfer_group = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=250, blank=True)
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)


class Reversal(Stored):
    """A transfer taken back, or a part of it."""

    identifier = identifier_field("trr")
    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="reversals")
    amount = models.IntegerField()
    metadata = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)


class Dispute(Stored):
    """A buyer's bank took a charge back; the amount and a fee left the balance when it was opened."""

    identifier = identifier_field("dp")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="dispute")
    amount = models.IntegerField()
    currency = models.CharField(max_length=3)
    fee = models.IntegerField(default=0)
    reason = models.CharField(max_length=40)
    status = models.CharField(max_length=20, default="needs_response")
    due_by = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)


class Event(Stored):
    """Something that happened in a platform account, with the object as it was then."""

    identifier = identifier_field("evt")
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    kind = models.CharField(max_length=60)
    content = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)


class Delivery(Stored):
    """One posting of an event to one endpoint, retried until it is answered with 2xx."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE)
    due_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    delivered_at = models.DateTimeField(null=True)
    abandoned_at = models.DateTimeField(null=True)
    last_answer = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="delivery_due",
                condition=models.Q(delivered_at__isnull=True, abandoned_at__isnull=True),
            )
        ]


class IdempotentAnswer(Stored):
    """The first answer given under an idempotency key; ``holder`` is an account identifier or ``admin``."""

    holder = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    status = models.IntegerField()
    body = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(name="one_answer_per_key", fields=["holder", "key"])]


class Knob(Stored):
    """An order to misbehave, for an account or one checkout session; ``remaining`` null: for ever."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)
    session = models.CharField(max_length=64, blank=True)
    options = models.JSONField(default=dict)
    choice = models.CharField(max_length=60, blank=True)
    """The choice of the hosted page that turned it; empty when it was turned by the API."""
    remaining = models.IntegerField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
