"""The console gives a declined line to another provider."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from billing.charges.queries import item_amounts
from kernel.errors import DomainError
from kernel.web.forms import ReasonField
from services.fulfilment.operations.reassign import reassign_line
from services.orders.console import providers_instead
from services.orders.lifecycle import LINE, OPERATOR
from services.orders.models import OrderLine
from tenants.accounts.access import require_operator
from tenants.parties.models import Party

DESK = "support"


class ReassignForm(forms.Form):
    """Who does it instead, and why."""

    provider = forms.ChoiceField(
        label=gettext_lazy("Nouveau prestataire"),
        help_text=gettext_lazy("Ceux qui proposent la même rubrique viennent en premier."),
    )
    reason = ReasonField(help_text=gettext_lazy("Le client et le prestataire la liront."), max_length=500)

    def __init__(self, *args: Any, line: OrderLine, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near, others = providers_instead(line)
        groups = ((_("Même rubrique"), near), (_("Autres rubriques"), others))
        choices: list[Any] = [("", _("Choisissez un prestataire"))]
        choices += [
            (label, [(str(party.public_id), party.display_name) for party in found])
            for label, found in groups
            if found
        ]
        field: Any = self.fields["provider"]
        field.choices = choices


@login_required
@require_http_methods(["GET", "POST"])
def reassign(request: HttpRequest, key: str) -> HttpResponse:
    """Ask who does it instead and why; the price that was paid stays."""
    require_operator(request.user, DESK)
    line = OrderLine.objects.select_related("order__buyer", "provider").filter(key=key).first()
    if line is None:
        raise Http404
    back = reverse("orders:console_order", args=[line.order.number])
    if not any(row.name == "reassign" for row in LINE.actions_for(line, OPERATOR)):
        messages.error(request, _("Seule une prestation déclinée se réattribue."))
        return redirect(back)
    form = ReassignForm(request.POST or None, line=line)
    if request.method == "POST" and form.is_valid():
        provider = Party.objects.get(public_id=form.cleaned_data["provider"])
        try:
            reassign_line(
                key=line.key, provider=provider, actor=request.user, reason=form.cleaned_data["reason"]
            )
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(
                request,
                _("La prestation est confiée à %(provider)s. Le client est prévenu.")
                % {"provider": provider.display_name},
            )
            return redirect(back)
    context = {
        "line": line,
        "form": form,
        "amounts": item_amounts([line.key])[line.key],
        "cancel_url": back,
    }
    return render(request, "orders/operator/reassign.html", context, status=422 if form.errors else 200)
