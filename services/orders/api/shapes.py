"""How an order reads for programs; amounts in cents, instants in UTC, legal dates in the tenant's zone."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.funding.queries import AidRow
from billing.invoicing.models import Invoice
from billing.payments.lifecycle import RefundState
from services.orders.lifecycle import LineState, MilestoneState
from services.orders.queries import LineView, OrderRow, OrderView, PartView
from services.orders.wording import NextStep
from tenants.parties.api import PartyName


class NextStepDetail(serializers.Serializer[NextStep]):
    """What happens next, in the reader's language; `mine` tells whether the reader has to act."""

    sentence = serializers.CharField()
    mine = serializers.BooleanField()
    due_at = serializers.DateTimeField(allow_null=True)


class ChargeDetail(serializers.Serializer[Charge]):
    """What the buyer owes for the whole order."""

    state = serializers.ChoiceField(choices=ChargeState.choices)
    currency = serializers.CharField()
    excl_cents = serializers.IntegerField()
    vat_cents = serializers.IntegerField()
    incl_cents = serializers.IntegerField()
    cofunded_cents = serializers.IntegerField()
    to_pay_cents = serializers.IntegerField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="Until when it can be paid.")
    paid_at = serializers.DateTimeField(allow_null=True)


class AidDetail(serializers.Serializer[AidRow]):
    """What one programme pays of an order."""

    programme = serializers.CharField()
    name = serializers.CharField()
    cents = serializers.IntegerField()
    state = serializers.CharField(help_text="In the reader's language.")


class LineRow(serializers.Serializer[Any]):
    """A line in lists."""

    position = serializers.IntegerField()
    key = serializers.CharField()
    title = serializers.CharField(source="shown_title")
    provider = PartyName()
    state = serializers.ChoiceField(choices=LineState.choices)


class OrderSummary(serializers.Serializer[OrderRow]):
    """An order in lists."""

    number = serializers.CharField(source="order.number")
    placed_at = serializers.DateTimeField(source="order.placed_at")
    buyer = PartyName(source="order.buyer")
    charge = ChargeDetail()
    next_step = NextStepDetail(allow_null=True)
    lines = LineRow(many=True, source="order.lines.all")


class VatDetail(serializers.Serializer[Any]):
    """VAT in one category (EN 16931, BT-118) at one rate in percent."""

    category = serializers.CharField()
    rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    base_cents = serializers.IntegerField()
    vat_cents = serializers.IntegerField()


class DeliverableDetail(serializers.Serializer[Any]):
    """What was handed over: a file, with the address of its content, or a link."""

    public_id = serializers.UUIDField()
    title = serializers.CharField()
    link = serializers.CharField(help_text="Empty for a file.")
    content = serializers.SerializerMethodField(help_text="Address of the file; null for a link.")
    content_type = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    delivery = serializers.IntegerField(help_text="Counts the deliveries of the milestone from 1.")
    delivered_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_content(self, deliverable: Any) -> str | None:
        """Where the bytes are."""
        if not deliverable.file:
            return None
        return reverse("api:deliverable", args=[deliverable.public_id], request=self.context["request"])


class BoughtMilestone(serializers.Serializer[PartView]):
    """A milestone as its buyer sees it."""

    key = serializers.CharField(source="milestone.key")
    label = serializers.CharField(source="milestone.shown_label")  # type: ignore[assignment]
    share_percent = serializers.IntegerField(source="milestone.share_percent")
    state = serializers.ChoiceField(choices=MilestoneState.choices, source="milestone.state")
    incl_cents = serializers.IntegerField()
    delivered_at = serializers.DateTimeField(allow_null=True, source="milestone.delivered_at")
    review_due_at = serializers.DateTimeField(allow_null=True, source="milestone.review_due_at")
    approved_at = serializers.DateTimeField(allow_null=True, source="milestone.approved_at")
    deliverables = DeliverableDetail(many=True)


class InvoiceLink(serializers.Serializer[Invoice]):
    """An invoice of a part, and where it is; the PDF answers 404 until it is rendered."""

    number = serializers.CharField()
    url = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_url(self, invoice: Invoice) -> str:
        """Its data."""
        return reverse("api:invoice", args=[invoice.number], request=self.context["request"])

    @extend_schema_field({"type": "string", "format": "uri"})
    def get_document(self, invoice: Invoice) -> str:
        """Its PDF."""
        return reverse("api:invoice_document", args=[invoice.number], request=self.context["request"])


class RefundDetail(serializers.Serializer[Any]):
    """Money on its way back, or back."""

    amount_cents = serializers.IntegerField()
    state = serializers.ChoiceField(choices=RefundState.choices)


BUYER_ACTIONS = ("approve", "request_changes", "cancel")


class BoughtLine(serializers.Serializer[LineView]):
    """A line as its buyer sees it."""

    position = serializers.IntegerField(source="line.position")
    key = serializers.CharField(source="line.key")
    service = serializers.CharField(source="line.offer.service")
    title = serializers.CharField(source="line.shown_title")
    provider = PartyName(source="line.provider")
    state = serializers.ChoiceField(choices=LineState.choices, source="line.state")
    state_label = serializers.CharField(source="word.word")
    next_step = NextStepDetail()
    due_at = serializers.DateTimeField(source="line.due_at", allow_null=True)
    promised_on = serializers.DateField(source="line.promised_on", allow_null=True)
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3, source="line.offer.quantity")
    rounds_left = serializers.IntegerField(source="line.rounds_left")
    excl_cents = serializers.IntegerField(source="amounts.excl_cents")
    vat_cents = serializers.IntegerField(source="amounts.vat_cents")
    incl_cents = serializers.IntegerField(source="amounts.incl_cents")
    refunded_cents = serializers.IntegerField(source="amounts.refunded_cents")
    actions = serializers.SerializerMethodField(help_text="What the buyer may do now.")
    milestones = BoughtMilestone(many=True, source="parts")
    invoices = InvoiceLink(many=True)
    refunds = RefundDetail(many=True)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=BUYER_ACTIONS)))
    def get_actions(self, view: LineView) -> list[str]:
        """By the table of states, and by the rounds that are left."""
        offered = view.actions if view.line.rounds_left else view.actions - {"request_changes"}
        return [name for name in BUYER_ACTIONS if name in offered]


class OrderDetail(serializers.Serializer[OrderView]):
    """An order with its money, parts and papers."""

    number = serializers.CharField(source="order.number")
    placed_at = serializers.DateTimeField(source="order.placed_at")
    buyer = PartyName(source="order.buyer")
    terms_sha256 = serializers.CharField(source="order.terms_sha256")
    charge = ChargeDetail()
    aid = AidDetail(many=True)
    vat = VatDetail(many=True)
    next_step = NextStepDetail(allow_null=True)
    payment_page = serializers.SerializerMethodField(
        help_text="Where a person who is logged in pays; null when there is nothing to pay."
    )
    lines = BoughtLine(many=True)

    @extend_schema_field({"type": ["string", "null"], "format": "uri"})
    def get_payment_page(self, view: OrderView) -> str | None:
        """The page of the shop."""
        if not view.due:
            return None
        return reverse("orders:pay", args=[view.order.number], request=self.context["request"])
