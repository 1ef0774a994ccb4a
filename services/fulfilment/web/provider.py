"""The provider's pages: the next hour, all lines, one line with its acts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from kernel.lifecycle import TransitionRefused
from services.fulfilment.errors import NotBeingWorkedOn, NothingAttached, TooManyFiles
from services.fulfilment.lists import FILTERS, counts_by_filter, lines_of, provider_inbox
from services.fulfilment.onboarding import provider_state, steps_to_sell
from services.fulfilment.operations.answer import accept_line, decline_line, start_line
from services.fulfilment.operations.deliver import (
    attach_deliverable,
    deliver_milestone,
    detach_deliverable,
)
from services.fulfilment.operations.write import write_message
from services.fulfilment.queries import line_work
from services.fulfilment.web.forms import DeclineForm, DeliveryForm, MessageForm
from services.orders.access import get_line_for
from services.orders.errors import FileRefused
from services.orders.lifecycle import LINE, PROVIDER
from services.orders.models import OrderLine
from tenants.parties.acting import acting_party
from tenants.parties.models import Party, PartyRole

FILTER_LABELS = {
    "": gettext_lazy("Toutes"),
    "a-faire": gettext_lazy("À faire"),
    "a-accepter": gettext_lazy("À accepter"),
    "a-demarrer": gettext_lazy("À démarrer"),
    "a-livrer": gettext_lazy("À livrer"),
    "attend-le-client": gettext_lazy("Attend le client"),
    "litiges": gettext_lazy("Litiges"),
    "validees": gettext_lazy("Validées"),
    "annulees": gettext_lazy("Annulées"),
}


def seller_of(request: HttpRequest) -> Party:
    """The provider that the person acts for. 404 for everybody else."""
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    return party


@login_required
@require_safe
def next_hour(request: HttpRequest) -> HttpResponse:
    """Par quoi commencer ?"""
    party = seller_of(request)
    state = provider_state(party)
    if state == PartyRole.State.PENDING:
        return _before_the_first_sale(request, party)
    inbox = provider_inbox(party, page=request.GET.get("page"))
    context = {"inbox": inbox, "party": party, "suspended": state == PartyRole.State.SUSPENDED}
    return render(request, "fulfilment/provider/next_hour.html", context)


@login_required
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """All lines of the provider, narrowed and searched."""
    party = seller_of(request)
    if provider_state(party) == PartyRole.State.PENDING:
        return _before_the_first_sale(request, party)
    narrowed = request.GET.get("filtre", "")
    narrowed = narrowed if narrowed in FILTERS else ""
    query = request.GET.get("q", "").replace("\0", "").strip()[:80]
    page, rows = lines_of(party, narrowed=narrowed, query=query, page=request.GET.get("page"))
    counts = counts_by_filter(party, query=query)
    tabs = [
        {
            "url": f"?{urlencode({key: value for key, value in (('filtre', name), ('q', query)) if value})}",
            "label": label,
            "count": counts[name],
            "current": name == narrowed,
        }
        for name, label in FILTER_LABELS.items()
        if counts[name] or name in ("", "a-faire", narrowed)
    ]
    context = {"page": page, "rows": rows, "tabs": tabs, "query": query, "narrowed": narrowed}
    return render(request, "fulfilment/provider/lines.html", context)


def _before_the_first_sale(request: HttpRequest, party: Party) -> HttpResponse:
    """Que me manque-t-il pour vendre ?"""
    steps = steps_to_sell(party)
    context = {"party": party, "steps": steps, "missing": sum(not step.done for step in steps)}
    return render(request, "fulfilment/provider/pending.html", context)


@never_cache
@login_required
@require_safe
def line(request: HttpRequest, key: str) -> HttpResponse:
    """Que faire, pour combien ?"""
    return _page(request, get_line_for(request.user, key))


@login_required
@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Take the line."""
    found = get_line_for(request.user, key)
    try:
        accept_line(key=found.key, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Prestation acceptée. Le client est prévenu."))
    return redirect("fulfilment:line", key)


@login_required
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Begin the work."""
    found = get_line_for(request.user, key)
    try:
        start_line(key=found.key, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Prestation démarrée."))
    return redirect("fulfilment:line", key)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, key: str) -> HttpResponse:
    """Say why, then decline."""
    found = get_line_for(request.user, key)
    gone = _elsewhere(request, found, "decline")
    if gone is not None:
        return gone
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_line(key=found.key, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Prestation déclinée. Le client est prévenu."))
        return redirect("fulfilment:line", key)
    status = 422 if form.errors else 200
    return render(request, "fulfilment/provider/decline.html", {"line": found, "form": form}, status=status)


@login_required
@require_POST
def deliver(request: HttpRequest, key: str) -> HttpResponse:
    """Attach what was given; with `act=deliver` hand everything over.

    What is good is attached at once, so that nobody chooses a file twice because another field was refused.
    """
    found = get_line_for(request.user, key)
    gone = _elsewhere(request, found, "deliver")
    if gone is not None:
        return gone
    form = DeliveryForm(request.POST, request.FILES)
    form.is_valid()
    try:
        attached = _attach(request, form, found)
        if request.POST.get("act") == "deliver":
            if not form.errors:
                deliver_milestone(key=key, actor=request.user, note=form.cleaned_data["note"])
                request.session.pop(_draft(key), None)
                messages.success(
                    request, _("Livraison envoyée. Le client la valide ou demande des corrections.")
                )
        elif not attached and not form.errors:
            form.add_error(None, _("Choisissez un fichier ou indiquez un lien."))
    except (TransitionRefused, NotBeingWorkedOn):
        # Somebody was quicker between the look and the act.
        return _elsewhere(request, get_line_for(request.user, key), "deliver") or redirect(
            "fulfilment:line", key
        )
    except NothingAttached as error:
        form.add_error("files", str(error))
    except DomainError as error:
        form.add_error(None, str(error))
    if form.errors:
        return _page(request, get_line_for(request.user, key), form=form.to_show_again())
    if request.POST.get("act") != "deliver":
        # The word to the client waits with the files.
        request.session[_draft(key)] = form.cleaned_data["note"]
    return redirect("fulfilment:line", key)


@login_required
@require_POST
def detach(request: HttpRequest, key: str, public_id: UUID) -> HttpResponse:
    """Take a prepared deliverable off."""
    found = get_line_for(request.user, key)
    try:
        detach_deliverable(key=found.key, public_id=public_id, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Livrable retiré."))
    return redirect("fulfilment:line", key)


@login_required
@require_POST
def write(request: HttpRequest, key: str) -> HttpResponse:
    """A message to the client."""
    found = get_line_for(request.user, key)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            write_message(key=found.key, actor=request.user, role=PROVIDER, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Message envoyé."))
            return redirect(f"{reverse('fulfilment:line', args=[key])}#messages")
    return _page(request, found, message_form=form)


def _attach(request: HttpRequest, form: DeliveryForm, line: OrderLine) -> int:
    """Attach each good file and the link, say what is refused; how many were attached.

    Raises NotBeingWorkedOn, LineNotFound, BothSides.
    """
    attached = 0
    for field, given in form.given():
        try:
            attach_deliverable(key=line.key, actor=request.user, **given)
        except (FileRefused, TooManyFiles) as error:
            form.add_error(field, str(error))
        else:
            attached += 1
            form.forget(field, given)
    return attached


def _elsewhere(request: HttpRequest, line: OrderLine, act: str) -> HttpResponse | None:
    """Back to the line, saying why, when the act is not possible any more."""
    try:
        LINE.check(line, act, PROVIDER)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("fulfilment:line", line.key)
    return None


def _draft(key: str) -> str:
    return f"delivery-note:{key}"


def _page(
    request: HttpRequest,
    found: OrderLine,
    *,
    form: DeliveryForm | None = None,
    message_form: MessageForm | None = None,
) -> HttpResponse:
    """The page of a line; a form that is given was refused."""
    context = {
        "work": line_work(found),
        "line": found,
        "form": form or DeliveryForm(initial={"note": request.session.get(_draft(found.key), "")}),
        "message_form": message_form or MessageForm(),
        "write_url": reverse("fulfilment:write", args=[found.key]),
    }
    status = 422 if form or message_form else 200
    return render(request, "fulfilment/provider/line.html", context, status=status)
