"""Workshop and console: services as files, out and in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from kernel.web.exports import csv_response
from kernel.web.forms import UploadField
from services.catalogue.access import DESK, acting_user, get_import_for
from services.catalogue.exchange.columns import BY_NAME
from services.catalogue.exchange.exports import example, exported
from services.catalogue.exchange.files import LARGEST_BYTES, MOST_LINES, csv_cells, json_text
from services.catalogue.exchange.imports import (
    confirm_import,
    counts_of,
    drop_import,
    hand_in,
    progress_of,
)
from services.catalogue.models import ImportState, ServiceImport
from tenants.accounts.access import require_operator
from tenants.parties.acting import acting_party

if TYPE_CHECKING:
    from tenants.parties.models import Party

PAGE_SIZE = 50
LAST = 10
LAYOUTS = {"provider": "layouts/workshop.html", "console": "layouts/console.html"}
TONES = {"reading": "run", "read": "act", "applying": "run", "applied": "done", "dropped": "wait"}
# What is wrong first, then what would be written.
KINDS: dict[str, tuple[int, str, Any]] = {
    "error": (0, "bad", gettext_lazy("Erreur")),
    "new": (1, "act", gettext_lazy("Nouveau")),
    "changed": (2, "run", gettext_lazy("Modifié")),
    "same": (3, "wait", gettext_lazy("Inchangé")),
}
ACTS = {"importer": confirm_import, "abandonner": drop_import}


class ImportForm(forms.Form):
    """A file of services."""

    file = UploadField(
        label=gettext_lazy("Fichier de services"), extensions=("csv", "json"), max_bytes=LARGEST_BYTES
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def exchange(request: HttpRequest, desk: str) -> HttpResponse:
    """Take services out as a file, hand a file in, find the last ones again."""
    party = _party(request, desk)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            found = hand_in(
                content=file.read(), name=file.name or "", party=party, author=acting_user(request)
            )
        except DomainError as error:
            form.add_error("file", str(error))
        else:
            return redirect(f"catalogue:{desk}_import", public_id=found.public_id)
    last = ServiceImport.objects.filter(party=party).defer("records", "report")[:LAST]
    context = {
        **_about(desk),
        "form": form,
        "most": MOST_LINES,
        "imports": [
            {
                "of": one,
                "url": reverse(f"catalogue:{desk}_import", args=[one.public_id]),
                "state": one.get_state_display(),
                "tone": TONES[one.state],
            }
            for one in last
        ],
        "files": [
            {"url": reverse(f"catalogue:{desk}_export", args=[form_of]), "name": name, "kind": kind}
            for form_of, name, kind in (
                ("csv", _("Services en CSV"), _("pour un tableur")),
                ("json", _("Services en JSON"), _("pour un programme")),
                ("modele", _("Modèle à remplir en CSV"), _("avec un exemple")),
            )
        ],
    }
    status = 422 if form.is_bound else 200
    return render(request, "catalogue/exchange/exchange.html", context, status=status)


@require_safe
@login_required
def export(request: HttpRequest, desk: str, form: str) -> HttpResponseBase:
    """Services as a file that an import reads back."""
    party = _party(request, desk)
    if form == "csv":
        return csv_response("services", csv_cells(exported(party)))
    if form == "modele":
        return csv_response("modele-services", csv_cells([example()]))
    if form != "json":
        raise Http404
    answer = HttpResponse(json_text(exported(party)), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="services.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
@login_required
def report(request: HttpRequest, desk: str, public_id: UUID) -> HttpResponse:
    """What would this file do? Line by line, before anything is written."""
    found = get_import_for(request.user, _party(request, desk), public_id)
    counts = counts_of(found)
    rows = sorted(found.report, key=lambda row: (KINDS[row["kind"]][0], row["line"]))
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    writes = counts["new"] + counts["changed"]
    context = {
        **_about(desk),
        "found": found,
        "state": found.get_state_display(),
        "tone": TONES[found.state],
        "is_running": found.state in (ImportState.READING, ImportState.APPLYING),
        "lines": len(found.records),
        "progress": progress_of(found),
        "counts": counts,
        "writes": writes,
        "can_import": found.state == ImportState.READ and writes and not counts["error"],
        "page": page,
        "rows": [_shown(row) for row in page],
        "import_url": reverse(f"catalogue:{desk}_import_act", args=[found.public_id, "importer"]),
        "drop_url": reverse(f"catalogue:{desk}_import_act", args=[found.public_id, "abandonner"]),
    }
    return render(request, "catalogue/exchange/report.html", context)


@require_POST
@login_required
def act(request: HttpRequest, desk: str, public_id: UUID, verb: str) -> HttpResponse:
    """Confirm a report, or leave the file aside."""
    found = get_import_for(request.user, _party(request, desk), public_id)
    if verb not in ACTS:
        raise Http404
    try:
        ACTS[verb](import_id=found.pk)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(f"catalogue:{desk}_import", public_id=found.public_id)


def _party(request: HttpRequest, desk: str) -> Party | None:
    """The provider one acts for; None at the operator's desk. Raises Http404 for anybody else."""
    if desk == "console":
        require_operator(request.user, DESK)
        return None
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    return party


def _about(desk: str) -> dict[str, Any]:
    return {
        "layout": LAYOUTS[desk],
        "list_url": reverse(f"catalogue:{desk}_services"),
        "list_name": _("Services") if desk == "console" else _("Mes services"),
        "exchange_url": reverse(f"catalogue:{desk}_exchange"),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    _rank, tone, word = KINDS[row["kind"]]
    return {
        **row,
        "tone": tone,
        "word": word,
        "columns": ", ".join(str(BY_NAME[name].label) for name in row["fields"] if name in BY_NAME),
    }
