"""The console: what is looked for in vain, and which words mean the same."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from services.catalogue.access import DESK, acting_user, get_synonym_group_for, get_wish_for
from services.catalogue.finding.synonym_groups import add_synonyms, change_synonyms, remove_synonyms
from services.catalogue.models import SynonymGroup
from services.catalogue.wishes import settle_wish, wishes
from tenants.accounts.access import require_operator

PAGE_SIZE = 50


class SynonymForm(forms.Form):
    """Words and phrases that mean the same."""

    terms = forms.CharField(
        label=gettext_lazy("Mots de même sens"),
        help_text=gettext_lazy("Séparés par des virgules, par exemple : enseigne, panneau, signalétique."),
        max_length=1300,
    )


@require_safe
@login_required
def wish_list(request: HttpRequest) -> HttpResponse:
    """What is looked for in vain?"""
    require_operator(request.user, DESK)
    page = Paginator(wishes(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "tabs": _tabs("wishes")}
    return render(request, "catalogue/operator/wishes.html", context)


@require_POST
@login_required
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Somebody has seen to it."""
    wish = get_wish_for(request.user, public_id)
    settle_wish(wish=wish, actor=acting_user(request))
    messages.success(request, _("« %(words)s » est traité.") % {"words": wish.words})
    return redirect("catalogue:console_wishes")


@require_http_methods(["GET", "POST"])
@login_required
def synonym_list(request: HttpRequest) -> HttpResponse:
    """Which words mean the same here? The list, and a new group."""
    require_operator(request.user, DESK)
    form = SynonymForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            group = add_synonyms(written=form.cleaned_data["terms"])
        except DomainError as error:
            form.add_error("terms", str(error))
        else:
            messages.success(request, _("La recherche connaît maintenant : %(terms)s.") % {"terms": group})
            return redirect("catalogue:console_synonyms")
    page = Paginator(SynonymGroup.objects.order_by("-id"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "tabs": _tabs("synonyms")}
    return render(request, "catalogue/operator/synonyms.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@login_required
def synonym_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """What do these words mean the same as?"""
    group = get_synonym_group_for(request.user, group_id)
    form = SynonymForm(request.POST or None, initial={"terms": str(group)})
    if request.method == "POST" and form.is_valid():
        try:
            change_synonyms(group=group, written=form.cleaned_data["terms"])
        except DomainError as error:
            form.add_error("terms", str(error))
        else:
            messages.success(request, _("La recherche connaît maintenant : %(terms)s.") % {"terms": group})
            return redirect("catalogue:console_synonyms")
    context = {"form": form, "group": group, "cancel_url": reverse("catalogue:console_synonyms")}
    return render(request, "catalogue/operator/synonym.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def remove_group(request: HttpRequest, group_id: int) -> HttpResponse:
    """These words mean only themselves again."""
    group = get_synonym_group_for(request.user, group_id)
    remove_synonyms(group=group)
    messages.success(request, _("La recherche ne rapproche plus : %(terms)s.") % {"terms": group})
    return redirect("catalogue:console_synonyms")


def _tabs(current: str) -> list[dict[str, Any]]:
    tabs = (
        ("wishes", "catalogue:console_wishes", _("Besoins sans réponse")),
        ("synonyms", "catalogue:console_synonyms", _("Mots de même sens")),
    )
    return [
        {"url": reverse(address), "label": label, "current": name == current, "count": None}
        for name, address, label in tabs
    ]
