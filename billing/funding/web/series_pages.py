"""The console makes series of codes and hands them out as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.funding.access import get_series_to_handle, require_finance
from billing.funding.grants import shown_code
from billing.funding.models import VoucherSeries
from billing.funding.queries import all_series, open_programmes
from billing.funding.series import make_series
from billing.funding.web.operator import today
from billing.funding.web.voucher_forms import SeriesForm
from billing.funding.web.voucher_pages import PLACES
from kernel.errors import DomainError
from kernel.web.exports import cents_text, csv_response

PAGE_SIZE = 50


@login_required
@require_safe
def series_list(request: HttpRequest) -> HttpResponse:
    """Every series, newest first, with what became of its codes."""
    require_finance(request.user)
    page = Paginator(all_series(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "funding/operator/series.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make many codes of one worth; the money of all is reserved at once."""
    user = require_finance(request.user)
    form = SeriesForm(request.POST or None, programmes=open_programmes(today()))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = make_series(
                programme=form.chosen,
                name=values["name"],
                size=values["size"],
                amount_cents=values["amount"],
                expires_on=values["expires_on"],
                user=user,
            )
        except DomainError as error:
            form.add_error(PLACES.get(error.code), str(error))
        else:
            messages.success(
                request, _("%(count)s codes sont prêts : téléchargez leur fichier.") % {"count": made.size}
            )
            return redirect("funding:console_series")
    context = {"form": form}
    return render(request, "funding/operator/series_new.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def codes(request: HttpRequest, public_id: UUID) -> StreamingHttpResponse:
    """The codes of a series with what became of each, for a spreadsheet."""
    series = get_series_to_handle(request.user, public_id)
    return csv_response(f"codes-{slugify(series.name) or series.pk}", _cells(series))


def _cells(series: VoucherSeries) -> Iterator[list[str]]:
    yield [_("Code"), _("Dispositif"), _("Montant"), _("Dernier jour"), _("État"), _("Entreprise")]
    # A code that goes on after an order came to nothing has left its first voucher.
    rows = series.vouchers.exclude(code="").select_related("party").order_by("code")
    for voucher in rows:
        yield [
            shown_code(voucher.code),
            series.programme.name,
            cents_text(voucher.amount_cents),
            voucher.expires_on.isoformat() if voucher.expires_on else "",
            str(voucher.get_state_display()),
            voucher.party.display_name if voucher.party else "",
        ]
