"""An import: a file is handed in, read into a report, confirmed, then written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition
from kernel.outbox.operations import enqueue
from services.catalogue.errors import ImportHasErrors
from services.catalogue.exchange.files import read_file
from services.catalogue.exchange.planning import CHANGED, NEW, WRONG, Plan, category_of, plan_lines
from services.catalogue.models import Service, ServiceImport, ServiceState
from services.catalogue.writing import start_service, start_version, write_on_service

if TYPE_CHECKING:
    from tenants.accounts.models import User
    from tenants.parties.models import Party

AUTHOR, TASK = "author", "task"
_PROGRESS_SECONDS = 3600
IMPORT = Lifecycle(
    field="state",
    transitions=(
        Transition(
            name="report",
            sources=("reading", "applying"),
            target="read",
            by=frozenset({TASK}),
            refusal=_("Ce fichier est déjà lu."),
        ),
        Transition(
            name="confirm",
            sources=("read",),
            target="applying",
            by=frozenset({AUTHOR}),
            refusal=_("Seul un fichier lu s’importe."),
        ),
        Transition(
            name="apply",
            sources=("applying",),
            target="applied",
            by=frozenset({TASK}),
            refusal=_("Cet import n’est pas confirmé."),
        ),
        Transition(
            name="drop",
            sources=("reading", "read"),
            target="dropped",
            by=frozenset({AUTHOR}),
            refusal=_("Cet import est déjà fait ou abandonné."),
        ),
    ),
)


@transaction.atomic
def hand_in(*, content: bytes, name: str, party: Party | None, author: User) -> ServiceImport:
    """Keep the lines of a file and have them read by a task. Raises FileNotRead."""
    records = read_file(content, name)
    handed_in = ServiceImport.objects.create(
        party=party, author=author, file_name=name[-120:], records=records
    )
    enqueue("catalogue.read_import", import_id=handed_in.pk)
    return handed_in


@transaction.atomic
def read_import(*, import_id: int) -> None:
    """Draw up the report of a file; nothing is written. One that was dropped meanwhile stays so."""
    found = _locked(import_id)
    if found.state == "reading":
        _report(found, _planned(found))


@transaction.atomic
def confirm_import(*, import_id: int) -> ServiceImport:
    """Have a report carried out by a task. Raises TransitionRefused, ImportHasErrors."""
    found = _locked(import_id)
    IMPORT.check(found, "confirm", AUTHOR)
    if any(row["kind"] == WRONG for row in found.report):
        raise ImportHasErrors()
    IMPORT.apply(found, "confirm", AUTHOR)
    found.is_renewed = False
    found.save(update_fields=["state", "is_renewed"])
    enqueue("catalogue.apply_import", import_id=found.pk)
    return found


@transaction.atomic
def drop_import(*, import_id: int) -> ServiceImport:
    """Leave a file aside. Raises TransitionRefused."""
    found = _locked(import_id)
    IMPORT.apply(found, "drop", AUTHOR)
    found.ended_at, found.records = timezone.now(), []
    found.save(update_fields=["state", "ended_at", "records"])
    return found


@transaction.atomic
def apply_import(*, import_id: int) -> None:
    """Write every line of a confirmed report; if a service changed since, none, and report anew."""
    found = _locked(import_id)
    if found.state != "applying":
        return
    slugs = [row["slug"] for row in found.report if row["slug"]]
    # The services, then their versions, as whoever writes on one locks them.
    list(Service.objects.filter(slug__in=slugs).order_by("pk").select_for_update(of=("self",)))
    plans = _planned(found)
    if [_promise(row) for row in found.report] != [_promise(plan.as_row()) for plan in plans]:
        found.is_renewed = True
        _report(found, plans)
        return
    for number, plan in enumerate(plans):
        _carry_out(plan)
        _note_progress(found, number)
    IMPORT.apply(found, "apply", TASK)
    found.ended_at, found.records = timezone.now(), []
    found.save(update_fields=["state", "ended_at", "records"])


def progress_of(handed_in: ServiceImport) -> int:
    """How many lines the running task has done."""
    return int(cache.get(_progress_key(handed_in)) or 0)


def counts_of(handed_in: ServiceImport) -> dict[str, int]:
    """How many lines of the report are new, changed, same or wrong."""
    counts = dict.fromkeys((NEW, CHANGED, "same", WRONG), 0)
    for row in handed_in.report:
        counts[row["kind"]] += 1
    return counts


def _locked(import_id: int) -> ServiceImport:
    return ServiceImport.objects.select_for_update(of=("self",)).get(pk=import_id)


def _planned(found: ServiceImport) -> list[Plan]:
    language = found.author.language if found.author else ""
    plans = []
    with translation.override(language or translation.get_language()):
        for number, plan in enumerate(plan_lines(found.records, found.party)):
            plans.append(plan)
            _note_progress(found, number)
    return plans


def _report(found: ServiceImport, plans: list[Plan]) -> None:
    IMPORT.apply(found, "report", TASK)
    found.report = [plan.as_row() for plan in plans]
    found.save(update_fields=["state", "report", "is_renewed"])
    cache.delete(_progress_key(found))


def _promise(row: dict[str, Any]) -> tuple[Any, ...]:
    """What the author agreed to; sentences may be in another language."""
    return (row["line"], row["kind"], row["slug"], row["fields"], row["seen"])


def _carry_out(plan: Plan) -> None:
    changes = {name: value for name, value in plan.changes.items() if name != "category"}
    category = category_of(plan)
    if plan.kind == NEW and plan.provider is not None and category is not None:
        service = start_service(provider=plan.provider, category=category, name=changes.pop("name"))
        write_on_service(service_id=service.pk, **changes)
    elif plan.kind == CHANGED and plan.target is not None:
        target = plan.target
        if target.state != ServiceState.DRAFT:
            target = start_version(service_id=target.pk)
        write_on_service(service_id=target.pk, category=category, **changes)


def _note_progress(found: ServiceImport, number: int) -> None:
    if number % 20 == 0:
        cache.set(_progress_key(found), number + 1, _PROGRESS_SECONDS)


def _progress_key(found: ServiceImport) -> str:
    return f"catalogue:import:{found.public_id}"
