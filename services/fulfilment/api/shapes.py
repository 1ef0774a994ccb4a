"""How a line reads for its provider's programs; amounts in cents, instants in UTC."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from billing.payouts.lifecycle import PayoutState
from services.fulfilment.lists import WorkRow
from services.fulfilment.queries import LineWork, WorkPart
from services.orders.api.shapes import DeliverableDetail, NextStepDetail
from services.orders.intake import shown_answers
from services.orders.lifecycle import LineState, MilestoneState
from tenants.parties.api import PartyName

PROVIDER_ACTIONS = ("accept", "decline", "start", "deliver")


class LineSummary(serializers.Serializer[WorkRow]):
    """A line in the provider's list."""

    key = serializers.CharField(source="line.key")
    order = serializers.CharField(source="line.order.number")
    title = serializers.CharField(source="line.shown_title")
    buyer = PartyName(source="line.order.buyer")
    state = serializers.ChoiceField(choices=LineState.choices, source="line.state")
    state_label = serializers.CharField(source="word.word")
    mine = serializers.BooleanField(help_text="Whether the provider has to act.")
    due_at = serializers.DateTimeField(source="line.due_at", allow_null=True)
    days_left = serializers.IntegerField(
        allow_null=True, help_text="Working days until `due_at`; negative when it is late."
    )
    promised_on = serializers.DateField(source="line.promised_on", allow_null=True)
    net_cents = serializers.IntegerField(
        allow_null=True, help_text="Price less commission, incl. VAT; null when it brings nothing any more."
    )


class OptionDetail(serializers.Serializer[Any]):
    """An option that was ordered."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)


class AnswerDetail(serializers.Serializer[Any]):
    """A question of the intake form with the buyer's answer in words; a file reads as its name."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    answer = serializers.CharField()


class PayoutDetail(serializers.Serializer[Any]):
    """Money that an approval released."""

    state = serializers.ChoiceField(choices=PayoutState.choices)
    net_cents = serializers.IntegerField()
    sent_at = serializers.DateTimeField(allow_null=True)


class SoldMilestone(serializers.Serializer[WorkPart]):
    """A milestone as its provider sees it."""

    key = serializers.CharField(source="milestone.key")
    label = serializers.CharField(source="milestone.shown_label")  # type: ignore[assignment]
    share_percent = serializers.IntegerField(source="milestone.share_percent")
    state = serializers.ChoiceField(choices=MilestoneState.choices, source="milestone.state")
    incl_cents = serializers.IntegerField(source="amounts.incl_cents")
    commission_incl_cents = serializers.IntegerField(source="amounts.commission_incl_cents")
    net_cents = serializers.IntegerField(source="amounts.net_cents")
    delivered_at = serializers.DateTimeField(allow_null=True, source="milestone.delivered_at")
    review_due_at = serializers.DateTimeField(allow_null=True, source="milestone.review_due_at")
    approved_at = serializers.DateTimeField(allow_null=True, source="milestone.approved_at")
    payout = PayoutDetail(allow_null=True)
    deliverables = DeliverableDetail(many=True)


class LineDetail(serializers.Serializer[LineWork]):
    """A line as its provider sees it."""

    key = serializers.CharField(source="line.key")
    order = serializers.CharField(source="line.order.number")
    service = serializers.CharField(source="line.offer.service")
    title = serializers.CharField(source="line.shown_title")
    buyer = PartyName(source="line.order.buyer")
    state = serializers.ChoiceField(choices=LineState.choices, source="line.state")
    state_label = serializers.CharField(source="word.word")
    next_step = NextStepDetail()
    due_at = serializers.DateTimeField(source="line.due_at", allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    promised_on = serializers.DateField(source="line.promised_on", allow_null=True)
    promised_if_accepted = serializers.DateField(allow_null=True, help_text="What accepting now promises.")
    quantity = serializers.DecimalField(max_digits=12, decimal_places=3)
    options = OptionDetail(many=True, source="line.offer.options")
    answers = serializers.SerializerMethodField()
    asked = serializers.CharField(help_text="What the buyer wants changed, while it is to be changed.")
    actions = serializers.SerializerMethodField(help_text="What the provider may do now.")
    excl_cents = serializers.IntegerField()
    vat_cents = serializers.IntegerField()
    commission_cents = serializers.IntegerField()
    net_cents = serializers.IntegerField()
    milestones = SoldMilestone(many=True, source="parts")
    prepared = DeliverableDetail(many=True, help_text="Attached and not delivered yet.")

    @extend_schema_field(AnswerDetail(many=True))
    def get_answers(self, work: LineWork) -> list[dict[str, str]]:
        """In the order of the form."""
        return shown_answers(work.line.offer)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=PROVIDER_ACTIONS)))
    def get_actions(self, work: LineWork) -> list[str]:
        """By the table of states."""
        return [name for name in PROVIDER_ACTIONS if name in work.actions]
