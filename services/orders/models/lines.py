"""Order lines, their milestones, and the timeline of both."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from services.orders.lifecycle import ENDED, PROVIDER_ACTS, ROLES, LineState, MilestoneState


class OrderLineQuerySet(models.QuerySet["OrderLine"]):
    """What lines are asked for."""

    def of_provider(self, party_ids: list[int]) -> OrderLineQuerySet:
        """Lines that these parties sell and that were sent to them, hence paid."""
        return self.filter(provider__in=party_ids, answer_due_at__isnull=False)

    def provider_acts(self) -> OrderLineQuerySet:
        """Lines that wait for their provider."""
        return self.filter(state__in=PROVIDER_ACTS)

    def running(self) -> OrderLineQuerySet:
        """Lines that have not ended."""
        return self.exclude(state__in=[*ENDED, LineState.APPROVED])


class OrderLine(models.Model):
    """One service by one provider. `offer` is the frozen copy of what was promised; money is the charge's.

    `key` names the item of the charge. Instants are UTC; `promised_on` is a date in the tenant's zone;
    `due_at` is when whoever must act now should have acted.
    """

    order = models.ForeignKey("orders.Order", on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    key = models.CharField(max_length=40, unique=True)
    service = models.ForeignKey("catalogue.Service", on_delete=models.PROTECT, related_name="+")
    provider = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="sold_lines")
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    offer = models.JSONField()
    state = models.CharField(max_length=20, choices=LineState.choices, default=LineState.AWAITING_PAYMENT)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    promised_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)
    rounds_used = models.IntegerField(default=0)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("prestation")
        verbose_name_plural = _("prestations")
        ordering = ("order", "position")
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="orders_line_position_unique"),
            models.CheckConstraint(condition=Q(state__in=LineState.values), name="orders_line_state_known"),
            models.CheckConstraint(condition=Q(rounds_used__gte=0), name="orders_line_rounds_not_negative"),
            models.CheckConstraint(
                condition=~Q(state=LineState.AWAITING_PROVIDER) | Q(answer_due_at__isnull=False),
                name="orders_line_answer_has_deadline",
            ),
            models.CheckConstraint(
                condition=~Q(state=LineState.ACCEPTED) | Q(promised_on__isnull=False),
                name="orders_line_accepted_has_promise",
            ),
        ]
        indexes = [
            models.Index(fields=["provider", "due_at", "id"], name="orders_line_inbox"),
            models.Index(fields=["provider", "state", "-id"], name="orders_line_by_provider"),
            models.Index(fields=["state", "due_at", "id"], name="orders_line_by_state"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def shown_title(self) -> str:
        """The title in the active language."""
        return (get_language() == "en" and self.title_en) or self.title

    @property
    def rounds_left(self) -> int:
        """Requests for changes that the offer still includes."""
        return max(0, int(self.offer.get("rounds_of_changes", 0)) - self.rounds_used)

    @property
    def answers(self) -> list[dict[str, Any]]:
        """Questions of the frozen form with their answers, in order."""
        form = self.offer.get("intake") or {"fields": []}
        given = self.offer.get("answers", {})
        return [{"field": field, "answer": given.get(field["key"])} for field in form["fields"]]


class Milestone(models.Model):
    """A part of a line, delivered, approved and invoiced alone; `key` names the charge's release."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="milestones")
    position = models.IntegerField()
    key = models.CharField(max_length=40)
    label = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160, blank=True)
    share_percent = models.IntegerField()
    state = models.CharField(max_length=20, choices=MilestoneState.choices, default=MilestoneState.PENDING)
    delivered_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    review_due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="orders_milestone_position_unique"),
            models.UniqueConstraint(fields=["line", "key"], name="orders_milestone_key_unique"),
            models.CheckConstraint(
                condition=Q(state__in=MilestoneState.values), name="orders_milestone_state_known"
            ),
            models.CheckConstraint(
                condition=Q(share_percent__gte=1, share_percent__lte=100), name="orders_milestone_share_range"
            ),
            # The provider works on one at a time, so that a line's state says who must act.
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=["in_progress", "delivered", "changes_requested"]),
                name="orders_milestone_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_at__isnull=False),
                name="orders_milestone_approved_has_instant",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id}/{self.key}"

    @property
    def shown_label(self) -> str:
        """The label in the active language."""
        return (get_language() == "en" and self.label_en) or self.label


class TimelineEntry(models.Model):
    """One transition of a line or of one of its milestones: who, when, from, to, why. Rows only join."""

    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="timeline")
    milestone = models.ForeignKey(
        Milestone, null=True, blank=True, on_delete=models.PROTECT, related_name="timeline"
    )
    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(max_length=10)
    transition = models.CharField(max_length=20)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    note = models.TextField(blank=True)

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(condition=Q(role__in=ROLES), name="orders_timeline_role_known"),
            models.CheckConstraint(
                condition=Q(role__in=["clock", "billing"]) | Q(actor__isnull=False),
                name="orders_timeline_people_have_names",
            ),
        ]
        indexes = [models.Index(fields=["line", "at", "id"], name="orders_timeline_by_line")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.transition}: {self.from_state} → {self.to_state}"
