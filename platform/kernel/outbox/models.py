"""The row that remembers a task."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone


class OutboxTaskQuerySet(models.QuerySet["OutboxTask"]):
    """The vocabulary for tasks."""

    def open(self) -> OutboxTaskQuerySet:
        """Neither done nor given up."""
        return self.filter(done_at=None, dead_at=None)

    def due(self, now: datetime | None = None) -> OutboxTaskQuerySet:
        """Open, and their time has come."""
        return self.open().filter(due_at__lte=now or timezone.now())

    def done_before(self, instant: datetime) -> OutboxTaskQuerySet:
        """Done, and long enough ago."""
        return self.filter(done_at__lt=instant)

    def dead(self) -> OutboxTaskQuerySet:
        """Given up after the last try, newest first: staff must look."""
        return self.filter(done_at=None).exclude(dead_at=None).order_by("-dead_at", "-pk")


class OutboxTask(models.Model):
    """One call of a registered task. All instants are UTC.

    ``leased_until``: a message or a worker has it until then. ``started_at``: a worker began; with a running
    lease nobody else does. ``dedupe_key`` is unique among open rows.
    """

    name = models.CharField(max_length=100)
    queue = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    dedupe_key = models.CharField(max_length=200, null=True, blank=True)  # noqa: DJ001 - null never collides
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    tries = models.IntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    dead_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True, default="")

    objects = OutboxTaskQuerySet.as_manager()

    class Meta:
        """Public schema and tenants."""

        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"],
                condition=Q(done_at=None, dead_at=None),
                name="outbox_one_open_task_per_key",
            ),
            models.CheckConstraint(condition=Q(tries__gte=0), name="outbox_tries_not_negative"),
            models.CheckConstraint(
                condition=Q(done_at=None) | Q(dead_at=None), name="outbox_done_or_dead_not_both"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(done_at=None, dead_at=None), name="outbox_open_due"),
            models.Index(fields=["-dead_at"], condition=Q(dead_at__isnull=False), name="outbox_dead"),
            models.Index(fields=["done_at"], condition=Q(done_at__isnull=False), name="outbox_done"),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"
