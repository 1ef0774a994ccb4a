"""The workshop: write a service page by page; each page is kept as it is left."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.errors import DomainError
from services.catalogue.access import get_own_service
from services.catalogue.contents import written_of
from services.catalogue.errors import PictureRefused
from services.catalogue.fields import SECTIONS, fields_of
from services.catalogue.models import Service, ServiceState
from services.catalogue.remarks import open_remarks
from services.catalogue.web.picture_rows import NewPictureForm, PictureRows
from services.catalogue.web.question_rows import QuestionRowForm, QuestionRows, question_rows
from services.catalogue.web.row_forms import (
    MilestoneForm,
    OptionForm,
    Rows,
    milestone_rows,
    milestones_of,
    option_rows,
    options_of,
    said_total,
    total_of,
)
from services.catalogue.web.section_forms import PresentationForm, PriceForm, TermsForm, WorkForm
from services.catalogue.writing import start_service, write_on_service
from tenants.parties.acting import acting_party

if TYPE_CHECKING:
    from services.catalogue.inputs import ServiceInput

ORDER = list(SECTIONS)
FORMS: dict[str, type[forms.Form]] = {
    "presentation": PresentationForm,
    "prix": PriceForm,
    "deroulement": WorkForm,
    "conditions": TermsForm,
}
# The field of a form stands for another one of the service.
STANDS_FOR = {"indicative_min": "indicative_min_cents", "indicative_max": "indicative_max_cents"}


@dataclass(frozen=True)
class RowPage:
    """A page of rows: its form, how it is filled and what it becomes."""

    kind: type[forms.Form]
    field: str
    stored: Callable[[ServiceInput], list[dict[str, Any]]]
    read: Callable[[Any, ServiceInput], Any]
    template: str = "catalogue/provider/rows.html"

    def rows(self, written: ServiceInput, **typed: Any) -> Rows:
        """The rows as posted or stored."""
        if self.kind is QuestionRowForm:
            return QuestionRows(self.kind, written=written, **typed)
        return Rows(self.kind, **typed)


ROW_PAGES = {
    "options": RowPage(OptionForm, "options", option_rows, options_of),
    "etapes": RowPage(MilestoneForm, "milestones", milestone_rows, milestones_of),
    "questionnaire": RowPage(
        QuestionRowForm,
        "questions",
        question_rows,
        lambda rows, _written: rows.questions(),
        "catalogue/provider/questions.html",
    ),
}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """The first page of a new service; kept from there on."""
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    form = PresentationForm(request.POST if request.method == "POST" else None)
    if not (form.is_bound and form.is_valid()):
        context = {**_about("presentation", None), "form": form, "shown": _beside(form, {})}
        return render(
            request, "catalogue/provider/section.html", context, status=422 if form.is_bound else 200
        )
    service = start_service(provider=party, **form.cleaned_data)
    messages.success(request, _("Brouillon enregistré."))
    return _onwards(request, service, "presentation")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, slug: str, section: str) -> HttpResponse:
    """One page of a draft."""
    if section not in SECTIONS:
        raise Http404
    service = get_own_service(acting_party(request, "provider"), slug)
    if service.state != ServiceState.DRAFT:
        if request.method == "POST":
            messages.error(
                request,
                _("Entre-temps : %(state)s. Rien n’a été modifié.") % {"state": service.get_state_display()},
            )
        return redirect("catalogue:provider_service", slug=slug)
    if section == "images":
        return _picture_page(request, service)
    if section in ROW_PAGES:
        return _row_page(request, service, section)
    form = _form(section, service, request)
    if form.is_bound and form.is_valid():
        changes = form.cleaned_data if isinstance(form, PresentationForm) else form.changes()  # type: ignore[attr-defined]
        return _kept(request, service, section, changes)
    context = {
        **_about(section, service),
        "form": form,
        "shown": _beside(form, open_remarks(service)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "catalogue/provider/section.html", context, status=status)


def _row_page(request: HttpRequest, service: Service, section: str) -> HttpResponse:
    page = ROW_PAGES[section]
    written = written_of(service)
    refused = False
    if request.method == "POST":
        rows = page.rows(written, posted=request.POST.dict())
        do = request.POST.get("do", "")
        if do in ("next", "leave"):
            if rows.is_valid():
                return _kept(request, service, section, {page.field: page.read(rows, written)})
            refused = True
        else:
            rows.act(do)
    else:
        rows = page.rows(written, stored=page.stored(written))
        if not rows.typed:
            rows.act("add")
    context = {
        **_about(section, service),
        "rows": rows,
        "remarks": open_remarks(service).get(page.field, []),
        "total": said_total(total_of(rows)),
        "total_words": said_total("{}"),
        "refused": refused,
    }
    return render(request, page.template, context, status=422 if refused else 200)


def _picture_page(request: HttpRequest, service: Service) -> HttpResponse:
    """Each button keeps the pictures: a file that was sent is not sent again."""
    posted = request.method == "POST"
    rows = PictureRows(service, request.POST.dict() if posted else None)
    new = NewPictureForm(request.POST, request.FILES, prefix="new") if posted else None
    do, refused = request.POST.get("do", ""), False
    # Whoever has chosen a file and leaves the page wants it taken.
    if new is not None and do != "add" and not new.has_changed():
        new = None
    if posted:
        rows.act(do)
        refused = not rows.is_valid() or (new is not None and not new.is_valid())
    if posted and not refused:
        try:
            rows.keep(new)
        except PictureRefused as error:
            refused = True
            if new is not None:
                new.add_error("file", str(error))
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(request.path)
        else:
            return _after_pictures(request, service, do)
    context = {
        **_about("images", service),
        "rows": rows,
        "new": new or NewPictureForm(prefix="new"),
        "remarks": open_remarks(service).get("pictures", []),
        "refused": refused,
    }
    return render(request, "catalogue/provider/pictures.html", context, status=422 if refused else 200)


def _after_pictures(request: HttpRequest, service: Service, do: str) -> HttpResponse:
    if do in ("next", "leave"):
        messages.success(request, _("Brouillon enregistré."))
        return _onwards(request, service, "images")
    verb, _dash, tail = do.partition("-")
    if verb == "remove":
        messages.success(request, _("Image retirée. Vous pouvez la rétablir en bas de page."))
    place = {"up": -1, "down": 1}.get(verb)
    anchor = f"#row-{max(int(tail) + place, 0)}" if place and tail.isdecimal() and len(tail) < 3 else ""
    return redirect(f"{request.path}{anchor}")


def _kept(request: HttpRequest, service: Service, section: str, changes: dict[str, Any]) -> HttpResponse:
    try:
        write_on_service(service_id=service.pk, **changes)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("catalogue:provider_service", slug=service.slug)
    messages.success(request, _("Brouillon enregistré."))
    return _onwards(request, service, section)


def _onwards(request: HttpRequest, service: Service, section: str) -> HttpResponse:
    """To the next page, or to the whole: after the last one, or when that was asked."""
    place = ORDER.index(section) + 1
    if request.POST.get("do") == "leave" or place == len(ORDER):
        return redirect("catalogue:provider_service", slug=service.slug)
    return redirect("catalogue:provider_service_section", slug=service.slug, section=ORDER[place])


def _form(section: str, service: Service, request: HttpRequest) -> forms.Form:
    kind = FORMS[section]
    if request.method == "POST":
        return kind(request.POST)
    written = written_of(service)
    initial = {name: getattr(written, name) for name in fields_of(section) if name != "category"}
    initial["category"] = service.category.slug
    initial["deliverables"] = "\n".join(written.deliverables)
    initial["lead_time_days"] = written.lead_time_days or None
    for shown, stored in STANDS_FOR.items():
        cents = getattr(written, stored)
        initial[shown] = None if cents is None else f"{cents // 100},{cents % 100:02d}"
    return kind(initial=initial)


def _beside(form: forms.Form, remarks: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Each field with what the operator says about it, and the choice that it belongs to."""
    belongs: dict[str, tuple[str, str]] = getattr(form, "belongs", {})
    return [
        {
            "field": form[name],
            "remarks": remarks.get(STANDS_FOR.get(name, name), []),
            "belongs": belongs.get(name),
        }
        for name in form.fields
    ]


def _about(section: str, service: Service | None) -> dict[str, Any]:
    place = ORDER.index(section)
    return {
        "service": service,
        "section": section,
        "title": SECTIONS[section],
        "step": place + 1,
        "steps": len(ORDER),
        "next_title": SECTIONS[ORDER[place + 1]] if place + 1 < len(ORDER) else "",
    }
