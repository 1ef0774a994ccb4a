"""A business in creation gets its SIRET."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.errors import DomainError
from tenants.parties.access import get_party_for
from tenants.parties.operations import register_business
from tenants.parties.web.member_forms import RegistrationForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask an owner for the numbers; what was issued before stays as it is."""
    party = get_party_for(request.user, public_id, owner=True)
    if party.siret:
        return redirect("parties:details", public_id=party.public_id)
    initial = {"legal_name": party.legal_name, "kind": party.kind}
    form = RegistrationForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        try:
            register_business(party=party, **form.cleaned_data)
        except DomainError as error:
            form.add_error("siret", str(error))
        else:
            messages.success(
                request, _("Le SIRET est enregistré. Vous commandez désormais en professionnel.")
            )
            return redirect("parties:details", public_id=party.public_id)
    context = {"form": form, "party": party}
    return render(request, "parties/register.html", context, status=422 if form.errors else 200)
