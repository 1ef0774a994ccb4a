"""What a line of a file would do: nothing, write a new draft, change one, or not be understood."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from services.catalogue.contents import written_of
from services.catalogue.exchange.columns import BY_NAME, WRITTEN, Cell, Cells, Column, same, written_cells
from services.catalogue.fields import fields_of
from services.catalogue.inputs import ServiceInput
from services.catalogue.models import Category, PriceKind, ProviderProfile, Service, ServiceState
from services.catalogue.web.question_rows import QuestionRowForm, QuestionRows
from services.catalogue.web.row_forms import (
    MilestoneForm,
    OptionForm,
    Rows,
    milestones_of,
    options_of,
)
from services.catalogue.web.section_forms import PresentationForm, PriceForm, TermsForm, WorkForm

if TYPE_CHECKING:
    from tenants.parties.models import Party

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "error"
_FORMS: dict[str, type[forms.Form]] = {
    "presentation": PresentationForm,
    "prix": PriceForm,
    "deroulement": WorkForm,
    "conditions": TermsForm,
}
_EMPTY = ServiceInput(
    name="", summary="", description="", price_kind=PriceKind.FIXED, unit="", unit_price=None,
    lead_time_days=0, cancellation_terms="",
)  # fmt: skip


@dataclass
class Plan:
    """A line and what it would do. ``target`` is what would be written on, None for a new service."""

    line: int
    kind: str = SAME
    slug: str = ""
    name: str = ""
    provider: Party | None = None
    service: Service | None = None
    target: Service | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    fields: list[str] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)

    def refuse(self, code: str, message: str) -> None:
        """Note what is wrong in a column, and what to do."""
        self.kind = WRONG
        self.errors.append({"column": BY_NAME[code].header if code else "", "message": message})

    def as_row(self) -> dict[str, Any]:
        """What the report keeps; ``seen`` tells whether the service changed since."""
        return {
            "line": self.line,
            "slug": self.slug,
            "name": self.name,
            "kind": self.kind,
            "fields": self.fields,
            "errors": self.errors,
            "seen": self.target.updated_at.isoformat() if self.target is not None else "",
        }


def plan_lines(records: Iterable[Mapping[str, Any]], party: Party | None) -> Iterable[Plan]:
    """The plan of each line, for the services of a provider, or for all of them without one."""
    records = list(records)
    slugs = [_slug(record["cells"]) for record in records]
    known = _known(slugs, party)
    providers = {
        profile.slug: profile.party
        for profile in ProviderProfile.objects.select_related("party").filter(
            slug__in={str(record["cells"].get("provider", "")).strip() for record in records}
        )
    }
    seen: set[str] = set()
    for record, slug in zip(records, slugs, strict=True):
        cells: Cells = record["cells"]
        plan = Plan(line=record["line"], slug=slug, name=str(cells.get("name", ""))[:160])
        if slug and slug in seen:
            plan.refuse("slug", _("Ce service est déjà sur une autre ligne. Gardez-en une."))
        elif slug and slug not in known:
            plan.refuse(
                "slug", _("Aucun service modifiable à cette adresse. Laissez vide pour un nouveau service.")
            )
        elif slug:
            _plan_change(plan, known[slug], cells)
        else:
            plan.provider = party or providers.get(str(cells.get("provider", "")).strip())
            _plan_new(plan, cells)
        seen.add(slug)
        yield plan


def _slug(cells: Mapping[str, Any]) -> str:
    return str(cells.get("slug", "")).strip()


def _known(slugs: list[str], party: Party | None) -> dict[str, Service]:
    services = Service.objects.listed().filter(slug__in=[slug for slug in slugs if slug])
    if party is not None:
        services = services.of_provider(party.pk)
    found = services.select_related("category", "provider").prefetch_related(
        "options", "milestones", "intake_forms", "pictures"
    )
    return {service.slug: service for service in found}


def _plan_new(plan: Plan, cells: Cells) -> None:
    if plan.provider is None:
        plan.refuse(
            "provider", _("Indiquez l’adresse de la page d’un prestataire, par exemple « atelier-web ».")
        )
    plan.kind = WRONG if plan.errors else NEW
    told = [
        column
        for column in WRITTEN
        if column.code in ("name", "category") or _given(column, cells) not in (None, "", [])
    ]
    _write(plan, _EMPTY, written_cells(_EMPTY, ""), {"name": "", "category": "", **cells}, told)


def _plan_change(plan: Plan, service: Service, cells: Cells) -> None:
    plan.service, plan.name = service, plan.name or service.name
    base, rubric = written_of(service), service.category.slug
    if not _differing(written_cells(base, rubric), cells):
        return
    target = service
    if service.state in (ServiceState.PUBLISHED, ServiceState.PAUSED):
        version = (
            service.versions.filter(state__in=[ServiceState.DRAFT, ServiceState.REVIEW])
            .select_related("category")
            .first()
        )
        if version is not None:
            target, base, rubric = version, written_of(version), version.category.slug
    plan.target = target
    before = written_cells(base, rubric)
    differing = _differing(before, cells)
    if not differing:
        return
    if target.state in (ServiceState.REVIEW, ServiceState.ARCHIVED):
        plan.refuse(
            "slug",
            _("Ce service ne s’écrit pas : %(state)s. Reprenez d’abord le brouillon, ou retirez la ligne.")
            % {"state": target.get_state_display()},
        )
        return
    plan.kind = CHANGED
    _write(plan, base, before, cells, differing)


def _given(column: Column, cells: Cells) -> Cell | None:
    """The cell of a line in its one way, None where the file does not speak of it."""
    cell = cells.get(column.code)
    if cell is None or isinstance(cell, list):
        return cell
    return same(column, cell)


def _differing(before: Cells, cells: Cells) -> list[Column]:
    return [
        column
        for column in WRITTEN
        if (given := _given(column, cells)) is not None and given != _given(column, before)
    ]


def _write(plan: Plan, base: ServiceInput, before: Cells, cells: Cells, differing: list[Column]) -> None:
    """Read what differs by the rules of the pages on which people write it."""
    after: dict[str, Any] = {column.code: _given(column, before) for column in WRITTEN}
    after |= {column.code: _given(column, cells) for column in differing}
    plan.fields = [column.code for column in differing]
    for section in dict.fromkeys(column.section for column in differing):
        if section in _FORMS:
            _read_form(plan, section, after)
        else:
            _read_rows(plan, section, after, base)
    if plan.kind == CHANGED and "category" not in plan.changes:
        written = {name: value for name, value in plan.changes.items() if name != "category"}
        if replace(base, **written) == base:
            plan.kind, plan.fields = SAME, []


def _read_form(plan: Plan, section: str, after: Mapping[str, Any]) -> None:
    typed = QueryDict(mutable=True)
    for name, value in after.items():
        if name == "departments":
            typed.setlist(name, str(value).split())
        elif isinstance(value, str):
            typed[name] = value
    form = _FORMS[section](typed)
    if not form.is_valid():
        for name, messages in form.errors.items():
            for message in messages:
                plan.refuse(name if name in BY_NAME else "", str(message))
        return
    plan.changes |= form.cleaned_data if isinstance(form, PresentationForm) else form.changes()  # type: ignore[attr-defined]


def _read_rows(plan: Plan, section: str, after: Mapping[str, Any], base: ServiceInput) -> None:
    [code] = fields_of(section)
    stored = after[code]
    rows: Rows
    if code == "questions":
        rows = QuestionRows(QuestionRowForm, written=base, stored=stored)
    else:
        rows = Rows(OptionForm if code == "options" else MilestoneForm, stored=stored)
    if len(stored) > rows.most:
        plan.refuse(code, _("Indiquez au plus %(most)s lignes dans cette cellule.") % {"most": rows.most})
        return
    if not rows.is_valid():
        for number, form in enumerate(rows.forms, start=1):
            for messages in form.errors.values():
                plan.refuse(code, f"{number}. {' '.join(map(str, messages))}")
        return
    if isinstance(rows, QuestionRows):
        plan.changes[code] = rows.questions()
    else:
        read = options_of if code == "options" else milestones_of
        plan.changes[code] = read(rows, base)


def category_of(plan: Plan) -> Category | None:
    """The rubric that a line names, where it changes it."""
    found: Category | None = plan.changes.get("category")
    return found
