"""The members of a party, for its owners."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kernel.errors import DomainError
from tenants.accounts.models import User
from tenants.parties.access import get_party_for
from tenants.parties.models import Membership
from tenants.parties.operations import add_member, remove_member
from tenants.parties.web.member_forms import MemberForm

PAGE = ["GET", "HEAD", "POST"]


@require_http_methods(PAGE)
@login_required
def members(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who acts for this party? An owner adds a person who has an account."""
    party = get_party_for(request.user, public_id, owner=True)
    form = MemberForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        email = form.cleaned_data["email"].lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            form.add_error(
                "email", _("Personne n’a de compte à cette adresse. Demandez-lui d’abord de s’inscrire.")
            )
        else:
            add_member(party=party, user=user, role=form.cleaned_data["role"])
            messages.success(request, _("%(name)s agit désormais pour cette structure.") % {"name": user})
            return redirect("parties:members", public_id=party.public_id)
    context = {
        "form": form,
        "party": party,
        "memberships": party.memberships.select_related("user").order_by("joined_at", "pk"),
    }
    return render(request, "parties/members.html", context, status=422 if form.errors else 200)


@require_http_methods(PAGE)
@login_required
def remove(request: HttpRequest, public_id: UUID, membership_id: int) -> HttpResponse:
    """Ask, then end a membership."""
    party = get_party_for(request.user, public_id, owner=True)
    membership = get_object_or_404(Membership.objects.select_related("user"), pk=membership_id, party=party)
    if request.method == "POST":
        try:
            remove_member(party=party, user=membership.user)
        except DomainError as error:
            messages.error(request, str(error))
            return redirect("parties:members", public_id=party.public_id)
        messages.success(request, _("%(name)s n’agit plus pour cette structure.") % {"name": membership.user})
        if membership.user_id == request.user.pk:
            return redirect("parties:mine")
        return redirect("parties:members", public_id=party.public_id)
    return render(request, "parties/remove_member.html", {"party": party, "membership": membership})
