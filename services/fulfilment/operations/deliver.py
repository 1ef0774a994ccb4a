"""Handing over: deliverables are attached one by one, then delivered together."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from billing.charges.inputs import Due
from billing.charges.instalments import call_instalments
from billing.charges.lifecycle import ChargeState
from services.fulfilment.errors import DeliverableGone, NotBeingWorkedOn, NothingAttached, TooManyFiles
from services.fulfilment.models import Deliverable
from services.fulfilment.operations.answer import last_step
from services.orders.lifecycle import LINE, MILESTONE, PROVIDER
from services.orders.locking import lock_line, lock_line_with_charge
from services.orders.models import Milestone, OrderLine
from services.orders.notices import notify_business
from services.orders.transitions import (
    current_milestone,
    follow_milestones,
    milestones_of,
    move_milestone,
    refuse_both_sides,
)
from services.orders.uploads import MOST_FILES, check_upload


@transaction.atomic
def attach_deliverable(
    *, key: str, actor: Any, file: UploadedFile | None = None, link: str = "", title: str = ""
) -> Deliverable:
    """Attach a file or a link to the milestone that is worked on; the client sees it once it is delivered.

    Raises FileRefused, TooManyFiles, NotBeingWorkedOn, LineNotFound, BothSides.
    """
    line = lock_line(key)
    refuse_both_sides(line.order, role=PROVIDER, actor=actor)
    milestone = _worked_on(line)
    prepared = Deliverable.objects.filter(milestone=milestone, delivered_at=None).count()
    if prepared >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    deliverable = Deliverable(milestone=milestone, delivery=_next_delivery(milestone), uploaded_by=actor)
    if file is not None:
        checked = check_upload(file)
        deliverable.title = title.strip()[:120] or checked.name
        deliverable.content_type = checked.content_type
        deliverable.size_bytes = checked.size_bytes
        deliverable.sha256 = checked.sha256
        deliverable.file.save(checked.name, file, save=False)
    else:
        deliverable.link = link
        deliverable.title = title.strip()[:120] or link.split("://", 1)[-1][:120]
    deliverable.save(force_insert=True)
    return deliverable


@transaction.atomic
def detach_deliverable(*, key: str, public_id: UUID, actor: Any) -> None:
    """Take off what is not delivered yet. Raises DeliverableGone, LineNotFound, BothSides."""
    line = lock_line(key)
    refuse_both_sides(line.order, role=PROVIDER, actor=actor)
    found = Deliverable.objects.filter(public_id=public_id, milestone__line=line, delivered_at=None).first()
    if found is None:
        raise DeliverableGone()
    file = found.file
    found.delete()
    if file:
        transaction.on_commit(lambda: file.delete(save=False))


@transaction.atomic
def deliver_milestone(*, key: str, actor: Any, note: str = "") -> OrderLine:
    """Deliver what is attached to the milestone that is worked on; the client's time begins.

    A balance that is due at delivery falls due. Takes the lock of the charge first.
    Raises NothingAttached, TransitionRefused, LineNotFound, BothSides.
    """
    line, charge = lock_line_with_charge(key)
    milestones = milestones_of(line)
    milestone = current_milestone(milestones)
    if milestone is None or not _may_be_delivered(milestone):
        # The line's own table says why, with its present state.
        LINE.check(line, "deliver", PROVIDER)
        raise NotBeingWorkedOn()
    now = timezone.now()
    if not Deliverable.objects.filter(milestone=milestone, delivered_at=None).update(delivered_at=now):
        raise NothingAttached()
    if charge.state == ChargeState.PART_PAID:
        call_instalments(charge=charge, due=Due.AT_DELIVERY)
    move_milestone(milestone, "deliver", role=PROVIDER, actor=actor, note=note.strip(), now=now)
    follow_milestones(line, milestones, role=PROVIDER, actor=actor, note=note.strip(), now=now)
    notify_business(
        "delivered",
        line,
        last_step(line),
        note=note.strip(),
        milestone=milestone.key,
        due_at=milestone.review_due_at.isoformat() if milestone.review_due_at else "",
    )
    return line


def _worked_on(line: OrderLine) -> Milestone:
    milestone = current_milestone(milestones_of(line))
    if milestone is None or not _may_be_delivered(milestone):
        raise NotBeingWorkedOn()
    return milestone


def _may_be_delivered(milestone: Milestone) -> bool:
    return any(row.name == "deliver" for row in MILESTONE.actions_for(milestone, PROVIDER))


def _next_delivery(milestone: Milestone) -> int:
    last = (
        Deliverable.objects.filter(milestone=milestone)
        .exclude(delivered_at=None)
        .order_by("-delivery")
        .values_list("delivery", flat=True)
        .first()
    )
    return (last or 0) + 1
